//! What a room is: its settings for those who may change them, who belongs to it, and the ways out of it.

use maud::{Markup, html};

use super::avatar;
use super::fields::{Field, choice, field};
use super::new_room::KINDS;
use super::sheet::{self, Notice, section_head};
use super::sidebar::Places;
use crate::domain::limits::{ROOM_CHARS_MAX, SLOW_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{Author, Kind, Room};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What was typed, or what the forms start with.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The room's name.
    pub name: String,
    /// What it is about.
    pub topic: String,
    /// Who hears it.
    pub kind: Kind,
    /// Its pace in seconds, or blank.
    pub slow_s: String,
    /// Who is to belong to it.
    pub member: String,
    /// What is wrong with it.
    pub wrong: Option<Wrong>,
}

/// What is wrong, and with which field.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub enum Wrong {
    Name(String),
    Topic(String),
    Slow(String),
    Member(String),
}

/// What the page shows.
#[derive(Debug)]
pub struct View<'a> {
    /// What stands beside it, and who looks.
    pub places: &'a Places<'a>,
    /// The room.
    pub room: &'a Room,
    /// Who created it.
    pub creator: Option<&'a Author>,
    /// Who belongs to it, if it is hidden.
    pub members: &'a [Author],
    /// Whether the viewer may change it.
    pub may_set: bool,
    /// What has just been done.
    pub done: Option<&'static str>,
    /// What was typed.
    pub draft: &'a Draft,
}

/// The page.
pub fn page(view: &View) -> Markup {
    let (room, path) = (view.room, view.room.address.path());
    let notice = view.done.map(|words| Notice::Done(words.to_owned()));
    let body = html! {
        div.actions {
            (sheet::back(room, path))
            a.button.quiet href={ (path) "/days" } { "Go to a day" }
        }
        section aria-labelledby="about" {
            (section_head("about", "About the room", kind_in_words(room.kind)))
            @if let Some(creator) = view.creator { p { "Created by " bdi { (creator.name) } "." } }
            @if room.archived { p { "It is in the archive: it can be read, and nothing is added." } }
            @if view.may_set { (settings(view)) }
            @else if !room.topic.is_empty() { p dir="auto" { (room.topic) } }
        }
        @if room.kind.is_hidden() { section aria-labelledby="members" { (members(view)) } }
        @if view.may_set { section aria-labelledby="end" { (end(view)) } }
    };
    sheet::of_room("About", room, view.places, notice.as_ref(), body)
}

fn kind_in_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Open => "Everybody in the house hears it.",
        Kind::Public => "Everybody in the house hears it, and the whole world may read it.",
        Kind::Closed => "Only those who belong to it hear it, or know of it.",
        Kind::Direct => "Exactly these people hear it, and nobody else ever will.",
    }
}

fn settings(view: &View) -> Markup {
    let Draft { name, topic, kind, slow_s, wrong, .. } = view.draft;
    let why = |is: fn(&Wrong) -> Option<&str>| wrong.as_ref().and_then(is);
    let slow_hint =
        format!("In so many seconds each may say one thing; at most {SLOW_S_MAX}. Blank for no such limit.");
    html! {
        form.stack method="post" action={ (view.room.address.path()) "/settings" } {
            (field(Field {
                name: "name", label: "Name", kind: "text", value: name, autocomplete: "off", max: Some(ROOM_CHARS_MAX),
                required: true, hint: "Its address follows; links to the old one lead here.",
                wrong: why(|wrong| match wrong { Wrong::Name(why) => Some(why), _ => None }),
            }))
            (field(Field {
                name: "topic", label: "What it is about", kind: "text", value: topic, autocomplete: "off",
                max: Some(TOPIC_CHARS_MAX), wrong: why(|wrong| match wrong { Wrong::Topic(why) => Some(why), _ => None }),
                ..Field::default()
            }))
            (choice("kind", "Who hears it", &KINDS, kind.word()))
            (field(Field {
                name: "slow_s", label: "Pace in seconds", kind: "number", value: slow_s, autocomplete: "off", hint: &slow_hint,
                wrong: why(|wrong| match wrong { Wrong::Slow(why) => Some(why), _ => None }), ..Field::default()
            }))
            button.button.primary { "Save" }
        }
    }
}

fn members(view: &View) -> Markup {
    let path = view.room.address.path();
    let is_viewer = |member: &Author| view.places.viewer.is_some_and(|viewer| viewer.author.id == member.id);
    let wrong = match &view.draft.wrong {
        Some(Wrong::Member(why)) => Some(why.as_str()),
        Some(Wrong::Name(_) | Wrong::Topic(_) | Wrong::Slow(_)) | None => None,
    };
    html! {
        (section_head("members", "Who belongs to it", ""))
        ul.rows role="list" {
            @for member in view.members {
                @let name = utf8_percent_encode(&member.name, NON_ALPHANUMERIC);
                li {
                    (avatar::avatar(member))
                    div.who { strong { bdi { (member.name) } @if is_viewer(member) { " " span.tag { "you" } } } }
                    @if is_viewer(member) && view.room.kind == Kind::Closed {
                        form method="post" action={ (path) "/leave" } { button.button.quiet.danger { "Leave" } }
                    } @else if view.may_set && !is_viewer(member) {
                        form method="post" action={ (path) "/members/" (name) "/remove" } {
                            button.button.quiet.danger { "Remove" span.sr { " " (member.name) } }
                        }
                    }
                }
            }
        }
        @if view.may_set {
            form.stack method="post" action={ (path) "/members" } {
                (field(Field {
                    name: "name", label: "Bring in", kind: "text", value: &view.draft.member, autocomplete: "off",
                    required: true, hint: "A name, or several with commas between them.", wrong, ..Field::default()
                }))
                button.button { "Bring in" }
            }
        }
    }
}

fn end(view: &View) -> Markup {
    let path = view.room.address.path();
    html! {
        (section_head("end", "The end of it", ""))
        div.actions {
            form method="post" action={ (path) "/archive" } {
                @if view.room.archived {
                    input type="hidden" name="archived" value="no";
                    button.button { "Take it out of the archive" }
                } @else {
                    input type="hidden" name="archived" value="yes";
                    button.button { "Put it into the archive" }
                }
            }
            button.button.danger type="button" popovertarget="delete" { "Delete it…" }
        }
        div #delete .dialog popover role="dialog" aria-labelledby="delete-title" {
            h2 #delete-title { "Delete this room?" }
            p { "Nobody finds or hears it any more. For a week you can have it back." }
            form.actions method="post" action={ (path) "/delete" } {
                button.button type="button" popovertarget="delete" popovertargetaction="hide" { "Keep it" }
                button.button.danger.filled { "Delete" }
            }
        }
    }
}
