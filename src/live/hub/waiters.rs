//! The wakers of the listeners of one room. Listeners are woken in rounds, one round at a time. Frames that arrive during a
//! round wait for its end and are then delivered together, so in a busy room a listener is woken once for several frames.
//! Nothing here knows what there is to deliver.
//!
//! The state of the rounds, [`WakeState`]:
//!
//! ```text
//!             notify: the caller must wake               take_pending: Some(wakers)
//!   +------+ ---------------------------> +----------+ --------------------------> +--------+
//!   | Idle |                              | Notified |                             | Waking |
//!   +------+                              +----------+ <-------------------------- +--------+
//!      ^                                                  notify: coalesced            |
//!      +-------------------------------------------------------------------------------+
//!                          take_pending: None, nothing came during the round
//! ```
//!
//! `notify` in `Notified` changes nothing but the version. One task at a time runs the rounds: the one whose `notify` found
//! `Idle`. It sleeps [`COALESCE_DELAY`] between two rounds if the last one was for several frames. What a woken listener
//! does on its socket is the second state diagram, in `web/serve/stream_writer.rs`.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};
use std::vec::IntoIter;

use tokio::runtime::Handle;
use tokio::task::{JoinSet, yield_now};

/// How many listeners one thread wakes alone.
const SINGLE_THREAD_WAKES_MAX: usize = 128;
/// How long a thread wakes listeners before it yields: about sixty writes. A time and not a number, because a listener that
/// reads the feed takes longer.
const WAKE_SLICE: Duration = Duration::from_micros(300);
/// How many listeners it wakes between two looks at the clock.
const WAKES_PER_CLOCK_CHECK: usize = 8;
/// How long the next frames wait for more after a round with several frames: waking a crowd once costs much less than waking
/// it twice.
pub(crate) const COALESCE_DELAY: Duration = Duration::from_millis(1);

/// The place of a listener among the waiters of its room.
pub(crate) type Slot = usize;

/// The listeners of a room, and the state of the rounds.
#[derive(Default)]
pub(crate) struct Waiters {
    slots: Vec<Waiter>,
    free: Vec<Slot>,
    wake_state: WakeState,
    /// How often there was something to wake for.
    version: u64,
    /// When the frames that no round has covered yet became durable.
    pending_since: Vec<Instant>,
    /// How many frames the last round covered.
    last_wake_frames: usize,
}

/// One listener.
#[derive(Default)]
struct Waiter {
    waker: Option<Waker>,
    /// The version up to which it has delivered everything.
    seen_version: u64,
}

/// The state of the rounds; see the diagram above.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum WakeState {
    /// No round is running, and there is nothing to wake for.
    #[default]
    Idle,
    /// A round is running.
    Waking,
    /// A round is about to run, or another one must follow the running one.
    Notified,
}

/// The listeners to be woken in one round.
pub(crate) struct PendingWakes {
    wakers: Vec<Waker>,
    /// When the frames of the round became durable.
    durable_at: Vec<Instant>,
}

impl Waiters {
    /// Adds a listener.
    pub fn insert(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(Waiter::default());
            self.slots.len() - 1
        })
    }

    /// Removes a listener.
    pub fn remove(&mut self, slot: Slot) {
        self.slots[slot] = Waiter::default();
        self.free.push(slot);
    }

    /// The number of listeners.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Registers the waker of a listener.
    pub fn register(&mut self, slot: Slot, waker: &Waker) {
        match &mut self.slots[slot].waker {
            Some(registered) if registered.will_wake(waker) => {}
            empty => *empty = Some(waker.clone()),
        }
    }

    /// The waker of a listener, if it is registered. It stays registered, so that a round may wake it too.
    pub fn waker(&self, slot: Slot) -> Option<Waker> {
        self.slots[slot].waker.clone()
    }

    /// Records that a listener is up to date. Returns the version at which that holds.
    pub fn mark_seen(&mut self, slot: Slot) -> u64 {
        self.slots[slot].seen_version = self.version;
        self.version
    }

    /// Records a frame that became durable at this instant. The caller calls [`Waiters::notify`] next.
    pub fn record_frame(&mut self, durable_at: Instant) {
        self.pending_since.push(durable_at);
    }

    /// Records that there is something to wake for. Returns the new version; and whether the caller must run the rounds, as long
    /// as [`Waiters::take_pending`] returns any. If not, another task is running them and will do one more.
    pub fn notify(&mut self) -> (u64, bool) {
        self.version += 1;
        (self.version, std::mem::replace(&mut self.wake_state, WakeState::Notified) == WakeState::Idle)
    }

    /// Takes the wakers of all listeners that are not up to date. `None` ends the rounds: there is nothing more to wake for.
    pub fn take_pending(&mut self) -> Option<PendingWakes> {
        if self.wake_state != WakeState::Notified {
            self.wake_state = WakeState::Idle;
            return None;
        }
        self.wake_state = WakeState::Waking;
        self.last_wake_frames = self.pending_since.len();
        let behind = self.slots.iter_mut().filter(|waiter| waiter.seen_version < self.version);
        let wakers = behind.filter_map(|waiter| waiter.waker.take()).collect();
        Some(PendingWakes { wakers, durable_at: std::mem::take(&mut self.pending_since) })
    }

    /// Whether the last round was for several frames.
    pub fn should_coalesce(&self) -> bool {
        self.last_wake_frames > 1
    }
}

impl PendingWakes {
    /// Wakes them, not under the lock of the room, which each of them takes. Returns when the frames of the round became durable.
    pub async fn wake_all(self) -> Vec<Instant> {
        wake_in_parallel(self.wakers).await;
        self.durable_at
    }
}

/// Wakes listeners. A woken listener may write to its socket at once, on this thread; so if there are many, each worker thread
/// wakes some.
pub(crate) async fn wake_in_parallel(wakers: Vec<Waker>) {
    let is_parallel = wakers.len() > SINGLE_THREAD_WAKES_MAX;
    let wakers = Arc::new(Mutex::new(wakers.into_iter()));
    if !is_parallel {
        return wake_in_slices(wakers).await;
    }
    let threads = Handle::current().metrics().num_workers();
    let mut tasks: JoinSet<()> = (0..threads).map(|_| wake_in_slices(Arc::clone(&wakers))).collect();
    while tasks.join_next().await.is_some() {}
}

/// Wakes listeners until none is left, and yields in between: to other tasks, so that a request does not wait until thousands
/// of listeners have been woken; and to other threads and processes, because the writer, and the clients that read, would
/// have to wait for the rest of this thread's time slice.
async fn wake_in_slices(wakers: Arc<Mutex<IntoIter<Waker>>>) {
    loop {
        let start = Instant::now();
        while start.elapsed() < WAKE_SLICE {
            let next: Vec<Waker> =
                wakers.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(WAKES_PER_CLOCK_CHECK).collect();
            if next.is_empty() {
                return;
            }
            next.into_iter().for_each(Waker::wake);
        }
        thread::yield_now();
        yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    use crate::live::hub::waiters::*;

    fn take_counts(waiters: &mut Waiters) -> Option<(usize, usize)> {
        waiters.take_pending().map(|taken| (taken.wakers.len(), taken.durable_at.len()))
    }

    fn catch_up_all(waiters: &mut Waiters, slot: Slot) {
        waiters.register(slot, Waker::noop());
        waiters.mark_seen(slot);
    }

    #[test]
    fn wakes_are_serialized_and_skip_waiters_that_are_up_to_date() {
        let mut waiters = Waiters::default();
        let (early, late) = (waiters.insert(), waiters.insert());
        catch_up_all(&mut waiters, early);
        catch_up_all(&mut waiters, late);
        waiters.record_frame(Instant::now());
        assert_eq!(waiters.notify(), (1, true), "no round is running");
        assert_eq!(take_counts(&mut waiters), Some((2, 1)));
        catch_up_all(&mut waiters, early);
        waiters.record_frame(Instant::now());
        waiters.record_frame(Instant::now());
        assert_eq!(waiters.notify(), (2, false), "a round is running");
        catch_up_all(&mut waiters, late);
        assert!(!waiters.should_coalesce());
        assert_eq!(take_counts(&mut waiters), Some((1, 2)), "the listener that looked late is up to date");
        assert!(waiters.should_coalesce());
        assert_eq!(take_counts(&mut waiters), None);
        assert_eq!(waiters.notify(), (3, true), "the rounds have ended");
    }

    #[test]
    fn a_taken_waker_needs_registering_again_and_a_removed_slot_has_none() {
        let mut waiters = Waiters::default();
        let (slow, gone) = (waiters.insert(), waiters.insert());
        waiters.register(slow, Waker::noop());
        waiters.register(gone, Waker::noop());
        waiters.remove(gone);
        assert_eq!(waiters.len(), 1);
        for wakers in [1, 0] {
            waiters.notify();
            assert_eq!(take_counts(&mut waiters), Some((wakers, 0)));
        }
        waiters.register(slow, Waker::noop());
        waiters.notify();
        assert_eq!(take_counts(&mut waiters), Some((1, 0)), "it is not up to date");
        assert_eq!(waiters.insert(), gone);
        assert!(waiters.waker(gone).is_none());
    }
}
