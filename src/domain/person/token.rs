//! Tokens: the secrets that authenticate a person.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// 256 random bits, shown to their owner only and never stored. It has no `Debug`, so that no log can contain it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// A token with these random bits.
    pub fn new(random: [u8; 32]) -> Self {
        Self(random)
    }

    /// Parses what [`Token::to_text`] writes; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        URL_SAFE_NO_PAD.decode(text.trim()).ok()?.try_into().ok().map(Self)
    }

    /// The token as 43 characters of base64url (RFC 4648, section 5).
    pub fn to_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What the store keeps. A plain hash is enough: no one can try 2^256 tokens.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

/// The SHA-256 of a [`Token`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use crate::domain::person::token::*;

    #[test]
    fn parse_accepts_only_what_to_text_writes() {
        let token = Token::new([7; 32]);
        assert!(Token::parse(&token.to_text()).is_some_and(|read| read == token));
        for invalid in ["", "short", &"A".repeat(44), &"é".repeat(43)] {
            assert!(Token::parse(invalid).is_none(), "{invalid}");
        }
    }
}
