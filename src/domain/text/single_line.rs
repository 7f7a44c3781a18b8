//! Single lines of text: the server's name, a room's topic, the reason of a report.

use crate::domain::Refusal;
use crate::domain::text::clean;

/// One line of text without invisible characters, of 1 character up to the limit of its field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleLine(String);

impl SingleLine {
    /// Cleans and checks what was typed into this field, which takes at most `max` characters.
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

    /// The same for a field that can be left blank.
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

    /// The cleaned line.
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
