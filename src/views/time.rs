//! Times as text. All are in UTC and say so: the script of the page converts them to the reader's time zone, and
//! without it they are still right.

use jiff::Timestamp as JiffTimestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use maud::{Markup, html};

use crate::domain::{Day, Expiry, Timestamp};

fn to_utc(at: Timestamp) -> DateTime {
    let seconds = i64::try_from(at.0 / 1_000).unwrap_or(i64::MAX);
    Offset::UTC.to_datetime(JiffTimestamp::new(seconds, 0).unwrap_or(JiffTimestamp::MAX))
}

/// A time in digits (RFC 3339), of which each form is a part. It needs no heap: a page has fifty of them.
pub(crate) struct FormattedTime([u8; 24]);

impl FormattedTime {
    /// The digits of a time.
    pub fn new(at: Timestamp) -> Self {
        let t = to_utc(at);
        let mut digits = *b"0000-00-00T00:00:00.000Z";
        let year = u16::try_from(t.year()).unwrap_or(0);
        let parts = [t.month(), t.day(), t.hour(), t.minute(), t.second()].map(|part| u16::from(part.unsigned_abs()));
        write_digits(&mut digits[..4], year);
        for (at, part) in [5, 8, 11, 14, 17].into_iter().zip(parts) {
            write_digits(&mut digits[at..at + 2], part);
        }
        write_digits(&mut digits[20..23], (at.0 % 1_000) as u16);
        Self(digits)
    }

    /// `2026-11-22T09:02:11`, in UTC: append a `Z`.
    pub fn iso_seconds(&self) -> &str {
        self.part(0, 19)
    }

    /// `2026-11-22T09:02:11.250Z`.
    pub fn iso_millis(&self) -> &str {
        self.part(0, 24)
    }

    /// `2026-11-22`.
    pub fn date(&self) -> &str {
        self.part(0, 10)
    }

    /// `09:02`.
    pub fn hour_minute(&self) -> &str {
        self.part(11, 16)
    }

    fn part(&self, from: usize, to: usize) -> &str {
        std::str::from_utf8(&self.0[from..to]).expect("digits are ASCII")
    }
}

/// The end of a sentence that names when something ends: ` until 2026-11-24 18:00 UTC`, or nothing if there is no end. The
/// script shows the time in the reader's zone.
pub(crate) fn until_end(expiry: Expiry) -> Markup {
    if expiry == Expiry::NEVER {
        return Markup::default();
    }
    let end = FormattedTime::new(expiry.0);
    html! { " until " time datetime={ (end.iso_seconds()) "Z" } { (end.date()) " " (end.hour_minute()) " UTC" } }
}

/// Fills `digits` with the last digits of a number.
fn write_digits(digits: &mut [u8], mut number: u16) {
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// `Sunday, 22 November 2026`.
pub(crate) fn format_day(at: Timestamp) -> String {
    to_utc(at).strftime("%A, %-d %B %Y").to_string()
}

/// The same for a day of the calendar.
pub(crate) fn format_calendar_day(day: Day) -> String {
    day.date().strftime("%A, %-d %B %Y").to_string()
}

/// `22 November 2026`.
pub(crate) fn format_date(day: Day) -> String {
    day.date().strftime("%-d %B %Y").to_string()
}

/// The same, without the year if it is the year of `today`.
pub(crate) fn format_date_relative(day: Day, today: Day) -> String {
    if day.date().year() == today.date().year() { day.date().strftime("%-d %B").to_string() } else { format_date(day) }
}

/// How long ago. It needs no time zone.
pub(crate) fn format_ago(at: Timestamp, now: Timestamp) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    match now.saturating_since(at).as_secs() {
        0..MINUTE => "just now".to_owned(),
        s @ MINUTE..HOUR => plural_ago(s / MINUTE, "minute"),
        s @ HOUR..DAY => plural_ago(s / HOUR, "hour"),
        s if s < 30 * DAY => plural_ago(s / DAY, "day"),
        _ => format!("on {}", to_utc(at).strftime("%-d %B %Y")),
    }
}

fn plural_ago(n: u64, unit: &str) -> String {
    if n == 1 { format!("1 {unit} ago") } else { format!("{n} {unit}s ago") }
}

#[cfg(test)]
mod tests {
    use crate::views::time::*;

    #[test]
    fn times_are_formatted_in_utc() {
        let at = Timestamp(1_795_338_131_250);
        let stamp = FormattedTime::new(at);
        assert_eq!(stamp.iso_seconds(), "2026-11-22T09:02:11");
        assert_eq!(stamp.iso_millis(), "2026-11-22T09:02:11.250Z");
        assert_eq!(stamp.date(), "2026-11-22");
        assert_eq!(stamp.hour_minute(), "09:02");
        assert_eq!(format_day(at), "Sunday, 22 November 2026");
        assert_eq!(FormattedTime::new(Timestamp(0)).iso_millis(), "1970-01-01T00:00:00.000Z");
        assert!(FormattedTime::new(Timestamp(u64::MAX)).date().starts_with("9999-"));
    }

    #[test]
    fn a_date_has_its_year_unless_it_is_this_year() {
        let day = |text| Day::parse(text).unwrap();
        let within = |text| format_date_relative(day(text), day("2026-11-22"));
        assert_eq!(within("2026-01-01"), "1 January");
        assert_eq!(within("2026-12-31"), "31 December");
        assert_eq!(within("2025-12-31"), "31 December 2025");
        assert_eq!(within("2027-01-01"), "1 January 2027");
    }

    #[test]
    fn the_past_is_counted_in_its_largest_unit() {
        let ago = |s: u64| format_ago(Timestamp(0), Timestamp(s * 1_000));
        assert_eq!(ago(59), "just now");
        assert_eq!(ago(60), "1 minute ago");
        assert_eq!(ago(3_599), "59 minutes ago");
        assert_eq!(ago(3_600), "1 hour ago");
        assert_eq!(ago(2 * 86_400), "2 days ago");
        assert_eq!(ago(40 * 86_400), "on 1 January 1970");
    }
}
