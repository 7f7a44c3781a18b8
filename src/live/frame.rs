//! One change as an event of a stream, encoded once for all listeners.

use std::sync::OnceLock;

use crate::domain::{Applied, Author, Cursor, Epoch, Event, Message, MessageId, Room, Seq, UserId, Visibility};
use crate::live::sse::{EncodedEvent, encode_event};
use crate::store::{Snapshot, StoreError};
use crate::views::{self, json};

/// The format of a stream.
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

/// A change of a room. HTML is encoded at once, since most streams need it; the other formats when a stream first needs them.
#[derive(Debug)]
pub struct Frame {
    /// The number of this change.
    pub seq: Seq,
    /// The previous change of the room.
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
    /// A message was posted; if it belongs to a thread, with the first message of the thread, which shows the number of replies.
    Posted(Box<Message>, Option<Box<Message>>),
    /// A message was changed.
    MessageChanged(MessageChange, Box<Message>, Dependents),
    RoomChanged,
    /// A person was renamed; with their former name, if it is still reserved for them.
    Renamed(Author, Option<String>),
}

/// What else looks different after a message was changed.
#[derive(Debug, Default)]
struct Dependents {
    /// The replies to the message, if they quote what was changed.
    quoting: Vec<Message>,
    /// The number of pinned messages, if it may be different.
    pin_count: Option<usize>,
}

/// How a message was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MessageChange {
    Edited,
    Deleted,
    Reacted,
    Pinned,
}

/// Reads the frame of a change for the listeners of `room`: what is true in this snapshot. `None` if the change is not
/// visible to listeners, or not any more.
///
/// # Errors
/// [`StoreError`] if the file cannot be read.
pub fn read_frame(
    snapshot: &Snapshot,
    epoch: Epoch,
    room: &Room,
    applied: Applied,
) -> Result<Option<Frame>, StoreError> {
    let changed = |change, message| load_changed(snapshot, room, change, message);
    let payload = match applied.event {
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
    Ok(payload.map(|payload| Frame::new(epoch, room, applied, payload)))
}

fn load_posted(snapshot: &Snapshot, room: &Room, message: MessageId) -> Result<Option<Payload>, StoreError> {
    let Some(message) = snapshot.message(room.id, message)? else { return Ok(None) };
    let root = message.details.extras.thread_root.map_or(Ok(None), |root| snapshot.message(room.id, root))?;
    Ok(Some(Payload::Posted(Box::new(message), root.map(Box::new))))
}

/// `None` if the room had not shown the name of the person by then. Only the newest name is sent: earlier ones are not true any
/// more.
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
    let payload = Payload::Renamed(author, snapshot.former_name(user, applied.seq)?);
    let applied = Applied { previous: snapshot.change_before(room.id, applied.seq)?, ..applied };
    Ok(Some(Frame::new(epoch, room, applied, payload)))
}

fn load_changed(
    snapshot: &Snapshot,
    room: &Room,
    change: MessageChange,
    message: MessageId,
) -> Result<Option<Payload>, StoreError> {
    let Some(message) = snapshot.message(room.id, message)? else { return Ok(None) };
    let pins = || snapshot.count_pins(room.id).map(Some);
    let dependents = match change {
        MessageChange::Edited => Dependents { quoting: snapshot.replies(room.id, &message)?, pin_count: None },
        MessageChange::Deleted => Dependents { quoting: snapshot.replies(room.id, &message)?, pin_count: pins()? },
        MessageChange::Reacted => Dependents::default(),
        MessageChange::Pinned => Dependents { quoting: Vec::new(), pin_count: pins()? },
    };
    Ok(Some(Payload::MessageChanged(change, Box::new(message), dependents)))
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
            Payload::Posted(message, root) => {
                let html = views::messages::message::append(&room.slug, message, root.as_deref()).into_string();
                encode_event(Some(id), None, &html)
            }
            Payload::MessageChanged(_, message, dependents) => {
                let mut html = views::messages::message::update(&room.slug, message, &dependents.quoting).into_string();
                html.extend(dependents.pin_count.map(|pins| views::messages::pins::update(&room, pins).into_string()));
                encode_event(Some(id), None, &html)
            }
            Payload::RoomChanged => encode_event(Some(id), Some("reset"), ROOM_CHANGED_TEXT),
            // The title of a direct room is made of the names of its people, and differs for each of them.
            Payload::Renamed(..) if room.visibility == Visibility::Direct => {
                encode_event(Some(id), Some("reset"), ROOM_CHANGED_TEXT)
            }
            Payload::Renamed(author, _) => {
                encode_event(Some(id), Some("renamed"), &json::RenamedJson::from_author(author).to_json())
            }
        };
        Self { seq, previous, id, room, payload, html, text: OnceLock::new(), json: OnceLock::new() }
    }

    /// Whether an earlier frame may show something that is gone now.
    pub(crate) fn invalidates_earlier_frames(&self) -> bool {
        match self.payload {
            Payload::Posted(..)
            | Payload::MessageChanged(MessageChange::Reacted | MessageChange::Pinned, ..)
            | Payload::Renamed(..) => false,
            Payload::MessageChanged(MessageChange::Edited | MessageChange::Deleted, ..) | Payload::RoomChanged => true,
        }
    }

    /// The author of the message, if one was posted.
    pub(crate) fn posted_by(&self) -> Option<UserId> {
        match &self.payload {
            Payload::Posted(message, _) => Some(message.author.id),
            Payload::MessageChanged(..) | Payload::RoomChanged | Payload::Renamed(..) => None,
        }
    }

    /// The frame in a format.
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
            Payload::Renamed(author, former) => views::plain::renamed(author, former.as_deref()),
        };
        encode_event(Some(self.id), None, &line)
    }

    fn encode_json(&self) -> EncodedEvent {
        let (seq, room) = (self.seq, self.room.slug.as_str());
        let message_json = |message| json::MessageJson::from_message(&self.room.slug, message);
        let change = match &self.payload {
            Payload::Posted(message, _) => json::ChangeJson::Posted { seq, message: message_json(message) },
            Payload::MessageChanged(MessageChange::Edited, message, _) => {
                json::ChangeJson::Edited { seq, message: message_json(message) }
            }
            Payload::MessageChanged(MessageChange::Deleted, message, _) => {
                json::ChangeJson::Deleted { seq, room, message: message.id }
            }
            Payload::MessageChanged(MessageChange::Reacted, message, _) => {
                json::ChangeJson::Reacted { seq, message: message_json(message) }
            }
            Payload::MessageChanged(MessageChange::Pinned, message, _) => {
                json::ChangeJson::Pinned { seq, message: message_json(message) }
            }
            Payload::RoomChanged => json::ChangeJson::RoomChanged { seq, room: json::RoomJson::from_room(&self.room) },
            Payload::Renamed(Author { id, name }, former) => {
                json::ChangeJson::Renamed { seq, room, user: id.0, name, former_name: former.as_deref() }
            }
        };
        encode_event(Some(self.id), None, &serde_json::to_string(&change).expect("strings and numbers are always JSON"))
    }
}

/// The data of a reset after which a page reloads.
const ROOM_CHANGED_TEXT: &str = "the room has changed; read it again";
