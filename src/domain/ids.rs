//! Ids as distinct types, and timestamps.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The number of a change. All changes of the server are numbered in the order in which they were applied.
/// The first is 1; 0 comes before all changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub u64);

impl Seq {
    /// The number of the change after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A message's id is the [`Seq`] of the change that posted it.
pub type MessageId = Seq;

/// A room's id is the number of the change that created it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoomId(pub u64);

/// A user's id is the number of the change with which the user joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserId(pub u64);

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A moment in UTC: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub u64);

/// Milliseconds in a UTC day as Unix counts it, without leap seconds.
pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

impl Timestamp {
    /// Whole days since 1970-01-01, in UTC.
    pub fn days_since_epoch(self) -> u64 {
        self.0 / DAY_MS
    }

    /// The moment that is this much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// The time since `earlier`; zero if `earlier` is later.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
