//! Whether this machine's clock can be right. Time never runs backwards here: a change gets the moment of the last one
//! if the clock lies before it. So one change under a clock that was far ahead makes time stand still, and whoever
//! runs the machine should hear of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::domain::Moment;

/// How far a clock may be set back without a word, as a time server does it.
const BEHIND_MAX: Duration = Duration::from_secs(60);
/// How long nothing may have happened before the clock is doubted.
const AHEAD_MAX: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The time of this machine's clock.
pub fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Warns of a clock, once each time that it goes wrong.
#[derive(Default)]
pub(super) struct Clock {
    warned: AtomicBool,
}

#[derive(Debug, PartialEq, Eq)]
enum Doubt {
    Behind(Duration),
    Ahead(Duration),
}

impl Clock {
    /// Looks at the clock before a change: it says `now`, and the last change was at `last`.
    pub fn look(&self, now: Moment, last: Moment) {
        let doubt = doubt(now, last);
        let is_new = !self.warned.swap(doubt.is_some(), Ordering::AcqRel);
        match doubt {
            Some(Doubt::Behind(by)) if is_new => {
                let seconds = by.as_secs();
                tracing::warn!(
                    seconds,
                    "the clock is behind the last change; until it has caught up, time stands still"
                );
            }
            Some(Doubt::Ahead(by)) if is_new => {
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

fn doubt(now: Moment, last: Moment) -> Option<Doubt> {
    let (behind, ahead) = (last.since(now), now.since(last));
    if behind > BEHIND_MAX {
        Some(Doubt::Behind(behind))
    } else if ahead > AHEAD_MAX && last != Moment(0) {
        Some(Doubt::Ahead(ahead))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_doubted_when_it_is_behind_or_far_ahead_and_not_before_the_first_change() {
        let year = AHEAD_MAX.as_millis() as u64;
        let now = Moment(50 * year);
        for fine in [Moment(0), now, Moment(now.0 + 60_000), Moment(now.0 - year)] {
            assert_eq!(doubt(now, fine), None, "{fine:?}");
        }
        assert_eq!(doubt(now, Moment(now.0 + 60_001)), Some(Doubt::Behind(Duration::from_millis(60_001))));
        assert_eq!(doubt(now, Moment(now.0 - year - 1)), Some(Doubt::Ahead(AHEAD_MAX + Duration::from_millis(1))));
    }
}
