//! Passwords. A typed password never gets further than the code that hashes it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::domain::Refusal;
use crate::domain::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

/// The passwords that an attacker tries first: of the 20,000 most common ones in leaked collections, as counted by
/// Royce Williams, those that are long enough. In lower case, one per line.
const COMMON_PASSWORDS: &str = include_str!("../../../assets/common-passwords.txt");
/// A shorter part of a name may be in a password by chance.
const NAME_PART_CHARS_MIN: usize = 3;

/// A typed password in NFC (RFC 8265, section 4.2.2). It has no `Debug`, so that no log can contain it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Checks a new password of a person with this name on a server with that name. Any mix of characters is accepted
    /// (NIST SP 800-63B, section 3.1.1.2).
    ///
    /// # Errors
    /// [`Refusal::PasswordLength`] unless it has [`PASSWORD_CHARS_MIN`] to [`PASSWORD_CHARS_MAX`] characters, and
    /// [`Refusal::PasswordWeak`] if it is one of the most common passwords, or if it is one of them or too short
    /// without the names of the person, the server and Taproom.
    pub fn parse_new(typed: &str, name: &str, server_name: &str) -> Result<Self, Refusal> {
        let password = Self::parse_attempt(typed);
        let length = password.0.chars().count();
        if !(PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
            return Err(Refusal::PasswordLength);
        }
        let (typed, names) = (password.0.to_lowercase(), format!("{name} {server_name} taproom").to_lowercase());
        let names = names.split_whitespace().filter(|name| name.chars().count() >= NAME_PART_CHARS_MIN);
        let own = names.fold(typed.clone(), |own, name| own.replace(name, ""));
        // A linear search is fast enough: hashing the password takes a thousand times as long.
        let is_common = COMMON_PASSWORDS.lines().any(|common| common == typed || common == own.trim());
        if is_common || own.trim().chars().count() < PASSWORD_CHARS_MIN {
            Err(Refusal::PasswordWeak)
        } else {
            Ok(password)
        }
    }

    /// Takes a password to verify. It is cut to one character more than the longest password, so it matches none.
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
    /// Wraps a PHC string that was just made or read from the store.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Without the hash, so that no log contains it.
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
        let choose = |typed: &str| Password::parse_new(typed, "Ann", "Harbour");
        assert!(choose(&"é".repeat(8)).is_ok());
        assert!(choose(&"é".repeat(128)).is_ok());
        for invalid in ["", &"é".repeat(7), &"é".repeat(129)] {
            assert!(matches!(choose(invalid), Err(Refusal::PasswordLength)), "{invalid}");
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
