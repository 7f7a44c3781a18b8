//! How fast anybody may do what costs something. Each person, each address and the whole house has a bucket of tokens for
//! each kind of deed: a deed takes a token from all three, and they fill again with time. Honest use never finds one empty.
//!
//! The buckets are governor's (GCRA): a number each, in maps of many locks, of which a deed holds one for some
//! nanoseconds; next to a post, which waits for the disk, that is nothing. They live in memory only, and a restart fills
//! them all. Nothing here knows what a deed is about.

use std::hash::Hash;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use governor::clock::{self, FakeRelativeClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, RateLimiter};
use poem::Request;

use super::crowd::Streams;
use super::quota::{Quota, Rate, SECOND_US, quota};
use super::{House, client};
use crate::domain::{Refusal, UserId};

/// What costs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Coming in at the door, with a new name or one that one has. It is a row on disk, and it tries whether a name is free.
    Enter,
    /// Showing a password, or choosing one. The person is whoever it is said to be, as tried from one address: whoever
    /// tries a name from elsewhere does not stand in the way of its owner.
    SignIn,
    /// Showing a password for a name, from whatever addresses: so that nobody's password is guessed from very many. The
    /// person is whoever it is said to be.
    Guess,
    /// Saying something. Everybody in the room is sent it.
    Post,
    /// Being about to say something. It passes, and a small room is sent it.
    Type,
    /// Opening a room that was not there. It stays, and everybody's list has it.
    Open,
    /// Changing what a room is, or who belongs to it. Everybody who has it open reads it anew.
    Change,
    /// A small change of which nobody hears at once: of one's own account, or a report. It is a row on disk.
    Note,
    /// Taking another name. Everybody is told who sees it.
    Rename,
    /// Telling how far one has read, or keeping what one has begun to write. It waits for the disk, and nobody is sent it.
    Read,
    /// Asking what a name goes on with that one has begun to write. It looks through some hundred names.
    Complete,
    /// Looking for a room by words of its name. It looks through some thousand names.
    Seek,
    /// Opening a stream. Each may begin with a long way to catch up.
    Listen,
}

impl Deed {
    /// All of them, in their order.
    pub const ALL: [Self; 13] = [
        Self::Enter,
        Self::SignIn,
        Self::Guess,
        Self::Post,
        Self::Type,
        Self::Open,
        Self::Change,
        Self::Note,
        Self::Rename,
        Self::Read,
        Self::Complete,
        Self::Seek,
        Self::Listen,
    ];

    /// How fast it may be done.
    pub const fn quota(self) -> Quota {
        match self {
            // A whole school comes in when the lesson begins, a whole conference when the talk does.
            Self::Enter => quota((30, SECOND_US), (300, SECOND_US / 2), (2_000, SECOND_US / 50)),
            // Ten tries for whoever forgot which password it was. The same school signs in. Hashing takes tens of milliseconds.
            Self::SignIn => quota((10, 30 * SECOND_US), (300, SECOND_US), (1_000, SECOND_US / 20)),
            // Ten addresses with all their tries: no more than NIST SP 800-63B, section 3.2.2, lets be wrong one after another.
            Self::Guess => quota((100, 15 * SECOND_US), (300, SECOND_US), (1_000, SECOND_US / 20)),
            // Nobody types two lines a second for long; a script ends with a dozen. A lively class of hundreds is behind one
            // address. The writer does three times what the house may.
            Self::Post => quota((20, SECOND_US / 2), (2_000, SECOND_US / 200), (20_000, SECOND_US / 10_000)),
            // A page says so once in three seconds, in as many rooms as somebody writes at a time.
            Self::Type => quota((5, 2 * SECOND_US), (2_000, SECOND_US / 100), (20_000, SECOND_US / 2_000)),
            // Rooms are for more than one: a class opens one for each pair and is done.
            Self::Open => quota((10, 30 * SECOND_US), (300, 2 * SECOND_US), (1_000, SECOND_US / 5)),
            // A room is arranged once, with a dozen tries and as many people brought in, and then talked in.
            // Whoever tidies up ends a dozen devices and tokens one by one; a raid is reported by many.
            Self::Change | Self::Note => quota((30, 2 * SECOND_US), (300, SECOND_US / 2), (2_000, SECOND_US / 20)),
            // A typing error, a second thought, and back again: then the name is found.
            Self::Rename => quota((5, 600 * SECOND_US), (50, 60 * SECOND_US), (500, SECOND_US)),
            // A page tells it every few seconds; whoever goes through many rooms, for each of them.
            Self::Read => quota((60, SECOND_US / 2), (2_000, SECOND_US / 200), (20_000, SECOND_US / 5_000)),
            // A page asks some times a second while somebody types a name.
            Self::Complete | Self::Seek => {
                quota((60, SECOND_US / 5), (2_000, SECOND_US / 200), (20_000, SECOND_US / 2_000))
            }
            // Every tab has one and comes back by itself; after a restart all of them come back within seconds, as many as
            // there are seats.
            Self::Listen => quota((60, SECOND_US / 2), (2_000, SECOND_US / 100), (20_000, SECOND_US / 2_000)),
        }
    }
}

/// The time by which buckets fill.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's, since this moment.
    Machine(Instant),
    /// One that moves only when it is told to.
    Told(FakeRelativeClock),
}

impl Default for Clock {
    fn default() -> Self {
        Self::Machine(Instant::now())
    }
}

impl clock::Clock for Clock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::Machine(started) => started.elapsed(),
            Self::Told(told) => clock::Clock::now(told).into(),
        }
    }
}

/// Takes what `deed` costs from the shares of whoever sent this request: `person`, if they have a name (or say so), their
/// address, and the house. It is taken whether or not the deed then succeeds.
///
/// # Errors
/// [`Refusal::TooFast`] if one of them has nothing left.
pub(super) fn take(request: &Request, person: Option<UserId>, deed: Deed) -> Result<(), Refusal> {
    match &House::of(request).pace {
        Some(pace) => pace.take(deed, person, client::share(request)),
        None => Ok(()),
    }
}

/// All buckets, and all places.
pub struct Pace {
    clock: Clock,
    /// Of each deed, in the order of [`Deed::ALL`].
    buckets: [Buckets; Deed::ALL.len()],
    /// What is open at this moment.
    pub(super) streams: Streams,
}

impl Pace {
    /// Full buckets, which fill by this clock; and so many streams at a time for an address.
    pub fn new(clock: Clock, streams_of_an_address: usize) -> Self {
        let buckets = Deed::ALL.map(|deed| Buckets::new(deed.quota(), &clock));
        Self { buckets, streams: Streams::new(streams_of_an_address), clock }
    }

    fn take(&self, deed: Deed, person: Option<UserId>, address: Option<IpAddr>) -> Result<(), Refusal> {
        self.buckets[deed as usize].take(person, address).map_err(|until| {
            let wait = until.wait_time_from(clock::Clock::now(&self.clock));
            Refusal::TooFast { wait_s: wait.as_millis().div_ceil(1_000).max(1) as u64 }
        })
    }
}

type Bucket<Key, State> = RateLimiter<Key, State, Clock, NoOpMiddleware<Duration>>;

struct Buckets {
    person: Shares<UserId>,
    address: Shares<IpAddr>,
    house: Bucket<NotKeyed, InMemoryState>,
}

impl Buckets {
    fn new(quota: Quota, clock: &Clock) -> Self {
        Self {
            person: Shares::new(quota.person, clock),
            address: Shares::new(quota.address, clock),
            house: RateLimiter::direct_with_clock(quota.house.quota(), clock.clone()),
        }
    }

    /// The house comes last: whoever has nothing left takes nothing from everybody else.
    fn take(&self, person: Option<UserId>, address: Option<IpAddr>) -> Result<(), NotUntil<Duration>> {
        person.map_or(Ok(()), |person| self.person.take(&person))?;
        address.map_or(Ok(()), |address| self.address.take(&address))?;
        self.house.check()
    }
}

/// After how many deeds the buckets are looked through, and those that are full again are thrown away.
const SWEPT_AFTER: u32 = 4_096;

/// A bucket for each of many. What is kept is at most [`SWEPT_AFTER`] buckets and those that are not full again: as many as
/// can be begun within twice a refill, since each token that is taken keeps a bucket for as long.
struct Shares<Key: Hash + Eq + Clone> {
    buckets: Bucket<Key, DashMapStateStore<Key>>,
    taken: AtomicU32,
}

impl<Key: Hash + Eq + Clone> Shares<Key> {
    fn new(rate: Rate, clock: &Clock) -> Self {
        let buckets = RateLimiter::dashmap_with_clock(rate.quota(), clock.clone());
        Self { buckets, taken: AtomicU32::new(0) }
    }

    fn take(&self, key: &Key) -> Result<(), NotUntil<Duration>> {
        if self.taken.fetch_add(1, Ordering::Relaxed) % SWEPT_AFTER == SWEPT_AFTER - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
        self.buckets.check_key(key)
    }
}

#[cfg(test)]
mod tests;
