//! A person: the list of all, and the page of one, with what the viewer may do.

use maud::{Markup, html};

use super::avatar;
use super::fields::{Field, choice, field, switch};
use super::house::{kept, tags};
use super::icons::{self, Icon};
use super::sheet::{self, Notice, section_head};
use super::sidebar::Places;
use super::time::ago;
use crate::domain::limits::REASON_CHARS_MAX;
use crate::domain::{Moment, Person, Role, Room, spell};

/// Somebody, as those see them who keep order.
#[derive(Debug)]
pub struct Listed {
    /// Who.
    pub person: Person,
    /// When they were here last, if anything knows them still.
    pub seen_at: Option<Moment>,
    /// Since when they have their name.
    pub entered_at: Moment,
    /// What the invitation was called by which they came.
    pub invited: Option<String>,
}

/// What the page of one shows.
#[derive(Debug)]
pub struct View<'a> {
    /// What stands beside it, and who looks.
    pub places: &'a Places<'a>,
    /// Who it is.
    pub person: &'a Person,
    /// What those see who keep order.
    pub listed: Option<&'a Listed>,
    /// Whether the viewer may change their role.
    pub may_set_role: bool,
    /// Whether the viewer may make a link for a new password.
    pub may_reset: bool,
    /// Whether the viewer may silence them everywhere, and put them outside.
    pub may_put_out: bool,
    /// The rooms in which the viewer may silence them.
    pub rooms: &'a [&'a Room],
    /// What the page says once.
    pub notice: Option<&'a Notice>,
    /// Why, as it was typed.
    pub why: &'a str,
    /// What is wrong with that.
    pub why_wrong: Option<&'a str>,
    /// The moment.
    pub now: Moment,
}

/// For how long something is laid on somebody: the word in forms, and in words.
const ENDS: [(&str, &str); 4] =
    [("1h", "An hour"), ("1d", "A day"), ("1w", "A week"), ("forever", "Until it is lifted")];

/// The list of all people, or of those who were looked for.
pub fn list(places: &Places, people: &[Listed], (found, all): (bool, u64), q: &str, now: Moment) -> Markup {
    let count =
        if all == 1 { "One person has a name here.".to_owned() } else { format!("{all} people have a name here.") };
    let body = html! {
        section aria-labelledby="people" {
            (section_head("people", "People", &count))
            form.search role="search" method="get" action="/house/people" aria-label="Find a person" {
                button.icon-button aria-label="Find" { (icons::icon(Icon::Search)) }
                label.sr for="q" { "Find a person" }
                input #q type="search" name="q" value=(q) placeholder="Find a person" autocomplete="off";
            }
            @if people.is_empty() { div.empty { h2 { "Nobody of that name." } } }
            ul.rows role="list" {
                @for listed in people {
                    @let person = &listed.person;
                    li {
                        (avatar::avatar(&person.author))
                        div.who {
                            strong {
                                a href=(person.author.path()) { bdi { (person.author.name) } }
                                (tags(person, person.muted.holds(now), person.banned.holds(now)))
                            }
                            (seen(listed, now))
                        }
                    }
                }
            }
            @if !found { p.hint { "There are more. Look for a name to find the others." } }
        }
    };
    kept("People", places, "/house/people", None, body)
}

fn seen(listed: &Listed, now: Moment) -> Markup {
    html! {
        @match listed.seen_at { Some(at) => { "Seen " (ago(at, now)) }, None => "Signed in nowhere" }
        ", came " (ago(listed.entered_at, now))
        @if let Some(label) = &listed.invited { " by “" bdi { (label) } "”" }
    }
}

/// The page of one.
pub fn page(view: &View) -> Markup {
    let View { person, now, .. } = *view;
    let author = &person.author;
    let is_viewer = view.places.viewer.is_some_and(|viewer| viewer.author.id == author.id);
    let body = html! {
        section aria-labelledby="who" {
            div.actions {
                (avatar::big(author))
                div.who {
                    h2 #who dir="auto" { (author.name) }
                    (tags(person, person.muted.holds(now), person.banned.holds(now)))
                    @if let Some(listed) = view.listed { p { (seen(listed, now)) } }
                }
            }
            @if view.places.viewer.is_some() && !is_viewer {
                form.actions method="post" action="/direct" {
                    input type="hidden" name="names" value=(author.name);
                    button.button { "Talk" }
                }
            }
        }
        @if view.may_set_role { section aria-labelledby="role-head" { (role(person)) } }
        @if view.may_put_out || !view.rooms.is_empty() { section aria-labelledby="mute" { (mute(view)) } }
        @if view.may_put_out { section aria-labelledby="ban" { (ban(view)) } }
        @if view.may_reset { section aria-labelledby="reset" {
            (section_head("reset", "A forgotten password", "A link by which they choose a new one. It works once, for a day."))
            form method="post" action={ (author.path()) "/reset-link" } { button.button { "Make a link" } }
        } }
    };
    sheet::page(&author.name, view.places, (&[], ""), view.notice, body)
}

fn role(person: &Person) -> Markup {
    const ROLES: [(Role, &str); 3] = [(Role::Member, "Member"), (Role::Moderator, "Moderator"), (Role::Owner, "Owner")];
    html! {
        (section_head("role-head", "Role", "Moderators keep order; owners run the house."))
        form.stack method="post" action={ (person.author.path()) "/role" } {
            (choice("role", "What they are", &ROLES.map(|(role, words)| (role.word(), words)), person.role.word()))
            button.button { "Save the role" }
        }
    }
}

fn mute(view: &View) -> Markup {
    let path = view.person.author.path();
    html! {
        (section_head("mute", "Silence", "They read on, and say nothing until it ends."))
        @if view.person.muted.holds(view.now) && view.may_put_out {
            p { "Silenced everywhere" (spell(view.person.muted)) "." }
            form method="post" action={ (path) "/unmute" } { button.button { "Let them speak again" } }
        }
        form.stack method="post" action={ (path) "/mute" } {
            (choice("until", "For how long", &ENDS, "1h"))
            div.field {
                label for="room" { "Where" }
                select #room name="room" {
                    @if view.may_put_out { option value="" { "Everywhere" } }
                    @for room in view.rooms { option value=(room.address) { (room.name) } }
                }
            }
            div.actions {
                button.button { "Silence" }
                @if !view.rooms.is_empty() {
                    button.button.quiet formaction={ (path) "/unmute" } { "Let them speak there again" }
                }
            }
        }
    }
}

fn ban(view: &View) -> Markup {
    let path = view.person.author.path();
    html! {
        (section_head("ban", "Put outside", "They are signed out everywhere at once, hear nothing more, and do not come in again."))
        @if view.person.banned.holds(view.now) {
            p { "Outside" (spell(view.person.banned)) "." }
            form method="post" action={ (path) "/unban" } { button.button { "Let them in again" } }
        }
        form.stack method="post" action={ (path) "/ban" } {
            (choice("until", "For how long", &ENDS, "1d"))
            (field(Field {
                name: "why", label: "Why", kind: "text", value: view.why, autocomplete: "off", max: Some(REASON_CHARS_MAX),
                hint: "For the log, which those read who keep order.", wrong: view.why_wrong, ..Field::default()
            }))
            (switch("addresses", "Their addresses too", "Nobody new comes in from where they came. Never a private or shared address.", false))
            (switch("erase", "And all they said", "In every room. It does not come back.", false))
            button.button.danger.filled { "Put outside" }
        }
    }
}

/// The link for a new password, which is shown this once.
pub fn reset_link(places: &Places, person: &Person, link: &str) -> Markup {
    let body = html! {
        section aria-labelledby="link-head" {
            (section_head("link-head", "The link", "Give it to them by a way you trust. It is shown only now, works once, and for a day."))
            (super::invitation::copied("link", "Link", link))
            p { a href=(person.author.path()) { "Back to " bdi { (person.author.name) } } }
        }
    };
    sheet::page(&person.author.name, places, (&[], ""), None, body)
}

/// Who is outside.
pub fn bans(places: &Places, people: &[Listed], notice: Option<&Notice>) -> Markup {
    let body = html! {
        section aria-labelledby="outside" {
            (section_head("outside", "Outside", "Who does not come in, and until when. The log says why."))
            @if people.is_empty() { div.empty { h2 { "Nobody is outside." } p { "Whoever you put out is listed here, and can be let in again." } } }
            ul.rows role="list" {
                @for Listed { person, .. } in people {
                    @let name = &person.author.name;
                    li {
                        (avatar::avatar(&person.author))
                        div.who {
                            strong { a href=(person.author.path()) { bdi { (name) } } }
                            "Outside" (spell(person.banned))
                        }
                        form method="post" action={ (person.author.path()) "/unban" } {
                            button.button.quiet { "Let in" span.sr { " " (name) } }
                        }
                    }
                }
            }
        }
    };
    kept("Outside", places, "/house/bans", notice, body)
}
