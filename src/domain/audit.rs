//! What is written down of those who keep order, and what others report to them.

use serde::{Deserialize, Serialize};

use super::{MessageId, Moment, Role, RoomId, Seq, Until, UserId};

/// Something done to keep order, or to settle who may do what. It holds nothing that anybody said. Stored, so variants are
/// only ever added at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deed {
    /// Became the owner with the link of the first start.
    Owned,
    /// Took away what another had said.
    Removed {
        /// Where.
        room: RoomId,
        /// What.
        message: MessageId,
        /// Whose it was.
        author: UserId,
    },
    /// Silenced somebody, or let them speak again.
    Muted {
        /// Whom.
        user: UserId,
        /// Where. None: everywhere.
        room: Option<RoomId>,
        /// Until when.
        until: Until,
    },
    /// Put somebody outside, or let them in again.
    Banned {
        /// Whom.
        user: UserId,
        /// Until when.
        until: Until,
        /// Why.
        why: String,
        /// With how many addresses.
        addresses: u32,
    },
    /// Took away what somebody had said in a room.
    Erased {
        /// Whose it was.
        user: UserId,
        /// Where.
        room: RoomId,
        /// How many messages.
        messages: u32,
    },
    /// Made somebody something else.
    RoleSet {
        /// Whom.
        user: UserId,
        /// What.
        role: Role,
    },
    /// Made a link by which somebody may choose a new password. Nobody did: whoever runs the machine.
    ResetLinkMade {
        /// For whom.
        user: UserId,
    },
    /// Made an invitation.
    Invited {
        /// Which.
        id: Seq,
        /// What it is called.
        label: String,
    },
    /// Took an invitation back.
    InvitationRevoked {
        /// Which.
        id: Seq,
    },
    /// Settled what the house is.
    HouseSet,
    /// Changed a room of somebody else's.
    RoomSet {
        /// Which.
        room: RoomId,
    },
    /// Put a room into the archive, or took it out.
    Archived {
        /// Which.
        room: RoomId,
        /// Whether it is there now.
        archived: bool,
    },
    /// Deleted a room, or had it back.
    RoomDeleted {
        /// Which.
        room: RoomId,
        /// Whether it is gone now.
        deleted: bool,
    },
    /// Put a report away.
    Settled {
        /// Which.
        report: Seq,
    },
}

impl Deed {
    /// To whom it was done, if to anybody.
    pub fn user(&self) -> Option<UserId> {
        match self {
            Self::Removed { author: user, .. }
            | Self::Muted { user, .. }
            | Self::Banned { user, .. }
            | Self::Erased { user, .. }
            | Self::RoleSet { user, .. }
            | Self::ResetLinkMade { user } => Some(*user),
            Self::Owned
            | Self::Invited { .. }
            | Self::InvitationRevoked { .. }
            | Self::HouseSet
            | Self::RoomSet { .. }
            | Self::Archived { .. }
            | Self::RoomDeleted { .. }
            | Self::Settled { .. } => None,
        }
    }

    /// In which room it was done, if in one.
    pub fn room(&self) -> Option<RoomId> {
        match self {
            Self::Muted { room, .. } => *room,
            Self::Removed { room, .. }
            | Self::Erased { room, .. }
            | Self::RoomSet { room }
            | Self::Archived { room, .. }
            | Self::RoomDeleted { room, .. } => Some(*room),
            Self::Owned
            | Self::Banned { .. }
            | Self::RoleSet { .. }
            | Self::ResetLinkMade { .. }
            | Self::Invited { .. }
            | Self::InvitationRevoked { .. }
            | Self::HouseSet
            | Self::Settled { .. } => None,
        }
    }
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// When.
    pub at: Moment,
    /// Who. None: whoever runs the machine.
    pub by: Option<UserId>,
    /// What.
    pub deed: Deed,
}

/// A message that somebody reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Where.
    pub room: RoomId,
    /// What.
    pub message: MessageId,
    /// Who reported it.
    pub by: UserId,
    /// Why. Blank if they did not say.
    pub why: String,
    /// When.
    pub at: Moment,
    /// Who put it away, and when.
    pub settled: Option<(UserId, Moment)>,
}
