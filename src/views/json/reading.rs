//! How somebody reads, for programs: one room, or all in which there is something to read.

use serde::Serialize;

use crate::domain;

/// How somebody reads a room.
#[derive(Debug, Serialize)]
pub struct Reading<'a> {
    room: &'a str,
    url: &'a str,
    read: u64,
    unread: u64,
    mentions: u64,
    involvement: &'a str,
    on_top: bool,
}

impl<'a> Reading<'a> {
    /// This.
    pub fn of(room: &'a domain::Room, reading: &domain::Reading) -> Self {
        let domain::Reading { read, unread, mentions, involvement, on_top, .. } = *reading;
        let involvement = involvement.in_room(room.kind).word();
        Self {
            room: room.address.as_str(),
            url: room.address.path(),
            read: read.0,
            unread,
            mentions,
            involvement,
            on_top,
        }
    }
}

/// A room that somebody may go to, and how they read it.
#[derive(Debug, Serialize)]
pub struct Place<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    kind: &'a str,
    unread: u64,
    mentions: u64,
    on_top: bool,
}

impl<'a> Place<'a> {
    /// This.
    pub fn of(room: &'a domain::Room, reading: &domain::Reading) -> Self {
        let domain::Reading { unread, mentions, on_top, .. } = *reading;
        let (address, url) = (room.address.as_str(), room.address.path());
        Self { room: address, name: &room.name, url, kind: room.kind.word(), unread, mentions, on_top }
    }
}

/// How much there is that somebody has not read, in all rooms that tell them so.
#[derive(Debug, Default, Serialize)]
pub struct Unread<'a> {
    unread: u64,
    mentions: u64,
    notify: u64,
    rooms: Vec<UnreadRoom<'a>>,
}

/// How much there is in one of them.
#[derive(Debug, Serialize)]
struct UnreadRoom<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    unread: u64,
    mentions: u64,
    /// Of how many they are notified.
    notify: u64,
    /// The newest of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    newest: Option<Newest>,
}

/// How a message begins of which somebody is notified.
#[derive(Debug, Serialize)]
struct Newest {
    id: u64,
    author: String,
    /// On one line. Blank if it was taken away.
    text: String,
}

impl Newest {
    fn of(message: &domain::Message) -> Self {
        let text = domain::Quote::of_message(message).text();
        Self { id: message.id.0, author: message.author.name.to_string(), text }
    }
}

impl<'a> Unread<'a> {
    /// In these rooms; with the newest message of each of which they are notified, if there is one.
    pub fn of(rooms: &'a [(domain::Room, domain::Reading, Option<domain::Message>)]) -> Self {
        let mut all = Self::default();
        for (room, reading, newest) in rooms {
            let (domain::Reading { unread, mentions, .. }, notify) = (*reading, reading.notify(room.kind));
            all.unread += unread;
            all.mentions += mentions;
            all.notify += notify;
            let (address, url) = (room.address.as_str(), room.address.path());
            let newest = newest.as_ref().map(Newest::of);
            all.rooms.push(UnreadRoom { room: address, name: &room.name, url, unread, mentions, notify, newest });
        }
        all
    }
}
