//! Read states and unread counts.

use serde::Serialize;

use crate::domain::{Quote, ReadState, Room};

/// How far a user has read a room, and what they are notified of.
#[derive(Debug, Serialize)]
pub struct ReadStateJson<'a> {
    room: &'a str,
    url: &'a str,
    read: u64,
    unread: u64,
    mentions: u64,
    level: &'a str,
    favorite: bool,
}

impl<'a> ReadStateJson<'a> {
    /// The JSON of a read state.
    pub fn new(room: &'a Room, read_state: &ReadState) -> Self {
        let ReadState { read_up_to, unread, mentions, level, favorite, .. } = *read_state;
        let level = level.resolve_for(room.visibility).as_str();
        Self { room: room.slug.as_str(), url: room.slug.path(), read: read_up_to.0, unread, mentions, level, favorite }
    }
}

/// A room in the list of the switcher.
#[derive(Debug, Serialize)]
pub struct SidebarRoomJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    visibility: &'a str,
    unread: u64,
    mentions: u64,
    favorite: bool,
}

impl<'a> SidebarRoomJson<'a> {
    /// The JSON of a room with the read state of the caller.
    pub fn new(room: &'a Room, read_state: &ReadState) -> Self {
        let ReadState { unread, mentions, favorite, .. } = *read_state;
        let (slug, url) = (room.slug.as_str(), room.slug.path());
        Self { room: slug, name: &room.name, url, visibility: room.visibility.as_str(), unread, mentions, favorite }
    }
}

/// A room with unread messages.
#[derive(Debug)]
pub struct UnreadRoom {
    /// The room.
    pub room: Room,
    /// The read state of the caller.
    pub read_state: ReadState,
    /// The newest message worth a notification, if there is one.
    pub newest: Option<Quote>,
}

/// Unread counts in total and for each room.
#[derive(Debug, Default, Serialize)]
pub struct UnreadJson<'a> {
    unread: u64,
    mentions: u64,
    /// Messages worth a notification.
    notify: u64,
    rooms: Vec<UnreadRoomJson<'a>>,
}

/// The unread counts of one room.
#[derive(Debug, Serialize)]
struct UnreadRoomJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    unread: u64,
    mentions: u64,
    /// Messages worth a notification.
    notify: u64,
    /// The newest of those.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<NewestMessageJson>,
}

/// The beginning of a message worth a notification.
#[derive(Debug, Serialize)]
struct NewestMessageJson {
    id: u64,
    author: String,
    /// One line; empty if the message was deleted.
    text: String,
}

impl NewestMessageJson {
    fn from_quote(quote: &Quote) -> Self {
        Self { id: quote.id.0, author: quote.author.name.to_string(), text: quote.to_text() }
    }
}

impl<'a> UnreadJson<'a> {
    /// The JSON of all rooms with unread messages.
    pub fn new(rooms: &'a [UnreadRoom]) -> Self {
        let mut total = Self::default();
        for UnreadRoom { room, read_state, newest } in rooms {
            let ReadState { unread, mentions, .. } = *read_state;
            let notify = read_state.notify_count(room.visibility);
            total.unread += unread;
            total.mentions += mentions;
            total.notify += notify;
            total.rooms.push(UnreadRoomJson {
                room: room.slug.as_str(),
                name: &room.name,
                url: room.slug.path(),
                unread,
                mentions,
                notify,
                newest: newest.as_ref().map(NewestMessageJson::from_quote),
            });
        }
        total
    }
}
