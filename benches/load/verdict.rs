//! What the listeners of one room ought to hear, and what each of them did hear. The first to hear a message writes it
//! down; from all others the same bytes are expected, in the same order.

use crate::posters::{Clock, Marker};
use crate::stream::Sink;

/// A message as its first listener heard it.
struct Heard {
    seq: u64,
    bytes: Vec<u8>,
    due: u64,
    by: usize,
}

/// A room and what was heard in it.
#[derive(Default)]
pub struct Room {
    log: Vec<Heard>,
    listeners: usize,
}

/// One listener's place in that.
#[derive(Default)]
pub struct Place {
    room: usize,
    next: usize,
    last: u64,
}

impl Place {
    /// The number of the room.
    pub fn room(&self) -> usize {
        self.room
    }
}

/// What went wrong. All of it must stay 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wrong {
    /// Never heard.
    pub lost: usize,
    /// Heard again.
    pub doubled: usize,
    /// Heard after a later one.
    pub disordered: usize,
    /// Heard in another room, or with other bytes than others heard.
    pub misrouted: usize,
    /// Streams that broke off, or began anew.
    pub broken: usize,
}

/// All rooms, and the sums over all listeners.
pub struct Verdict {
    /// The rooms, by their number.
    pub rooms: Vec<Room>,
    /// What went wrong so far.
    pub wrong: Wrong,
    /// How long each delivery took, in microseconds.
    pub delays: Vec<u32>,
    /// How many messages everybody in their room has heard.
    pub complete: usize,
    /// How many streams have said that they have begun.
    pub begun: usize,
    /// How many bytes a frame has, of the last new one.
    pub frame: usize,
    clock: Clock,
}

impl Verdict {
    /// Nothing heard yet.
    pub fn new(rooms: usize, clock: Clock) -> Self {
        let rooms = (0..rooms).map(|_| Room::default()).collect();
        Self { rooms, wrong: Wrong::default(), delays: Vec::new(), complete: 0, begun: 0, frame: 0, clock }
    }

    /// Somebody sits down in a room.
    pub fn seat(&mut self, room: usize) -> Place {
        self.rooms[room].listeners += 1;
        Place { room, ..Place::default() }
    }

    /// Counts what a listener has not heard of `posted` messages of its room, at the end.
    pub fn close(&mut self, place: &Place, posted: usize) {
        self.wrong.lost += posted.saturating_sub(place.next);
    }

    fn heard(&mut self, place: &mut Place, position: usize) {
        let room = &mut self.rooms[place.room];
        let heard = &mut room.log[position];
        heard.by += 1;
        self.complete += usize::from(heard.by == room.listeners);
        (place.next, place.last) = (position + 1, heard.seq);
        let delay = self.clock.now().saturating_sub(heard.due) / 1_000;
        self.delays.push(u32::try_from(delay).unwrap_or(u32::MAX));
    }

    /// A message that is not the expected one, or the first of its kind.
    fn message(&mut self, place: &mut Place, seq: u64, bytes: &[u8]) {
        if seq <= place.last {
            let count = if seq == place.last { &mut self.wrong.doubled } else { &mut self.wrong.disordered };
            *count += 1;
            return;
        }
        let log = &mut self.rooms[place.room].log;
        let known = log.iter().rposition(|heard| heard.seq == seq);
        let marker = Marker::find(bytes).filter(|marker| marker.room == place.room);
        let same = known.is_none_or(|position| log[position].bytes == bytes);
        let (Some(marker), true) = (marker, same) else {
            self.wrong.misrouted += 1;
            return;
        };
        let position = known.unwrap_or_else(|| {
            log.push(Heard { seq, bytes: bytes.to_vec(), due: marker.due, by: 0 });
            log.len() - 1
        });
        self.frame = bytes.len();
        self.wrong.lost += position.saturating_sub(place.next);
        self.heard(place, position);
    }
}

/// A listener's ear.
pub struct Ear<'a>(pub &'a mut Verdict, pub &'a mut Place);

impl Sink for Ear<'_> {
    fn expected(&mut self, bytes: &[u8]) -> usize {
        let Self(verdict, place) = self;
        match verdict.rooms[place.room].log.get(place.next) {
            Some(heard) if bytes.starts_with(&heard.bytes) => {
                let length = heard.bytes.len();
                verdict.heard(place, place.next);
                length
            }
            _ => 0,
        }
    }

    fn event(&mut self, event: &[u8]) {
        let Self(verdict, place) = self;
        let field = |name: &[u8]| event.split(|&byte| byte == b'\n').find_map(|line| line.strip_prefix(name));
        match (field(b"event: "), field(b"id: ").and_then(seq)) {
            (Some(b"hello"), _) => verdict.begun += 1,
            (Some(b"reset" | b"bye"), _) => verdict.wrong.broken += 1,
            (None, Some(seq)) => verdict.message(place, seq, event),
            // How nchan greets.
            (None, None) if event == b": hi\n\n" => verdict.begun += 1,
            // Heartbeats, and who is here.
            _ => {}
        }
    }
}

/// The number at the end of `EPOCH-SEQ`; nchan's `SECOND:NTH` as one number.
fn seq(id: &[u8]) -> Option<u64> {
    let id = std::str::from_utf8(id).ok()?;
    match id.split_once(':') {
        Some((second, nth)) => Some(second.parse::<u64>().ok()? << 20 | nth.parse::<u64>().ok()?),
        None => id.rsplit('-').next()?.parse().ok(),
    }
}
