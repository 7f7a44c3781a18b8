//! What a reply shows of the message it replies to.

use crate::domain::{Author, MessageId};

/// The message that a reply refers to, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The message.
    pub id: MessageId,
    /// Its author.
    pub author: Author,
    /// How it begins, on one line. Empty if it was deleted.
    pub excerpt: Vec<ExcerptPart>,
}

/// A piece of an excerpt, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExcerptPart {
    /// Text.
    Text(String),
    /// A mentioned user, by their present name.
    Mention(Author),
}

impl Quote {
    /// The excerpt as plain text. Blank if the message was deleted.
    pub fn to_text(&self) -> String {
        let words = self.excerpt.iter().map(|part| match part {
            ExcerptPart::Text(words) => words.clone(),
            ExcerptPart::Mention(person) => format!("@{}", person.name),
        });
        words.collect()
    }
}
