//! How fast something may be done. What that is, nothing here knows.

use std::num::NonZeroU32;
use std::time::Duration;

/// How fast: so many at once, and one more each time that `refill_us` microseconds have passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many tokens a full bucket has.
    pub burst: u32,
    /// How long it takes to get one token back, in microseconds.
    pub refill_us: u64,
}

/// How fast one person, one address, and everybody together may do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Whoever has a name.
    pub person: Rate,
    /// Everybody behind one address: a school, an office, a whole provider.
    pub address: Rate,
    /// Everybody.
    pub server: Rate,
}

impl Rate {
    /// The same for governor.
    pub(crate) fn to_governor(self) -> governor::Quota {
        let burst = NonZeroU32::new(self.burst).expect("the table lets everybody do something");
        let quota = governor::Quota::with_period(Duration::from_micros(self.refill_us));
        quota.expect("the table lets nobody do anything without end").allow_burst(burst)
    }
}

/// A person's rate, an address's and the house's: so many at once, and one more each time that so many microseconds have
/// passed.
pub(crate) const fn new_quota(person: (u32, u64), address: (u32, u64), server: (u32, u64)) -> Quota {
    const fn rate((burst, refill_us): (u32, u64)) -> Rate {
        Rate { burst, refill_us }
    }
    Quota { person: rate(person), address: rate(address), server: rate(server) }
}

/// A second, in microseconds.
pub(crate) const SECOND_US: u64 = 1_000_000;
