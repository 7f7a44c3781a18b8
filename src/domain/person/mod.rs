//! A person as the house knows them: their name, their role, and what has been laid on them.

pub(crate) mod account;
pub(crate) mod device;
pub(crate) mod password;
pub(crate) mod recovery_code;
pub(crate) mod token;

use serde::{Deserialize, Serialize};

use crate::domain::{Author, Expiry};

/// What somebody is in the house. Each may do what those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Has a name, and no account: whoever loses the browser loses the name.
    Guest,
    /// Has an account.
    Member,
    /// Keeps order in the house.
    Moderator,
    /// Runs the house.
    Owner,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Guest, Self::Member, Self::Moderator, Self::Owner];

    /// The word for it, on pages and in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "guest",
            Self::Member => "member",
            Self::Moderator => "moderator",
            Self::Owner => "owner",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// Somebody with a name, and how they stand.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// Their number and the name they have now.
    pub author: Author,
    /// What they are.
    pub role: Role,
    /// Until when they may not say anything anywhere.
    pub muted_until: Expiry,
    /// Until when they may not come in.
    pub banned_until: Expiry,
    /// Whether nobody is to be shown when they are here.
    pub presence_hidden: bool,
}

impl Person {
    /// Whether they have an account: a password, and with it a way back to the name from anywhere.
    pub fn has_account(&self) -> bool {
        self.role > Role::Guest
    }
}
