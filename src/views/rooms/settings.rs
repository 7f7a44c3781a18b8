//! What a room is: its settings for those who may change them, who belongs to it, and the ways out of it.

use maud::{Markup, html};

use crate::domain::limits::{ROOM_NAME_CHARS_MAX, SLOW_MODE_S_MAX, TOPIC_CHARS_MAX};
use crate::domain::{Author, Room, Visibility};
use crate::views::layout::avatar;
use crate::views::layout::form_fields::{FormField, radio_group, render_field};
use crate::views::layout::page::{self, Notice, section_head};
use crate::views::rooms::list::VISIBILITIES;
use crate::views::rooms::sidebar::SidebarView;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// What was typed, or what the forms start with.
#[derive(Clone, Debug)]
pub struct RoomForm {
    /// The room's name.
    pub name: String,
    /// What it is about.
    pub topic: String,
    /// Who hears it.
    pub visibility: Visibility,
    /// Its pace in seconds, or blank.
    pub slow_mode_s: String,
    /// Who is to belong to it.
    pub new_members: String,
    /// What is wrong with it.
    pub error: Option<RoomFormError>,
}

/// What is wrong, and with which field.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "each is the field of its name")]
pub enum RoomFormError {
    Name(String),
    Topic(String),
    SlowMode(String),
    Member(String),
}

/// What the page shows.
#[derive(Debug)]
pub struct RoomSettingsView<'a> {
    /// What stands beside it, and who looks.
    pub sidebar: &'a SidebarView<'a>,
    /// The room.
    pub room: &'a Room,
    /// Who created it.
    pub creator: Option<&'a Author>,
    /// Who belongs to it, if it is hidden.
    pub members: &'a [Author],
    /// Whether the viewer may change it.
    pub may_edit: bool,
    /// What has just been done.
    pub notice_text: Option<&'static str>,
    /// What was typed.
    pub form: &'a RoomForm,
}

/// The page.
pub fn page(view: &RoomSettingsView) -> Markup {
    let (room, path) = (view.room, view.room.slug.path());
    let notice = view.notice_text.map(|text| Notice::Success(text.to_owned()));
    let body = html! {
        div.actions {
            (page::back_link(room, path))
            a.button.quiet href={ (path) "/days" } { "Go to a day" }
        }
        section aria-labelledby="about" {
            (section_head("about", "About the room", visibility_text(room.visibility)))
            @if let Some(creator) = view.creator { p { "Created by " bdi { (creator.name) } "." } }
            @if room.archived { p { "It is in the archive: it can be read, and nothing is added." } }
            @if view.may_edit { (settings_form(view)) }
            @else if !room.topic.is_empty() { p dir="auto" { (room.topic) } }
        }
        @if room.visibility.is_members_only() { section aria-labelledby="members" { (members_section(view)) } }
        @if view.may_edit { section aria-labelledby="end" { (danger_zone(view)) } }
    };
    page::room_page("About", room, view.sidebar, notice.as_ref(), body)
}

fn visibility_text(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Open => "Everybody in the house hears it.",
        Visibility::Public => "Everybody in the house hears it, and the whole world may read it.",
        Visibility::Private => "Only those who belong to it hear it, or know of it.",
        Visibility::Direct => "Exactly these people hear it, and nobody else ever will.",
    }
}

fn settings_form(view: &RoomSettingsView) -> Markup {
    let RoomForm { name, topic, visibility, slow_mode_s, error, .. } = view.form;
    let error_for = |is: fn(&RoomFormError) -> Option<&str>| error.as_ref().and_then(is);
    let slow_hint =
        format!("In so many seconds each may say one thing; at most {SLOW_MODE_S_MAX}. Blank for no such limit.");
    html! {
        form.stack method="post" action={ (view.room.slug.path()) "/settings" } {
            (render_field(FormField {
                name: "name", label: "Name", input_type: "text", value: name, autocomplete: "off", max_chars: Some(ROOM_NAME_CHARS_MAX),
                required: true, hint: "Its address follows; links to the old one lead here.",
                error: error_for(|wrong| match wrong { RoomFormError::Name(why) => Some(why), _ => None }),
            }))
            (render_field(FormField {
                name: "topic", label: "What it is about", input_type: "text", value: topic, autocomplete: "off",
                max_chars: Some(TOPIC_CHARS_MAX), error: error_for(|wrong| match wrong { RoomFormError::Topic(why) => Some(why), _ => None }),
                ..FormField::default()
            }))
            (radio_group("visibility", "Who hears it", &VISIBILITIES, visibility.as_str()))
            (render_field(FormField {
                name: "slow_mode_s", label: "Pace in seconds", input_type: "number", value: slow_mode_s, autocomplete: "off", hint: &slow_hint,
                error: error_for(|wrong| match wrong { RoomFormError::SlowMode(why) => Some(why), _ => None }), ..FormField::default()
            }))
            button.button.primary { "Save" }
        }
    }
}

fn members_section(view: &RoomSettingsView) -> Markup {
    let path = view.room.slug.path();
    let is_viewer = |member: &Author| view.sidebar.viewer.is_some_and(|viewer| viewer.author.id == member.id);
    let error = match &view.form.error {
        Some(RoomFormError::Member(why)) => Some(why.as_str()),
        Some(RoomFormError::Name(_) | RoomFormError::Topic(_) | RoomFormError::SlowMode(_)) | None => None,
    };
    html! {
        (section_head("members", "Who belongs to it", ""))
        ul.rows role="list" {
            @for member in view.members {
                @let name = utf8_percent_encode(&member.name, NON_ALPHANUMERIC);
                li {
                    (avatar::avatar(member))
                    div.who { strong { bdi { (member.name) } @if is_viewer(member) { " " span.tag { "you" } } } }
                    @if is_viewer(member) && view.room.visibility == Visibility::Private {
                        form method="post" action={ (path) "/leave" } { button.button.quiet.danger { "Leave" } }
                    } @else if view.may_edit && !is_viewer(member) {
                        form method="post" action={ (path) "/members/" (name) "/remove" } {
                            button.button.quiet.danger { "Remove" span.sr { " " (member.name) } }
                        }
                    }
                }
            }
        }
        @if view.may_edit {
            form.stack method="post" action={ (path) "/members" } {
                (render_field(FormField {
                    name: "name", label: "Bring in", input_type: "text", value: &view.form.new_members, autocomplete: "off",
                    required: true, hint: "A name, or several with commas between them.", error, ..FormField::default()
                }))
                button.button { "Bring in" }
            }
        }
    }
}

fn danger_zone(view: &RoomSettingsView) -> Markup {
    let path = view.room.slug.path();
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
