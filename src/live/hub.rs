//! One room that somebody listens to: its last frames, its bells, and the notes on its wall.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::task::Waker;

use bytes::Bytes;
use tokio::time::Instant;

use super::bells::{Bells, Slot, Taken};
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
    Unknown(NonZeroU32),
}

/// Where a listener stands, and how it wants to be told.
pub(super) struct Look {
    /// The last change it has heard.
    pub cursor: Seq,
    /// The last note it has read.
    pub note: u64,
    /// Up to where it has read the board of whoever it is.
    pub news: u64,
    /// Up to which fresh start of the hub it has read the feed.
    pub read: Option<NonZeroU32>,
    pub format: Format,
    pub framing: Framing,
}

#[derive(Default)]
pub(super) struct Hub {
    inner: Mutex<Inner>,
    /// How often there was something to ring for: what the bells say, for those who have nothing else to ask.
    calls: AtomicU64,
}

#[derive(Default)]
struct Inner {
    frames: Frames,
    bells: Bells,
    crowd: Crowd,
    notes: Notes,
    typing: Typing,
    /// How often the hub has started afresh.
    starts: u32,
    /// How many frames were told since this was counted last. Here, because whoever is told holds the lock: a counter
    /// that all rooms share would be fought for at every delivery.
    told: u64,
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
        let slot = inner.bells.join();
        let is_typing = inner.typing.is_told();
        (slot, if is_typing { inner.notes.before(About::Typing) } else { inner.notes.version() })
    }

    /// Gives up a seat that was taken for `who`.
    pub fn leave(&self, slot: Slot, who: Option<&Author>) {
        let mut inner = self.lock();
        inner.bells.leave(slot);
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
        self.lock().bells.listeners()
    }

    /// Whether somebody of this number listens.
    pub fn seats(&self, user: UserId) -> bool {
        self.lock().crowd.has(user)
    }

    /// Who is here.
    pub fn here(&self) -> Here {
        let inner = self.lock();
        inner.crowd.here(inner.bells.listeners())
    }

    /// Says something anew. The bells are the caller's to ring.
    pub fn say(&self, about: About, written: Written) {
        self.lock().notes.write(about, written);
    }

    /// Somebody types. When that is to be said, if it is news.
    pub fn types(&self, who: &Author, now: Instant) -> Option<Instant> {
        let mut inner = self.lock();
        if inner.bells.listeners() > TYPING_LISTENERS_MAX {
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
        inner.bells.frame(durable);
        if let Some(typists) = frame.sent_by().and_then(|author| inner.typing.ends(author)) {
            inner.notes.write(About::Typing, frame::typing(typists));
        }
        inner.frames.add(frame, tail);
    }

    /// There is something to ring for. Whether nobody rings the bells just now, so that the caller must: as long as
    /// [`Hub::take_bells`] gives any. Otherwise whoever does so will ring them again.
    pub fn call(&self) -> bool {
        let mut inner = self.lock();
        let (calls, is_to_ring) = inner.bells.call();
        self.calls.store(calls, Ordering::Release);
        is_to_ring
    }

    /// Takes down bells to be rung, as [`Bells::take`] does.
    pub fn take_bells(&self) -> Option<Taken> {
        self.lock().bells.take()
    }

    /// Whether the bells were rung for several frames at a time when they were rung last.
    pub fn is_lively(&self) -> bool {
        self.lock().bells.are_lively()
    }

    /// The bell of one seat, if it hangs.
    pub fn bell(&self, slot: Slot) -> Option<Waker> {
        self.lock().bells.bell(slot)
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
        inner.bells.hang(slot, bell);
        if inner.frames.starts_after(look.cursor) {
            return (Heard::Behind, None);
        }
        let (note, start) = (inner.notes.after(look.note), NonZeroU32::MIN.saturating_add(inner.starts));
        let (heard, is_all) = match inner.frames.after(look.cursor, look.format, look.framing) {
            Some(Told { bytes, count, seq, is_all }) => {
                inner.told += count as u64;
                (Heard::Frames(bytes, seq), is_all && note.is_none())
            }
            None => match note {
                Some((about, written, number)) => (Heard::Note(about, written.bytes(look.framing), number), false),
                None if inner.frames.is_fresh() && look.read != Some(start) => (Heard::Unknown(start), false),
                None => (Heard::Nothing, true),
            },
        };
        (heard, is_all.then(|| inner.bells.has_heard(slot)))
    }
}

#[cfg(test)]
mod tests;
