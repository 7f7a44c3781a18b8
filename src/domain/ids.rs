//! Numbers that must not be taken for one another, and moments.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The number of a change: every change of the whole server has one, in the one order in which they happened.
/// The first is 1; 0 stands before all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Seq(pub u64);

impl Seq {
    /// The number of the change after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A message is named by the [`Seq`] of its post.
pub type MessageId = Seq;

/// A room is named by the number of the change that opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoomId(pub u64);

/// A person is named by the number of the change with which they came in.
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

/// Milliseconds in a day of UTC as Unix counts it, which knows no leap seconds.
pub(crate) const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

impl Timestamp {
    /// Whole days since 1970-01-01, in UTC.
    pub fn days_since_epoch(self) -> u64 {
        self.0 / DAY_MS
    }

    /// The moment so much later.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)))
    }

    /// How long `earlier` lies back from here; nothing if it does not.
    pub fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}
