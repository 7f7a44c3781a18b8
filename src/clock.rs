//! Whether this machine's clock can be right. Time never runs backwards here: a change gets the moment of the last one
//! if the clock lies before it. So one change under a clock that was far ahead makes time stand still, and whoever
//! runs the machine should hear of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::Timestamp;

/// How far a clock may be set back without a word, as a time server does it.
const BEHIND_MAX: Duration = Duration::from_secs(60);
/// How long nothing may have happened before the clock is doubted.
const AHEAD_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The time of this machine's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Warns of a clock, once each time that it goes wrong.
#[derive(Default)]
pub(crate) struct ClockCheck {
    warned: AtomicBool,
}

#[derive(Debug, PartialEq, Eq)]
enum ClockSkew {
    Behind(Duration),
    Ahead(Duration),
}

impl ClockCheck {
    /// Looks at the clock before a change: it says `now`, and the last change was at `last`.
    pub fn warn_if_skewed(&self, now: Timestamp, last: Timestamp) {
        let doubt = skew(now, last);
        let is_new = !self.warned.swap(doubt.is_some(), Ordering::AcqRel);
        match doubt {
            Some(ClockSkew::Behind(by)) if is_new => {
                let seconds = by.as_secs();
                tracing::warn!(
                    seconds,
                    "the clock is behind the last change; until it has caught up, time stands still"
                );
            }
            Some(ClockSkew::Ahead(by)) if is_new => {
                let days = by.as_secs() / 86_400;
                tracing::warn!(
                    days,
                    "the clock is far ahead of the last change; if it is wrong, time will stand still"
                );
            }
            _ => {}
        }
    }
}

fn skew(now: Timestamp, last: Timestamp) -> Option<ClockSkew> {
    let (behind, ahead) = (last.saturating_since(now), now.saturating_since(last));
    if behind > BEHIND_MAX {
        Some(ClockSkew::Behind(behind))
    } else if ahead > AHEAD_MAX && last != Timestamp(0) {
        Some(ClockSkew::Ahead(ahead))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::clock::*;

    #[test]
    fn a_clock_is_doubted_when_it_is_behind_or_far_ahead_and_not_before_the_first_change() {
        let year = AHEAD_MAX.as_millis() as u64;
        let now = Timestamp(50 * year);
        for fine in [Timestamp(0), now, Timestamp(now.0 + 60_000), Timestamp(now.0 - year)] {
            assert_eq!(skew(now, fine), None, "{fine:?}");
        }
        assert_eq!(skew(now, Timestamp(now.0 + 60_001)), Some(ClockSkew::Behind(Duration::from_millis(60_001))));
        assert_eq!(
            skew(now, Timestamp(now.0 - year - 1)),
            Some(ClockSkew::Ahead(AHEAD_MAX + Duration::from_millis(1)))
        );
    }
}
