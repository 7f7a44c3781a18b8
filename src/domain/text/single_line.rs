//! A line that somebody writes about something: the house's name, a room's topic, why a message is reported.

use crate::domain::Refusal;
use crate::domain::text::clean;

/// One line of text, clean of anything unseen, of 1 to so many characters as its field takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleLine(String);

impl SingleLine {
    /// Takes what somebody typed into this field, which has at most `max` characters.
    ///
    /// # Errors
    /// [`Refusal::FieldBlank`], [`Refusal::FieldTooLong`].
    pub fn parse(field: &'static str, typed: &str, max: usize) -> Result<Self, Refusal> {
        let line = clean::clean_line(typed);
        if clean::is_invisible(&line) {
            return Err(Refusal::FieldBlank(field));
        }
        if line.chars().count() > max {
            return Err(Refusal::FieldTooLong(field, max));
        }
        Ok(Self(line))
    }

    /// The same for a field that may be left blank.
    ///
    /// # Errors
    /// [`Refusal::FieldTooLong`].
    pub fn parse_optional(field: &'static str, typed: &str, max: usize) -> Result<Option<Self>, Refusal> {
        match Self::parse(field, typed, max) {
            Ok(line) => Ok(Some(line)),
            Err(Refusal::FieldBlank(_)) => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// The line.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::text::single_line::*;

    #[test]
    fn single_line_length_is_limited_by_its_field() {
        assert_eq!(SingleLine::parse("topic", " a\n b ", 3).map(|line| line.0), Ok("a b".to_owned()));
        assert_eq!(SingleLine::parse("topic", "abcd", 3), Err(Refusal::FieldTooLong("topic", 3)));
        assert_eq!(SingleLine::parse("topic", "\u{200b}", 3), Err(Refusal::FieldBlank("topic")));
        assert_eq!(SingleLine::parse_optional("topic", " ", 3), Ok(None));
    }
}
