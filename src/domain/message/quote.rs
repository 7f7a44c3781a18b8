//! What a reply shows of the message it replies to.

use crate::domain::{Author, MessageId};

/// A short form of the message that a reply refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// The message.
    pub id: MessageId,
    /// Its author.
    pub author: Author,
    /// The excerpt. Empty if the message was deleted.
    pub excerpt: Vec<ExcerptPart>,
}

/// A piece of an excerpt, as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExcerptPart {
    /// Text.
    Text(String),
    /// The present name of a mentioned user.
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
