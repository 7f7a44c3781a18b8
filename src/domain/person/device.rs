//! Where somebody is signed in, and what a token may do.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::domain::{Timestamp, TokenHash};

/// What a browser tells of itself, as far as it helps its owner to know it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// For example "Firefox on Linux".
    pub browser: String,
    /// From which address it came last.
    pub address: String,
}

/// What a token may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scopes {
    /// Reading rooms and streams.
    pub read: bool,
    /// Posting.
    pub post: bool,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenKind {
    /// A browser, or a program that came in at the door: it may do all that its owner may.
    Session(Device),
    /// Made by its owner for a script: it may do what its scopes say, and nothing about the account.
    Personal {
        /// What its owner calls it.
        label: String,
        /// What it may be used for.
        scopes: Scopes,
    },
}

/// Names a session or a token on a page without giving it away: the first bytes of its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionId(pub u64);

impl SessionId {
    /// The id of the token of this hash.
    pub fn from_hash(TokenHash(hash): TokenHash) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = hash;
        Self(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    /// Reads it as it is written.
    pub fn parse(text: &str) -> Option<Self> {
        u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16).map(Self)
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A token of somebody's, as its owner sees it.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// What it is.
    pub kind: TokenKind,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was used last, to within a day.
    pub last_used_at: Timestamp,
}
