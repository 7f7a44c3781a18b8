//! What somebody has begun to write behind a sign: a name, an emoji, a room or a command, of which a few letters are there.

use super::limits::COMPLETED_CHARS_MAX;
use super::{Refusal, clean};

/// The words that call everybody: who is here, and who belongs here.
pub const EVERYBODY: [&str; 2] = ["here", "room"];

/// What the sign says that it will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `@`: somebody who is spoken to.
    Person,
    /// `:`: an emoji.
    Emoji,
    /// `#`: a room.
    Room,
    /// `/`: a command.
    Slash,
}

/// What has been written so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// What it will be.
    pub sign: Sign,
    /// The letters behind the sign, folded as names are.
    pub letters: String,
}

impl Begun {
    /// Reads a sign and what stands behind it.
    ///
    /// # Errors
    /// [`Refusal::BegunInvalid`] if there is no such sign, or if it is longer than [`COMPLETED_CHARS_MAX`].
    pub fn parse(typed: &str) -> Result<Self, Refusal> {
        let wrong = Refusal::BegunInvalid;
        if typed.chars().count() > COMPLETED_CHARS_MAX {
            return Err(wrong);
        }
        let mut chars = typed.chars();
        let sign = match chars.next() {
            Some('@') => Sign::Person,
            Some(':') => Sign::Emoji,
            Some('#') => Sign::Room,
            Some('/') => Sign::Slash,
            Some(_) | None => return Err(wrong),
        };
        Ok(Self { sign, letters: clean::fold(&clean::line(chars.as_str())) })
    }

    /// How well a folded name goes on with what was written; nothing if it does not. Less is better: the name begins with
    /// it, a word in the name does, it stands inside.
    pub fn rank(&self, name: &str) -> Option<u8> {
        let starts_word = |at: usize| name[..at].chars().next_back().is_some_and(|c| !c.is_alphanumeric());
        if name.starts_with(&self.letters) {
            Some(0)
        } else if name.match_indices(&self.letters).any(|(at, _)| starts_word(at)) {
            Some(1)
        } else {
            name.contains(&self.letters).then_some(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_says_what_it_will_be_and_letters_are_folded() {
        for (typed, sign, letters) in [
            ("@", Sign::Person, ""),
            ("@ＡNN ", Sign::Person, "ann"),
            (":Ta", Sign::Emoji, "ta"),
            ("#Cafe\u{301}", Sign::Room, "café"),
            ("/me", Sign::Slash, "me"),
            ("@\u{202e}\u{0}x", Sign::Person, "x"),
        ] {
            assert_eq!(Begun::parse(typed), Ok(Begun { sign, letters: letters.to_owned() }), "{typed:?}");
        }
        for none in ["", "a", "é@", " @a", "<script>"] {
            assert_eq!(Begun::parse(none), Err(Refusal::BegunInvalid), "{none:?}");
        }
    }

    #[test]
    fn what_is_longer_than_any_name_is_refused() {
        let begun = |chars: usize| Begun::parse(&format!("@{}", "é".repeat(chars - 1)));
        assert!(begun(COMPLETED_CHARS_MAX).is_ok());
        assert_eq!(begun(COMPLETED_CHARS_MAX + 1), Err(Refusal::BegunInvalid));
    }

    #[test]
    fn the_start_of_a_name_comes_before_the_start_of_a_word_and_that_before_the_inside() {
        let begun = Begun { sign: Sign::Person, letters: "an".to_owned() };
        for (name, rank) in
            [("ann", Some(0)), ("joan of an", Some(1)), ("lee-anne", Some(1)), ("joan", Some(2)), ("x", None)]
        {
            assert_eq!(begun.rank(name), rank, "{name}");
        }
        let all = Begun { sign: Sign::Person, letters: String::new() };
        assert_eq!(all.rank("🚀"), Some(0));
    }
}
