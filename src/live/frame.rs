//! One change as the bytes of a stream, written once for all who listen: Server-Sent Events as the HTML standard has
//! them (<https://html.spec.whatwg.org/multipage/server-sent-events.html>). Line ends are LF, and any line end within
//! a text starts a new `data:` line, so no text can end an event or forge a field.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use bytes::Bytes;

use crate::domain::{Cursor, Done, Epoch, Event, Message, MessageId, Room, Seq, UserId};
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

/// How the bytes of a stream are parted on their way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Framing {
    /// Whoever carries them sees to that.
    #[default]
    Plain,
    /// Every event is a chunk of HTTP/1.1 (RFC 9112, section 7.1), ready to be sent.
    Chunked,
}

/// An event, written once for all who listen, with the bytes around it that make it a chunk.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    chunk: Bytes,
    /// Where in the chunk the event begins.
    start: usize,
}

/// What ends a chunk.
const CHUNK_END: &str = "\r\n";

impl Written {
    fn new(event: &str) -> Self {
        let start = format!("{:x}\r\n", event.len());
        Self { start: start.len(), chunk: [start.as_str(), event, CHUNK_END].concat().into() }
    }

    /// The bytes of it: shared, not copied.
    pub fn bytes(&self, framing: Framing) -> Bytes {
        match framing {
            Framing::Plain => self.chunk.slice(self.start..self.chunk.len() - CHUNK_END.len()),
            Framing::Chunked => self.chunk.clone(),
        }
    }

    /// How many bytes are kept.
    pub fn len(&self) -> usize {
        self.chunk.len()
    }
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
    let began = message.extras.thread.map_or(Ok(None), |began| snapshot.message(room.id, began))?;
    Ok(Some(What::Posted(Box::new(message), began.map(Box::new))))
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
        };
        Self { seq, before, id, room, what, html, text: OnceLock::new(), json: OnceLock::new() }
    }

    /// Whether something that was told before may be gone now.
    pub(super) fn may_take_away(&self) -> bool {
        match self.what {
            What::Posted(..) | What::Changed(How::Reacted | How::Pinned, ..) => false,
            What::Changed(How::Edited | How::Removed, ..) | What::RoomChanged => true,
        }
    }

    /// Who has sent what they typed.
    pub(super) fn sent_by(&self) -> Option<UserId> {
        match &self.what {
            What::Posted(message, _) => Some(message.author.id),
            What::Changed(..) | What::RoomChanged => None,
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

/// Sent when there has been nothing else for a while, so that both ends notice a dead connection.
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

/// What is for one person alone, as fragments. It has no id either.
pub(super) fn personal(fragments: &str) -> Written {
    event(None, None, fragments)
}

/// An event of a stream.
pub(crate) fn event(id: Option<Cursor>, name: Option<&str>, data: &str) -> Written {
    let mut lines = String::with_capacity(data.len() + 64);
    if let Some(id) = id {
        writeln!(lines, "id: {id}").expect("a String takes all");
    }
    if let Some(name) = name {
        writeln!(lines, "event: {name}").expect("a String takes all");
    }
    for line in data.replace("\r\n", "\n").split(['\r', '\n']) {
        lines.push_str("data: ");
        lines.push_str(line);
        lines.push('\n');
    }
    lines.push('\n');
    Written::new(&lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_end_in_a_text_ends_an_event_or_starts_a_field() {
        let id = Cursor { epoch: Some(Epoch(1)), seq: Seq(2) };
        let written = event(Some(id), Some("x"), "a\r\nid: 9\rdata: b\n\nevent: y");
        let expected = "id: 00000001-2\nevent: x\ndata: a\ndata: id: 9\ndata: data: b\ndata: \ndata: event: y\n\n";
        assert_eq!(written.bytes(Framing::Plain), expected);
    }

    #[test]
    fn a_chunk_is_the_event_with_its_length_before_it() {
        let written = Written::new("data: é\n\n");
        assert_eq!(written.bytes(Framing::Plain), "data: é\n\n");
        assert_eq!(written.bytes(Framing::Chunked), "a\r\ndata: é\n\n\r\n");
    }
}
