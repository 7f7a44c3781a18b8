//! What those read who keep order, for programs: invitations, reports and the log.

use serde::Serialize;

use crate::domain::{self, AuditAction, Author, Expiry, Timestamp};
use crate::views::admin::{audit_log, invitations, reports};
use crate::views::json::format_expiry;
use crate::views::time::FormattedTime;

/// An invitation: one that was just made has its link, which is told this once.
#[derive(Debug, Serialize)]
pub struct InvitationJson<'a> {
    id: u64,
    name: &'a str,
    role: &'a str,
    uses: Option<u32>,
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl<'a> InvitationJson<'a> {
    /// This invitation, to which `url` leads.
    pub fn new(invitation: &'a domain::Invitation, url: Option<&'a str>) -> Self {
        let domain::Invitation { id, label, role, uses_left, expiry, created_at, .. } = invitation;
        let expires = format_expiry(*expiry, *created_at).filter(|_| *expiry != Expiry::NEVER);
        Self { id: id.0, name: label, role: role.as_str(), uses: *uses_left, expires, url }
    }
}

/// An invitation in the list.
#[derive(Debug, Serialize)]
pub struct ListedInvitationJson<'a> {
    #[serde(flatten)]
    invitation: InvitationJson<'a>,
    created_at: String,
    created_by: Option<&'a str>,
    revoked: bool,
    /// Whether somebody may come in by it now.
    usable: bool,
    /// Who came by it, latest first.
    joined: Vec<&'a str>,
}

impl<'a> ListedInvitationJson<'a> {
    /// This one, at this moment.
    pub fn from_listed(listed: &'a invitations::ListedInvitation, now: Timestamp) -> Self {
        let invitation = &listed.invitation;
        Self {
            invitation: InvitationJson::new(invitation, None),
            created_at: format_time(invitation.created_at),
            created_by: person_name(listed.created_by.as_ref()),
            revoked: invitation.revoked,
            usable: invitation.is_usable(now),
            joined: listed.joined_people.iter().map(|person| &*person.name).collect(),
        }
    }
}

/// A report.
#[derive(Debug, Serialize)]
pub struct ReportJson<'a> {
    id: u64,
    at: String,
    reported_by: Option<&'a str>,
    reason: &'a str,
    /// The room's address, if the reader sees the room.
    room: Option<&'a str>,
    message: ReportedMessageJson<'a>,
    resolved_at: Option<String>,
    resolved_by: Option<&'a str>,
}

/// The message of a report, as it is now.
#[derive(Debug, Serialize)]
struct ReportedMessageJson<'a> {
    id: u64,
    author: Option<&'a str>,
    /// Blank once it was removed.
    body: &'a str,
}

impl<'a> ReportJson<'a> {
    /// This one.
    pub fn from_listed(listed: &'a reports::ListedReport) -> Self {
        let reports::ListedReport { id, report, reported_by: by, message, room, resolved_by } = listed;
        let author = message.as_ref().map(|message| &*message.author.name);
        let body = message.as_ref().map_or("", |message| &*message.body);
        Self {
            id: id.0,
            at: format_time(report.reported_at),
            reported_by: person_name(by.as_ref()),
            reason: &report.reason,
            room: room.as_ref().map(|room| room.slug.as_str()),
            message: ReportedMessageJson { id: report.message.0, author, body },
            resolved_at: report.resolved.map(|(_, moment)| format_time(moment)),
            resolved_by: person_name(resolved_by.as_ref()),
        }
    }
}

/// A line of the log.
#[derive(Debug, Serialize)]
pub struct AuditLineJson<'a> {
    id: u64,
    at: String,
    /// None: whoever runs the machine.
    actor: Option<&'a str>,
    user: Option<&'a str>,
    /// The room's address, if the reader sees the room.
    room: Option<&'a str>,
    #[serde(flatten)]
    action: AuditActionJson<'a>,
}

/// What was done.
#[derive(Debug, Serialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
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
    /// This one.
    pub fn from_line(line: &'a audit_log::AuditLine) -> Self {
        let audit_log::AuditLine { id, entry: audit, actor: by, user, room, invitation_label: label } = line;
        let action = match &audit.action {
            AuditAction::ServerSetUp => AuditActionJson::ServerSetUp,
            AuditAction::MessageDeleted { message, .. } => AuditActionJson::MessageDeleted { message: message.0 },
            AuditAction::Muted { until: end, .. } => AuditActionJson::Muted { until: format_expiry(*end, audit.at) },
            AuditAction::Banned { until: end, reason, blocked_addresses, .. } => AuditActionJson::Banned {
                until: format_expiry(*end, audit.at),
                reason,
                blocked_addresses: *blocked_addresses,
            },
            AuditAction::MessagesPurged { messages, .. } => AuditActionJson::MessagesPurged { messages: *messages },
            AuditAction::RoleChanged { role, .. } => AuditActionJson::RoleChanged { role: role.as_str() },
            AuditAction::ResetLinkCreated { .. } => AuditActionJson::ResetLinkCreated,
            AuditAction::InvitationCreated { id, label } => {
                AuditActionJson::InvitationCreated { invitation: id.0, name: label }
            }
            AuditAction::InvitationRevoked { id } => {
                AuditActionJson::InvitationRevoked { invitation: id.0, name: label.as_deref() }
            }
            AuditAction::SettingsChanged => AuditActionJson::SettingsChanged,
            AuditAction::RoomChanged { .. } => AuditActionJson::RoomChanged,
            AuditAction::RoomArchived { archived, .. } => AuditActionJson::RoomArchived { archived: *archived },
            AuditAction::RoomDeleted { deleted, .. } => AuditActionJson::RoomDeleted { deleted: *deleted },
            AuditAction::ReportResolved { report } => AuditActionJson::ReportResolved { report: report.0 },
        };
        let room = room.as_ref().map(|room| room.slug.as_str());
        Self {
            id: id.0,
            at: format_time(audit.at),
            actor: person_name(by.as_ref()),
            user: person_name(user.as_ref()),
            room,
            action,
        }
    }
}

fn format_time(at: Timestamp) -> String {
    FormattedTime::new(at).iso_millis().to_owned()
}

fn person_name(person: Option<&Author>) -> Option<&str> {
    person.map(|person| &*person.name)
}
