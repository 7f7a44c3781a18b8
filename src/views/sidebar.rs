//! The places beside a page: the rooms, the talks with single people, and oneself.

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::icons::{self, Icon};
use super::{avatar, layout};
use crate::domain::{Kind, Person, Role, Room, RoomId};

/// What stands beside a page.
#[derive(Debug)]
pub struct Places<'a> {
    /// What the house is called.
    pub house: &'a str,
    /// Who looks, if they have a name.
    pub viewer: Option<&'a Person>,
    /// The rooms to go to, in the order of their names.
    pub rooms: &'a [Room],
    /// The direct rooms, latest first.
    pub directs: &'a [Room],
    /// In which room the viewer is.
    pub current: Option<RoomId>,
}

impl Places<'_> {
    fn may_keep_order(&self) -> bool {
        self.viewer.is_some_and(|viewer| viewer.role >= Role::Moderator)
    }
}

/// The places.
pub(super) fn sidebar(places: &Places) -> Markup {
    html! {
        nav #places .sidebar popover aria-label="Places" {
            (layout::brand(places.house))
            div.places {
                h2 { "Rooms " a.icon-button href="/rooms" aria-label="New room" { (icons::small(Icon::Plus)) } }
                ul role="list" { @for room in places.rooms { li { (place(room, places.current)) } } }
                @if places.viewer.is_some() {
                    h2 { "Direct " a.icon-button href="/rooms#direct" aria-label="New direct talk" { (icons::small(Icon::Plus)) } }
                    ul role="list" { @for room in places.directs { li { (place(room, places.current)) } } }
                }
            }
            @if let Some(viewer) = places.viewer {
                div.me {
                    a.place href="/settings" {
                        (avatar::small(&viewer.author)) span.place-name dir="auto" { (viewer.author.name) }
                    }
                    @if places.may_keep_order() {
                        a.icon-button href="/house/people" aria-label="People and house" { (icons::icon(Icon::People)) }
                    }
                    a.icon-button href="/settings" aria-label="My settings" { (icons::icon(Icon::Gear)) }
                }
            } @else {
                @let here = places.rooms.iter().find(|room| places.current == Some(room.id));
                @let next = here.map(|room| utf8_percent_encode(room.address.path(), NON_ALPHANUMERIC).to_string());
                div.me { a.place href={ "/sign-in" @if let Some(next) = next { "?next=" (next) } } { span.place-name { "Sign in" } } }
            }
        }
    }
}

fn place(room: &Room, current: Option<RoomId>) -> Markup {
    let here = (current == Some(room.id)).then_some("page");
    let icon = match room.kind {
        Kind::Open | Kind::Public => Icon::Hash,
        Kind::Closed => Icon::Lock,
        Kind::Direct => Icon::People,
    };
    html! {
        a.place href=(room.address.path()) aria-current=[here] {
            (icons::icon(icon)) span.place-name dir="auto" { (room.name) }
        }
    }
}

/// The button that opens the places where there is no room beside the page.
pub(super) fn button() -> Markup {
    html! {
        button.icon-button.only-narrow type="button" popovertarget="places" aria-label="Places" {
            (icons::icon(Icon::Menu))
        }
    }
}
