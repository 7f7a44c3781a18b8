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
const FEW: usize = 128;
/// How long a thread rings until others have their turn: some sixty writes. A time and not a number, because whoever has to
/// read what is missing takes longer.
const TURN: Duration = Duration::from_micros(300);
/// How many bells it rings between two looks at the clock.
const RUNG_AT_ONCE: usize = 8;
/// Where several frames were told together, how long the next wait for more: telling a crowd once costs much less than
/// telling it twice.
pub(super) const MORE_WITHIN: Duration = Duration::from_millis(1);

/// A place in the row of bells.
pub(super) type Slot = usize;

/// The row of bells, and how far they have been rung.
#[derive(Default)]
pub(super) struct Bells {
    row: Vec<Bell>,
    free: Vec<Slot>,
    ringer: Ringer,
    /// How often there was something to ring for.
    calls: u64,
    /// When those frames became durable for which nobody has rung yet.
    unrung: Vec<Instant>,
    /// How many there were when the bells were rung last.
    rung: usize,
}

/// The bell of one seat.
#[derive(Default)]
struct Bell {
    waker: Option<Waker>,
    /// Of how many calls its listener has heard everything.
    heard: u64,
}

/// Whoever rings.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Ringer {
    #[default]
    Away,
    Rings,
    /// Rings, or is on the way, and there is something that was not rung for.
    IsDue,
}

/// Bells that were taken down to be rung.
pub(super) struct Taken {
    wakers: Vec<Waker>,
    /// When the frames became durable for which they are rung.
    durable: Vec<Instant>,
}

impl Bells {
    /// A place for one more.
    pub fn join(&mut self) -> Slot {
        self.free.pop().unwrap_or_else(|| {
            self.row.push(Bell::default());
            self.row.len() - 1
        })
    }

    /// Gives up a place.
    pub fn leave(&mut self, slot: Slot) {
        self.row[slot] = Bell::default();
        self.free.push(slot);
    }

    /// How many have a place.
    pub fn listeners(&self) -> usize {
        self.row.len() - self.free.len()
    }

    /// Hangs up a bell.
    pub fn hang(&mut self, slot: Slot, waker: &Waker) {
        match &mut self.row[slot].waker {
            Some(hung) if hung.will_wake(waker) => {}
            empty => *empty = Some(waker.clone()),
        }
    }

    /// The bell of one place, if it hangs. It stays where it is, so that those who ring it need not know of each other.
    pub fn bell(&self, slot: Slot) -> Option<Waker> {
        self.row[slot].waker.clone()
    }

    /// Whoever has this place has heard everything. Of how many calls that holds.
    pub fn has_heard(&mut self, slot: Slot) -> u64 {
        self.row[slot].heard = self.calls;
        self.calls
    }

    /// A frame became durable at this instant, for which the caller will call.
    pub fn frame(&mut self, durable: Instant) {
        self.unrung.push(durable);
    }

    /// There is something to ring for. How often there was; and whether nobody rings just now, so that the caller must: as
    /// long as [`Bells::take`] gives any. Otherwise whoever does so will ring again.
    pub fn call(&mut self) -> (u64, bool) {
        self.calls += 1;
        (self.calls, std::mem::replace(&mut self.ringer, Ringer::IsDue) == Ringer::Away)
    }

    /// Takes down the bells of all who have not heard everything: whose bell it is then looks. `None`: there is nothing more
    /// to ring for, and whoever rang is away.
    pub fn take(&mut self) -> Option<Taken> {
        if self.ringer != Ringer::IsDue {
            self.ringer = Ringer::Away;
            return None;
        }
        self.ringer = Ringer::Rings;
        self.rung = self.unrung.len();
        let unheard = self.row.iter_mut().filter(|bell| bell.heard < self.calls);
        let wakers = unheard.filter_map(|bell| bell.waker.take()).collect();
        Some(Taken { wakers, durable: std::mem::take(&mut self.unrung) })
    }

    /// Whether there were several frames when the bells were rung last.
    pub fn are_lively(&self) -> bool {
        self.rung > 1
    }
}

impl Taken {
    /// Rings them. Not under the lock of the room: whoever is rung needs it. When the frames had become durable for which that
    /// was.
    pub async fn ring(self) -> Vec<Instant> {
        ring(self.wakers).await;
        self.durable
    }
}

/// Rings bells. Whoever is rung may write what there is to hear at once, on this thread: so where there are many bells, each
/// thread rings some.
pub(super) async fn ring(bells: Vec<Waker>) {
    let are_many = bells.len() > FEW;
    let bells = Arc::new(Mutex::new(bells.into_iter()));
    if !are_many {
        return ring_some(bells).await;
    }
    let threads = Handle::current().metrics().num_workers();
    let mut hands: JoinSet<()> = (0..threads).map(|_| ring_some(Arc::clone(&bells))).collect();
    while hands.join_next().await.is_some() {}
}

/// Rings some of these bells, until none is left, and lets others have their turn in between: a page that somebody asks for
/// meanwhile does not wait until thousands have been told. Other threads too, and programs: whoever writes what was posted,
/// and whoever reads what was sent, would otherwise wait for the rest of this thread's time.
async fn ring_some(bells: Arc<Mutex<IntoIter<Waker>>>) {
    loop {
        let since = Instant::now();
        while since.elapsed() < TURN {
            let some: Vec<Waker> =
                bells.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(RUNG_AT_ONCE).collect();
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
    use super::*;

    fn taken(bells: &mut Bells) -> Option<(usize, usize)> {
        bells.take().map(|taken| (taken.wakers.len(), taken.durable.len()))
    }

    fn hears_all(bells: &mut Bells, slot: Slot) {
        bells.hang(slot, Waker::noop());
        bells.has_heard(slot);
    }

    #[test]
    fn one_at_a_time_rings_and_again_for_what_came_meanwhile_but_not_for_those_who_have_heard_it() {
        let mut bells = Bells::default();
        let (early, late) = (bells.join(), bells.join());
        hears_all(&mut bells, early);
        hears_all(&mut bells, late);
        bells.frame(Instant::now());
        assert_eq!(bells.call(), (1, true), "nobody rings");
        assert_eq!(taken(&mut bells), Some((2, 1)));
        hears_all(&mut bells, early);
        bells.frame(Instant::now());
        bells.frame(Instant::now());
        assert_eq!(bells.call(), (2, false), "somebody does");
        hears_all(&mut bells, late);
        assert!(!bells.are_lively());
        assert_eq!(taken(&mut bells), Some((1, 2)), "whoever looked late has heard all");
        assert!(bells.are_lively());
        assert_eq!(taken(&mut bells), None);
        assert_eq!(bells.call(), (3, true), "whoever rang is away");
    }

    #[test]
    fn a_bell_that_was_taken_down_is_not_rung_again_until_it_hangs_and_a_place_that_was_given_up_has_none() {
        let mut bells = Bells::default();
        let (slow, gone) = (bells.join(), bells.join());
        bells.hang(slow, Waker::noop());
        bells.hang(gone, Waker::noop());
        bells.leave(gone);
        assert_eq!(bells.listeners(), 1);
        for wakers in [1, 0] {
            bells.call();
            assert_eq!(taken(&mut bells), Some((wakers, 0)));
        }
        bells.hang(slow, Waker::noop());
        bells.call();
        assert_eq!(taken(&mut bells), Some((1, 0)), "it has not heard everything");
        assert_eq!(bells.join(), gone);
        assert!(bells.bell(gone).is_none());
    }
}
