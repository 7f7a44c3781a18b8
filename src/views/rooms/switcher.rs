//! The switcher: a search field, and below it the rooms and people that it finds. The page and the dialog that the script
//! opens have the same content.

use maud::{Markup, html};

use crate::domain::limits::SEARCH_CHARS_MAX;
use crate::domain::{Author, Room};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::{avatar, page};
use crate::views::rooms::badge;
use crate::views::rooms::sidebar::{self, SidebarView};
use crate::views::rooms::visibility::visibility_icon;

/// What the switcher shows.
#[derive(Debug)]
pub struct SwitcherView<'a> {
    /// The sidebar of the page, which has the read states of the viewer.
    pub sidebar: &'a SidebarView<'a>,
    /// The rooms, in the order in which they are listed.
    pub rooms: &'a [Room],
    /// People with whom the viewer has no direct room yet.
    pub people: &'a [Author],
    /// The text in the search field.
    pub query: &'a str,
}

/// The page.
pub fn page(view: &SwitcherView) -> Markup {
    let body = html! {
        section.finder { (search_field(view)) (results(view)) }
    };
    page::page("Jump to…", view.sidebar, (&[], ""), None, body)
}

/// The content of the dialog.
pub fn dialog(view: &SwitcherView) -> Markup {
    html! {
        h2 #over-title .sr { "Jump to…" }
        div.finder {
            (search_field(view))
            p #found-count .sr role="status" {}
            (results(view))
            p.hint.no-touch { kbd { "↑" } " " kbd { "↓" } " to choose, " kbd { "Enter" } " to go, " kbd { "Esc" } " to close" }
        }
        (page::close_button())
    }
}

/// The results below the field.
pub fn results(view: &SwitcherView) -> Markup {
    let count = view.rooms.len() + view.people.len();
    html! {
        div #found data-q=(view.query) data-count={ (count) @if count == 1 { " result" } @else { " results" } } {
            ul role="list" {
                @for room in view.rooms { li { (room_result(view.sidebar, room)) } }
                @for person in view.people { li { (person_result(person)) } }
            }
            @if count == 0 { p.hint { "No matches." } }
        }
    }
}

/// Only a signed-in viewer finds people.
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
    let partner = sidebar.direct_partners.iter().find(|partner| partner.room == room.id);
    html! {
        a.place href=(room.slug.path()) {
            @match partner {
                Some(partner) => (avatar::small_avatar(&partner.person)),
                None => (icons::icon(visibility_icon(room.visibility))),
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
            button.place { (avatar::small_avatar(person)) span.place-name { "Message " bdi { (person.name) } } }
        }
    }
}
