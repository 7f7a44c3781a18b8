//! Going to another room: a field, and below it the rooms that have in their names what is typed there. The page and the
//! dialog that the script opens over another hold the same.

use maud::{Markup, html};

use crate::domain::limits::SEARCH_CHARS_MAX;
use crate::domain::{Author, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::{avatar, page};
use crate::views::rooms::badge;
use crate::views::rooms::sidebar::{self, SidebarView};

/// What was found.
#[derive(Debug)]
pub struct SwitcherView<'a> {
    /// What stands beside the page, and how the viewer reads the rooms.
    pub sidebar: &'a SidebarView<'a>,
    /// The rooms, in the order in which they are shown.
    pub rooms: &'a [Room],
    /// With whom the viewer may begin to talk.
    pub people: &'a [Author],
    /// What was sought.
    pub query: &'a str,
}

/// The page.
pub fn page(view: &SwitcherView) -> Markup {
    let body = html! {
        section.finder { (search_field(view)) (results(view)) }
    };
    page::page("Go to a room", view.sidebar, (&[], ""), None, body)
}

/// What the dialog holds.
pub fn dialog(view: &SwitcherView) -> Markup {
    html! {
        h2 #over-title .sr { "Go to a room" }
        div.finder {
            (search_field(view))
            p #found-count .sr role="status" {}
            (results(view))
            p.hint.no-touch { kbd { "↑" } " " kbd { "↓" } " to choose, " kbd { "Enter" } " to go, " kbd { "Esc" } " to stay" }
        }
        (page::close_button())
    }
}

/// What stands below the field.
pub fn results(view: &SwitcherView) -> Markup {
    let count = view.rooms.len() + view.people.len();
    html! {
        div #found data-q=(view.query) data-count={ (count) @if count == 1 { " place" } @else { " places" } } {
            ul role="list" {
                @for room in view.rooms { li { (room_result(view.sidebar, room)) } }
                @for person in view.people { li { (person_result(person)) } }
            }
            @if count == 0 { p.hint { "Nothing of that name." } }
        }
    }
}

/// Only whoever has a name finds people.
fn search_field(view: &SwitcherView) -> Markup {
    let placeholder = if view.sidebar.viewer.is_some() { "A room or a person" } else { "A room" };
    html! {
        form.search role="search" method="get" action="/switcher" aria-label="Find a room" hx-get="/switcher?as=list"
            hx-trigger="input delay:80ms" hx-target="#found" hx-swap="outerHTML" hx-sync="this:replace" {
            button.icon-button aria-label="Find" title="Find" { (icons::icon(Icon::Search)) }
            label.sr for="go" { (placeholder) }
            input #go type="text" name="q" value=(view.query) placeholder=(placeholder) maxlength=(SEARCH_CHARS_MAX)
                autocomplete="off" autocapitalize="none" spellcheck="false" enterkeyhint="go" dir="auto" autofocus;
        }
    }
}

fn room_result(sidebar: &SidebarView, room: &Room) -> Markup {
    let partner = sidebar.direct_partners.iter().find(|talk| talk.room == room.id);
    html! {
        a.place href=(room.slug.path()) {
            @match partner {
                Some(talk) => (avatar::small_avatar(&talk.person)),
                None => (icons::icon(sidebar::visibility_icon(room.visibility))),
            }
            span.place-name dir="auto" { (room.name) }
            @if sidebar.draft_rooms.contains(&room.id) { (sidebar::draft_marker()) }
            @if sidebar.viewer.is_some() { (badge::render_static_badge(room, &sidebar.read_state(room))) }
        }
    }
}

fn person_result(person: &Author) -> Markup {
    html! {
        form method="post" action="/direct" {
            input type="hidden" name="names" value=(person.name);
            button.place { (avatar::small_avatar(person)) span.place-name { "Talk with " bdi { (person.name) } } }
        }
    }
}
