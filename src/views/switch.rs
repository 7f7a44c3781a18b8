//! Going to another room: a field, and below it the rooms that have in their names what is typed there. The page and the
//! dialog that the script opens over another hold the same.

use maud::{Markup, html};

use super::icons::{self, Icon};
use super::sidebar::{self, Places};
use super::{avatar, badge, sheet};
use crate::domain::limits::SOUGHT_CHARS_MAX;
use crate::domain::{Author, Room};

/// What was found.
#[derive(Debug)]
pub struct View<'a> {
    /// What stands beside the page, and how the viewer reads the rooms.
    pub places: &'a Places<'a>,
    /// The rooms, in the order in which they are shown.
    pub rooms: &'a [Room],
    /// With whom the viewer may begin to talk.
    pub people: &'a [Author],
    /// What was sought.
    pub q: &'a str,
}

/// The page.
pub fn page(view: &View) -> Markup {
    let body = html! {
        section.finder { (field(view)) (list(view)) }
    };
    sheet::page("Go to a room", view.places, (&[], ""), None, body)
}

/// What the dialog holds.
pub fn dialog(view: &View) -> Markup {
    html! {
        h2 #over-title .sr { "Go to a room" }
        div.finder {
            (field(view))
            p #found-count .sr role="status" {}
            (list(view))
            p.hint.no-touch { kbd { "↑" } " " kbd { "↓" } " to choose, " kbd { "Enter" } " to go, " kbd { "Esc" } " to stay" }
        }
        (sheet::close())
    }
}

/// What stands below the field.
pub fn list(view: &View) -> Markup {
    let count = view.rooms.len() + view.people.len();
    html! {
        div #found data-q=(view.q) data-count={ (count) @if count == 1 { " place" } @else { " places" } } {
            ul role="list" {
                @for room in view.rooms { li { (place(view.places, room)) } }
                @for person in view.people { li { (talk(person)) } }
            }
            @if count == 0 { p.hint { "Nothing of that name." } }
        }
    }
}

/// Only whoever has a name finds people.
fn field(view: &View) -> Markup {
    let what = if view.places.viewer.is_some() { "A room or a person" } else { "A room" };
    html! {
        form.search role="search" method="get" action="/switch" aria-label="Find a room" hx-get="/switch?as=list"
            hx-trigger="input delay:80ms" hx-target="#found" hx-swap="outerHTML" hx-sync="this:replace" {
            button.icon-button aria-label="Find" title="Find" { (icons::icon(Icon::Search)) }
            label.sr for="go" { (what) }
            input #go type="text" name="q" value=(view.q) placeholder=(what) maxlength=(SOUGHT_CHARS_MAX)
                autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="go" dir="auto" autofocus;
        }
    }
}

fn place(places: &Places, room: &Room) -> Markup {
    let talk = places.talks.iter().find(|talk| talk.room == room.id);
    html! {
        a.place href=(room.address.path()) {
            @match talk {
                Some(talk) => (avatar::small(&talk.with)),
                None => (icons::icon(sidebar::icon(room.kind))),
            }
            span.place-name dir="auto" { (room.name) }
            @if places.drafts.contains(&room.id) { (sidebar::draft()) }
            @if places.viewer.is_some() { (badge::still(room, &places.reading(room))) }
        }
    }
}

fn talk(person: &Author) -> Markup {
    html! {
        form method="post" action="/direct" {
            input type="hidden" name="names" value=(person.name);
            button.place { (avatar::small(person)) span.place-name { "Talk with " bdi { (person.name) } } }
        }
    }
}
