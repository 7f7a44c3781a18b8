//! The sidebar of a page: rooms, direct messages, and the viewer.

use std::collections::HashMap;

use maud::{Markup, html};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::domain::{Author, Badge, Cursor, Person, ReadState, Role, Room, RoomId, SidebarRank, Visibility};
use crate::views::layout::avatar;
use crate::views::layout::html_document::brand;
use crate::views::layout::icons::{self, Icon};
use crate::views::rooms::badge::{self, render_badge};
use crate::views::rooms::presence;
use crate::views::rooms::visibility::visibility_icon;
use crate::views::text::escaped::Escaped;

/// What the sidebar shows.
#[derive(Debug)]
pub struct SidebarView<'a> {
    /// The name of the server.
    pub server_name: &'a str,
    /// Who looks at the page, if they are signed in.
    pub viewer: Option<&'a Person>,
    /// The rooms that are not direct: favorites first, then by name.
    pub rooms: &'a [Room],
    /// The direct rooms: favorites first, then the latest first.
    pub direct_rooms: &'a [Room],
    /// The other person of each direct room of two.
    pub direct_partners: &'a [DirectPartner],
    /// The read states of the viewer.
    pub read_states: &'a HashMap<RoomId, ReadState>,
    /// The rooms in which the viewer has a draft.
    pub draft_rooms: &'a [RoomId],
    /// The room this page is about, if any.
    pub current_room: Option<RoomId>,
    /// Whether the page shows the messages of that room, and so has its stream.
    pub is_live: bool,
    /// The cursor at which the sidebar was read.
    pub since: Cursor,
}

/// A direct room of two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DirectPartner {
    /// The room.
    pub room: RoomId,
    /// The other of the two.
    pub person: Author,
    /// Whether the other is here now. Only a page with a stream shows it: on another page it would soon be wrong.
    pub is_online: Option<bool>,
}

impl SidebarView<'_> {
    /// The read state of a room.
    pub(crate) fn read_state(&self, room: &Room) -> ReadState {
        self.read_states.get(&room.id).copied().unwrap_or_default()
    }

    /// The read state of a room as its badge shows it: none in the room whose messages are on the page.
    fn sidebar_read_state(&self, room: &Room) -> ReadState {
        if self.is_live && self.current_room == Some(room.id) { ReadState::default() } else { self.read_state(room) }
    }

    /// The address from which the page fetches its room lists again.
    fn list_href(&self) -> String {
        let live = if self.is_live { "&live=on" } else { "" };
        self.current_room.map_or("/sidebar".to_owned(), |room| format!("/sidebar?room={}{live}", room.0))
    }

    fn can_moderate(&self) -> bool {
        self.viewer.is_some_and(|viewer| viewer.role >= Role::Moderator)
    }
}

/// The sidebar.
pub(crate) fn render_sidebar(sidebar: &SidebarView) -> Markup {
    html! {
        nav #places .sidebar popover aria-label="Rooms" data-list=(sidebar.list_href())
            data-since=[sidebar.viewer.map(|_| sidebar.since)] {
            div.top {
                (brand(sidebar.server_name))
                (icons::icon_link_with_shortcut("/switcher", ("Jump to…", "Ctrl+K"), Icon::Search))
                (icons::icon_link_with_shortcut("/help", ("Help", "Ctrl+/"), Icon::Help))
            }
            div.places { (room_lists(sidebar)) }
            @if let Some(viewer) = sidebar.viewer {
                div.me {
                    a.place href="/settings" {
                        (avatar::small_avatar(&viewer.author)) span.place-name dir="auto" { (viewer.author.name) }
                    }
                    @if sidebar.can_moderate() {
                        (icons::icon_link("/admin/people", "Admin", Icon::People))
                    }
                    (icons::icon_link("/settings", "Settings", Icon::Gear))
                }
            } @else {
                @let current_room = sidebar.rooms.iter().find(|room| sidebar.current_room == Some(room.id));
                @let next = current_room.map(|room| utf8_percent_encode(room.slug.path(), NON_ALPHANUMERIC).to_string());
                div.me { a.place href={ "/sign-in" @if let Some(next) = next { "?next=" (next) } } { span.place-name { "Sign in" } } }
            }
        }
    }
}

/// The lists of rooms, which a page also fetches alone.
pub fn room_lists(sidebar: &SidebarView) -> Markup {
    html! {
        h2 { "Rooms " (icons::small_icon_link("/rooms", "New room", Icon::Plus)) }
        (room_items(sidebar.rooms, sidebar))
        @if sidebar.viewer.is_some() {
            h2 { "Direct messages " (icons::small_icon_link("/rooms#direct", "New direct message", Icon::Plus)) }
            (room_items(sidebar.direct_rooms, sidebar))
            (mark_all_read_button(sidebar))
        }
    }
}

/// The script fetches the lists again when the stream brings another rank for a room than `data-rank`.
fn room_items(rooms: &[Room], sidebar: &SidebarView) -> Markup {
    html! {
        ul role="list" {
            @for room in rooms {
                li #{ "place-" (room.id.0) } data-rank=(encode_rank(sidebar.read_state(room).sidebar_rank(room.visibility))) { (room_item(room, sidebar)) }
            }
        }
    }
}

/// The rank of a room in the sidebar as a string: a greater string is higher in the list, an empty one is not in it.
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
    let partner = sidebar.direct_partners.iter().find(|partner| partner.room == room.id);
    html! {
        a.place href=(Escaped(room.slug.path())) aria-current=[current] {
            @match partner {
                Some(partner) => (partner_avatar(partner)),
                None => (icons::icon(visibility_icon(room.visibility))),
            }
            span.place-name dir="auto" {
                @if room.visibility == Visibility::Direct { (badge::direct_room_name(room)) } @else { (Escaped(&room.name)) }
                @if let Some(DirectPartner { person, is_online: Some(is_online), .. }) = partner {
                    span #{ "dot-words-" (person.id) } .sr { (presence::presence_text(*is_online)) }
                }
            }
            @if sidebar.draft_rooms.contains(&room.id) { (draft_marker()) }
            @if sidebar.viewer.is_some() { (render_badge(room, &sidebar.sidebar_read_state(room))) }
        }
    }
}

/// The mark of a room in which the viewer has a draft.
pub(crate) fn draft_marker() -> Markup {
    html! { span.draft { (icons::small_icon(Icon::Edit)) span.sr { ", draft" } } }
}

/// The button that marks all rooms as read, if one has a badge.
fn mark_all_read_button(sidebar: &SidebarView) -> Markup {
    let all_rooms = || sidebar.rooms.iter().chain(sidebar.direct_rooms);
    let next_path =
        all_rooms().find(|room| sidebar.current_room == Some(room.id)).map_or("/rooms", |room| room.slug.path());
    html! {
        @if all_rooms().any(|room| sidebar.read_state(room).badge(room.visibility) != Badge::Nothing) {
            form.read-all method="post" action="/read-all" {
                input type="hidden" name="next" value=(next_path);
                button.link { "Mark all read" }
            }
        }
    }
}

fn partner_avatar(DirectPartner { person, is_online, .. }: &DirectPartner) -> Markup {
    match is_online {
        Some(is_online) => presence::avatar_with_presence(person, *is_online),
        None => avatar::small_avatar(person),
    }
}

/// The button that opens the sidebar on a narrow screen.
pub(crate) fn sidebar_button() -> Markup {
    html! {
        div.only-narrow { (icons::popover_button("places", "Rooms", Icon::Menu)) }
    }
}
