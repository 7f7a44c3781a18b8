//! The house: everything under one address. Its name, and who may come in.

pub(crate) mod address_block;
pub(crate) mod audit;

use serde::{Deserialize, Serialize};

use crate::domain::{Person, Role, RoomId, Seq, Timestamp};

/// Who may come in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JoinPolicy {
    /// Everybody, with a nickname; and whoever has none may read.
    #[default]
    Anyone,
    /// Whoever has a name already, or an invitation.
    Invited,
    /// Whoever has an account.
    Members,
}

impl JoinPolicy {
    /// All of them, the widest first.
    pub const ALL: [Self; 3] = [Self::Anyone, Self::Invited, Self::Members];

    /// The word for it in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Invited => "invited",
            Self::Members => "members",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|door| door.as_str() == word)
    }

    /// Whether it lets somebody in.
    pub fn admits(self, person: Option<&Person>) -> bool {
        match self {
            Self::Anyone => true,
            Self::Invited => person.is_some(),
            Self::Members => person.is_some_and(Person::has_account),
        }
    }
}

/// What the owner has settled.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServerSettings {
    /// What it is called.
    pub name: String,
    /// Who may come in.
    pub join_policy: JoinPolicy,
    /// What somebody must be to open a room.
    pub room_creation: Role,
    /// Whether new guests may come in at the open door. It is shut for a while when trouble comes in crowds.
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

/// A link by which somebody may come in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// The change that made it.
    pub id: Seq,
    /// What its maker calls it.
    pub label: String,
    /// What whoever comes by it becomes: a guest, a member or a moderator.
    pub role: Role,
    /// How often it may still be used. None: as often as somebody likes.
    pub uses_left: Option<u32>,
    /// Until when.
    pub expiry: crate::domain::Expiry,
    /// Closed rooms to which it leads.
    pub rooms: Vec<RoomId>,
    /// Who made it.
    pub created_by: crate::domain::UserId,
    /// When.
    pub created_at: Timestamp,
    /// It was taken back.
    pub revoked: bool,
}

impl Invitation {
    /// Whether somebody may come in by it at this moment.
    pub fn is_usable(&self, now: Timestamp) -> bool {
        !self.revoked && self.expiry.is_active(now) && self.uses_left != Some(0)
    }
}
