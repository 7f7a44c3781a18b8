//! Reactions to a message: an emoji, or a few words.

use serde::{Deserialize, Serialize};

use crate::domain::limits::REACTION_CHARS_MAX;
use crate::domain::{Refusal, SingleLine, UserId};

/// A reaction: one line of 1 to [`REACTION_CHARS_MAX`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction(SingleLine);

impl Reaction {
    /// The name of the form field.
    pub const FIELD: &str = "reaction";

    /// Cleans and checks a chosen or typed reaction.
    ///
    /// # Errors
    /// [`Refusal::FieldBlank`], [`Refusal::FieldTooLong`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        SingleLine::parse(Self::FIELD, typed, REACTION_CHARS_MAX).map(Self)
    }

    /// The text of the reaction.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// The people with the same reaction to a message, in the order in which they reacted. Stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReactionGroup {
    /// The reaction.
    pub reaction: String,
    /// The people; never empty.
    pub users: Vec<UserId>,
}
