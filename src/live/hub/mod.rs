//! The hub of one room with listeners: its last frames, the wakers of its listeners, and its short-lived state.

pub(crate) mod ephemeral;
pub(crate) mod registry;
pub(crate) mod replay_buffer;
pub(crate) mod roster;
pub(crate) mod subscription;
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
use crate::live::{Encoding, Format, Frame, stream_events};
use crate::views::PresenceList;

/// What a hub has for a listener.
pub(crate) enum Next {
    /// The next changes, as bytes, and the number of the last one.
    Frames(Bytes, Seq),
    /// An event that is not a change, and its version.
    Ephemeral(EphemeralKind, Bytes, u64),
    /// The replay buffer starts too late for this listener: it must read the feed.
    Behind,
    /// Nothing now; the listener will be woken.
    CaughtUp,
    /// Nothing in the hub; but in this generation its replay buffer covers nothing, and the feed may have more.
    MaybeBehind(NonZeroU32),
}

/// The positions of a listener, and the form in which it gets events.
pub(crate) struct Positions {
    /// The last change it has delivered.
    pub cursor: Seq,
    /// The version of the last ephemeral event it has read.
    pub ephemeral: u64,
    /// The version up to which it has read the inbox of its person.
    pub inbox: u64,
    /// The hub generation up to which the feed has been read.
    pub generation: Option<NonZeroU32>,
    pub format: Format,
    pub encoding: Encoding,
}

/// The hub of one room.
#[derive(Default)]
pub(crate) struct Hub {
    state: Mutex<HubState>,
    /// How often there was something to wake for: a copy of the version of [`Waiters`] that can be read without the lock.
    version: AtomicU64,
}

#[derive(Default)]
struct HubState {
    replay: ReplayBuffer,
    waiters: Waiters,
    roster: Roster,
    ephemeral: Ephemeral,
    typing: TypingState,
    /// How often the replay buffer was discarded.
    generation: u32,
    /// The number of frames delivered since the last count. Here, because a delivery holds the lock anyway: one counter for all
    /// rooms would be contended at each delivery.
    delivered: u64,
}

/// In a room with more listeners typing is not shown: each change would be sent to all of them, and in a crowd there is always
/// a change.
const TYPING_LISTENERS_MAX: usize = 200;

impl Hub {
    // A std Mutex: nothing awaits while it is held, and the code under it does not panic half way.
    fn lock(&self) -> MutexGuard<'_, HubState> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Adds a listener. `person` is in the roster from now on. Also returns the version up to which ephemeral events need not be
    /// read: the listener gets the typists, if there are any, and otherwise only what comes from now on.
    pub fn add_listener(&self, person: Option<&Person>) -> (Slot, u64) {
        let mut state = self.lock();
        if let Some(person) = person {
            state.roster.add_listener(person);
        }
        let slot = state.waiters.insert();
        let ephemeral = if state.typing.is_published() {
            state.ephemeral.version_before(EphemeralKind::Typing)
        } else {
            state.ephemeral.version()
        };
        (slot, ephemeral)
    }

    /// Removes the listener of `author`.
    pub fn remove_listener(&self, slot: Slot, author: Option<&Author>) {
        let mut state = self.lock();
        state.waiters.remove(slot);
        if let Some(author) = author {
            state.roster.remove_listener(author);
        }
    }

    /// Changes the roster entry of a person who was listed as `old_author`.
    pub fn update_person(&self, old_author: &Author, person: &Person) {
        self.lock().roster.update_person(old_author, person);
    }

    /// The number of listeners.
    pub fn listener_count(&self) -> usize {
        self.lock().waiters.len()
    }

    /// Whether a person is among the listeners.
    pub fn has_person(&self, user: UserId) -> bool {
        self.lock().roster.contains(user)
    }

    /// The people who listen.
    pub fn summarize_roster(&self) -> PresenceList {
        let state = self.lock();
        state.roster.summarize(state.waiters.len())
    }

    /// Replaces an ephemeral event. The caller wakes the listeners.
    pub fn set_ephemeral(&self, kind: EphemeralKind, event: EncodedEvent) {
        self.lock().ephemeral.replace(kind, event);
    }

    /// Records that a person is typing. Returns when to publish that, if it is a change.
    pub fn start_typing(&self, author: &Author, now: Instant) -> Option<Instant> {
        let mut state = self.lock();
        if state.waiters.len() > TYPING_LISTENERS_MAX {
            return None;
        }
        state.typing.add_typist(author, now)
    }

    /// Publishes who is typing. Returns whether that has changed, in which case the caller wakes the listeners; and when to do so
    /// again, if anyone is typing.
    pub fn refresh_typing(&self, now: Instant) -> (bool, Option<Instant>) {
        let state = &mut *self.lock();
        let (change, next) = state.typing.refresh(now);
        let event = change.map(stream_events::encode_typing);
        let is_change = event.is_some();
        event.into_iter().for_each(|event| state.ephemeral.replace(EphemeralKind::Typing, event));
        (is_change, next)
    }

    /// Adds a frame of a change that became durable at this instant. The caller wakes the listeners.
    pub fn push_frame(&self, frame: Frame, limits: ReplayLimits, durable_at: std::time::Instant) {
        let state = &mut *self.lock();
        state.waiters.record_frame(durable_at);
        if let Some(typists) = frame.posted_by().and_then(|author| state.typing.remove_typist(author)) {
            state.ephemeral.replace(EphemeralKind::Typing, stream_events::encode_typing(typists));
        }
        state.replay.push(frame, limits);
    }

    /// Records that there is something to wake for. Returns whether the caller must wake the listeners, as long as
    /// [`Hub::take_pending`] returns any; if not, another thread is doing so and will wake them again.
    pub fn notify(&self) -> bool {
        let mut state = self.lock();
        let (version, must_wake) = state.waiters.notify();
        self.version.store(version, Ordering::Release);
        must_wake
    }

    /// Takes the wakers to be woken; see [`Waiters::take_pending`].
    pub fn take_pending(&self) -> Option<PendingWakes> {
        self.lock().waiters.take_pending()
    }

    /// Whether the last wake-up was for several frames.
    pub fn should_coalesce(&self) -> bool {
        self.lock().waiters.should_coalesce()
    }

    /// The registered waker of one listener.
    pub fn waker(&self, slot: Slot) -> Option<Waker> {
        self.lock().waiters.waker(slot)
    }

    /// The number of frames delivered since the last call.
    pub fn take_delivered(&self) -> u64 {
        std::mem::take(&mut self.lock().delivered)
    }

    /// How often there was something to wake for. While this stays the same, the waker of a listener that was up to date remains
    /// registered.
    pub fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Empties the replay buffer, so that all listeners read the feed at least up to this change, which could not be published.
    /// The caller wakes the listeners.
    pub fn discard_replay(&self, unpublished: Seq) {
        let mut state = self.lock();
        state.replay = ReplayBuffer::with_min_floor(unpublished);
        state.generation += 1;
    }

    /// What the hub has for the listener at `slot`; and, if there is nothing more to look for, the version at which that holds.
    /// Registers `waker` first, so that whatever is published after this look wakes it.
    pub fn poll_next_after(&self, slot: Slot, positions: &Positions, waker: &Waker) -> (Next, Option<u64>) {
        let state = &mut *self.lock();
        state.waiters.register(slot, waker);
        if state.replay.starts_after(positions.cursor) {
            return (Next::Behind, None);
        }
        let ephemeral = state.ephemeral.next_after(positions.ephemeral);
        let generation = NonZeroU32::MIN.saturating_add(state.generation);
        let (next, is_last) = match state.replay.next_batch(positions.cursor, positions.format, positions.encoding) {
            Some(FrameBatch { bytes, count, last_seq, is_last }) => {
                state.delivered += count as u64;
                (Next::Frames(bytes, last_seq), is_last && ephemeral.is_none())
            }
            None => match ephemeral {
                Some((kind, event, version)) => {
                    (Next::Ephemeral(kind, event.bytes(positions.encoding), version), false)
                }
                None if state.replay.covers_nothing() && positions.generation != Some(generation) => {
                    (Next::MaybeBehind(generation), false)
                }
                None => (Next::CaughtUp, true),
            },
        };
        (next, is_last.then(|| state.waiters.mark_seen(slot)))
    }
}

#[cfg(test)]
mod tests;
