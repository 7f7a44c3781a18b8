//! The token that lets a monitoring program read `/metrics` from another machine.

use constant_time_eq::constant_time_eq;

/// The minimum length of the token in bytes: too long to guess by trying.
pub const METRICS_TOKEN_BYTES_MIN: usize = 16;

/// The secret that a monitoring program sends as a bearer token.
pub struct MetricsToken(String);

impl MetricsToken {
    /// Parses a token of at least [`METRICS_TOKEN_BYTES_MIN`] visible ASCII characters.
    pub fn parse(text: &str) -> Option<Self> {
        let is_long = text.len() >= METRICS_TOKEN_BYTES_MIN;
        (is_long && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }

    /// Whether `candidate` is the token. A candidate of the same length takes the same time, however much of it is
    /// right.
    pub(crate) fn matches(&self, candidate: &str) -> bool {
        constant_time_eq(self.0.as_bytes(), candidate.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use crate::web::state::metrics_token::*;

    #[test]
    fn a_token_has_at_least_16_visible_characters() {
        for invalid in ["", "fifteen-letters", "sixteen letters!", "sixteen\u{7f}letters", "sechzehn-zeichön"] {
            assert!(MetricsToken::parse(invalid).is_none(), "{invalid}");
        }
        let token = MetricsToken::parse("sixteen-letters!").expect("a valid token");
        assert!(
            token.matches("sixteen-letters!")
                && !token.matches("sixteen-letters?")
                && !token.matches("sixteen-letters!!")
        );
    }
}
