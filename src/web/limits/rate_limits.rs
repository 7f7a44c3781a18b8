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

use crate::domain::UserId;
use crate::web::limits::concurrency::StreamLimits;
use crate::web::limits::quota::{Quota, Rate, SECOND_US, new_quota};
use crate::web::response::http_error::HttpError;

/// What costs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedAction {
    /// Coming in at the door, with a new name or one that one has. It is a row on disk, and it tries whether a name is free.
    Join,
    /// Showing a password, or choosing one. The person is whoever it is said to be, as tried from one address: whoever
    /// tries a name from elsewhere does not stand in the way of its owner.
    SignIn,
    /// Showing a password for a name, from whatever addresses: so that nobody's password is guessed from very many. The
    /// person is whoever it is said to be.
    TryPassword,
    /// Saying something. Everybody in the room is sent it.
    Post,
    /// Being about to say something. It passes, and a small room is sent it.
    SendTyping,
    /// Opening a room that was not there. It stays, and everybody's list has it.
    CreateRoom,
    /// Changing what a room is, or who belongs to it. Everybody who has it open reads it anew.
    ChangeRoom,
    /// A small change of which nobody hears at once: of one's own account, or a report. It is a row on disk.
    MinorChange,
    /// Taking another name. Everybody is told who sees it.
    Rename,
    /// Telling how far one has read, or keeping what one has begun to write. It waits for the disk, and nobody is sent it.
    UpdateReadState,
    /// Asking what a name goes on with that one has begun to write. It looks through some hundred names.
    Autocomplete,
    /// Looking for a room by words of its name. It looks through some thousand names.
    SearchRooms,
    /// Opening a stream. Each may begin with a long way to catch up.
    OpenStream,
}

impl LimitedAction {
    /// All of them, in their order.
    pub const ALL: [Self; 13] = [
        Self::Join,
        Self::SignIn,
        Self::TryPassword,
        Self::Post,
        Self::SendTyping,
        Self::CreateRoom,
        Self::ChangeRoom,
        Self::MinorChange,
        Self::Rename,
        Self::UpdateReadState,
        Self::Autocomplete,
        Self::SearchRooms,
        Self::OpenStream,
    ];

    /// How fast it may be done.
    pub const fn quota(self) -> Quota {
        match self {
            // A whole school comes in when the lesson begins, a whole conference when the talk does.
            Self::Join => new_quota((30, SECOND_US), (300, SECOND_US / 2), (2_000, SECOND_US / 50)),
            // Ten tries for whoever forgot which password it was. The same school signs in. Hashing takes tens of milliseconds.
            Self::SignIn => new_quota((10, 30 * SECOND_US), (300, SECOND_US), (1_000, SECOND_US / 20)),
            // Ten addresses with all their tries: no more than NIST SP 800-63B, section 3.2.2, lets be wrong one after another.
            Self::TryPassword => new_quota((100, 15 * SECOND_US), (300, SECOND_US), (1_000, SECOND_US / 20)),
            // Nobody types two lines a second for long; a script ends with a dozen. A lively class of hundreds is behind one
            // address. The writer does three times what the house may.
            Self::Post => new_quota((20, SECOND_US / 2), (2_000, SECOND_US / 200), (20_000, SECOND_US / 10_000)),
            // A page says so once in three seconds, in as many rooms as somebody writes at a time.
            Self::SendTyping => new_quota((5, 2 * SECOND_US), (2_000, SECOND_US / 100), (20_000, SECOND_US / 2_000)),
            // Rooms are for more than one: a class opens one for each pair and is done.
            Self::CreateRoom => new_quota((10, 30 * SECOND_US), (300, 2 * SECOND_US), (1_000, SECOND_US / 5)),
            // A room is arranged once, with a dozen tries and as many people brought in, and then talked in.
            // Whoever tidies up ends a dozen devices and tokens one by one; a raid is reported by many.
            Self::ChangeRoom | Self::MinorChange => {
                new_quota((30, 2 * SECOND_US), (300, SECOND_US / 2), (2_000, SECOND_US / 20))
            }
            // A typing error, a second thought, and back again: then the name is found.
            Self::Rename => new_quota((5, 600 * SECOND_US), (50, 60 * SECOND_US), (500, SECOND_US)),
            // A page tells it every few seconds; whoever goes through many rooms, for each of them.
            Self::UpdateReadState => {
                new_quota((60, SECOND_US / 2), (2_000, SECOND_US / 200), (20_000, SECOND_US / 5_000))
            }
            // A page asks some times a second while somebody types a name.
            Self::Autocomplete | Self::SearchRooms => {
                new_quota((60, SECOND_US / 5), (2_000, SECOND_US / 200), (20_000, SECOND_US / 2_000))
            }
            // Every tab has one and comes back by itself; after a restart all of them come back within seconds, as many as
            // there are seats.
            Self::OpenStream => new_quota((60, SECOND_US / 2), (2_000, SECOND_US / 100), (20_000, SECOND_US / 2_000)),
        }
    }
}

/// The time by which buckets fill.
#[derive(Clone, Debug)]
pub enum LimitClock {
    /// The machine's, since this moment.
    System(Instant),
    /// One that moves only when it is told to.
    Fake(FakeRelativeClock),
}

impl Default for LimitClock {
    fn default() -> Self {
        Self::System(Instant::now())
    }
}

impl clock::Clock for LimitClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        match self {
            Self::System(started) => started.elapsed(),
            Self::Fake(told) => clock::Clock::now(told).into(),
        }
    }
}

/// All buckets, and all places.
pub struct RateLimits {
    clock: LimitClock,
    /// Of each deed, in the order of [`Deed::ALL`].
    buckets: [ActionBuckets; LimitedAction::ALL.len()],
    /// What is open at this moment.
    pub(crate) streams: StreamLimits,
}

impl RateLimits {
    /// Full buckets, which fill by this clock; and so many streams at a time for an address.
    pub fn new(clock: LimitClock, streams_per_address: usize) -> Self {
        let buckets = LimitedAction::ALL.map(|deed| ActionBuckets::new(deed.quota(), &clock));
        Self { buckets, streams: StreamLimits::new(streams_per_address), clock }
    }

    pub(crate) fn check(
        &self,
        action: LimitedAction,
        person: Option<UserId>,
        address: Option<IpAddr>,
    ) -> Result<(), HttpError> {
        self.buckets[action as usize].check(person, address).map_err(|until| {
            let wait = until.wait_time_from(clock::Clock::now(&self.clock));
            HttpError::RateLimited { retry_after_s: wait.as_millis().div_ceil(1_000).max(1) as u64 }
        })
    }
}

type Bucket<Key, State> = RateLimiter<Key, State, LimitClock, NoOpMiddleware<Duration>>;

struct ActionBuckets {
    person: KeyedBuckets<UserId>,
    address: KeyedBuckets<IpAddr>,
    server: Bucket<NotKeyed, InMemoryState>,
}

impl ActionBuckets {
    fn new(quota: Quota, clock: &LimitClock) -> Self {
        Self {
            person: KeyedBuckets::new(quota.person, clock),
            address: KeyedBuckets::new(quota.address, clock),
            server: RateLimiter::direct_with_clock(quota.server.to_governor(), clock.clone()),
        }
    }

    /// The house comes last: whoever has nothing left takes nothing from everybody else.
    fn check(&self, person: Option<UserId>, address: Option<IpAddr>) -> Result<(), NotUntil<Duration>> {
        person.map_or(Ok(()), |person| self.person.check(&person))?;
        address.map_or(Ok(()), |address| self.address.check(&address))?;
        self.server.check()
    }
}

/// After how many deeds the buckets are looked through, and those that are full again are thrown away.
const CHECKS_PER_SWEEP: u32 = 4_096;

/// A bucket for each of many. What is kept is at most [`SWEPT_AFTER`] buckets and those that are not full again: as many as
/// can be begun within twice a refill, since each token that is taken keeps a bucket for as long.
struct KeyedBuckets<Key: Hash + Eq + Clone> {
    buckets: Bucket<Key, DashMapStateStore<Key>>,
    checks: AtomicU32,
}

impl<Key: Hash + Eq + Clone> KeyedBuckets<Key> {
    fn new(rate: Rate, clock: &LimitClock) -> Self {
        let buckets = RateLimiter::dashmap_with_clock(rate.to_governor(), clock.clone());
        Self { buckets, checks: AtomicU32::new(0) }
    }

    fn check(&self, key: &Key) -> Result<(), NotUntil<Duration>> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % CHECKS_PER_SWEEP == CHECKS_PER_SWEEP - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
        self.buckets.check_key(key)
    }
}

#[cfg(test)]
mod tests;
