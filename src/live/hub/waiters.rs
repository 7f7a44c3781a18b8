//! The bells of one room: who is to look when there is something to hear. They are rung one round after the other. What comes
//! meanwhile waits until all have had their turn, and is then told together; in a room where much happens a listener is rung
//! once for all of it. What there is to hear, nothing here knows.

use std::sync::{Arc, Mutex, PoisonError};
use std::task::Waker;
use std::thread;
use std::time::{Duration, Instant};
use std::vec::IntoIter;

use tokio::runtime::Handle;
use tokio::task::{JoinSet, yield_now};

/// How many bells one thread rings alone.
const SINGLE_THREAD_WAKES_MAX: usize = 128;
/// How long a thread rings until others have their turn: some sixty writes. A time and not a number, because whoever has to
/// read what is missing takes longer.
const WAKE_SLICE: Duration = Duration::from_micros(300);
/// How many bells it rings between two looks at the clock.
const WAKES_PER_CLOCK_CHECK: usize = 8;
/// Where several frames were told together, how long the next wait for more: telling a crowd once costs much less than
/// telling it twice.
pub(crate) const COALESCE_DELAY: Duration = Duration::from_millis(1);

/// A place in the row of bells.
pub(crate) type Slot = usize;

/// The row of bells, and how far they have been rung.
#[derive(Default)]
pub(crate) struct Waiters {
    slots: Vec<Waiter>,
    free: Vec<Slot>,
    wake_state: WakeState,
    /// How often there was something to ring for.
    version: u64,
    /// When those frames became durable for which nobody has rung yet.
    pending_since: Vec<Instant>,
    /// How many there were when the bells were rung last.
    last_wake_frames: usize,
}

/// The bell of one seat.
#[derive(Default)]
struct Waiter {
    waker: Option<Waker>,
    /// Of how many calls its listener has heard everything.
    seen_version: u64,
}

/// Whoever rings.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum WakeState {
    #[default]
    Idle,
    Waking,
    /// Rings, or is on the way, and there is something that was not rung for.
    Notified,
}

/// Bells that were taken down to be rung.
pub(crate) struct PendingWakes {
    wakers: Vec<Waker>,
    /// When the frames became durable for which they are rung.
    durable_at: Vec<Instant>,
}

impl Waiters {
    /// A place for one more.
    pub fn insert(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.slots.push(Waiter::default());
            self.slots.len() - 1
        })
    }

    /// Gives up a place.
    pub fn remove(&mut self, slot: Slot) {
        self.slots[slot] = Waiter::default();
        self.free.push(slot);
    }

    /// How many have a place.
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Hangs up a bell.
    pub fn register(&mut self, slot: Slot, waker: &Waker) {
        match &mut self.slots[slot].waker {
            Some(hung) if hung.will_wake(waker) => {}
            empty => *empty = Some(waker.clone()),
        }
    }

    /// The bell of one place, if it hangs. It stays where it is, so that those who ring it need not know of each other.
    pub fn waker(&self, slot: Slot) -> Option<Waker> {
        self.slots[slot].waker.clone()
    }

    /// Whoever has this place has heard everything. Of how many calls that holds.
    pub fn mark_seen(&mut self, slot: Slot) -> u64 {
        self.slots[slot].seen_version = self.version;
        self.version
    }

    /// A frame became durable at this instant, for which the caller will call.
    pub fn record_frame(&mut self, durable_at: Instant) {
        self.pending_since.push(durable_at);
    }

    /// There is something to ring for. How often there was; and whether nobody rings just now, so that the caller must: as
    /// long as [`Bells::take`] gives any. Otherwise whoever does so will ring again.
    pub fn notify(&mut self) -> (u64, bool) {
        self.version += 1;
        (self.version, std::mem::replace(&mut self.wake_state, WakeState::Notified) == WakeState::Idle)
    }

    /// Takes down the bells of all who have not heard everything: whose bell it is then looks. `None`: there is nothing more
    /// to ring for, and whoever rang is away.
    pub fn take_pending(&mut self) -> Option<PendingWakes> {
        if self.wake_state != WakeState::Notified {
            self.wake_state = WakeState::Idle;
            return None;
        }
        self.wake_state = WakeState::Waking;
        self.last_wake_frames = self.pending_since.len();
        let unheard = self.slots.iter_mut().filter(|bell| bell.seen_version < self.version);
        let wakers = unheard.filter_map(|bell| bell.waker.take()).collect();
        Some(PendingWakes { wakers, durable_at: std::mem::take(&mut self.pending_since) })
    }

    /// Whether there were several frames when the bells were rung last.
    pub fn should_coalesce(&self) -> bool {
        self.last_wake_frames > 1
    }
}

impl PendingWakes {
    /// Rings them. Not under the lock of the room: whoever is rung needs it. When the frames had become durable for which that
    /// was.
    pub async fn wake_all(self) -> Vec<Instant> {
        wake_in_parallel(self.wakers).await;
        self.durable_at
    }
}

/// Rings bells. Whoever is rung may write what there is to hear at once, on this thread: so where there are many bells, each
/// thread rings some.
pub(crate) async fn wake_in_parallel(wakers: Vec<Waker>) {
    let are_many = wakers.len() > SINGLE_THREAD_WAKES_MAX;
    let wakers = Arc::new(Mutex::new(wakers.into_iter()));
    if !are_many {
        return wake_in_slices(wakers).await;
    }
    let threads = Handle::current().metrics().num_workers();
    let mut hands: JoinSet<()> = (0..threads).map(|_| wake_in_slices(Arc::clone(&wakers))).collect();
    while hands.join_next().await.is_some() {}
}

/// Rings some of these bells, until none is left, and lets others have their turn in between: a page that somebody asks for
/// meanwhile does not wait until thousands have been told. Other threads too, and programs: whoever writes what was posted,
/// and whoever reads what was sent, would otherwise wait for the rest of this thread's time.
async fn wake_in_slices(wakers: Arc<Mutex<IntoIter<Waker>>>) {
    loop {
        let since = Instant::now();
        while since.elapsed() < WAKE_SLICE {
            let some: Vec<Waker> =
                wakers.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(WAKES_PER_CLOCK_CHECK).collect();
            if some.is_empty() {
                return;
            }
            some.into_iter().for_each(Waker::wake);
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
        let mut bells = Waiters::default();
        let (early, late) = (bells.insert(), bells.insert());
        catch_up_all(&mut bells, early);
        catch_up_all(&mut bells, late);
        bells.record_frame(Instant::now());
        assert_eq!(bells.notify(), (1, true), "nobody rings");
        assert_eq!(take_counts(&mut bells), Some((2, 1)));
        catch_up_all(&mut bells, early);
        bells.record_frame(Instant::now());
        bells.record_frame(Instant::now());
        assert_eq!(bells.notify(), (2, false), "somebody does");
        catch_up_all(&mut bells, late);
        assert!(!bells.should_coalesce());
        assert_eq!(take_counts(&mut bells), Some((1, 2)), "whoever looked late has heard all");
        assert!(bells.should_coalesce());
        assert_eq!(take_counts(&mut bells), None);
        assert_eq!(bells.notify(), (3, true), "whoever rang is away");
    }

    #[test]
    fn a_taken_waker_needs_registering_again_and_a_removed_slot_has_none() {
        let mut bells = Waiters::default();
        let (slow, gone) = (bells.insert(), bells.insert());
        bells.register(slow, Waker::noop());
        bells.register(gone, Waker::noop());
        bells.remove(gone);
        assert_eq!(bells.len(), 1);
        for wakers in [1, 0] {
            bells.notify();
            assert_eq!(take_counts(&mut bells), Some((wakers, 0)));
        }
        bells.register(slow, Waker::noop());
        bells.notify();
        assert_eq!(take_counts(&mut bells), Some((1, 0)), "it has not heard everything");
        assert_eq!(bells.insert(), gone);
        assert!(bells.waker(gone).is_none());
    }
}
