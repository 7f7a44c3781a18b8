//! Suggestions of the autocomplete list, and emoji.

use serde::Serialize;

use crate::views::messages::autocomplete::Suggestion;

/// An emoji and one of its names.
#[derive(Debug, Serialize)]
pub struct EmojiJson<'a> {
    /// The name, which is written between colons.
    pub name: &'a str,
    /// The character.
    pub emoji: &'a str,
}

/// A suggestion for what is being typed.
#[derive(Debug, Serialize)]
pub struct SuggestionJson<'a> {
    kind: &'static str,
    name: &'a str,
    /// The text that replaces what was typed.
    insert: &'a str,
}

impl<'a> SuggestionJson<'a> {
    /// The JSON of a suggestion.
    pub fn from_suggestion(suggestion: &'a Suggestion) -> Self {
        Self { kind: suggestion.kind(), name: suggestion.name(), insert: &suggestion.insertion }
    }
}
