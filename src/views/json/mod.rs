//! The same for programs. Times are RFC 3339 in UTC, ids are numbers, addresses are paths on this server.

mod admin;
mod message;
mod read_state;

use serde::Serialize;

use crate::domain::{self, Cursor, Expiry, SessionId, Timestamp, Token, TokenKind};
use crate::views::time::FormattedTime;

pub use crate::views::json::admin::{AuditLineJson, InvitationJson, ListedInvitationJson, ReportJson};
pub use crate::views::json::message::{ChangeJson, MessageJson, MessagesJson, ReactionJson, RenamedJson, VersionJson};
pub use crate::views::json::read_state::{ReadStateJson, SidebarRoomJson, UnreadJson};

/// An emoji, and one of its names.
#[derive(Debug, Serialize)]
pub struct EmojiJson<'a> {
    /// The name, which is written between colons.
    pub name: &'a str,
    /// The character.
    pub emoji: &'a str,
}

/// Something that completes what somebody has begun to write.
#[derive(Debug, Serialize)]
pub struct SuggestionJson<'a> {
    kind: &'static str,
    name: &'a str,
    /// What stands in the text instead of what was begun.
    insert: &'a str,
}

impl<'a> SuggestionJson<'a> {
    /// This one.
    pub fn from_suggestion(suggestion: &'a crate::views::messages::autocomplete::Suggestion) -> Self {
        Self { kind: suggestion.kind(), name: suggestion.name(), insert: &suggestion.insertion }
    }
}

/// A room.
#[derive(Debug, Serialize)]
pub struct RoomJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    topic: &'a str,
    visibility: &'a str,
    slow_mode_s: u32,
    archived: bool,
}

impl<'a> RoomJson<'a> {
    /// This room.
    pub fn from_room(room: &'a crate::domain::Room) -> Self {
        Self {
            room: room.slug.as_str(),
            name: &room.name,
            url: room.slug.path(),
            topic: &room.topic,
            visibility: room.visibility.as_str(),
            slow_mode_s: room.slow_mode_s,
            archived: room.archived,
        }
    }
}

/// A page of messages.
#[derive(Debug, Serialize)]
pub struct PageJson<'a> {
    room: &'a str,
    name: &'a str,
    url: &'a str,
    /// Where a stream goes on from here: `/rooms/{room}/live?after=CURSOR`.
    cursor: String,
    older: bool,
    newer: bool,
    messages: Vec<MessageJson<'a>>,
}

impl<'a> PageJson<'a> {
    /// These messages of a room, read at this cursor.
    pub fn new(
        room: &'a crate::domain::Room,
        cursor: Cursor,
        messages: &'a [crate::domain::Message],
        older: bool,
        newer: bool,
    ) -> Self {
        let messages = messages.iter().map(|message| MessageJson::from_message(&room.slug, message)).collect();
        let (slug, name, url) = (room.slug.as_str(), &room.name, room.slug.path());
        Self { room: slug, name, url, cursor: cursor.to_string(), older, newer, messages }
    }
}

/// What was said in a room on one day.
#[derive(Debug, Serialize)]
pub struct DayJson<'a> {
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
    messages: Vec<MessageJson<'a>>,
}

impl<'a> DayJson<'a> {
    /// This.
    pub fn new(room: &'a crate::domain::Room, day: domain::Day, page: &'a domain::DayPage) -> Self {
        let domain::DayPage { messages, has_older, has_newer, previous_day, next_day } = page;
        let messages = messages.iter().map(|message| MessageJson::from_message(&room.slug, message)).collect();
        Self {
            room: room.slug.as_str(),
            name: &room.name,
            url: room.slug.path(),
            date: day.to_string(),
            previous: previous_day.map(|day| day.to_string()),
            next: next_day.map(|day| day.to_string()),
            older: *has_older,
            newer: *has_newer,
            messages,
        }
    }
}

/// Somebody came in.
#[derive(Debug, Serialize)]
pub struct JoinedRoomJson<'a> {
    token: String,
    name: &'a str,
    room: &'a str,
    url: &'a str,
}

impl<'a> JoinedRoomJson<'a> {
    /// The holder of this token, as `name`, into this room.
    pub fn new(room: &'a crate::domain::Room, name: &'a str, token: &Token) -> Self {
        Self { token: token.to_text(), name, room: room.slug.as_str(), url: room.slug.path() }
    }
}

/// Somebody came in by an invitation.
#[derive(Debug, Serialize)]
pub struct InvitationAcceptedJson<'a> {
    token: String,
    name: &'a str,
    url: &'a str,
}

impl<'a> InvitationAcceptedJson<'a> {
    /// The holder of this token, as `name`; `url` is where to go first.
    pub fn new(name: &'a str, token: &Token, url: &'a str) -> Self {
        Self { token: token.to_text(), name, url }
    }
}

/// Somebody, as those see them who are in the house.
#[derive(Debug, Serialize)]
pub struct PersonJson<'a> {
    id: u64,
    name: &'a str,
    url: String,
    role: &'a str,
    #[serde(flatten)]
    sanctions: Option<SanctionsJson>,
}

/// What was laid on somebody: until when, or `forever`.
#[derive(Debug, Serialize)]
struct SanctionsJson {
    muted_until: Option<String>,
    banned_until: Option<String>,
}

impl<'a> PersonJson<'a> {
    /// This person; with what holds at this moment of all that was laid on them, for those who may know.
    pub fn from_person(person: &'a crate::domain::Person, now: Option<Timestamp>) -> Self {
        let author = &person.author;
        let sanctions = now.map(|now| SanctionsJson {
            muted_until: format_expiry(person.muted_until, now),
            banned_until: format_expiry(person.banned_until, now),
        });
        Self { id: author.id.0, name: &author.name, url: author.path(), role: person.role.as_str(), sanctions }
    }
}

fn format_expiry(expiry: Expiry, now: Timestamp) -> Option<String> {
    let format = |until: Expiry| match until {
        Expiry::NEVER => "forever".to_owned(),
        Expiry(end) => FormattedTime::new(end).iso_millis().to_owned(),
    };
    expiry.is_active(now).then(|| format(expiry))
}

/// What the owners have settled.
#[derive(Debug, Serialize)]
pub struct SettingsJson<'a> {
    name: &'a str,
    join_policy: &'a str,
    room_creation: &'a str,
    allow_guests: bool,
}

impl<'a> SettingsJson<'a> {
    /// This house.
    pub fn from_settings(settings: &'a crate::domain::ServerSettings) -> Self {
        let (join_policy, room_creation) = (settings.join_policy.as_str(), settings.room_creation.as_str());
        Self { name: &settings.name, join_policy, room_creation, allow_guests: settings.allow_guests }
    }
}

/// A link that is shown once.
#[derive(Debug, Serialize)]
pub struct LinkJson<'a> {
    url: &'a str,
}

impl<'a> LinkJson<'a> {
    /// This link.
    pub fn new(url: &'a str) -> Self {
        Self { url }
    }
}

/// Why something was not done (RFC 9457).
#[derive(Debug, Serialize)]
pub struct ProblemJson<'a> {
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
pub struct SignedInJson<'a> {
    token: String,
    name: &'a str,
}

impl<'a> SignedInJson<'a> {
    /// The holder of this token, as `name`.
    pub fn new(name: &'a str, token: &Token) -> Self {
        Self { token: token.to_text(), name }
    }
}

/// Who somebody is.
#[derive(Debug, Serialize)]
pub struct MeJson<'a> {
    name: &'a str,
    id: u64,
    role: &'a str,
}

impl<'a> MeJson<'a> {
    /// This person.
    pub fn from_person(person: &'a domain::Person) -> Self {
        Self { name: &person.author.name, id: person.author.id.0, role: person.role.as_str() }
    }
}

/// A device or a token of one's own.
#[derive(Debug, Serialize)]
pub struct SessionJson<'a> {
    id: String,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<&'static str>>,
    created_at: String,
    /// To within a day.
    last_used_at: String,
    current: bool,
    /// The token itself, the one time it is told.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl<'a> SessionJson<'a> {
    /// This one; `current` is the one that was shown.
    pub fn from_session(session: &'a domain::Session, current: Option<SessionId>) -> Self {
        let (name, address, scopes) = match &session.kind {
            TokenKind::Session(device) => (&device.browser, Some(device.address.as_str()), None),
            TokenKind::Personal { label, scopes } => {
                (label, None, Some(crate::views::settings::tokens::scope_names(*scopes).collect()))
            }
        };
        let stamp = |at| FormattedTime::new(at).iso_seconds().to_owned() + "Z";
        let (id, created_at, last_used_at) =
            (session.id.to_string(), stamp(session.created_at), stamp(session.last_used_at));
        Self { id, name, address, scopes, created_at, last_used_at, current: current == Some(session.id), token: None }
    }

    /// With the token, which was just made.
    #[must_use]
    pub fn with_token(self, token: &Token) -> Self {
        Self { token: Some(token.to_text()), ..self }
    }
}
