//! The same for programs. Times are RFC 3339 in UTC, ids are numbers, addresses are paths on this server.

mod kept;
mod message;
mod reading;

use serde::Serialize;

use super::time::Stamp;
use crate::domain::{self, Cursor, Moment, SessionId, Token, TokenKind, Until};

pub use kept::{Invitation, Line, ListedInvitation, Report};
pub use message::{Change, Message, Messages, ReactedSo, Renamed, Said};
pub use reading::{Place, Reading, Unread};

/// An emoji, and one of its names.
#[derive(Debug, Serialize)]
pub struct Emoji<'a> {
    /// The name, which is written between colons.
    pub name: &'a str,
    /// The character.
    pub emoji: &'a str,
}

/// Something that completes what somebody has begun to write.
#[derive(Debug, Serialize)]
pub struct Choice<'a> {
    kind: &'static str,
    name: &'a str,
    /// What stands in the text instead of what was begun.
    insert: &'a str,
}

impl<'a> Choice<'a> {
    /// This one.
    pub fn of(choice: &'a super::completing::Choice) -> Self {
        Self { kind: choice.kind(), name: choice.name(), insert: &choice.insert }
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

/// What was said in a room on one day.
#[derive(Debug, Serialize)]
pub struct Day<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    date: String,
    /// The days before and after it on which something was said.
    previous: Option<String>,
    next: Option<String>,
    /// Whether there is more on the same day.
    older: bool,
    newer: bool,
    messages: Vec<Message<'a>>,
}

impl<'a> Day<'a> {
    /// This.
    pub fn of(room: &'a crate::domain::Room, day: domain::Day, said: &'a domain::OfDay) -> Self {
        let domain::OfDay { messages, older, newer, before, after } = said;
        let messages = messages.iter().map(|message| Message::of(&room.address, message)).collect();
        Self {
            room: room.address.as_str(),
            name: &room.name,
            url: room.address.path(),
            date: day.to_string(),
            previous: before.map(|day| day.to_string()),
            next: after.map(|day| day.to_string()),
            older: *older,
            newer: *newer,
            messages,
        }
    }
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

/// Somebody came in by an invitation.
#[derive(Debug, Serialize)]
pub struct Joined<'a> {
    token: String,
    name: &'a str,
    url: &'a str,
}

impl<'a> Joined<'a> {
    /// The holder of this token, as `name`; `url` is where to go first.
    pub fn of(name: &'a str, token: &Token, url: &'a str) -> Self {
        Self { token: token.text(), name, url }
    }
}

/// Somebody, as those see them who are in the house.
#[derive(Debug, Serialize)]
pub struct Person<'a> {
    id: u64,
    name: &'a str,
    url: String,
    role: &'a str,
    #[serde(flatten)]
    laid_on: Option<LaidOn>,
}

/// What was laid on somebody: until when, or `forever`.
#[derive(Debug, Serialize)]
struct LaidOn {
    muted_until: Option<String>,
    banned_until: Option<String>,
}

impl<'a> Person<'a> {
    /// This person; with what holds at this moment of all that was laid on them, for those who may know.
    pub fn of(person: &'a crate::domain::Person, now: Option<Moment>) -> Self {
        let author = &person.author;
        let laid_on =
            now.map(|now| LaidOn { muted_until: until(person.muted, now), banned_until: until(person.banned, now) });
        Self { id: author.id.0, name: &author.name, url: author.path(), role: person.role.word(), laid_on }
    }
}

fn until(until: Until, now: Moment) -> Option<String> {
    let words = |until: Until| match until {
        Until::LIFTED => "forever".to_owned(),
        Until(end) => Stamp::of(end).to_the_millisecond().to_owned(),
    };
    until.holds(now).then(|| words(until))
}

/// What the owners have settled.
#[derive(Debug, Serialize)]
pub struct House<'a> {
    name: &'a str,
    door: &'a str,
    rooms_by: &'a str,
    new_guests: bool,
}

impl<'a> House<'a> {
    /// This house.
    pub fn of(house: &'a crate::domain::House) -> Self {
        let (door, rooms_by) = (house.door.word(), house.rooms_by.word());
        Self { name: &house.name, door, rooms_by, new_guests: house.new_guests }
    }
}

/// A link that is shown once.
#[derive(Debug, Serialize)]
pub struct Link<'a> {
    url: &'a str,
}

impl<'a> Link<'a> {
    /// This link.
    pub fn of(url: &'a str) -> Self {
        Self { url }
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
    pub fn of(person: &'a domain::Person) -> Self {
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
