//! Moments in words. All in UTC, and saying so: the script of the page turns them into the reader's own time, and
//! without it they are still right.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

use crate::domain::Moment;

fn utc(at: Moment) -> DateTime {
    let seconds = i64::try_from(at.0 / 1_000).unwrap_or(i64::MAX);
    Offset::UTC.to_datetime(Timestamp::new(seconds, 0).unwrap_or(Timestamp::MAX))
}

/// `2026-11-22T09:02:11Z` (RFC 3339).
pub(super) fn rfc3339(at: Moment) -> String {
    let t = utc(at);
    format!("{}T{:02}:{:02}:{:02}Z", t.date(), t.hour(), t.minute(), t.second())
}

/// `2026-11-22T09:02:11.250Z` (RFC 3339).
pub(super) fn rfc3339_ms(at: Moment) -> String {
    let t = utc(at);
    format!("{}T{:02}:{:02}:{:02}.{:03}Z", t.date(), t.hour(), t.minute(), t.second(), at.0 % 1_000)
}

/// `2026-11-22`.
pub(super) fn date(at: Moment) -> String {
    utc(at).date().to_string()
}

/// `09:02`.
pub(super) fn clock(at: Moment) -> String {
    let t = utc(at);
    format!("{:02}:{:02}", t.hour(), t.minute())
}

/// `Sunday, 22 November 2026`.
pub(super) fn day(at: Moment) -> String {
    utc(at).strftime("%A, %-d %B %Y").to_string()
}

/// How long ago, as one would say it. It needs no time zone.
pub(super) fn ago(at: Moment, now: Moment) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match now.since(at).as_secs() {
        0..MINUTE => "just now".to_owned(),
        s @ MINUTE..HOUR => count(s / MINUTE, "a minute", "minutes"),
        s @ HOUR..DAY => count(s / HOUR, "an hour", "hours"),
        s if s < 30 * DAY => count(s / DAY, "a day", "days"),
        _ => format!("on {}", utc(at).strftime("%-d %B %Y")),
    }
}

fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("{one} ago") } else { format!("{n} {many} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_read_in_utc() {
        let at = Moment(1_795_338_131_250);
        assert_eq!(rfc3339(at), "2026-11-22T09:02:11Z");
        assert_eq!(rfc3339_ms(at), "2026-11-22T09:02:11.250Z");
        assert_eq!(date(at), "2026-11-22");
        assert_eq!(clock(at), "09:02");
        assert_eq!(day(at), "Sunday, 22 November 2026");
        assert!(rfc3339(Moment(u64::MAX)).starts_with("9999-"));
    }

    #[test]
    fn the_past_is_told_as_one_would_say_it() {
        let ago = |s: u64| ago(Moment(0), Moment(s * 1_000));
        assert_eq!(ago(59), "just now");
        assert_eq!(ago(60), "a minute ago");
        assert_eq!(ago(3_599), "59 minutes ago");
        assert_eq!(ago(3_600), "an hour ago");
        assert_eq!(ago(2 * 86_400), "2 days ago");
        assert_eq!(ago(40 * 86_400), "on 1 January 1970");
    }
}
