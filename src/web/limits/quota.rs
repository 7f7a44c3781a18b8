//! Rates: how fast a person, an address and the whole server may do something. Nothing here knows what that is.

use std::num::NonZeroU32;
use std::time::Duration;

/// A token bucket: up to `burst` at once, and one more every `refill_us` microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The number of tokens in a full bucket.
    pub burst: u32,
    /// How long one token takes to come back, in microseconds.
    pub refill_us: u64,
}

/// The rates of one person, of one address, and of the whole server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// One person.
    pub person: Rate,
    /// Everyone behind one address: a school, an office, a whole provider.
    pub address: Rate,
    /// The whole server.
    pub server: Rate,
}

impl Rate {
    /// The same as governor's type.
    pub(crate) fn to_governor(self) -> governor::Quota {
        let burst = NonZeroU32::new(self.burst).expect("every quota has a burst above zero");
        let quota = governor::Quota::with_period(Duration::from_micros(self.refill_us));
        quota.expect("every quota has a refill time above zero").allow_burst(burst)
    }
}

/// A quota from the rates of a person, of an address and of the server, each as burst and refill time in microseconds.
pub(crate) const fn new_quota(person: (u32, u64), address: (u32, u64), server: (u32, u64)) -> Quota {
    const fn rate((burst, refill_us): (u32, u64)) -> Rate {
        Rate { burst, refill_us }
    }
    Quota { person: rate(person), address: rate(address), server: rate(server) }
}

/// One second in microseconds.
pub(crate) const SECOND_US: u64 = 1_000_000;
