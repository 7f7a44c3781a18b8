//! One room that somebody listens to: its last frames, its bells, and the notes on its wall.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::task::Waker;

use bytes::Bytes;
use tokio::time::Instant;

use super::crowd::Crowd;
use super::notes::{About, Notes};
use super::tail::{Frames, Tail, Told};
use super::typing::Typing;
use super::written::Written;
use super::{Format, Frame, Framing, frame};
use crate::domain::{Author, Person, Seq, UserId};
use crate::views::Here;

/// What a hub has for a listener.
pub(super) enum Heard {
    /// The next changes, as bytes, and the number of the last one.
    Frames(Bytes, Seq),
    /// A note, which is no change, and its number.
    Note(About, Bytes, u64),
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
    /// The last note it has read.
    pub note: u64,
    /// Up to where it has read the board of whoever it is.
    pub news: u64,
    /// Up to which fresh start of the hub it has read the feed.
    pub read: Option<u64>,
    pub format: Format,
    pub framing: Framing,
}

#[derive(Default)]
pub(super) struct Hub {
    inner: Mutex<Inner>,
    /// How often there was something to ring for.
    calls: AtomicU64,
}

#[derive(Default)]
struct Inner {
    frames: Frames,
    bells: Vec<Bell>,
    free: Vec<Slot>,
    crowd: Crowd,
    notes: Notes,
    typing: Typing,
    /// How often the hub has started afresh.
    starts: u64,
    ringer: Ringer,
    /// When those frames became durable whose bells have not been rung yet.
    unrung: Vec<std::time::Instant>,
    /// How many there were when bells were rung last.
    rung: usize,
    /// How many frames were told since this was counted last. Here, because whoever is told holds the lock: a counter
    /// that all rooms share would be fought for at every delivery.
    told: u64,
}

/// The bell of one seat.
#[derive(Default)]
struct Bell {
    waker: Option<Waker>,
    /// Of how many calls there was nothing left to look for when it was hung up.
    heard: u64,
}

/// Whoever rings the bells of a room: one at a time. What comes meanwhile waits until all have had their turn, and is then
/// told together; in a room where much happens a listener is woken once for all of it.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Ringer {
    #[default]
    Away,
    Rings,
    /// Rings, or is on the way, and there is something that was not rung for.
    IsDue,
}

/// Bells that are to be rung, and when the frames became durable for which they are.
pub(super) struct Bells {
    pub wakers: Vec<Waker>,
    pub durable: Vec<std::time::Instant>,
}

/// In a room with more listeners nobody is told who is typing: each word of it would be sent to all of them, and among so
/// many somebody always types.
const TYPING_LISTENERS_MAX: usize = 200;

impl Hub {
    // A std Mutex: nothing waits while it is held, and what runs under it cannot panic half way.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes a seat. `who` is counted among the people here, of which the next note will tell. The second that is returned
    /// is the number of the last note that is of no interest any more.
    pub fn join(&self, who: Option<&Person>) -> (Slot, u64) {
        let mut inner = self.lock();
        if let Some(person) = who {
            inner.crowd.join(person);
        }
        let slot = inner.free.pop().unwrap_or_else(|| {
            inner.bells.push(Bell::default());
            inner.bells.len() - 1
        });
        let is_typing = inner.typing.is_told();
        (slot, if is_typing { inner.notes.before(About::Typing) } else { inner.notes.version() })
    }

    /// Gives up a seat that was taken for `who`.
    pub fn leave(&self, slot: Slot, who: Option<&Author>) {
        let mut inner = self.lock();
        inner.bells[slot] = Bell::default();
        inner.free.push(slot);
        if let Some(author) = who {
            inner.crowd.leave(author);
        }
    }

    /// From now on a listener who was called `was` stands among the people here as this person does.
    pub fn stand(&self, was: &Author, person: &Person) {
        self.lock().crowd.stand(was, person);
    }

    /// How many listen.
    pub fn listeners(&self) -> usize {
        self.lock().listeners()
    }

    /// Whether somebody of this number listens.
    pub fn seats(&self, user: UserId) -> bool {
        self.lock().crowd.has(user)
    }

    /// Who is here.
    pub fn here(&self) -> Here {
        let inner = self.lock();
        inner.crowd.here(inner.listeners())
    }

    /// Says something anew. The bells are the caller's to ring.
    pub fn say(&self, about: About, written: Written) {
        self.lock().notes.write(about, written);
    }

    /// Somebody types. When that is to be said, if it is news.
    pub fn types(&self, who: &Author, now: Instant) -> Option<Instant> {
        let mut inner = self.lock();
        if inner.listeners() > TYPING_LISTENERS_MAX {
            return None;
        }
        inner.typing.begins(who, now)
    }

    /// Says anew who is typing, if that has changed: then the bells are the caller's to ring. And when to do so again, if
    /// anybody types.
    pub fn say_typing(&self, now: Instant) -> (bool, Option<Instant>) {
        let inner = &mut *self.lock();
        let (news, next) = inner.typing.tell(now);
        let written = news.map(frame::typing);
        let is_news = written.is_some();
        written.into_iter().for_each(|written| inner.notes.write(About::Typing, written));
        (is_news, next)
    }

    /// Adds a frame, of what became durable at this instant. The bell is the caller's to ring.
    pub fn add(&self, frame: Frame, tail: Tail, durable: std::time::Instant) {
        let inner = &mut *self.lock();
        inner.unrung.push(durable);
        if let Some(typists) = frame.sent_by().and_then(|author| inner.typing.ends(author)) {
            inner.notes.write(About::Typing, frame::typing(typists));
        }
        inner.frames.add(frame, tail);
    }

    /// There is something to ring for. Whether nobody rings the bells just now, so that the caller must: as long as
    /// [`Hub::take_bells`] gives any. Otherwise whoever does so will ring them again.
    pub fn call(&self) -> bool {
        let mut inner = self.lock();
        self.calls.fetch_add(1, Ordering::Release);
        std::mem::replace(&mut inner.ringer, Ringer::IsDue) == Ringer::Away
    }

    /// Takes down the bells of all who have not heard everything, to be rung: whose bell it is then looks. Not rung here,
    /// because under the lock everybody would wait for it. `None`: there is nothing more to ring for, and whoever rang is away.
    pub fn take_bells(&self) -> Option<Bells> {
        let inner = &mut *self.lock();
        if inner.ringer != Ringer::IsDue {
            inner.ringer = Ringer::Away;
            return None;
        }
        inner.ringer = Ringer::Rings;
        let calls = self.calls();
        let unheard = inner.bells.iter_mut().filter(|bell| bell.heard < calls);
        inner.rung = inner.unrung.len();
        let wakers = unheard.filter_map(|bell| bell.waker.take()).collect();
        Some(Bells { wakers, durable: std::mem::take(&mut inner.unrung) })
    }

    /// Whether the bells were rung for several frames at a time when they were rung last.
    pub fn is_lively(&self) -> bool {
        self.lock().rung > 1
    }

    /// The bell of one seat, if it hangs. It stays where it is, so that those who ring it need not know of each other.
    pub fn bell(&self, slot: Slot) -> Option<Waker> {
        self.lock().bells[slot].waker.clone()
    }

    /// How many frames were told since this was asked last.
    pub fn take_told(&self) -> u64 {
        std::mem::take(&mut self.lock().told)
    }

    /// How often there was something to ring for. While this stays the same, a bell hangs that was hung up by somebody who
    /// then had heard everything.
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Acquire)
    }

    /// Lets go of the tail, so that it covers nothing and everybody reads the feed, up to this change, which could not be
    /// told, at least. The bell is the caller's to ring.
    pub fn forget(&self, untold: Seq) {
        let mut inner = self.lock();
        inner.frames = Frames::untold(untold);
        inner.starts += 1;
    }

    /// What there is for the listener at `slot`, and, if there is no more to look for, of how many calls that holds. Hangs up
    /// `bell` before it looks, so that what is told after this look rings it.
    pub fn after(&self, slot: Slot, look: &Look, bell: &Waker) -> (Heard, Option<u64>) {
        let inner = &mut *self.lock();
        let calls = self.calls();
        let seat = &mut inner.bells[slot];
        match &mut seat.waker {
            Some(hung) if hung.will_wake(bell) => {}
            empty => *empty = Some(bell.clone()),
        }
        if inner.frames.starts_after(look.cursor) {
            return (Heard::Behind, None);
        }
        let note = inner.notes.after(look.note);
        let (heard, is_all) = match inner.frames.after(look.cursor, look.format, look.framing) {
            Some(Told { bytes, count, seq, is_all }) => {
                inner.told += count as u64;
                (Heard::Frames(bytes, seq), is_all && note.is_none())
            }
            None => match note {
                Some((about, written, number)) => (Heard::Note(about, written.bytes(look.framing), number), false),
                None if inner.frames.is_fresh() && look.read != Some(inner.starts) => {
                    (Heard::Unknown(inner.starts), false)
                }
                None => (Heard::Nothing, true),
            },
        };
        if is_all {
            seat.heard = calls;
        }
        (heard, is_all.then_some(calls))
    }
}

impl Inner {
    fn listeners(&self) -> usize {
        self.bells.len() - self.free.len()
    }
}

#[cfg(test)]
mod tests;
