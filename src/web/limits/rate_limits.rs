//! Rate limits of costly actions. Each person, each address and the whole server has a bucket of tokens for each
//! action. An action takes one token from all three buckets; they refill with time. Normal use never empties one.
//!
//! The buckets are governor's (GCRA): one number each, in maps with many locks, each held for nanoseconds; that is
//! nothing next to a post, which waits for the disk. They live in memory only, and a restart fills them all. Nothing
//! here knows what an action does.

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

/// An action with a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitedAction {
    /// Joining with a new name or one's own. It writes a row, and reveals whether a name is free.
    Join,
    /// Sending a password, or choosing one. The person is the claimed one as tried from one address: attempts from
    /// elsewhere do not lock the owner of a name out.
    SignIn,
    /// Sending a password for a name from any address, so that no password is guessed from very many addresses. The
    /// person is the claimed one.
    TryPassword,
    /// Posting a message. It is sent to everyone in the room.
    Post,
    /// Signalling that one is typing. It is not stored, and is sent to small rooms only.
    SendTyping,
    /// Creating a room. It stays, and appears in everyone's list.
    CreateRoom,
    /// Changing a room's settings or members. Everyone who has the room open reloads it.
    ChangeRoom,
    /// A small change that nobody else sees at once: of one's own account, or a report. It writes a row.
    MinorChange,
    /// Changing one's name. It is sent to everyone who sees it.
    Rename,
    /// Saving a read position or a draft. It waits for the disk, and nobody else sees it.
    UpdateReadState,
    /// Completing a name that is being typed. It searches some hundred names.
    Autocomplete,
    /// Searching rooms by words of their names. It searches some thousand names.
    SearchRooms,
    /// Opening an event stream. Each may begin with a long catch-up.
    OpenStream,
}

impl LimitedAction {
    /// All actions, in the order of their discriminants.
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

    /// The quota of this action.
    pub const fn quota(self) -> Quota {
        match self {
            // A whole school joins when the lesson begins, a whole conference when the talk does.
            Self::Join => new_quota((30, SECOND_US), (300, SECOND_US / 2), (2_000, SECOND_US / 50)),
            // Ten attempts for a user who forgot which password it was. The same school signs in. Hashing takes tens of
            // milliseconds.
            Self::SignIn => new_quota((10, 30 * SECOND_US), (300, SECOND_US), (1_000, SECOND_US / 20)),
            // Ten addresses with all their attempts: no more than NIST SP 800-63B, section 3.2.2, allows to fail in a
            // row.
            Self::TryPassword => new_quota((100, 15 * SECOND_US), (300, SECOND_US), (1_000, SECOND_US / 20)),
            // Nobody types two lines a second for long; a script ends with a dozen. A lively class of hundreds is
            // behind one address. The writer handles three times the server's rate.
            Self::Post => new_quota((20, SECOND_US / 2), (2_000, SECOND_US / 200), (20_000, SECOND_US / 10_000)),
            // A page sends it once in three seconds, in as many rooms as a user writes in at a time.
            Self::SendTyping => new_quota((5, 2 * SECOND_US), (2_000, SECOND_US / 100), (20_000, SECOND_US / 2_000)),
            // Rooms are shared: a class creates one for each pair and is done.
            Self::CreateRoom => new_quota((10, 30 * SECOND_US), (300, 2 * SECOND_US), (1_000, SECOND_US / 5)),
            // A room is set up once, with a dozen attempts and as many people added. A user who cleans up ends a dozen
            // sessions and tokens one by one; a raid is reported by many.
            Self::ChangeRoom | Self::MinorChange => {
                new_quota((30, 2 * SECOND_US), (300, SECOND_US / 2), (2_000, SECOND_US / 20))
            }
            // A typing error, a second thought, and back again: then the name is found.
            Self::Rename => new_quota((5, 600 * SECOND_US), (50, 60 * SECOND_US), (500, SECOND_US)),
            // A page sends it every few seconds; a user who goes through many rooms, for each of them.
            Self::UpdateReadState => {
                new_quota((60, SECOND_US / 2), (2_000, SECOND_US / 200), (20_000, SECOND_US / 5_000))
            }
            // A page asks a few times a second while a user types a name.
            Self::Autocomplete | Self::SearchRooms => {
                new_quota((60, SECOND_US / 5), (2_000, SECOND_US / 200), (20_000, SECOND_US / 2_000))
            }
            // Every tab has one and reconnects by itself; after a restart all reconnect within seconds, as many as
            // there may be connections.
            Self::OpenStream => new_quota((60, SECOND_US / 2), (2_000, SECOND_US / 100), (20_000, SECOND_US / 2_000)),
        }
    }
}

/// The clock by which buckets refill.
#[derive(Clone, Debug)]
pub enum LimitClock {
    /// The monotonic clock of the machine, counted from this moment.
    System(Instant),
    /// A clock that tests advance.
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
            Self::Fake(clock) => clock::Clock::now(clock).into(),
        }
    }
}

/// The buckets of all actions, and the limits of open streams.
pub struct RateLimits {
    clock: LimitClock,
    /// The buckets of each action, in the order of [`LimitedAction::ALL`].
    buckets: [ActionBuckets; LimitedAction::ALL.len()],
    /// The streams that are open.
    pub(crate) streams: StreamLimits,
}

impl RateLimits {
    /// Full buckets that refill by this clock, and this many streams for each address.
    pub fn new(clock: LimitClock, streams_per_address: usize) -> Self {
        let buckets = LimitedAction::ALL.map(|action| ActionBuckets::new(action.quota(), &clock));
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

    /// Takes a token of the server last: a person or address without tokens takes none from everyone else.
    fn check(&self, person: Option<UserId>, address: Option<IpAddr>) -> Result<(), NotUntil<Duration>> {
        person.map_or(Ok(()), |person| self.person.check(&person))?;
        address.map_or(Ok(()), |address| self.address.check(&address))?;
        self.server.check()
    }
}

/// How many checks pass between two sweeps, which drop the buckets that are full again.
const CHECKS_PER_SWEEP: u32 = 4_096;

/// A bucket for each key. At most [`CHECKS_PER_SWEEP`] buckets are kept besides those that are not full yet; each token
/// taken keeps a bucket for as long as it takes to refill.
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
