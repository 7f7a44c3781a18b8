//! Completion: a prefix character and the first letters of a name, an emoji, a room or a command.

use crate::domain::Refusal;
use crate::domain::limits::COMPLETION_CHARS_MAX;
use crate::domain::text::clean;

/// The words that mention everyone: the people who are online, and all people of the room.
pub const BROADCAST_MENTIONS: [&str; 2] = ["here", "room"];

/// The kind of completion that a prefix character starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionPrefix {
    /// `@`: a mention.
    Person,
    /// `:`: an emoji.
    Emoji,
    /// `#`: a room.
    Room,
    /// `/`: a command.
    Command,
}

/// The prefix and the letters typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionQuery {
    /// The kind of completion.
    pub prefix: CompletionPrefix,
    /// The letters after the prefix, folded like names.
    pub query: String,
}

impl CompletionQuery {
    /// Parses a prefix and the letters after it.
    ///
    /// # Errors
    /// [`Refusal::CompletionInvalid`] if the prefix is unknown, or if the text is longer than [`COMPLETION_CHARS_MAX`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let wrong = Refusal::CompletionInvalid;
        if typed.chars().count() > COMPLETION_CHARS_MAX {
            return Err(wrong);
        }
        let mut chars = typed.chars();
        let sign = match chars.next() {
            Some('@') => CompletionPrefix::Person,
            Some(':') => CompletionPrefix::Emoji,
            Some('#') => CompletionPrefix::Room,
            Some('/') => CompletionPrefix::Command,
            Some(_) | None => return Err(wrong),
        };
        Ok(Self { prefix: sign, query: clean::fold(&clean::clean_line(chars.as_str())) })
    }

    /// How well a folded name matches the query; `None` if it does not. Lower is better: the name starts with the
    /// query, a word of the name does, the name contains it.
    pub fn rank_match(&self, name: &str) -> Option<u8> {
        let starts_word = |at: usize| name[..at].chars().next_back().is_some_and(|c| !c.is_alphanumeric());
        if name.starts_with(&self.query) {
            Some(0)
        } else if name.match_indices(&self.query).any(|(at, _)| starts_word(at)) {
            Some(1)
        } else {
            name.contains(&self.query).then_some(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::message::completion::*;

    #[test]
    fn prefix_selects_kind_and_query_is_folded() {
        for (typed, prefix, letters) in [
            ("@", CompletionPrefix::Person, ""),
            ("@ＡNN ", CompletionPrefix::Person, "ann"),
            (":Ta", CompletionPrefix::Emoji, "ta"),
            ("#Cafe\u{301}", CompletionPrefix::Room, "café"),
            ("/me", CompletionPrefix::Command, "me"),
            ("@\u{202e}\u{0}x", CompletionPrefix::Person, "x"),
        ] {
            assert_eq!(
                CompletionQuery::parse(typed),
                Ok(CompletionQuery { prefix, query: letters.to_owned() }),
                "{typed:?}"
            );
        }
        for none in ["", "a", "é@", " @a", "<script>"] {
            assert_eq!(CompletionQuery::parse(none), Err(Refusal::CompletionInvalid), "{none:?}");
        }
    }

    #[test]
    fn overlong_query_is_refused() {
        let query = |chars: usize| CompletionQuery::parse(&format!("@{}", "é".repeat(chars - 1)));
        assert!(query(COMPLETION_CHARS_MAX).is_ok());
        assert_eq!(query(COMPLETION_CHARS_MAX + 1), Err(Refusal::CompletionInvalid));
    }

    #[test]
    fn name_prefix_ranks_above_word_prefix_above_substring() {
        let query = CompletionQuery { prefix: CompletionPrefix::Person, query: "an".to_owned() };
        for (name, rank) in
            [("ann", Some(0)), ("joan of an", Some(1)), ("lee-anne", Some(1)), ("joan", Some(2)), ("x", None)]
        {
            assert_eq!(query.rank_match(name), rank, "{name}");
        }
        let all = CompletionQuery { prefix: CompletionPrefix::Person, query: String::new() };
        assert_eq!(all.rank_match("🚀"), Some(0));
    }
}
