//! The end of a ban, a mute, an invitation or a link.

use serde::{Deserialize, Serialize};

use crate::domain::Timestamp;

/// The moment at which something ends, or that it has no end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Expiry(pub Timestamp);

impl Expiry {
    /// It has ended, or never began.
    pub const PAST: Self = Self(Timestamp(0));
    /// It has no end; it lasts until it is lifted.
    pub const NEVER: Self = Self(Timestamp(u64::MAX));

    /// Whether the end is still ahead at this moment.
    pub fn is_active(self, now: Timestamp) -> bool {
        now < self.0
    }
}

/// The end of a sentence that names this moment: " until 2026-11-24 18:00 UTC", or nothing if there is no end.
pub fn describe_expiry(expiry: Expiry) -> String {
    match i64::try_from(expiry.0.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        Some(end) => format!(" until {} UTC", end.strftime("%Y-%m-%d %H:%M")),
        None => String::new(),
    }
}
