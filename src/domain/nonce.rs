//! Nonces: they keep a repeated command from being applied twice.

use sha2::{Digest, Sha256};

use crate::domain::limits::NONCE_BYTES_MAX;
use crate::domain::{Body, Refusal};

/// The sender's id of one command, so that sending it twice applies it once: the form field `nonce`, or the
/// `Idempotency-Key` header. 1 to [`NONCE_BYTES_MAX`] visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nonce(String);

impl Nonce {
    /// Checks the sent text. An empty text means that there is no nonce.
    ///
    /// # Errors
    /// [`Refusal::NonceInvalid`] if it is too long or has other characters.
    pub fn parse(sent: &str) -> Result<Option<Self>, Refusal> {
        match sent.trim() {
            "" => Ok(None),
            nonce if nonce.len() > NONCE_BYTES_MAX => Err(Refusal::NonceInvalid),
            nonce if !nonce.bytes().all(|b| b.is_ascii_graphic()) => Err(Refusal::NonceInvalid),
            nonce => Ok(Some(Self(nonce.to_owned()))),
        }
    }

    /// The nonce of one text: only the same text with the same nonce gives the same result.
    #[must_use]
    pub fn scoped_to(self, body: &Body) -> Self {
        let digest = Sha256::digest(body.as_str());
        Self(digest.iter().take(8).fold(self.0 + "-", |text, byte| text + &format!("{byte:02x}")))
    }

    /// The text of the nonce.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::nonce::*;

    #[test]
    fn nonce_is_short_visible_ascii() {
        assert_eq!(Nonce::parse(" "), Ok(None));
        assert!(Nonce::parse(&"n".repeat(64)).is_ok_and(|nonce| nonce.is_some()));
        assert_eq!(Nonce::parse(&"n".repeat(65)), Err(Refusal::NonceInvalid));
        assert_eq!(Nonce::parse("a\u{0}b"), Err(Refusal::NonceInvalid));
        assert_eq!(Nonce::parse("näh"), Err(Refusal::NonceInvalid));
    }

    #[test]
    fn scoped_nonce_depends_on_the_text() {
        let of = |text: &str| Nonce::parse("n").unwrap().unwrap().scoped_to(&Body::parse(text).unwrap());
        assert_eq!(of("hello"), of("hello"));
        assert_ne!(of("hello"), of("hullo"));
    }
}
