//! One room that somebody listens to: its last frames, its bells, and the notes on its wall.

pub(crate) mod ephemeral;
pub(crate) mod registry;
pub(crate) mod replay_buffer;
pub(crate) mod roster;
pub(crate) mod typing;
pub(crate) mod waiters;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::task::Waker;

use bytes::Bytes;
use tokio::time::Instant;

use crate::domain::{Author, Person, Seq, UserId};
use crate::live::hub::ephemeral::{Ephemeral, EphemeralKind};
use crate::live::hub::replay_buffer::{FrameBatch, ReplayBuffer, ReplayLimits};
use crate::live::hub::roster::Roster;
use crate::live::hub::typing::TypingState;
use crate::live::hub::waiters::{PendingWakes, Slot, Waiters};
use crate::live::sse::EncodedEvent;
use crate::live::{Encoding, Format, Frame, frame};
use crate::views::PresenceList;

/// What a hub has for a listener.
pub(crate) enum Next {
    /// The next changes, as bytes, and the number of the last one.
    Frames(Bytes, Seq),
    /// A note, which is no change, and its number.
    Ephemeral(EphemeralKind, Bytes, u64),
    /// The tail starts too late for this listener: it must read the feed.
    Behind,
    /// Nothing now; the bell will ring.
    CaughtUp,
    /// Nothing that the hub knows of; but since this fresh start it covers nothing, and the feed may have more.
    MaybeBehind(NonZeroU32),
}

/// Where a listener stands, and how it wants to be told.
pub(crate) struct Positions {
    /// The last change it has heard.
    pub cursor: Seq,
    /// The last note it has read.
    pub ephemeral: u64,
    /// Up to where it has read the board of whoever it is.
    pub inbox: u64,
    /// Up to which fresh start of the hub it has read the feed.
    pub generation: Option<NonZeroU32>,
    pub format: Format,
    pub encoding: Encoding,
}

#[derive(Default)]
pub(crate) struct Hub {
    state: Mutex<HubState>,
    /// How often there was something to ring for: what the bells say, for those who have nothing else to ask.
    version: AtomicU64,
}

#[derive(Default)]
struct HubState {
    replay: ReplayBuffer,
    waiters: Waiters,
    roster: Roster,
    ephemeral: Ephemeral,
    typing: TypingState,
    /// How often the hub has started afresh.
    generation: u32,
    /// How many frames were told since this was counted last. Here, because whoever is told holds the lock: a counter
    /// that all rooms share would be fought for at every delivery.
    delivered: u64,
}

/// In a room with more listeners nobody is told who is typing: each word of it would be sent to all of them, and among so
/// many somebody always types.
const TYPING_LISTENERS_MAX: usize = 200;

impl Hub {
    // A std Mutex: nothing waits while it is held, and what runs under it cannot panic half way.
    fn lock(&self) -> MutexGuard<'_, HubState> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Takes a seat. `who` is counted among the people here, of which the next note will tell. The second that is returned
    /// is the number of the last note that is of no interest any more.
    pub fn add_listener(&self, person: Option<&Person>) -> (Slot, u64) {
        let mut inner = self.lock();
        if let Some(person) = person {
            inner.roster.add_listener(person);
        }
        let slot = inner.waiters.insert();
        let is_typing = inner.typing.is_published();
        (
            slot,
            if is_typing { inner.ephemeral.version_before(EphemeralKind::Typing) } else { inner.ephemeral.version() },
        )
    }

    /// Gives up a seat that was taken for `who`.
    pub fn remove_listener(&self, slot: Slot, author: Option<&Author>) {
        let mut inner = self.lock();
        inner.waiters.remove(slot);
        if let Some(author) = author {
            inner.roster.remove_listener(author);
        }
    }

    /// From now on a listener who was called `was` stands among the people here as this person does.
    pub fn update_person(&self, old_author: &Author, person: &Person) {
        self.lock().roster.update_person(old_author, person);
    }

    /// How many listen.
    pub fn listener_count(&self) -> usize {
        self.lock().waiters.len()
    }

    /// Whether somebody of this number listens.
    pub fn has_person(&self, user: UserId) -> bool {
        self.lock().roster.contains(user)
    }

    /// Who is here.
    pub fn summarize_roster(&self) -> PresenceList {
        let inner = self.lock();
        inner.roster.summarize(inner.waiters.len())
    }

    /// Says something anew. The bells are the caller's to ring.
    pub fn set_ephemeral(&self, kind: EphemeralKind, event: EncodedEvent) {
        self.lock().ephemeral.replace(kind, event);
    }

    /// Somebody types. When that is to be said, if it is news.
    pub fn start_typing(&self, author: &Author, now: Instant) -> Option<Instant> {
        let mut inner = self.lock();
        if inner.waiters.len() > TYPING_LISTENERS_MAX {
            return None;
        }
        inner.typing.add_typist(author, now)
    }

    /// Says anew who is typing, if that has changed: then the bells are the caller's to ring. And when to do so again, if
    /// anybody types.
    pub fn refresh_typing(&self, now: Instant) -> (bool, Option<Instant>) {
        let inner = &mut *self.lock();
        let (news, next) = inner.typing.refresh(now);
        let written = news.map(frame::encode_typing);
        let is_news = written.is_some();
        written.into_iter().for_each(|written| inner.ephemeral.replace(EphemeralKind::Typing, written));
        (is_news, next)
    }

    /// Adds a frame, of what became durable at this instant. The bell is the caller's to ring.
    pub fn push_frame(&self, frame: Frame, limits: ReplayLimits, durable_at: std::time::Instant) {
        let inner = &mut *self.lock();
        inner.waiters.record_frame(durable_at);
        if let Some(typists) = frame.posted_by().and_then(|author| inner.typing.remove_typist(author)) {
            inner.ephemeral.replace(EphemeralKind::Typing, frame::encode_typing(typists));
        }
        inner.replay.push(frame, limits);
    }

    /// There is something to ring for. Whether nobody rings the bells just now, so that the caller must: as long as
    /// [`Hub::take_bells`] gives any. Otherwise whoever does so will ring them again.
    pub fn notify(&self) -> bool {
        let mut inner = self.lock();
        let (calls, is_to_ring) = inner.waiters.notify();
        self.version.store(calls, Ordering::Release);
        is_to_ring
    }

    /// Takes down bells to be rung, as [`Bells::take`] does.
    pub fn take_pending(&self) -> Option<PendingWakes> {
        self.lock().waiters.take_pending()
    }

    /// Whether the bells were rung for several frames at a time when they were rung last.
    pub fn should_coalesce(&self) -> bool {
        self.lock().waiters.should_coalesce()
    }

    /// The bell of one seat, if it hangs.
    pub fn waker(&self, slot: Slot) -> Option<Waker> {
        self.lock().waiters.waker(slot)
    }

    /// How many frames were told since this was asked last.
    pub fn take_delivered(&self) -> u64 {
        std::mem::take(&mut self.lock().delivered)
    }

    /// How often there was something to ring for. While this stays the same, a bell hangs that was hung up by somebody who
    /// then had heard everything.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Lets go of the tail, so that it covers nothing and everybody reads the feed, up to this change, which could not be
    /// told, at least. The bell is the caller's to ring.
    pub fn discard_replay(&self, unpublished: Seq) {
        let mut inner = self.lock();
        inner.replay = ReplayBuffer::with_min_floor(unpublished);
        inner.generation += 1;
    }

    /// What there is for the listener at `slot`, and, if there is no more to look for, of how many calls that holds. Hangs up
    /// `bell` before it looks, so that what is told after this look rings it.
    pub fn poll_next_after(&self, slot: Slot, positions: &Positions, waker: &Waker) -> (Next, Option<u64>) {
        let inner = &mut *self.lock();
        inner.waiters.register(slot, waker);
        if inner.replay.starts_after(positions.cursor) {
            return (Next::Behind, None);
        }
        let (note, start) =
            (inner.ephemeral.next_after(positions.ephemeral), NonZeroU32::MIN.saturating_add(inner.generation));
        let (heard, is_all) = match inner.replay.next_batch(positions.cursor, positions.format, positions.encoding) {
            Some(FrameBatch { bytes, count, last_seq: seq, is_last: is_all }) => {
                inner.delivered += count as u64;
                (Next::Frames(bytes, seq), is_all && note.is_none())
            }
            None => match note {
                Some((about, written, number)) => {
                    (Next::Ephemeral(about, written.bytes(positions.encoding), number), false)
                }
                None if inner.replay.covers_nothing() && positions.generation != Some(start) => {
                    (Next::MaybeBehind(start), false)
                }
                None => (Next::CaughtUp, true),
            },
        };
        (heard, is_all.then(|| inner.waiters.mark_seen(slot)))
    }
}

#[cfg(test)]
mod tests;
