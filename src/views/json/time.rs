//! Times in JSON.

use crate::domain::{Expiry, Timestamp};
use crate::views::time::FormattedTime;

/// A time with milliseconds: `2026-11-22T09:02:41.305Z`.
pub(crate) fn format_time(at: Timestamp) -> String {
    FormattedTime::new(at).iso_millis().to_owned()
}

/// The end of a mute, a ban or an invitation: a time, or `forever`. `None` if it has passed.
pub(crate) fn format_expiry(expiry: Expiry, now: Timestamp) -> Option<String> {
    let format = |expiry| match expiry {
        Expiry::NEVER => "forever".to_owned(),
        Expiry(end) => format_time(end),
    };
    expiry.is_active(now).then(|| format(expiry))
}
