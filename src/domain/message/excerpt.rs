//! The start of a message on one line of plain text, for replies and notifications. It is made when the message is
//! written, and stored with it.

use serde::{Deserialize, Serialize};

use crate::domain::UserId;

/// The most characters of an excerpt.
const EXCERPT_CHARS_MAX: usize = 120;

/// Every mention counts as this many characters, so that a rename does not change where the excerpt ends.
const MENTION_CHARS: usize = 16;

/// A piece of an excerpt, as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ExcerptPiece<Text = String> {
    /// Text.
    Text(Text),
    /// A mentioned user. Readers see the user's present name.
    Mention(UserId),
}

/// Makes the excerpt of a text that is displayed as written. It reads no more of the text than it needs.
pub fn excerpt_of_text(text: &str) -> Vec<ExcerptPiece> {
    let mut excerpt = ExcerptBuilder::default();
    excerpt.push_text(text);
    excerpt.finish()
}

/// Builds an excerpt from the visible text: a run of white space becomes one space, and an ellipsis replaces the text
/// that does not fit.
#[derive(Debug, Default)]
pub struct ExcerptBuilder {
    pieces: Vec<ExcerptPiece>,
    line: String,
    chars: usize,
    space_pending: bool,
    is_full: bool,
}

impl ExcerptBuilder {
    /// Whether the excerpt is full.
    pub fn is_full(&self) -> bool {
        self.is_full
    }

    /// Appends text.
    pub fn push_text(&mut self, text: &str) {
        for c in text.chars() {
            if self.is_full {
                return;
            }
            if c.is_whitespace() {
                self.push_break();
            } else if self.reserve(1) {
                self.line.push(c);
            }
        }
    }

    /// Ends a word.
    pub fn push_break(&mut self) {
        self.space_pending = self.chars > 0;
    }

    /// Appends a mention.
    pub fn push_mention(&mut self, user: UserId) {
        if self.reserve(MENTION_CHARS) {
            self.end_line();
            self.pieces.push(ExcerptPiece::Mention(user));
        }
    }

    /// Returns the excerpt. It is empty if only white space was appended.
    pub fn finish(mut self) -> Vec<ExcerptPiece> {
        self.end_line();
        self.pieces
    }

    /// Reserves this many characters, after the pending space.
    fn reserve(&mut self, chars: usize) -> bool {
        let with_space = chars + usize::from(self.space_pending);
        if self.is_full || self.chars + with_space > EXCERPT_CHARS_MAX {
            if !self.is_full {
                self.line.push('…');
                self.is_full = true;
            }
            return false;
        }
        if self.space_pending {
            self.line.push(' ');
        }
        self.chars += with_space;
        self.space_pending = false;
        true
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            self.pieces.push(ExcerptPiece::Text(std::mem::take(&mut self.line)));
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::message::excerpt::*;

    fn text(text: &str) -> Vec<ExcerptPiece> {
        vec![ExcerptPiece::Text(text.to_owned())]
    }

    #[test]
    fn white_space_is_one_space() {
        assert_eq!(excerpt_of_text("a\n\n  b\tc "), text("a b c"));
        assert_eq!(excerpt_of_text(" \n"), []);
    }

    #[test]
    fn long_excerpts_end_in_an_ellipsis() {
        let (full, over) = ("é".repeat(EXCERPT_CHARS_MAX), "é".repeat(EXCERPT_CHARS_MAX + 1));
        assert_eq!(excerpt_of_text(&full), text(&full));
        assert_eq!(excerpt_of_text(&over), text(&format!("{full}…")));
        assert_eq!(excerpt_of_text(&format!("{full} \n ")), text(&full), "white space at the end is dropped");
    }

    #[test]
    fn mentions_have_a_fixed_width() {
        let start = "é".repeat(EXCERPT_CHARS_MAX - MENTION_CHARS - 1);
        let excerpt = |start: &str| {
            let mut excerpt = ExcerptBuilder::default();
            excerpt.push_text(&format!("{start} "));
            excerpt.push_mention(UserId(7));
            excerpt.push_text("!");
            excerpt.finish()
        };
        let pieces = [ExcerptPiece::Text(format!("{start} ")), ExcerptPiece::Mention(UserId(7))];
        assert_eq!(excerpt(&start)[..2], pieces);
        assert_eq!(excerpt(&format!("{start}é")), text(&format!("{start}é…")));
    }
}
