//! Entries of the audit log.

use serde::Serialize;

use crate::domain::{AuditAction, Author};
use crate::views::admin::audit_log::AuditLine;
use crate::views::json::time::{format_expiry, format_time};

/// An entry of the audit log.
#[derive(Debug, Serialize)]
pub struct AuditLineJson<'a> {
    id: u64,
    at: String,
    /// Who did it; `None` if it was done on the machine itself.
    by: Option<&'a str>,
    user: Option<&'a str>,
    /// The slug of the room, if the reader sees the room.
    room: Option<&'a str>,
    #[serde(flatten)]
    action: AuditActionJson<'a>,
}

/// The name of an action, and its own fields.
#[derive(Debug, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum AuditActionJson<'a> {
    ServerSetUp,
    MessageDeleted { message: u64 },
    Muted { until: Option<String> },
    Banned { until: Option<String>, reason: &'a str, blocked_addresses: u32 },
    MessagesPurged { messages: u32 },
    RoleChanged { role: &'a str },
    ResetLinkCreated,
    InvitationCreated { invitation: u64, name: &'a str },
    InvitationRevoked { invitation: u64, name: Option<&'a str> },
    SettingsChanged,
    RoomChanged,
    RoomArchived { archived: bool },
    RoomDeleted { deleted: bool },
    ReportResolved { report: u64 },
}

impl<'a> AuditLineJson<'a> {
    /// The JSON of an entry.
    pub fn from_line(line: &'a AuditLine) -> Self {
        let AuditLine { id, entry, actor, user, room, .. } = line;
        Self {
            id: id.0,
            at: format_time(entry.at),
            by: person_name(actor.as_ref()),
            user: person_name(user.as_ref()),
            room: room.as_ref().map(|room| room.slug.as_str()),
            action: AuditActionJson::from_line(line),
        }
    }
}

impl<'a> AuditActionJson<'a> {
    fn from_line(AuditLine { entry, invitation_label, .. }: &'a AuditLine) -> Self {
        match &entry.action {
            AuditAction::ServerSetUp => Self::ServerSetUp,
            AuditAction::MessageDeleted { message, .. } => Self::MessageDeleted { message: message.0 },
            AuditAction::Muted { until, .. } => Self::Muted { until: format_expiry(*until, entry.at) },
            AuditAction::Banned { until, reason, blocked_addresses, .. } => {
                Self::Banned { until: format_expiry(*until, entry.at), reason, blocked_addresses: *blocked_addresses }
            }
            AuditAction::MessagesPurged { messages, .. } => Self::MessagesPurged { messages: *messages },
            AuditAction::RoleChanged { role, .. } => Self::RoleChanged { role: role.as_str() },
            AuditAction::ResetLinkCreated { .. } => Self::ResetLinkCreated,
            AuditAction::InvitationCreated { id, label } => Self::InvitationCreated { invitation: id.0, name: label },
            AuditAction::InvitationRevoked { id } => {
                Self::InvitationRevoked { invitation: id.0, name: invitation_label.as_deref() }
            }
            AuditAction::SettingsChanged => Self::SettingsChanged,
            AuditAction::RoomChanged { .. } => Self::RoomChanged,
            AuditAction::RoomArchived { archived, .. } => Self::RoomArchived { archived: *archived },
            AuditAction::RoomDeleted { deleted, .. } => Self::RoomDeleted { deleted: *deleted },
            AuditAction::ReportResolved { report } => Self::ReportResolved { report: report.0 },
        }
    }
}

fn person_name(person: Option<&Author>) -> Option<&str> {
    person.map(|person| &*person.name)
}
