//! The audit log of moderators and owners, and the reports that people send them.

use serde::{Deserialize, Serialize};

use crate::domain::{Expiry, MessageId, Role, RoomId, Seq, Timestamp, UserId};

/// An action of a moderator, an owner or the operator. It contains no message text. It is stored, so new variants are
/// only added at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditAction {
    /// Became the first owner, with the setup link.
    ServerSetUp,
    /// Deleted a message of another person.
    MessageDeleted {
        /// The room.
        room: RoomId,
        /// The message.
        message: MessageId,
        /// The author of the message.
        author: UserId,
    },
    /// Muted or unmuted a person.
    Muted {
        /// The person.
        user: UserId,
        /// The room. `None`: everywhere.
        room: Option<RoomId>,
        /// Until when. In the past: unmuted.
        until: Expiry,
    },
    /// Banned or unbanned a person.
    Banned {
        /// The person.
        user: UserId,
        /// Until when. In the past: unbanned.
        until: Expiry,
        /// The reason. Blank if none was given.
        reason: String,
        /// How many address blocks were blocked with the ban.
        blocked_addresses: u32,
    },
    /// Deleted messages of a banned person in a room. One purge takes several such steps.
    MessagesPurged {
        /// The author of the messages.
        user: UserId,
        /// The room.
        room: RoomId,
        /// How many messages.
        messages: u32,
    },
    /// Changed the role of a person.
    RoleChanged {
        /// The person.
        user: UserId,
        /// The new role.
        role: Role,
    },
    /// Created a password reset link. The actor is the operator if it was created on the machine itself.
    ResetLinkCreated {
        /// Whose password it resets.
        user: UserId,
    },
    /// Created an invitation.
    InvitationCreated {
        /// The invitation.
        id: Seq,
        /// Its label.
        label: String,
    },
    /// Revoked an invitation.
    InvitationRevoked {
        /// The invitation.
        id: Seq,
    },
    /// Changed the server settings.
    SettingsChanged,
    /// Changed the settings of a room that another person created.
    RoomChanged {
        /// The room.
        room: RoomId,
    },
    /// Archived or unarchived a room.
    RoomArchived {
        /// The room.
        room: RoomId,
        /// Whether it is archived now.
        archived: bool,
    },
    /// Deleted or restored a room.
    RoomDeleted {
        /// The room.
        room: RoomId,
        /// Whether it is deleted now.
        deleted: bool,
    },
    /// Resolved a report.
    ReportResolved {
        /// The report.
        report: Seq,
    },
}

impl AuditAction {
    /// The person that the action was about, if any.
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

    /// The room that the action was about, if any.
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

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it. `None`: the operator of the machine.
    pub actor: Option<UserId>,
    /// What was done.
    pub action: AuditAction,
}

/// A report of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The room of the message.
    pub room: RoomId,
    /// The reported message.
    pub message: MessageId,
    /// Who reported it.
    pub reporter: UserId,
    /// The reason. Blank if none was given.
    pub reason: String,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Who resolved it, and when.
    pub resolved: Option<(UserId, Timestamp)>,
}
