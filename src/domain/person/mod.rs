//! A person as the house knows them: their name, their role, and what has been laid on them.

pub(crate) mod account;
pub(crate) mod device;
pub(crate) mod password;
pub(crate) mod recovery_code;
pub(crate) mod token;

use serde::{Deserialize, Serialize};

use crate::domain::{Author, Timestamp};

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

/// An end that something has, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Expiry(pub Timestamp);

impl Expiry {
    /// It is over, or never was.
    pub const PAST: Self = Self(Timestamp(0));
    /// Until somebody lifts it.
    pub const NEVER: Self = Self(Timestamp(u64::MAX));

    /// Whether it still holds at this moment.
    pub fn is_active(self, now: Timestamp) -> bool {
        now < self.0
    }
}

/// The end of something as the end of a sentence: " until 2026-11-24 18:00 UTC", or nothing if it has none.
pub fn describe_expiry(until: Expiry) -> String {
    match i64::try_from(until.0.0).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok()) {
        Some(end) => format!(" until {} UTC", end.strftime("%Y-%m-%d %H:%M")),
        None => String::new(),
    }
}
