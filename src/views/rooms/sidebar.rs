//! The places beside a page: the rooms, the talks with single people, and oneself.

use std::collections::HashMap;

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{Author, Badge, Cursor, Person, ReadState, Role, Room, RoomId, SidebarRank, Visibility};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::{self, avatar};
use crate::views::rooms::badge::{self, badge};
use crate::views::rooms::presence;
use crate::views::text::escaped::Escaped;

/// What stands beside a page.
#[derive(Debug)]
pub struct SidebarView<'a> {
    /// What the house is called.
    pub server_name: &'a str,
    /// Who looks, if they have a name.
    pub viewer: Option<&'a Person>,
    /// The rooms to go to, those on top first, in the order of their names.
    pub rooms: &'a [Room],
    /// The direct rooms, those on top first, latest first.
    pub directs: &'a [Room],
    /// With whom those of them are that are for two.
    pub direct_partners: &'a [DirectPartner],
    /// How the viewer reads them.
    pub read_states: &'a HashMap<RoomId, ReadState>,
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
pub struct DirectPartner {
    /// The room.
    pub room: RoomId,
    /// The other of the two.
    pub person: Author,
    /// Whether the other is here. Only a page with a stream says so: on another it would soon be wrong.
    pub is_online: Option<bool>,
}

impl SidebarView<'_> {
    /// How the viewer reads a room.
    pub(crate) fn read_state(&self, room: &Room) -> ReadState {
        self.read_states.get(&room.id).copied().unwrap_or_default()
    }

    /// How the viewer reads a room, as it is shown beside it: whoever looks at a room sees there what is new.
    fn shown_read_state(&self, room: &Room) -> ReadState {
        if self.is_live && self.current == Some(room.id) { ReadState::default() } else { self.read_state(room) }
    }

    /// Where the list of the rooms is read anew that stands beside this page.
    fn href(&self) -> String {
        let live = if self.is_live { "&live=on" } else { "" };
        self.current.map_or("/sidebar".to_owned(), |room| format!("/sidebar?room={}{live}", room.0))
    }

    fn can_moderate(&self) -> bool {
        self.viewer.is_some_and(|viewer| viewer.role >= Role::Moderator)
    }
}

/// The places.
pub(crate) fn sidebar(places: &SidebarView) -> Markup {
    html! {
        nav #places .sidebar popover aria-label="Places" data-list=(places.href())
            data-since=[places.viewer.map(|_| places.since)] {
            div.top {
                (layout::brand(places.server_name))
                (icons::icon_link_with_shortcut("/switcher", ("Go to a room", "Ctrl+K"), Icon::Search))
                (icons::icon_link_with_shortcut("/help", ("Help", "Ctrl+/"), Icon::Help))
            }
            div.places { (room_lists(places)) }
            @if let Some(viewer) = places.viewer {
                div.me {
                    a.place href="/settings" {
                        (avatar::small(&viewer.author)) span.place-name dir="auto" { (viewer.author.name) }
                    }
                    @if places.can_moderate() {
                        (icons::icon_link("/admin/people", "People and house", Icon::People))
                    }
                    (icons::icon_link("/settings", "My settings", Icon::Gear))
                }
            } @else {
                @let here = places.rooms.iter().find(|room| places.current == Some(room.id));
                @let next = here.map(|room| utf8_percent_encode(room.slug.path(), NON_ALPHANUMERIC).to_string());
                div.me { a.place href={ "/sign-in" @if let Some(next) = next { "?next=" (next) } } { span.place-name { "Sign in" } } }
            }
        }
    }
}

/// The list of the rooms, which a page fetches anew.
pub fn room_lists(places: &SidebarView) -> Markup {
    html! {
        h2 { "Rooms " (icons::small_icon_link("/rooms", "New room", Icon::Plus)) }
        (room_items(places.rooms, places))
        @if places.viewer.is_some() {
            h2 { "Direct " (icons::small_icon_link("/rooms#direct", "New direct talk", Icon::Plus)) }
            (room_items(places.directs, places))
            (mark_all_read_button(places))
        }
    }
}

/// The script fetches the list when it is told another rank of a room than stands here.
fn room_items(rooms: &[Room], places: &SidebarView) -> Markup {
    html! {
        ul role="list" {
            @for room in rooms {
                li #{ "place-" (room.id.0) } data-rank=(rank_text(places.read_state(room).sidebar_rank(room.visibility))) { (room_item(room, places)) }
            }
        }
    }
}

/// Where a room stands in somebody's list, as letters of which the later stand higher; none if it does not stand there.
pub fn rank_text(rank: Option<SidebarRank>) -> String {
    match rank {
        None => String::new(),
        Some(SidebarRank { favorite: on_top, last_message: None }) => u8::from(on_top).to_string(),
        Some(SidebarRank { favorite: on_top, last_message: Some(last) }) => {
            format!("{}{:020}", u8::from(on_top), last.0)
        }
    }
}

fn room_item(room: &Room, places: &SidebarView) -> Markup {
    let current = (places.current == Some(room.id)).then_some("page");
    let talk = places.direct_partners.iter().find(|talk| talk.room == room.id);
    html! {
        a.place href=(Escaped(room.slug.path())) aria-current=[current] {
            @match talk {
                Some(talk) => (partner_avatar(talk)),
                None => (icons::icon(visibility_icon(room.visibility))),
            }
            span.place-name dir="auto" {
                @if room.visibility == Visibility::Direct { (badge::element_id(room)) } @else { (Escaped(&room.name)) }
                @if let Some(DirectPartner { person: with, is_online: Some(is_here), .. }) = talk {
                    span #{ "dot-words-" (with.id) } .sr { (presence::presence_text(*is_here)) }
                }
            }
            @if places.drafts.contains(&room.id) { (draft_marker()) }
            @if places.viewer.is_some() { (badge(room, &places.shown_read_state(room))) }
        }
    }
}

/// The picture of a room of this kind.
pub(crate) fn visibility_icon(kind: Visibility) -> Icon {
    match kind {
        Visibility::Open | Visibility::Public => Icon::Hash,
        Visibility::Private => Icon::Lock,
        Visibility::Direct => Icon::People,
    }
}

/// The mark of a room in which the viewer has begun to write.
pub(crate) fn draft_marker() -> Markup {
    html! { span.draft { (icons::small(Icon::Edit)) span.sr { ", a draft" } } }
}

/// The button that marks everything as read, if anything is not.
fn mark_all_read_button(places: &SidebarView) -> Markup {
    let all = || places.rooms.iter().chain(places.directs);
    let here = all().find(|room| places.current == Some(room.id)).map_or("/rooms", |room| room.slug.path());
    html! {
        @if all().any(|room| places.read_state(room).badge(room.visibility) != Badge::Nothing) {
            form.read-all method="post" action="/read-all" {
                input type="hidden" name="next" value=(here);
                button.link { "Mark all read" }
            }
        }
    }
}

fn partner_avatar(DirectPartner { person: with, is_online: is_here, .. }: &DirectPartner) -> Markup {
    match is_here {
        Some(is_here) => presence::face(with, *is_here),
        None => avatar::small(with),
    }
}

/// The button that opens the places where there is no room beside the page.
pub(crate) fn menu_button() -> Markup {
    html! {
        div.only-narrow { (icons::popover_button("places", "Places", Icon::Menu)) }
    }
}
