//! How somebody reacts to a message: with an emoji, or with a few words.

use serde::{Deserialize, Serialize};

use crate::domain::limits::REACTION_CHARS_MAX;
use crate::domain::{Refusal, SingleLine, UserId};

/// A line of 1 to [`REACTION_CHARS_MAX`] characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction(SingleLine);

impl Reaction {
    /// The name of its field in forms.
    pub const FIELD: &str = "reaction";

    /// Takes what somebody chose or typed.
    ///
    /// # Errors
    /// [`Refusal::FieldBlank`], [`Refusal::FieldTooLong`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        SingleLine::parse(Self::FIELD, typed, REACTION_CHARS_MAX).map(Self)
    }

    /// It.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Who reacted to a message in the same way, in the order in which they did. Stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ReactionGroup {
    /// How.
    pub reaction: String,
    /// Who; never nobody.
    pub users: Vec<UserId>,
}
