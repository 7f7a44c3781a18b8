//! One change as the events of a stream, written once for all who listen; and what is told besides changes.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use super::written::{Written, event, lines};
use crate::domain::{Author, Cursor, Done, Epoch, Event, Kind, Message, MessageId, Room, RoomId, Seq, UserId};
use crate::store::{Fault, Snapshot};
use crate::views::{self, Here, Typists, json};

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
    pub before: Seq,
    id: Cursor,
    room: Room,
    what: What,
    html: Written,
    text: OnceLock<Written>,
    json: OnceLock<Written>,
}

/// What changed.
#[derive(Debug)]
enum What {
    /// Something was said; and if it belongs to a thread, the message with which that began, which counts it.
    Posted(Box<Message>, Option<Box<Message>>),
    /// A message is not what it was.
    Changed(How, Box<Message>, Around),
    RoomChanged,
    /// Somebody is called otherwise, and what they were called, if that name is still theirs.
    Renamed(Author, Option<String>),
}

/// What is shown otherwise because a message is not what it was.
#[derive(Debug, Default)]
struct Around {
    /// The answers to it, if they show something of it that is.
    answers: Vec<Message>,
    /// How many messages are pinned, if that may be another number.
    pins: Option<usize>,
}

/// How a message changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Edited,
    Removed,
    Reacted,
    Pinned,
}

/// Reads what a listener of `room` is to hear of `done`: what is true in this snapshot. `None` if there is nothing to
/// hear, or nothing any more.
///
/// # Errors
/// [`Fault`] if the file cannot be read.
pub fn read(snapshot: &Snapshot, epoch: Epoch, room: &Room, done: Done) -> Result<Option<Frame>, Fault> {
    let changed = |how, message| otherwise(snapshot, room, how, message);
    let what = match done.event {
        Event::Posted { message, .. } => posted(snapshot, room, message)?,
        Event::Edited { message, .. } => changed(How::Edited, message)?,
        Event::Removed { message, .. } => changed(How::Removed, message)?,
        Event::Reacted { message, .. } => changed(How::Reacted, message)?,
        Event::Pinned { message, .. } => changed(How::Pinned, message)?,
        Event::RoomChanged { .. } => Some(What::RoomChanged),
        Event::Renamed { user } => return renamed(snapshot, epoch, room, done, user),
        Event::Entered { .. }
        | Event::Opened { .. }
        | Event::Left { .. }
        | Event::Joined { .. }
        | Event::Parted { .. }
        | Event::RoomGone { .. }
        | Event::RoomMuted { .. }
        | Event::SignedIn { .. }
        | Event::PersonChanged { .. }
        | Event::HouseChanged
        | Event::Noted
        | Event::ReaderMoved { .. } => None,
    };
    Ok(what.map(|what| Frame::of(epoch, room, done, what)))
}

fn posted(snapshot: &Snapshot, room: &Room, message: MessageId) -> Result<Option<What>, Fault> {
    let Some(message) = snapshot.message(room.id, message)? else { return Ok(None) };
    let began = message.more.extras.thread.map_or(Ok(None), |began| snapshot.message(room.id, began))?;
    Ok(Some(What::Posted(Box::new(message), began.map(Box::new))))
}

/// Nothing where nobody has seen the name by then. Only the last new name of somebody is told: earlier ones are no longer
/// true.
fn renamed(snapshot: &Snapshot, epoch: Epoch, room: &Room, done: Done, user: UserId) -> Result<Option<Frame>, Fault> {
    if snapshot.seen_since(user, room.id)?.is_none_or(|since| done.seq < since) {
        return Ok(None);
    }
    let author = snapshot.user(user)?.ok_or(Fault::Missing { table: "users" })?;
    let what = What::Renamed(author, snapshot.given_up(user, done.seq)?);
    let done = Done { before: snapshot.change_before(room.id, done.seq)?, ..done };
    Ok(Some(Frame::of(epoch, room, done, what)))
}

fn otherwise(snapshot: &Snapshot, room: &Room, how: How, message: MessageId) -> Result<Option<What>, Fault> {
    let Some(message) = snapshot.message(room.id, message)? else { return Ok(None) };
    let pins = || snapshot.pin_count(room.id).map(Some);
    let around = match how {
        How::Edited => Around { answers: snapshot.answers(room.id, &message)?, pins: None },
        How::Removed => Around { answers: snapshot.answers(room.id, &message)?, pins: pins()? },
        How::Reacted => Around::default(),
        How::Pinned => Around { answers: Vec::new(), pins: pins()? },
    };
    Ok(Some(What::Changed(how, Box::new(message), around)))
}

impl Frame {
    #[cfg(any(test, fuzzing))]
    pub(crate) fn posted(epoch: Epoch, room: &Room, done: Done, message: Message) -> Self {
        Self::of(epoch, room, done, What::Posted(Box::new(message), None))
    }

    #[cfg(test)]
    pub(super) fn edited(epoch: Epoch, room: &Room, done: Done, message: Message) -> Self {
        Self::of(epoch, room, done, What::Changed(How::Edited, Box::new(message), Around::default()))
    }

    #[cfg(test)]
    pub(super) fn renamed(epoch: Epoch, room: &Room, done: Done, author: Author) -> Self {
        Self::of(epoch, room, done, What::Renamed(author, None))
    }

    fn of(epoch: Epoch, room: &Room, done: Done, what: What) -> Self {
        let (Done { seq, before, .. }, room) = (done, room.clone());
        let id = Cursor { epoch: Some(epoch), seq };
        let html = match &what {
            What::Posted(message, began) => {
                event(Some(id), None, &views::message::posted(&room.address, message, began.as_deref()).into_string())
            }
            What::Changed(_, message, around) => {
                let mut html = views::message::changed(&room.address, message, &around.answers).into_string();
                html.extend(around.pins.map(|pins| views::pins::changed(&room, pins).into_string()));
                event(Some(id), None, &html)
            }
            What::RoomChanged => event(Some(id), Some("reset"), ROOM_CHANGED),
            // It is called after its people, and is for each of them called otherwise.
            What::Renamed(..) if room.kind == Kind::Direct => event(Some(id), Some("reset"), ROOM_CHANGED),
            What::Renamed(author, _) => event(Some(id), Some("renamed"), &json::Renamed::of(author).written()),
        };
        Self { seq, before, id, room, what, html, text: OnceLock::new(), json: OnceLock::new() }
    }

    /// Whether something that was told before may be gone now.
    pub(super) fn may_take_away(&self) -> bool {
        match self.what {
            What::Posted(..) | What::Changed(How::Reacted | How::Pinned, ..) | What::Renamed(..) => false,
            What::Changed(How::Edited | How::Removed, ..) | What::RoomChanged => true,
        }
    }

    /// Who has sent what they typed.
    pub(super) fn sent_by(&self) -> Option<UserId> {
        match &self.what {
            What::Posted(message, _) => Some(message.author.id),
            What::Changed(..) | What::RoomChanged | What::Renamed(..) => None,
        }
    }

    /// It, in a format.
    pub(crate) fn written(&self, format: Format) -> &Written {
        match format {
            Format::Html => &self.html,
            Format::Text => self.text.get_or_init(|| self.as_text()),
            Format::Json => self.json.get_or_init(|| self.as_json()),
        }
    }

    fn as_text(&self) -> Written {
        let line = match &self.what {
            What::Posted(message, _) => views::plain::line(message),
            What::Changed(How::Edited, message, _) => views::plain::edited(message),
            What::Changed(How::Removed, message, _) => views::plain::removed(message.id),
            What::Changed(How::Reacted, message, _) => views::plain::reacted(message),
            What::Changed(How::Pinned, message, _) => views::plain::pinned(message),
            What::RoomChanged => views::plain::room(&self.room),
            What::Renamed(author, was) => views::plain::renamed(author, was.as_deref()),
        };
        event(Some(self.id), None, &line)
    }

    fn as_json(&self) -> Written {
        let (seq, room) = (self.seq, self.room.address.as_str());
        let whole = |message| json::Message::of(&self.room.address, message);
        let change = match &self.what {
            What::Posted(message, _) => json::Change::Posted { seq, message: whole(message) },
            What::Changed(How::Edited, message, _) => json::Change::Edited { seq, message: whole(message) },
            What::Changed(How::Removed, message, _) => json::Change::Removed { seq, room, message: message.id },
            What::Changed(How::Reacted, message, _) => json::Change::Reacted { seq, message: whole(message) },
            What::Changed(How::Pinned, message, _) => json::Change::Pinned { seq, message: whole(message) },
            What::RoomChanged => json::Change::RoomChanged { seq, room: json::Room::of(&self.room) },
            What::Renamed(Author { id, name }, was) => {
                json::Change::Renamed { seq, room, user: id.0, name, was: was.as_deref() }
            }
        };
        event(Some(self.id), None, &serde_json::to_string(&change).expect("strings and numbers are always JSON"))
    }
}

/// What a page is told that is to be read anew.
const ROOM_CHANGED: &str = "the room has changed; read it again";

/// The first thing a listener hears, at once: where it stands, so that it can come back to this place even if nothing
/// happens before it goes.
pub(super) fn hello(cursor: Cursor) -> Written {
    event(Some(cursor), Some("hello"), "listening")
}

/// Sent from time to time, so that both ends notice a dead connection, and whatever carries it sees that it is in use.
pub(super) fn ping() -> Written {
    event(None, Some("ping"), "1")
}

/// From where the listener wants to go on, nothing leads here: what it shows must be read anew. It then goes on from
/// `cursor`.
pub(super) fn reset(cursor: Cursor) -> Written {
    event(Some(cursor), Some("reset"), "what came before is not in the feed; read the room again")
}

/// What the listener may do here has changed: what it shows must be read anew.
pub(super) fn changed(cursor: Cursor) -> Written {
    event(Some(cursor), Some("reset"), "what you may do here has changed; read the room again")
}

/// The listener may not hear the room any more. Nothing follows, and whoever comes back is told what they may see.
pub(super) fn gone() -> Written {
    event(None, Some("gone"), "you may not listen here any more")
}

/// The server stops. `retry` is another for everyone, so that they do not all come back at once.
pub(super) fn bye(retry: Duration) -> Written {
    Written::new(&format!("event: bye\nretry: {}\ndata: restarting\n\n", retry.as_millis()))
}

/// Who is here. It has no id: it is not a change, and nobody needs to catch up on it.
pub(super) fn here(here: &Here) -> Written {
    event(None, None, &views::people::changed(here).into_string())
}

/// Who is typing. It has no id either.
pub(super) fn typing(typists: &Typists) -> Written {
    event(None, None, &views::typing::changed(typists).into_string())
}

/// What is for one person alone, as fragments, and where rooms stand in their list by now. It has no id either.
pub(super) fn personal(fragments: &str, ranks: &BTreeMap<RoomId, String>) -> Option<Written> {
    let ranks = (!ranks.is_empty()).then(|| serde_json::to_string(ranks).expect("numbers and strings are always JSON"));
    let fragments = (!fragments.is_empty()).then(|| lines(None, None, fragments));
    let events: String = fragments.into_iter().chain(ranks.map(|ranks| lines(None, Some("places"), &ranks))).collect();
    (!events.is_empty()).then(|| Written::new(&events))
}
