//! The same for programs. Times are RFC 3339 in UTC, ids are numbers, addresses are paths on this server.

use serde::Serialize;

use super::time::Stamp;
use crate::domain::{self, Address, Cursor, Person, Seq, SessionId, Token, TokenKind};

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

/// Somebody who is known by this token from now on.
#[derive(Debug, Serialize)]
pub struct SignedIn<'a> {
    token: String,
    name: &'a str,
}

impl<'a> SignedIn<'a> {
    /// The holder of this token, as `name`.
    pub fn of(name: &'a str, token: &Token) -> Self {
        Self { token: token.text(), name }
    }
}

/// Who somebody is.
#[derive(Debug, Serialize)]
pub struct Me<'a> {
    name: &'a str,
    id: u64,
    role: &'a str,
}

impl<'a> Me<'a> {
    /// This person.
    pub fn of(person: &'a Person) -> Self {
        Self { name: &person.author.name, id: person.author.id.0, role: person.role.word() }
    }
}

/// A device or a token of one's own.
#[derive(Debug, Serialize)]
pub struct Session<'a> {
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<&'static str>>,
    made_at: String,
    /// To within a day.
    seen_at: String,
    current: bool,
    /// The token itself, the one time it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl<'a> Session<'a> {
    /// This one; `current` is the one that was shown.
    pub fn of(session: &'a domain::Session, current: Option<SessionId>) -> Self {
        let (name, address, scopes) = match &session.kind {
            TokenKind::Session(device) => (&device.browser, Some(device.address.as_str()), None),
            TokenKind::Personal { label, scopes } => (label, None, Some(super::settings::words(*scopes).collect())),
        };
        let stamp = |at| Stamp::of(at).to_the_second().to_owned() + "Z";
        let (id, made_at, seen_at) = (session.id.to_string(), stamp(session.made_at), stamp(session.seen_at));
        Self { id, name, address, scopes, made_at, seen_at, current: current == Some(session.id), token: None }
    }

    /// With the token, which was just made.
    #[must_use]
    pub fn with(self, token: &Token) -> Self {
        Self { token: Some(token.text()), ..self }
    }
}
