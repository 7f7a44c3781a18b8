//! Passwords. What somebody types never gets further than the place where it is hashed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::domain::Refusal;
use crate::domain::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

/// The passwords that are tried first: of the 20,000 used most in what was stolen elsewhere, as Royce Williams has counted
/// them, those that are long enough. In lower case, one a line.
const COMMON_PASSWORDS: &str = include_str!("../../../assets/common-passwords.txt");
/// A shorter part of a name is in a password by chance.
const NAME_PART_CHARS_MIN: usize = 3;

/// A password as somebody typed it, in NFC (RFC 8265, section 4.2.2). It has no `Debug`, so that no log can hold it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Takes a password that somebody of this name chooses in a house of that name. Of what kinds of characters it is made
    /// is theirs to choose (NIST SP 800-63B, section 3.1.1.2).
    ///
    /// # Errors
    /// [`Refusal::PasswordLength`] unless it has [`PASSWORD_CHARS_MIN`] to [`PASSWORD_CHARS_MAX`] characters, and
    /// [`Refusal::PasswordWeak`] if it would be guessed soon: if, without the names of whoever chooses it, of the house and
    /// of Taproom, it is too short, or one of those that are used most.
    pub fn parse_new(typed: &str, name: &str, server_name: &str) -> Result<Self, Refusal> {
        let password = Self::parse_attempt(typed);
        let length = password.0.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
            return Err(Refusal::PasswordLength);
        }
        let (typed, names) = (password.0.to_lowercase(), format!("{name} {server_name} taproom").to_lowercase());
        let names = names.split_whitespace().filter(|name| name.chars().count() >= NAME_PART_CHARS_MIN);
        let own = names.fold(typed.clone(), |own, name| own.replace(name, ""));
        // Read from end to end: hashing the password takes a thousand times as long.
        let is_common = COMMON_PASSWORDS.lines().any(|common| common == typed || common == own.trim());
        if is_common || own.trim().chars().count() < PASSWORD_CHARS_MIN {
            Err(Refusal::PasswordWeak)
        } else {
            Ok(password)
        }
    }

    /// Takes a password that somebody tries. What is too long is cut: no password that was chosen is as long.
    pub fn parse_attempt(typed: &str) -> Self {
        Self(typed.nfc().take(PASSWORD_CHARS_MAX + 1).collect())
    }

    /// The bytes to hash.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The hash of a password with its salt and parameters, as a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A hash that was just made, or that the store keeps.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// No log holds a hash either.
impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash")
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::person::password::*;

    #[test]
    fn password_length_is_limited() {
        let choose = |typed: &str| Password::parse_new(typed, "Ann", "House");
        assert!(choose(&"é".repeat(8)).is_ok());
        assert!(choose(&"é".repeat(128)).is_ok());
        for wrong in ["", &"é".repeat(7), &"é".repeat(129)] {
            assert!(matches!(choose(wrong), Err(Refusal::PasswordLength)), "{wrong}");
        }
    }

    #[test]
    fn common_passwords_are_weak_in_any_spelling() {
        let is_weak =
            |typed: &str| matches!(Password::parse_new(typed, "Anna Müller", "The Lions"), Err(Refusal::PasswordWeak));
        for weak in [
            "password",
            "PassWord",
            "12345678",
            "qwertyuiop",
            "Anna Müller",
            "anna2026",
            "MÜLLERmüller",
            "TheLions1",
            "taproom!!!",
            "anna12345678",
            "Lions password",
        ] {
            assert!(is_weak(weak), "{weak}");
        }
        for good in ["a sentence is fine", "Anna likes the green boat", "kvqhzpwn", "banana phone lions tree"] {
            assert!(!is_weak(good), "{good}");
        }
    }

    #[test]
    fn common_password_list_is_usable() {
        assert!(COMMON_PASSWORDS.lines().count() > 3_000);
        for common in COMMON_PASSWORDS.lines() {
            assert!(common.chars().count() >= PASSWORD_CHARS_MIN && common == common.to_lowercase(), "{common}");
        }
    }

    #[test]
    fn equivalent_unicode_passwords_are_equal() {
        assert!(Password::parse_attempt("e\u{301}").as_bytes() == Password::parse_attempt("é").as_bytes());
    }
}
