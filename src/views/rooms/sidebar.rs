//! The places beside a page: the rooms, the talks with single people, and oneself.

use std::collections::HashMap;

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{Author, Badge, Cursor, Person, ReadState, Role, Room, RoomId, SidebarRank, Visibility};
use crate::views::layout::icons::{self, Icon};
use crate::views::layout::{self, avatar};
use crate::views::rooms::badge::{self, render_badge};
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
    pub direct_rooms: &'a [Room],
    /// With whom those of them are that are for two.
    pub direct_partners: &'a [DirectPartner],
    /// How the viewer reads them.
    pub read_states: &'a HashMap<RoomId, ReadState>,
    /// Where the viewer has begun to write.
    pub draft_rooms: &'a [RoomId],
    /// Of which room the page is, if of one.
    pub current_room: Option<RoomId>,
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
    fn sidebar_read_state(&self, room: &Room) -> ReadState {
        if self.is_live && self.current_room == Some(room.id) { ReadState::default() } else { self.read_state(room) }
    }

    /// Where the list of the rooms is read anew that stands beside this page.
    fn list_href(&self) -> String {
        let live = if self.is_live { "&live=on" } else { "" };
        self.current_room.map_or("/sidebar".to_owned(), |room| format!("/sidebar?room={}{live}", room.0))
    }

    fn can_moderate(&self) -> bool {
        self.viewer.is_some_and(|viewer| viewer.role >= Role::Moderator)
    }
}

/// The places.
pub(crate) fn render_sidebar(sidebar: &SidebarView) -> Markup {
    html! {
        nav #places .sidebar popover aria-label="Places" data-list=(sidebar.list_href())
            data-since=[sidebar.viewer.map(|_| sidebar.since)] {
            div.top {
                (layout::brand(sidebar.server_name))
                (icons::icon_link_with_shortcut("/switcher", ("Go to a room", "Ctrl+K"), Icon::Search))
                (icons::icon_link_with_shortcut("/help", ("Help", "Ctrl+/"), Icon::Help))
            }
            div.places { (room_lists(sidebar)) }
            @if let Some(viewer) = sidebar.viewer {
                div.me {
                    a.place href="/settings" {
                        (avatar::small_avatar(&viewer.author)) span.place-name dir="auto" { (viewer.author.name) }
                    }
                    @if sidebar.can_moderate() {
                        (icons::icon_link("/admin/people", "People and house", Icon::People))
                    }
                    (icons::icon_link("/settings", "My settings", Icon::Gear))
                }
            } @else {
                @let current_room = sidebar.rooms.iter().find(|room| sidebar.current_room == Some(room.id));
                @let next = current_room.map(|room| utf8_percent_encode(room.slug.path(), NON_ALPHANUMERIC).to_string());
                div.me { a.place href={ "/sign-in" @if let Some(next) = next { "?next=" (next) } } { span.place-name { "Sign in" } } }
            }
        }
    }
}

/// The list of the rooms, which a page fetches anew.
pub fn room_lists(sidebar: &SidebarView) -> Markup {
    html! {
        h2 { "Rooms " (icons::small_icon_link("/rooms", "New room", Icon::Plus)) }
        (room_items(sidebar.rooms, sidebar))
        @if sidebar.viewer.is_some() {
            h2 { "Direct " (icons::small_icon_link("/rooms#direct", "New direct talk", Icon::Plus)) }
            (room_items(sidebar.direct_rooms, sidebar))
            (mark_all_read_button(sidebar))
        }
    }
}

/// The script fetches the list when it is told another rank of a room than stands here.
fn room_items(rooms: &[Room], sidebar: &SidebarView) -> Markup {
    html! {
        ul role="list" {
            @for room in rooms {
                li #{ "place-" (room.id.0) } data-rank=(encode_rank(sidebar.read_state(room).sidebar_rank(room.visibility))) { (room_item(room, sidebar)) }
            }
        }
    }
}

/// Where a room stands in somebody's list, as letters of which the later stand higher; none if it does not stand there.
pub fn encode_rank(rank: Option<SidebarRank>) -> String {
    match rank {
        None => String::new(),
        Some(SidebarRank { favorite, last_message: None }) => u8::from(favorite).to_string(),
        Some(SidebarRank { favorite, last_message: Some(last) }) => {
            format!("{}{:020}", u8::from(favorite), last.0)
        }
    }
}

fn room_item(room: &Room, sidebar: &SidebarView) -> Markup {
    let current = (sidebar.current_room == Some(room.id)).then_some("page");
    let partner = sidebar.direct_partners.iter().find(|talk| talk.room == room.id);
    html! {
        a.place href=(Escaped(room.slug.path())) aria-current=[current] {
            @match partner {
                Some(talk) => (partner_avatar(talk)),
                None => (icons::icon(visibility_icon(room.visibility))),
            }
            span.place-name dir="auto" {
                @if room.visibility == Visibility::Direct { (badge::direct_room_name(room)) } @else { (Escaped(&room.name)) }
                @if let Some(DirectPartner { person: person, is_online: Some(is_online), .. }) = partner {
                    span #{ "dot-words-" (person.id) } .sr { (presence::presence_text(*is_online)) }
                }
            }
            @if sidebar.draft_rooms.contains(&room.id) { (draft_marker()) }
            @if sidebar.viewer.is_some() { (render_badge(room, &sidebar.sidebar_read_state(room))) }
        }
    }
}

/// The picture of a room of this kind.
pub(crate) fn visibility_icon(visibility: Visibility) -> Icon {
    match visibility {
        Visibility::Open | Visibility::Public => Icon::Hash,
        Visibility::Private => Icon::Lock,
        Visibility::Direct => Icon::People,
    }
}

/// The mark of a room in which the viewer has begun to write.
pub(crate) fn draft_marker() -> Markup {
    html! { span.draft { (icons::small_icon(Icon::Edit)) span.sr { ", a draft" } } }
}

/// The button that marks everything as read, if anything is not.
fn mark_all_read_button(sidebar: &SidebarView) -> Markup {
    let all = || sidebar.rooms.iter().chain(sidebar.direct_rooms);
    let next_path = all().find(|room| sidebar.current_room == Some(room.id)).map_or("/rooms", |room| room.slug.path());
    html! {
        @if all().any(|room| sidebar.read_state(room).badge(room.visibility) != Badge::Nothing) {
            form.read-all method="post" action="/read-all" {
                input type="hidden" name="next" value=(next_path);
                button.link { "Mark all read" }
            }
        }
    }
}

fn partner_avatar(DirectPartner { person, is_online, .. }: &DirectPartner) -> Markup {
    match is_online {
        Some(is_here) => presence::avatar_with_presence(person, *is_here),
        None => avatar::small_avatar(person),
    }
}

/// The button that opens the places where there is no room beside the page.
pub(crate) fn sidebar_button() -> Markup {
    html! {
        div.only-narrow { (icons::popover_button("places", "Places", Icon::Menu)) }
    }
}
