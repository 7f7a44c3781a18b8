//! The wall clock, and a check whether it can be right. The times of changes never go backwards: a change gets the time of the
//! last one if the clock is behind it. So one change under a clock that is far ahead stops time for as long, and the operator
//! must learn of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::Timestamp;

/// How far a clock may be set back without a warning, as time servers do.
const BEHIND_MAX: Duration = Duration::from_secs(60);
/// How long after the last change the clock is doubted.
const AHEAD_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The time of the wall clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Warns of a wrong clock, once each time it goes wrong.
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
    /// Checks the clock, which says `now`, before a change; the last change was at `last`.
    pub fn warn_if_skewed(&self, now: Timestamp, last: Timestamp) {
        let skew = skew(now, last);
        let is_new = !self.warned.swap(skew.is_some(), Ordering::AcqRel);
        match skew {
            Some(ClockSkew::Behind(by)) if is_new => {
                let seconds = by.as_secs();
                tracing::warn!(
                    seconds,
                    "the clock is behind the last change; until it has caught up, changes keep the time of that one"
                );
            }
            Some(ClockSkew::Ahead(by)) if is_new => {
                let days = by.as_secs() / 86_400;
                tracing::warn!(
                    days,
                    "the clock is far ahead of the last change; if it is wrong, later changes will keep this time"
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
        for valid in [Timestamp(0), now, Timestamp(now.0 + 60_000), Timestamp(now.0 - year)] {
            assert_eq!(skew(now, valid), None, "{valid:?}");
        }
        assert_eq!(skew(now, Timestamp(now.0 + 60_001)), Some(ClockSkew::Behind(Duration::from_millis(60_001))));
        assert_eq!(
            skew(now, Timestamp(now.0 - year - 1)),
            Some(ClockSkew::Ahead(AHEAD_MAX + Duration::from_millis(1)))
        );
    }
}
