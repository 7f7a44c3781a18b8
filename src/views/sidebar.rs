//! The places beside a page: the rooms, the talks with single people, and oneself.

use std::collections::HashMap;

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::badge::{self, badge};
use super::escaped::Escaped;
use super::icons::{self, Icon};
use super::{avatar, layout, people};
use crate::domain::{Author, Badge, Cursor, Kind, Person, Rank, Reading, Role, Room, RoomId};

/// What stands beside a page.
#[derive(Debug)]
pub struct Places<'a> {
    /// What the house is called.
    pub house: &'a str,
    /// Who looks, if they have a name.
    pub viewer: Option<&'a Person>,
    /// The rooms to go to, those on top first, in the order of their names.
    pub rooms: &'a [Room],
    /// The direct rooms, those on top first, latest first.
    pub directs: &'a [Room],
    /// With whom those of them are that are for two.
    pub talks: &'a [Talk],
    /// How the viewer reads them.
    pub readings: &'a HashMap<RoomId, Reading>,
    /// Where the viewer has begun to write.
    pub drafts: &'a [RoomId],
    /// Of which room the page is, if of one.
    pub current: Option<RoomId>,
    /// Whether it is the page of that room's messages, which hears what is new there.
    pub is_live: bool,
    /// Up to which change all of this is told.
    pub since: Cursor,
}

/// A direct room of two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Talk {
    /// The room.
    pub room: RoomId,
    /// The other of the two.
    pub with: Author,
    /// Whether the other is here. Only a page with a stream says so: on another it would soon be wrong.
    pub is_here: Option<bool>,
}

impl Places<'_> {
    /// How the viewer reads a room.
    pub(super) fn reading(&self, room: &Room) -> Reading {
        self.readings.get(&room.id).copied().unwrap_or_default()
    }

    /// How the viewer reads a room, as it is shown beside it: whoever looks at a room sees there what is new.
    fn shown(&self, room: &Room) -> Reading {
        if self.is_live && self.current == Some(room.id) { Reading::default() } else { self.reading(room) }
    }

    /// Where the list of the rooms is read anew that stands beside this page.
    fn address(&self) -> String {
        let live = if self.is_live { "&live=on" } else { "" };
        self.current.map_or("/places".to_owned(), |room| format!("/places?room={}{live}", room.0))
    }

    fn may_keep_order(&self) -> bool {
        self.viewer.is_some_and(|viewer| viewer.role >= Role::Moderator)
    }
}

/// The places.
pub(super) fn sidebar(places: &Places) -> Markup {
    html! {
        nav #places .sidebar popover aria-label="Places" data-list=(places.address())
            data-since=[places.viewer.map(|_| places.since)] {
            div.top {
                (layout::brand(places.house))
                (icons::link_with_keys("/switch", ("Go to a room", "Ctrl+K"), Icon::Search))
                (icons::link_with_keys("/help", ("Help", "Ctrl+/"), Icon::Help))
            }
            div.places { (list(places)) }
            @if let Some(viewer) = places.viewer {
                div.me {
                    a.place href="/settings" {
                        (avatar::small(&viewer.author)) span.place-name dir="auto" { (viewer.author.name) }
                    }
                    @if places.may_keep_order() {
                        (icons::link("/house/people", "People and house", Icon::People))
                    }
                    (icons::link("/settings", "My settings", Icon::Gear))
                }
            } @else {
                @let here = places.rooms.iter().find(|room| places.current == Some(room.id));
                @let next = here.map(|room| utf8_percent_encode(room.address.path(), NON_ALPHANUMERIC).to_string());
                div.me { a.place href={ "/sign-in" @if let Some(next) = next { "?next=" (next) } } { span.place-name { "Sign in" } } }
            }
        }
    }
}

/// The list of the rooms, which a page fetches anew.
pub fn list(places: &Places) -> Markup {
    html! {
        h2 { "Rooms " (icons::small_link("/rooms", "New room", Icon::Plus)) }
        (listed(places.rooms, places))
        @if places.viewer.is_some() {
            h2 { "Direct " (icons::small_link("/rooms#direct", "New direct talk", Icon::Plus)) }
            (listed(places.directs, places))
            (read_all(places))
        }
    }
}

/// The script fetches the list when it is told another rank of a room than stands here.
fn listed(rooms: &[Room], places: &Places) -> Markup {
    html! {
        ul role="list" {
            @for room in rooms {
                li #{ "place-" (room.id.0) } data-rank=(rank(places.reading(room).rank(room.kind))) { (place(room, places)) }
            }
        }
    }
}

/// Where a room stands in somebody's list, as letters of which the later stand higher; none if it does not stand there.
pub fn rank(rank: Option<Rank>) -> String {
    match rank {
        None => String::new(),
        Some(Rank { on_top, last: None }) => u8::from(on_top).to_string(),
        Some(Rank { on_top, last: Some(last) }) => format!("{}{:020}", u8::from(on_top), last.0),
    }
}

fn place(room: &Room, places: &Places) -> Markup {
    let current = (places.current == Some(room.id)).then_some("page");
    let talk = places.talks.iter().find(|talk| talk.room == room.id);
    html! {
        a.place href=(Escaped(room.address.path())) aria-current=[current] {
            @match talk {
                Some(talk) => (face(talk)),
                None => (icons::icon(icon(room.kind))),
            }
            span.place-name dir="auto" {
                @if room.kind == Kind::Direct { (badge::name(room)) } @else { (Escaped(&room.name)) }
                @if let Some(Talk { with, is_here: Some(is_here), .. }) = talk {
                    span #{ "dot-words-" (with.id) } .sr { (people::dot_words(*is_here)) }
                }
            }
            @if places.drafts.contains(&room.id) { (draft()) }
            @if places.viewer.is_some() { (badge(room, &places.shown(room))) }
        }
    }
}

/// The picture of a room of this kind.
pub(super) fn icon(kind: Kind) -> Icon {
    match kind {
        Kind::Open | Kind::Public => Icon::Hash,
        Kind::Closed => Icon::Lock,
        Kind::Direct => Icon::People,
    }
}

/// The mark of a room in which the viewer has begun to write.
pub(super) fn draft() -> Markup {
    html! { span.draft { (icons::small(Icon::Edit)) span.sr { ", a draft" } } }
}

/// The button that marks everything as read, if anything is not.
fn read_all(places: &Places) -> Markup {
    let all = || places.rooms.iter().chain(places.directs);
    let here = all().find(|room| places.current == Some(room.id)).map_or("/rooms", |room| room.address.path());
    html! {
        @if all().any(|room| places.reading(room).badge(room.kind) != Badge::Nothing) {
            form.read-all method="post" action="/read-all" {
                input type="hidden" name="next" value=(here);
                button.link { "Mark all read" }
            }
        }
    }
}

fn face(Talk { with, is_here, .. }: &Talk) -> Markup {
    match is_here {
        Some(is_here) => people::face(with, *is_here),
        None => avatar::small(with),
    }
}

/// The button that opens the places where there is no room beside the page.
pub(super) fn button() -> Markup {
    html! {
        div.only-narrow { (icons::opener("places", "Places", Icon::Menu)) }
    }
}
