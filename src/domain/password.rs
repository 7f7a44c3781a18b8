//! Passwords. What somebody types never gets further than the place where it is hashed.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::Refusal;
use super::limits::{PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN};

/// A password as somebody typed it, in NFC (RFC 8265, section 4.2.2). It has no `Debug`, so that no log can hold it.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// Takes a password that somebody chooses.
    ///
    /// # Errors
    /// [`Refusal::PasswordLength`] unless it has [`PASSWORD_CHARS_MIN`] to [`PASSWORD_CHARS_MAX`] characters.
    /// Everything else is theirs to choose (NIST SP 800-63B, section 3.1.1.2).
    pub fn choose(typed: &str) -> Result<Self, Refusal> {
        let password = Self::try_out(typed);
        let length = password.0.chars().count();
        if (PASSWORD_CHARS_MIN..=PASSWORD_CHARS_MAX).contains(&length) {
            Ok(password)
        } else {
            Err(Refusal::PasswordLength)
        }
    }

    /// Takes a password that somebody tries. What is too long is cut: no password that was chosen is as long.
    pub fn try_out(typed: &str) -> Self {
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
    use super::*;

    #[test]
    fn a_password_has_eight_to_a_hundred_and_twenty_eight_characters() {
        assert!(Password::choose(&"é".repeat(8)).is_ok());
        assert!(Password::choose(&"é".repeat(128)).is_ok());
        for wrong in ["", &"é".repeat(7), &"é".repeat(129)] {
            assert!(matches!(Password::choose(wrong), Err(Refusal::PasswordLength)), "{wrong}");
        }
    }

    #[test]
    fn one_password_typed_on_two_keyboards_is_one() {
        assert!(Password::try_out("e\u{301}").as_bytes() == Password::try_out("é").as_bytes());
    }
}
