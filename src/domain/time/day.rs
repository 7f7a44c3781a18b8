//! Calendar days, from midnight to midnight in UTC. Other time zones are left to the browser.

use std::fmt;

use jiff::civil::Date;

use crate::domain::ids::DAY_MS;
use crate::domain::{Message, Timestamp};

const UNIX_EPOCH: Date = Date::constant(1970, 1, 1);

/// A day of the years 0 to 9999. All timestamps that occur are within them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// The messages of a room on one day, or some of them, and the nearest other days with messages.
#[derive(Debug)]
pub struct DayPage {
    /// The messages, oldest first.
    pub messages: Vec<Message>,
    /// Whether the day has older ones.
    pub has_older: bool,
    /// Whether the day has newer ones.
    pub has_newer: bool,
    /// The last day before it that has messages.
    pub previous_day: Option<Day>,
    /// The first day after it that has messages.
    pub next_day: Option<Day>,
}

impl Day {
    /// Parses `2026-11-22` (RFC 3339, full-date) and no other form. `None` if the calendar has no such day.
    pub fn parse(text: &str) -> Option<Self> {
        let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text.as_bytes() else { return None };
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_i16, |n, digit| digit.is_ascii_digit().then(|| n * 10 + i16::from(digit - b'0')))
        };
        let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().map(Self)
    }

    /// The day that contains this moment.
    pub fn containing(at: Timestamp) -> Self {
        let days = i64::try_from(at.days_since_epoch()).unwrap_or(i64::MAX);
        let since = jiff::Span::new().try_days(days).ok();
        Self(since.and_then(|since| UNIX_EPOCH.checked_add(since).ok()).unwrap_or(Date::MAX))
    }

    /// The first moment of the day. Days before 1970 start and end at 1970-01-01, the first timestamp that exists.
    pub fn start(self) -> Timestamp {
        Timestamp(self.days_since_epoch().saturating_mul(DAY_MS))
    }

    /// The first moment of the next day.
    pub fn end(self) -> Timestamp {
        if self.0 < UNIX_EPOCH { Timestamp(0) } else { Timestamp((self.days_since_epoch() + 1).saturating_mul(DAY_MS)) }
    }

    /// The calendar date.
    pub fn date(self) -> Date {
        self.0
    }

    /// Whole days since 1970-01-01.
    fn days_since_epoch(self) -> u64 {
        let days = self.0.since(UNIX_EPOCH).map_or(0, |span| span.get_days());
        u64::try_from(days).unwrap_or(0)
    }
}

/// The form in URLs: `2026-11-22`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::time::day::*;

    #[test]
    fn parse_accepts_only_calendar_days() {
        for text in ["2026-11-22", "2024-02-29", "0000-01-01", "1969-12-31", "9999-12-31"] {
            assert_eq!(Day::parse(text).map(|day| day.to_string()).as_deref(), Some(text));
        }
        for text in [
            "",
            "2026-11-2",
            "2026-11-022",
            "2025-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-01-00",
            "2026-01-32",
            "+026-01-01",
            "-026-01-01",
            "2026/01/01",
            "20260101--",
            "2026-01-01T",
            "٢٠٢٦-01",
            "2026-1é-1",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_contiguous() {
        let day = Day::parse("2026-11-22").expect("a day");
        assert_eq!(day.start(), Timestamp(1_795_305_600_000));
        assert_eq!(day.end(), Timestamp(day.start().0 + DAY_MS));
        assert_eq!((Day::containing(day.start()), Day::containing(Timestamp(day.end().0 - 1))), (day, day));
        assert_eq!(Day::containing(day.end()).to_string(), "2026-11-23");
        assert_eq!(Day::containing(Timestamp(0)).to_string(), "1970-01-01");
        let before = Day::parse("1969-12-31").expect("a day");
        assert_eq!((before.start(), before.end()), (Timestamp(0), Timestamp(0)), "nothing was said before 1970");
        assert_eq!(Day::containing(Timestamp(u64::MAX)).to_string(), "9999-12-31");
        let last = Day::parse("9999-12-31").expect("a day");
        assert!(last.start() < last.end());
    }
}
