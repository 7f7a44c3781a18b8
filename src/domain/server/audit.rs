//! What is written down of those who keep order, and what others report to them.

use serde::{Deserialize, Serialize};

use crate::domain::{Expiry, MessageId, Role, RoomId, Seq, Timestamp, UserId};

/// Something done to keep order, or to settle who may do what. It holds nothing that anybody said. Stored, so variants are
/// only ever added at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditAction {
    /// Became the owner with the link of the first start.
    ServerSetUp,
    /// Took away what another had said.
    MessageDeleted {
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
        until: Expiry,
    },
    /// Put somebody outside, or let them in again.
    Banned {
        /// Whom.
        user: UserId,
        /// Until when.
        until: Expiry,
        /// Why.
        reason: String,
        /// With how many addresses.
        blocked_addresses: u32,
    },
    /// Took away what somebody had said in a room.
    MessagesPurged {
        /// Whose it was.
        user: UserId,
        /// Where.
        room: RoomId,
        /// How many messages.
        messages: u32,
    },
    /// Made somebody something else.
    RoleChanged {
        /// Whom.
        user: UserId,
        /// What.
        role: Role,
    },
    /// Made a link by which somebody may choose a new password. Nobody did: whoever runs the machine.
    ResetLinkCreated {
        /// For whom.
        user: UserId,
    },
    /// Made an invitation.
    InvitationCreated {
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
    SettingsChanged,
    /// Changed a room of somebody else's.
    RoomChanged {
        /// Which.
        room: RoomId,
    },
    /// Put a room into the archive, or took it out.
    RoomArchived {
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
    ReportResolved {
        /// Which.
        report: Seq,
    },
}

impl AuditAction {
    /// To whom it was done, if to anybody.
    pub fn target_user(&self) -> Option<UserId> {
        match self {
            Self::MessageDeleted { author: user, .. }
            | Self::Muted { user, .. }
            | Self::Banned { user, .. }
            | Self::MessagesPurged { user, .. }
            | Self::RoleChanged { user, .. }
            | Self::ResetLinkCreated { user } => Some(*user),
            Self::ServerSetUp
            | Self::InvitationCreated { .. }
            | Self::InvitationRevoked { .. }
            | Self::SettingsChanged
            | Self::RoomChanged { .. }
            | Self::RoomArchived { .. }
            | Self::RoomDeleted { .. }
            | Self::ReportResolved { .. } => None,
        }
    }

    /// In which room it was done, if in one.
    pub fn target_room(&self) -> Option<RoomId> {
        match self {
            Self::Muted { room, .. } => *room,
            Self::MessageDeleted { room, .. }
            | Self::MessagesPurged { room, .. }
            | Self::RoomChanged { room }
            | Self::RoomArchived { room, .. }
            | Self::RoomDeleted { room, .. } => Some(*room),
            Self::ServerSetUp
            | Self::Banned { .. }
            | Self::RoleChanged { .. }
            | Self::ResetLinkCreated { .. }
            | Self::InvitationCreated { .. }
            | Self::InvitationRevoked { .. }
            | Self::SettingsChanged
            | Self::ReportResolved { .. } => None,
        }
    }
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who. None: whoever runs the machine.
    pub actor: Option<UserId>,
    /// What.
    pub action: AuditAction,
}

/// A message that somebody reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Where.
    pub room: RoomId,
    /// What.
    pub message: MessageId,
    /// Who reported it.
    pub reporter: UserId,
    /// Why. Blank if they did not say.
    pub reason: String,
    /// When.
    pub reported_at: Timestamp,
    /// Who put it away, and when.
    pub resolved: Option<(UserId, Timestamp)>,
}
