//! What somebody says.

use super::limits::BODY_CHARS_MAX;
use super::{Refusal, clean};

/// The text of a message: 1 to [`BODY_CHARS_MAX`] characters, not blank, no control characters but newline and tab,
/// line ends are `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Takes what somebody typed.
    ///
    /// # Errors
    /// [`Refusal::BodyBlank`], [`Refusal::BodyTooLong`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let text = clean::text(typed);
        match text.chars().count() {
            0 => Err(Refusal::BodyBlank),
            n if n > BODY_CHARS_MAX => Err(Refusal::BodyTooLong),
            _ if clean::shows_nothing(&text) => Err(Refusal::BodyBlank),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_one_to_eight_thousand_characters() {
        assert_eq!(Body::parse(" \r\n\t \u{0}"), Err(Refusal::BodyBlank));
        assert_eq!(Body::parse("\u{200b} \u{2060}"), Err(Refusal::BodyBlank));
        assert!(Body::parse(&"🚀".repeat(8_000)).is_ok());
        assert_eq!(Body::parse(&"a".repeat(8_001)), Err(Refusal::BodyTooLong));
    }
}
