//! How somebody reads, for programs: one room, or all in which there is something to read.

use serde::Serialize;

use crate::domain;

/// How somebody reads a room.
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
    /// This.
    pub fn new(room: &'a domain::Room, read_state: &domain::ReadState) -> Self {
        let domain::ReadState { read_up_to, unread, mentions, level, favorite, .. } = *read_state;
        let level = level.resolve_for(room.visibility).as_str();
        Self { room: room.slug.as_str(), url: room.slug.path(), read: read_up_to.0, unread, mentions, level, favorite }
    }
}

/// A room that somebody may go to, and how they read it.
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
    /// This.
    pub fn new(room: &'a domain::Room, read_state: &domain::ReadState) -> Self {
        let domain::ReadState { unread, mentions, favorite, .. } = *read_state;
        let (slug, url) = (room.slug.as_str(), room.slug.path());
        Self { room: slug, name: &room.name, url, visibility: room.visibility.as_str(), unread, mentions, favorite }
    }
}

/// How much there is that somebody has not read, in all rooms that tell them so.
#[derive(Debug, Default, Serialize)]
pub struct UnreadJson<'a> {
    unread: u64,
    mentions: u64,
    notify_count: u64,
    rooms: Vec<UnreadRoomJson<'a>>,
}

/// How much there is in one of them.
#[derive(Debug, Serialize)]
struct UnreadRoomJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    unread: u64,
    mentions: u64,
    /// Of how many they are notified.
    notify_count: u64,
    /// The newest of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<NewestMessageJson>,
}

/// How a message begins of which somebody is notified.
#[derive(Debug, Serialize)]
struct NewestMessageJson {
    id: u64,
    author: String,
    /// On one line. Blank if it was taken away.
    text: String,
}

impl NewestMessageJson {
    fn from_quote(quote: &domain::Quote) -> Self {
        Self { id: quote.id.0, author: quote.author.name.to_string(), text: quote.to_text() }
    }
}

impl<'a> UnreadJson<'a> {
    /// In these rooms; with the newest message of each of which they are notified, if there is one.
    pub fn new(rooms: &'a [(domain::Room, domain::ReadState, Option<domain::Quote>)]) -> Self {
        let mut unread_json = Self::default();
        for (room, reading, newest) in rooms {
            let (domain::ReadState { unread, mentions, .. }, notify) =
                (*reading, reading.notify_count(room.visibility));
            unread_json.unread += unread;
            unread_json.mentions += mentions;
            unread_json.notify_count += notify;
            let (slug, url) = (room.slug.as_str(), room.slug.path());
            let newest = newest.as_ref().map(NewestMessageJson::from_quote);
            unread_json.rooms.push(UnreadRoomJson {
                room: slug,
                name: &room.name,
                url,
                unread,
                mentions,
                notify_count: notify,
                newest,
            });
        }
        unread_json
    }
}
