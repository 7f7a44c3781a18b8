//! One room that somebody listens to: its last frames, its bell, and who is here.
//!
//! Invariant: the tail holds every change of the room after its floor, in order. A fresh hub has no floor and covers
//! nothing: its first frame's predecessor becomes the floor. (Taking the last change at the hub's birth instead would
//! lose a frame that is rung between that and the first look.)

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::task::Waker;

use bytes::Bytes;

use super::frame::Written;
use super::{Format, Frame, Framing};
use crate::domain::limits::NAMED_PEOPLE_MAX;
use crate::domain::{Author, Seq, UserId};
use crate::views::Here;

/// How much a hub keeps for listeners that are a little behind. Who is further behind reads the feed.
#[derive(Clone, Copy, Debug)]
pub struct Tail {
    /// How many frames, at most.
    pub frames_max: usize,
    /// How many bytes of HTML, at most.
    pub bytes_max: usize,
}

impl Default for Tail {
    fn default() -> Self {
        Self { frames_max: 256, bytes_max: 1024 * 1024 }
    }
}

/// What a hub has for a listener.
pub(super) enum Heard {
    /// The next change, as bytes, and its number.
    Frame(Bytes, Seq),
    /// Who is here, and which telling of it this is.
    Here(Bytes, u64),
    /// The tail starts too late for this listener: it must read the feed.
    Behind,
    /// Nothing now; the bell will ring.
    Nothing,
    /// Nothing that the hub knows of; but since this fresh start it covers nothing, and the feed may have more.
    Unknown(u64),
}

/// A place in the row of bells.
pub(super) type Slot = usize;

/// Where a listener stands, and how it wants to be told.
pub(super) struct Look {
    /// The last change it has heard.
    pub cursor: Seq,
    /// The last telling of who is here.
    pub here_version: u64,
    /// Up to which fresh start of the hub it has read the feed.
    pub read: Option<u64>,
    pub format: Format,
    pub framing: Framing,
}

#[derive(Default)]
pub(super) struct Hub {
    inner: Mutex<Inner>,
    /// How often the bells were taken down.
    rings: AtomicU64,
}

#[derive(Default)]
struct Inner {
    floor: Option<Seq>,
    frames: VecDeque<Frame>,
    bytes: usize,
    bells: Vec<Option<Waker>>,
    free: Vec<Slot>,
    /// People with a name, in its order, and how many listeners each is.
    named: BTreeMap<NameKey, Named>,
    named_listeners: usize,
    here: Written,
    here_version: u64,
    /// How often the hub has started afresh.
    starts: u64,
    /// How many frames were told since this was counted last. Here, because whoever is told holds the lock: a counter
    /// that all rooms share would be fought for at every delivery.
    told: u64,
}

/// By what people are sorted, and told apart.
type NameKey = (String, UserId);

struct Named {
    author: Author,
    listeners: usize,
}

impl Hub {
    // A std Mutex: nothing waits while it is held, and what runs under it cannot panic half way.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes a seat. `who` is counted among the people here, of which the next telling will tell; the last, whose
    /// version is the second that is returned, is of no interest to them any more.
    pub fn join(&self, who: Option<&Author>) -> (Slot, u64) {
        let mut inner = self.lock();
        if let Some(author) = who {
            let named = || Named { author: author.clone(), listeners: 0 };
            inner.named.entry(name_key(author)).or_insert_with(named).listeners += 1;
            inner.named_listeners += 1;
        }
        let slot = inner.free.pop().unwrap_or_else(|| {
            inner.bells.push(None);
            inner.bells.len() - 1
        });
        (slot, inner.here_version)
    }

    /// Gives up a seat that was taken for `who`.
    pub fn leave(&self, slot: Slot, who: Option<&Author>) {
        let mut inner = self.lock();
        inner.bells[slot] = None;
        inner.free.push(slot);
        if let Some(key) = who.map(name_key)
            && let Some(named) = inner.named.get_mut(&key)
        {
            named.listeners -= 1;
            if named.listeners == 0 {
                inner.named.remove(&key);
            }
            inner.named_listeners -= 1;
        }
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        let inner = self.lock();
        inner.bells.len() - inner.free.len()
    }

    /// Whether somebody of this number listens.
    pub fn seats(&self, user: UserId) -> bool {
        self.lock().named.keys().any(|(_, id)| *id == user)
    }

    /// Who is here.
    pub fn here(&self) -> Here {
        let inner = self.lock();
        let listeners = inner.bells.len() - inner.free.len();
        let count = listeners - inner.named_listeners + inner.named.len();
        let named = inner.named.values().take(NAMED_PEOPLE_MAX).map(|named| named.author.clone()).collect();
        Here { named, count }
    }

    /// Says anew who is here. The bell is the caller's to ring.
    pub fn say_here(&self, here: Written) {
        let mut inner = self.lock();
        inner.here = here;
        inner.here_version += 1;
    }

    /// Adds a frame. The bell is the caller's to ring.
    pub fn add(&self, frame: Frame, tail: Tail) {
        let mut inner = self.lock();
        let newest = inner.frames.back().map(|last| last.seq).or(inner.floor);
        if newest != Some(frame.before) || frame.may_take_away() {
            // The first frame; or one before it was never told; or one that takes away what those before it tell. Then the
            // tail starts anew, and the feed has the rest.
            (inner.floor, inner.bytes) = (Some(frame.before), 0);
            inner.frames.clear();
        }
        inner.bytes += frame.written(Format::Html).len();
        inner.frames.push_back(frame);
        while inner.frames.len() > tail.frames_max || inner.bytes > tail.bytes_max {
            let Some(oldest) = inner.frames.pop_front() else { break };
            inner.bytes -= oldest.written(Format::Html).len();
            inner.floor = Some(oldest.seq);
        }
    }

    /// Takes down all bells that hang, to be rung: whose bell it is then looks. Not rung here, because under the lock
    /// everybody would wait for it.
    pub fn take_bells(&self) -> Vec<Waker> {
        let mut inner = self.lock();
        self.rings.fetch_add(1, Ordering::Release);
        inner.bells.iter_mut().filter_map(Option::take).collect()
    }

    /// How many frames were told since this was asked last.
    pub fn take_told(&self) -> u64 {
        std::mem::take(&mut self.lock().told)
    }

    /// How often the bells were taken down. While this stays the same, a bell that was hung up hangs.
    pub fn rings(&self) -> u64 {
        self.rings.load(Ordering::Acquire)
    }

    /// Lets go of the tail, so that it covers nothing and everybody reads the feed. The bell is the
    /// caller's to ring.
    pub fn forget(&self) {
        let mut inner = self.lock();
        (inner.floor, inner.bytes) = (None, 0);
        inner.starts += 1;
        inner.frames.clear();
    }

    /// What there is for the listener at `slot`, and, if the bell hangs now and there is no more to look for, how often they had been
    /// taken down. Hangs up `bell` before it looks, so that what is told after this look rings it.
    pub fn after(&self, slot: Slot, look: &Look, bell: &Waker) -> (Heard, Option<u64>) {
        let inner = &mut *self.lock();
        let rings = Some(self.rings());
        match &mut inner.bells[slot] {
            Some(hung) if hung.will_wake(bell) => {}
            empty => *empty = Some(bell.clone()),
        }
        if inner.floor.is_some_and(|floor| look.cursor < floor) {
            return (Heard::Behind, None);
        }
        let next = inner.frames.partition_point(|frame| frame.seq <= look.cursor);
        let has_more_to_say = inner.here_version > look.here_version;
        match inner.frames.get(next) {
            Some(frame) => {
                inner.told += 1;
                let is_last = next + 1 == inner.frames.len() && !has_more_to_say;
                (Heard::Frame(frame.written(look.format).bytes(look.framing), frame.seq), rings.filter(|_| is_last))
            }
            None if has_more_to_say => (Heard::Here(inner.here.bytes(look.framing), inner.here_version), None),
            None if inner.floor.is_none() && look.read != Some(inner.starts) => (Heard::Unknown(inner.starts), None),
            None => (Heard::Nothing, rings),
        }
    }
}

fn name_key(author: &Author) -> NameKey {
    (author.name.to_lowercase(), author.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Address, Done, Epoch, Event, Extras, Message, Moment, Place, Room, RoomId};

    fn frame(before: u64, seq: u64) -> Frame {
        let address = Address::stored("cellar".to_owned());
        let room = Room::open(RoomId(1), String::new(), address, UserId(1));
        let author = Author { id: UserId(1), name: "Ann".into() };
        let place = Place { follows: false, opens_day: true };
        let (html, extras, quote) = (None, Extras::default(), None);
        let message =
            Message { id: Seq(seq), author, at: Moment(0), body: "hi".to_owned(), html, place, extras, quote };
        let event = Event::Posted { room: room.id, message: message.id };
        let done = Done { seq: Seq(seq), before: Seq(before), event, again: false };
        Frame::posted(Epoch(1), &room, done, message)
    }

    /// What somebody at this cursor hears, who has not looked into the feed.
    fn hears(hub: &Hub, cursor: u64) -> String {
        let (slot, here_version) = hub.join(None);
        let (format, framing) = (Format::Html, Framing::Plain);
        let look = Look { cursor: Seq(cursor), here_version, read: None, format, framing };
        let heard = match hub.after(slot, &look, Waker::noop()).0 {
            Heard::Frame(_, seq) => seq.to_string(),
            Heard::Here(..) => "here".to_owned(),
            Heard::Behind => "behind".to_owned(),
            Heard::Nothing => "nothing".to_owned(),
            Heard::Unknown(_) => "unknown".to_owned(),
        };
        hub.leave(slot, None);
        heard
    }

    #[test]
    fn a_fresh_hub_covers_nothing_until_its_first_frame_and_then_what_follows_its_predecessor() {
        let hub = Hub::default();
        assert_eq!(hears(&hub, 9), "unknown");
        hub.add(frame(7, 9), Tail::default());
        assert_eq!([5, 6, 7, 8, 9].map(|cursor| hears(&hub, cursor)), ["behind", "behind", "9", "9", "nothing"]);
    }

    #[test]
    fn a_tail_that_was_shortened_or_interrupted_sends_those_before_it_to_the_feed() {
        let (hub, short) = (Hub::default(), Tail { frames_max: 2, bytes_max: usize::MAX });
        for (before, seq) in [(0, 1), (1, 4), (4, 6)] {
            hub.add(frame(before, seq), short);
        }
        assert_eq!([0, 1, 4, 6].map(|cursor| hears(&hub, cursor)), ["behind", "4", "6", "nothing"]);
        hub.add(frame(8, 9), short); // 8 was never told
        assert_eq!([6, 7, 8, 9].map(|cursor| hears(&hub, cursor)), ["behind", "behind", "9", "nothing"]);
        hub.forget();
        assert_eq!(hears(&hub, 9), "unknown");
    }

    #[test]
    fn the_bell_of_whoever_has_heard_all_hangs_until_it_is_rung() {
        let hub = Hub::default();
        hub.add(frame(0, 1), Tail::default());
        hub.add(frame(1, 2), Tail::default());
        let (slot, here_version) = hub.join(None);
        let look = |cursor| {
            let (format, framing) = (Format::Html, Framing::Plain);
            let look = Look { cursor: Seq(cursor), here_version, read: None, format, framing };
            hub.after(slot, &look, Waker::noop()).1 == Some(hub.rings())
        };
        assert!(!look(0), "there is another frame to look for");
        assert!(look(1) && look(2), "there is none after this one");
        let rings = hub.rings();
        hub.take_bells();
        assert_ne!(hub.rings(), rings);
    }
}
