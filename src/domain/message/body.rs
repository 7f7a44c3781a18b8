//! The text of a message.

use serde::{Deserialize, Serialize};

use crate::domain::limits::{BODY_CHARS_MAX, MENTIONS_MAX};
use crate::domain::text::clean;
use crate::domain::{ExcerptPiece, Refusal, UserId};

/// The text of a message: 1 to [`BODY_CHARS_MAX`] characters, not blank, no control characters but newline and tab,
/// line ends are `\n`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body(String);

impl Body {
    /// Cleans and checks a typed text.
    ///
    /// # Errors
    /// [`Refusal::BodyBlank`], [`Refusal::BodyTooLong`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let text = clean::clean_text(typed);
        match text.chars().count() {
            0 => Err(Refusal::BodyBlank),
            n if n > BODY_CHARS_MAX => Err(Refusal::BodyTooLong),
            _ if clean::is_invisible(&text) => Err(Refusal::BodyBlank),
            _ => Ok(Self(text)),
        }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The content of a message, with the results of rendering it when the request arrived. Applying it later needs no
/// clock, no names and no Markdown, so replaying it gives the same result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageContent {
    /// The text as the author wrote it.
    pub body: Body,
    /// The rendered HTML. `None` if it equals the text.
    pub rendered: Option<RenderedContent>,
    /// The mentioned users, each once, ascending; at most [`MENTIONS_MAX`].
    pub mentions: Vec<UserId>,
    /// Whether it mentions everyone in the room.
    pub mentions_room: bool,
}

/// A text whose Markdown was rendered, with the data that later code needs, so that nothing parses the HTML again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RenderedContent<Text = String> {
    /// The HTML.
    pub html: Text,
    /// The mentioned users, each once, ascending.
    pub mentioned: Vec<UserId>,
    /// The excerpt. Empty only if the text is blank.
    pub excerpt: Vec<ExcerptPiece<Text>>,
}

impl MessageContent {
    /// Content that is displayed as written and mentions no user.
    pub fn from_body(body: Body) -> Self {
        Self { body, rendered: None, mentions: Vec::new(), mentions_room: false }
    }

    /// The same content with these mentions. Users above the limit are not mentioned.
    #[must_use]
    pub fn with_mentions(mut self, mut users: Vec<UserId>) -> Self {
        users.sort_unstable();
        users.dedup();
        users.truncate(MENTIONS_MAX);
        self.mentions = users;
        self
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::message::body::*;

    #[test]
    fn body_length_is_limited() {
        assert_eq!(Body::parse(" \r\n\t \u{0}"), Err(Refusal::BodyBlank));
        assert_eq!(Body::parse("\u{200b} \u{2060}"), Err(Refusal::BodyBlank));
        assert!(Body::parse(&"🚀".repeat(8_000)).is_ok());
        assert_eq!(Body::parse(&"a".repeat(8_001)), Err(Refusal::BodyTooLong));
    }
}
