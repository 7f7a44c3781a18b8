//! The server: its settings, who can join, and invitations.

pub(crate) mod address_block;
pub(crate) mod audit;

use serde::{Deserialize, Serialize};

use crate::domain::{Expiry, Person, Role, RoomId, Seq, Timestamp, UserId};

/// Who can join.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinPolicy {
    /// Anyone, with a nickname. People who are not signed in can read.
    #[default]
    Anyone,
    /// People with a name, and new people with an invitation.
    Invited,
    /// Only people with an account.
    Members,
}

impl JoinPolicy {
    /// All policies, the widest first.
    pub const ALL: [Self; 3] = [Self::Anyone, Self::Invited, Self::Members];

    /// The policy as forms write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Invited => "invited",
            Self::Members => "members",
        }
    }

    /// Parses what [`Self::as_str`] writes.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|policy| policy.as_str() == word)
    }

    /// Whether it admits this person, or people who are not signed in for `None`.
    pub fn admits(self, person: Option<&Person>) -> bool {
        match self {
            Self::Anyone => true,
            Self::Invited => person.is_some(),
            Self::Members => person.is_some_and(Person::has_account),
        }
    }
}

/// The settings that an owner can change.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServerSettings {
    /// The name of the server.
    pub name: String,
    /// Who can join.
    pub join_policy: JoinPolicy,
    /// The lowest role that can create rooms.
    pub room_creation: Role,
    /// Whether new guests can join while the policy is [`JoinPolicy::Anyone`]. Turned off during a raid.
    pub allow_guests: bool,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            name: "Taproom".to_owned(),
            join_policy: JoinPolicy::Anyone,
            room_creation: Role::Guest,
            allow_guests: true,
        }
    }
}

/// A link to join with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The change that made it.
    pub id: Seq,
    /// The label that its creator gave it.
    pub label: String,
    /// The role of the people who join with it: guest, member or moderator.
    pub role: Role,
    /// How often it can still be used. `None`: without a limit.
    pub uses_left: Option<u32>,
    /// When it expires.
    pub expiry: Expiry,
    /// The private rooms that people who join with it become members of.
    pub rooms: Vec<RoomId>,
    /// Who created it.
    pub created_by: UserId,
    /// When it was created.
    pub created_at: Timestamp,
    /// Whether it was revoked.
    pub revoked: bool,
}

impl Invitation {
    /// Whether people can join with it at this moment.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        !self.revoked && self.expiry.is_active(now) && self.uses_left != Some(0)
    }
}
