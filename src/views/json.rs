//! The same for programs. Times are RFC 3339 in UTC, ids are numbers, addresses are paths on this server.

use serde::Serialize;

use super::time::Stamp;
use crate::domain::{Address, Cursor, Seq, Token};

/// A message.
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    id: u64,
    room: &'a str,
    author: &'a str,
    author_id: u64,
    at: String,
    body: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    follows: bool,
    url: String,
}

impl<'a> Message<'a> {
    /// A message of the room at this address.
    pub fn of(room: &'a Address, message: &'a crate::domain::Message) -> Self {
        Self {
            id: message.id.0,
            room: room.as_str(),
            author: &message.author.name,
            author_id: message.author.id.0,
            at: Stamp::of(message.at).to_the_millisecond().to_owned(),
            body: &message.body,
            removed: message.is_removed(),
            follows: message.place.follows,
            url: format!("{}/messages/{}", room.path(), message.id),
        }
    }
}

/// A room.
#[derive(Debug, Serialize)]
pub struct Room<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    topic: &'a str,
    kind: &'a str,
    slow_s: u32,
    archived: bool,
}

impl<'a> Room<'a> {
    /// This room.
    pub fn of(room: &'a crate::domain::Room) -> Self {
        Self {
            room: room.address.as_str(),
            name: &room.name,
            url: room.address.path(),
            topic: &room.topic,
            kind: room.kind.word(),
            slow_s: room.slow_s,
            archived: room.archived,
        }
    }
}

/// A page of messages.
#[derive(Debug, Serialize)]
pub struct Page<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    /// Where a stream goes on from here: `/rooms/{room}/live?after=CURSOR`.
    cursor: String,
    older: bool,
    newer: bool,
    messages: Vec<Message<'a>>,
}

impl<'a> Page<'a> {
    /// These messages of a room, read at this cursor.
    pub fn of(
        room: &'a crate::domain::Room,
        cursor: Cursor,
        page: &'a [crate::domain::Message],
        older: bool,
        newer: bool,
    ) -> Self {
        let messages = page.iter().map(|message| Message::of(&room.address, message)).collect();
        let (address, name, url) = (room.address.as_str(), &room.name, room.address.path());
        Self { room: address, name, url, cursor: cursor.to_string(), older, newer, messages }
    }
}

/// A change, as the stream tells it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Change<'a> {
    /// Somebody said something.
    Posted {
        /// The number of the change.
        seq: Seq,
        /// What was said.
        message: Message<'a>,
    },
    /// What somebody had said was taken away.
    Removed {
        /// The number of the change.
        seq: Seq,
        /// Where.
        room: &'a str,
        /// Which message.
        message: Seq,
    },
    /// The room is not what it was.
    RoomChanged {
        /// The number of the change.
        seq: Seq,
        /// What it is now.
        room: Room<'a>,
    },
}

/// Somebody came in.
#[derive(Debug, Serialize)]
pub struct Welcome<'a> {
    token: String,
    name: &'a str,
    room: &'a str,
    url: &'a str,
}

impl<'a> Welcome<'a> {
    /// The holder of this token, as `name`, into this room.
    pub fn of(room: &'a crate::domain::Room, name: &'a str, token: &Token) -> Self {
        Self { token: token.text(), name, room: room.address.as_str(), url: room.address.path() }
    }
}

/// Why something was not done (RFC 9457).
#[derive(Debug, Serialize)]
pub struct Problem<'a> {
    /// Always `about:blank`: the status says all there is to say about the kind.
    pub r#type: &'a str,
    /// The kind of problem.
    pub title: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it.
    pub detail: &'a str,
}
