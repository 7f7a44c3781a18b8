//! How often the scheduler sends what, and how much longer it waits where there are many listeners.

use std::time::Duration;

/// How often each stream gets a heartbeat.
pub(crate) const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(15);
/// How long after a change the roster of a room is sent: short enough for the eye, long enough that a reload, or many people
/// who join at once, cause one event.
const ROSTER_DELAY: Duration = Duration::from_millis(250);
/// Each time this many listeners make the delay longer by its length: sending to all of them costs, and a crowd always
/// changes.
const ROSTER_LISTENERS_PER_STEP: usize = 500;
/// How many times as long the delay is at most.
const ROSTER_SLOWDOWN_MAX: u32 = 60;

/// How long after a change the roster of a room with this many listeners is sent.
pub(crate) fn roster_delay(listeners: usize) -> Duration {
    let steps = u32::try_from(listeners / ROSTER_LISTENERS_PER_STEP).unwrap_or(u32::MAX);
    ROSTER_DELAY * steps.saturating_add(1).min(ROSTER_SLOWDOWN_MAX)
}
