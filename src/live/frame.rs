//! One change as the events of a stream, written once for all who listen; and what is told besides changes.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use crate::domain::{Applied, Author, Cursor, Epoch, Event, Message, MessageId, Room, RoomId, Seq, UserId, Visibility};
use crate::live::sse::{EncodedEvent, encode_event, encode_lines};
use crate::store::{Snapshot, StoreError};
use crate::views::{self, PresenceList, Typists, json};

/// What a listener wants to read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Fragments for htmx.
    #[default]
    Html,
    /// A readable line for each change.
    Text,
    /// An object for each change.
    Json,
}

/// A change of a room. HTML is written at once, since most want it; the others when the first asks.
#[derive(Debug)]
pub struct Frame {
    /// The number of the change.
    pub seq: Seq,
    /// The change of the room before it.
    pub previous: Seq,
    id: Cursor,
    room: Room,
    payload: Payload,
    html: EncodedEvent,
    text: OnceLock<EncodedEvent>,
    json: OnceLock<EncodedEvent>,
}

/// What changed.
#[derive(Debug)]
enum Payload {
    /// Something was said; and if it belongs to a thread, the message with which that began, which counts it.
    Posted(Box<Message>, Option<Box<Message>>),
    /// A message is not what it was.
    MessageChanged(MessageChange, Box<Message>, Dependents),
    RoomChanged,
    /// Somebody is called otherwise, and what they were called, if that name is still theirs.
    Renamed(Author, Option<String>),
}

/// What is shown otherwise because a message is not what it was.
#[derive(Debug, Default)]
struct Dependents {
    /// The answers to it, if they show something of it that is.
    quoting: Vec<Message>,
    /// How many messages are pinned, if that may be another number.
    pin_count: Option<usize>,
}

/// How a message changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageChange {
    Edited,
    Deleted,
    Reacted,
    Pinned,
}

/// Reads what a listener of `room` is to hear of `done`: what is true in this snapshot. `None` if there is nothing to
/// hear, or nothing any more.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub fn read_frame(
    snapshot: &Snapshot,
    epoch: Epoch,
    room: &Room,
    applied: Applied,
) -> Result<Option<Frame>, StoreError> {
    let changed = |how, message| load_changed(snapshot, room, how, message);
    let what = match applied.event {
        Event::MessagePosted { message, .. } => load_posted(snapshot, room, message)?,
        Event::MessageEdited { message, .. } => changed(MessageChange::Edited, message)?,
        Event::MessageDeleted { message, .. } => changed(MessageChange::Deleted, message)?,
        Event::ReactionsChanged { message, .. } => changed(MessageChange::Reacted, message)?,
        Event::PinsChanged { message, .. } => changed(MessageChange::Pinned, message)?,
        Event::RoomChanged { .. } => Some(Payload::RoomChanged),
        Event::PersonRenamed { user } => return load_renamed(snapshot, epoch, room, applied, user),
        Event::PersonJoined { .. }
        | Event::RoomOpened { .. }
        | Event::SignedOut { .. }
        | Event::MemberAdded { .. }
        | Event::MemberRemoved { .. }
        | Event::RoomDeletedOrRestored { .. }
        | Event::MutedInRoom { .. }
        | Event::SignedIn { .. }
        | Event::PersonChanged { .. }
        | Event::ServerChanged
        | Event::AuditLogged
        | Event::ReadStateChanged { .. } => None,
    };
    Ok(what.map(|what| Frame::new(epoch, room, applied, what)))
}

fn load_posted(snapshot: &Snapshot, room: &Room, message: MessageId) -> Result<Option<Payload>, StoreError> {
    let Some(message) = snapshot.message(room.id, message)? else { return Ok(None) };
    let began = message.details.extras.thread_root.map_or(Ok(None), |began| snapshot.message(room.id, began))?;
    Ok(Some(Payload::Posted(Box::new(message), began.map(Box::new))))
}

/// Nothing where nobody has seen the name by then. Only the last new name of somebody is told: earlier ones are no longer
/// true.
fn load_renamed(
    snapshot: &Snapshot,
    epoch: Epoch,
    room: &Room,
    applied: Applied,
    user: UserId,
) -> Result<Option<Frame>, StoreError> {
    if snapshot.name_used_since(user, room.id)?.is_none_or(|since| applied.seq < since) {
        return Ok(None);
    }
    let author = snapshot.author_by_id(user)?.ok_or(StoreError::Missing { table: "users" })?;
    let what = Payload::Renamed(author, snapshot.former_name(user, applied.seq)?);
    let done = Applied { previous: snapshot.change_before(room.id, applied.seq)?, ..applied };
    Ok(Some(Frame::new(epoch, room, done, what)))
}

fn load_changed(
    snapshot: &Snapshot,
    room: &Room,
    change: MessageChange,
    message: MessageId,
) -> Result<Option<Payload>, StoreError> {
    let Some(message) = snapshot.message(room.id, message)? else { return Ok(None) };
    let pins = || snapshot.count_pins(room.id).map(Some);
    let around = match change {
        MessageChange::Edited => Dependents { quoting: snapshot.replies(room.id, &message)?, pin_count: None },
        MessageChange::Deleted => Dependents { quoting: snapshot.replies(room.id, &message)?, pin_count: pins()? },
        MessageChange::Reacted => Dependents::default(),
        MessageChange::Pinned => Dependents { quoting: Vec::new(), pin_count: pins()? },
    };
    Ok(Some(Payload::MessageChanged(change, Box::new(message), around)))
}

impl Frame {
    #[cfg(any(test, fuzzing))]
    pub(crate) fn from_posted(epoch: Epoch, room: &Room, applied: Applied, message: Message) -> Self {
        Self::new(epoch, room, applied, Payload::Posted(Box::new(message), None))
    }

    #[cfg(test)]
    pub(crate) fn from_edited(epoch: Epoch, room: &Room, applied: Applied, message: Message) -> Self {
        Self::new(
            epoch,
            room,
            applied,
            Payload::MessageChanged(MessageChange::Edited, Box::new(message), Dependents::default()),
        )
    }

    #[cfg(test)]
    pub(crate) fn from_renamed(epoch: Epoch, room: &Room, applied: Applied, author: Author) -> Self {
        Self::new(epoch, room, applied, Payload::Renamed(author, None))
    }

    fn new(epoch: Epoch, room: &Room, applied: Applied, payload: Payload) -> Self {
        let (Applied { seq, previous, .. }, room) = (applied, room.clone());
        let id = Cursor { epoch: Some(epoch), seq };
        let html = match &payload {
            Payload::Posted(message, began) => encode_event(
                Some(id),
                None,
                &views::messages::message::append(&room.slug, message, began.as_deref()).into_string(),
            ),
            Payload::MessageChanged(_, message, around) => {
                let mut html = views::messages::message::update(&room.slug, message, &around.quoting).into_string();
                html.extend(around.pin_count.map(|pins| views::messages::pins::update(&room, pins).into_string()));
                encode_event(Some(id), None, &html)
            }
            Payload::RoomChanged => encode_event(Some(id), Some("reset"), ROOM_CHANGED_TEXT),
            // It is called after its people, and is for each of them called otherwise.
            Payload::Renamed(..) if room.visibility == Visibility::Direct => {
                encode_event(Some(id), Some("reset"), ROOM_CHANGED_TEXT)
            }
            Payload::Renamed(author, _) => {
                encode_event(Some(id), Some("renamed"), &json::RenamedJson::from_author(author).to_json())
            }
        };
        Self { seq, previous, id, room, payload, html, text: OnceLock::new(), json: OnceLock::new() }
    }

    /// Whether something that was told before may be gone now.
    pub(crate) fn invalidates_earlier_frames(&self) -> bool {
        match self.payload {
            Payload::Posted(..)
            | Payload::MessageChanged(MessageChange::Reacted | MessageChange::Pinned, ..)
            | Payload::Renamed(..) => false,
            Payload::MessageChanged(MessageChange::Edited | MessageChange::Deleted, ..) | Payload::RoomChanged => true,
        }
    }

    /// Who has sent what they typed.
    pub(crate) fn posted_by(&self) -> Option<UserId> {
        match &self.payload {
            Payload::Posted(message, _) => Some(message.author.id),
            Payload::MessageChanged(..) | Payload::RoomChanged | Payload::Renamed(..) => None,
        }
    }

    /// It, in a format.
    pub(crate) fn encoded_as(&self, format: Format) -> &EncodedEvent {
        match format {
            Format::Html => &self.html,
            Format::Text => self.text.get_or_init(|| self.encode_text()),
            Format::Json => self.json.get_or_init(|| self.encode_json()),
        }
    }

    fn encode_text(&self) -> EncodedEvent {
        let line = match &self.payload {
            Payload::Posted(message, _) => views::plain::message_line(message),
            Payload::MessageChanged(MessageChange::Edited, message, _) => views::plain::edited(message),
            Payload::MessageChanged(MessageChange::Deleted, message, _) => views::plain::deleted(message.id),
            Payload::MessageChanged(MessageChange::Reacted, message, _) => views::plain::reactions_changed(message),
            Payload::MessageChanged(MessageChange::Pinned, message, _) => views::plain::pin_changed(message),
            Payload::RoomChanged => views::plain::room_changed(&self.room),
            Payload::Renamed(author, was) => views::plain::renamed(author, was.as_deref()),
        };
        encode_event(Some(self.id), None, &line)
    }

    fn encode_json(&self) -> EncodedEvent {
        let (seq, room) = (self.seq, self.room.slug.as_str());
        let whole = |message| json::MessageJson::from_message(&self.room.slug, message);
        let change = match &self.payload {
            Payload::Posted(message, _) => json::ChangeJson::Posted { seq, message: whole(message) },
            Payload::MessageChanged(MessageChange::Edited, message, _) => {
                json::ChangeJson::Edited { seq, message: whole(message) }
            }
            Payload::MessageChanged(MessageChange::Deleted, message, _) => {
                json::ChangeJson::Deleted { seq, room, message: message.id }
            }
            Payload::MessageChanged(MessageChange::Reacted, message, _) => {
                json::ChangeJson::Reacted { seq, message: whole(message) }
            }
            Payload::MessageChanged(MessageChange::Pinned, message, _) => {
                json::ChangeJson::Pinned { seq, message: whole(message) }
            }
            Payload::RoomChanged => json::ChangeJson::RoomChanged { seq, room: json::RoomJson::from_room(&self.room) },
            Payload::Renamed(Author { id, name }, was) => {
                json::ChangeJson::Renamed { seq, room, user: id.0, name, former_name: was.as_deref() }
            }
        };
        encode_event(Some(self.id), None, &serde_json::to_string(&change).expect("strings and numbers are always JSON"))
    }
}

/// What a page is told that is to be read anew.
const ROOM_CHANGED_TEXT: &str = "the room has changed; read it again";

/// The first thing a listener hears, at once: where it stands, so that it can come back to this place even if nothing
/// happens before it goes.
pub(crate) fn encode_hello(cursor: Cursor) -> EncodedEvent {
    encode_event(Some(cursor), Some("hello"), "listening")
}

/// Sent from time to time, so that both ends notice a dead connection, and whatever carries it sees that it is in use.
pub(crate) fn encode_ping() -> EncodedEvent {
    encode_event(None, Some("ping"), "1")
}

/// From where the listener wants to go on, nothing leads here: what it shows must be read anew. It then goes on from
/// `cursor`.
pub(crate) fn encode_reset(cursor: Cursor) -> EncodedEvent {
    encode_event(Some(cursor), Some("reset"), "what came before is not in the feed; read the room again")
}

/// What the listener may do here has changed: what it shows must be read anew.
pub(crate) fn encode_access_changed(cursor: Cursor) -> EncodedEvent {
    encode_event(Some(cursor), Some("reset"), "what you may do here has changed; read the room again")
}

/// The listener may not hear the room any more. Nothing follows, and whoever comes back is told what they may see.
pub(crate) fn encode_gone() -> EncodedEvent {
    encode_event(None, Some("gone"), "you may not listen here any more")
}

/// The server stops. `retry` is another for everyone, so that they do not all come back at once.
pub(crate) fn encode_bye(retry_after: Duration) -> EncodedEvent {
    EncodedEvent::new(&format!("event: bye\nretry: {}\ndata: restarting\n\n", retry_after.as_millis()))
}

/// Who is here. It has no id: it is not a change, and nobody needs to catch up on it.
pub(crate) fn encode_roster(encode_roster: &PresenceList) -> EncodedEvent {
    encode_event(None, None, &views::rooms::presence::update(encode_roster).into_string())
}

/// Who is typing. It has no id either.
pub(crate) fn encode_typing(typists: &Typists) -> EncodedEvent {
    encode_event(None, None, &views::rooms::typing::update(typists).into_string())
}

/// What is for one person alone, as fragments, and where rooms stand in their list by now. It has no id either.
pub(crate) fn encode_personal(fragments: &str, ranks: &BTreeMap<RoomId, String>) -> Option<EncodedEvent> {
    let ranks = (!ranks.is_empty()).then(|| serde_json::to_string(ranks).expect("numbers and strings are always JSON"));
    let fragments = (!fragments.is_empty()).then(|| encode_lines(None, None, fragments));
    let events: String =
        fragments.into_iter().chain(ranks.map(|ranks| encode_lines(None, Some("places"), &ranks))).collect();
    (!events.is_empty()).then(|| EncodedEvent::new(&events))
}
