//! A person: name, role, and whether they are muted or banned.

pub(crate) mod account;
pub(crate) mod device;
pub(crate) mod password;
pub(crate) mod recovery_code;
pub(crate) mod token;

use serde::{Deserialize, Serialize};

use crate::domain::{Author, Expiry};

/// What a person may do on the server. Each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Has a name and no account: the name is lost with the browser.
    Guest,
    /// Has an account.
    Member,
    /// Moderates the server.
    Moderator,
    /// Runs the server.
    Owner,
}

impl Role {
    /// All roles, the lowest first.
    pub const ALL: [Self; 4] = [Self::Guest, Self::Member, Self::Moderator, Self::Owner];

    /// The role as pages and forms write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// Parses what [`Self::as_str`] writes.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A person, as permissions need them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// The id and the present name.
    pub author: Author,
    /// The role.
    pub role: Role,
    /// Until when the person can post nowhere.
    pub muted_until: Expiry,
    /// Until when the person is locked out.
    pub banned_until: Expiry,
    /// Whether others do not see when the person is online or typing.
    pub presence_hidden: bool,
}

impl Person {
    /// Whether the person has an account: a password to sign in with anywhere.
    pub fn has_account(&self) -> bool {
        self.role > Role::Guest
    }
}
