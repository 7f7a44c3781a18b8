//! Sessions and personal tokens of a person, and what they may be used for.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{Timestamp, TokenHash};

/// Where a session was used last, as far as it helps its owner to recognise it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// For example "Firefox on Linux".
    pub browser: String,
    /// The client address of the last use.
    pub address: String,
}

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scopes {
    /// Read rooms and listen to streams.
    pub read: bool,
    /// Post messages.
    pub post: bool,
}

/// Whether a token is a session or was made for a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenKind {
    /// A browser or a program that signed in or joined. It may do everything that its owner may.
    Session(Device),
    /// Made by its owner for a script. It may do what its scopes say, and can never change the account.
    Personal {
        /// The owner's label for it.
        label: String,
        /// What it may be used for.
        scopes: Scopes,
    },
}

/// Identifies a session or a token on a page without revealing it: the first 8 bytes of its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionId(pub u64);

impl SessionId {
    /// The id of the token with this hash.
    pub fn from_hash(TokenHash(hash): TokenHash) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = hash;
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    /// Parses what [`fmt::Display`] writes: 16 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16).map(Self)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A session or a personal token, as its owner sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// The id.
    pub id: SessionId,
    /// Whether it is a session or a personal token.
    pub kind: TokenKind,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was used last, accurate to a day.
    pub last_used_at: Timestamp,
}
