//! What moderators and owners read: invitations, reports and the settings of the server.

use serde::Serialize;

use crate::domain::{Author, Expiry, Invitation, ServerSettings, Timestamp};
use crate::views::admin::invitations::ListedInvitation;
use crate::views::admin::reports::ListedReport;
use crate::views::json::time::{format_expiry, format_time};

/// An invitation; `url` is its link, only in the answer that created it.
#[derive(Debug, Serialize)]
pub struct InvitationJson<'a> {
    id: u64,
    name: &'a str,
    role: &'a str,
    /// How many uses are left; `None` means no limit.
    uses: Option<u32>,
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl<'a> InvitationJson<'a> {
    /// The JSON of an invitation.
    pub fn new(invitation: &'a Invitation, url: Option<&'a str>) -> Self {
        let Invitation { id, label, role, uses_left, expiry, created_at, .. } = invitation;
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
    /// Who created it.
    by: Option<&'a str>,
    revoked: bool,
    /// Whether people can join with it now.
    usable: bool,
    /// The names of those who joined with it, latest first.
    joined: Vec<&'a str>,
}

impl<'a> ListedInvitationJson<'a> {
    /// The JSON of an invitation as it is at `now`.
    pub fn from_listed(listed: &'a ListedInvitation, now: Timestamp) -> Self {
        let invitation = &listed.invitation;
        Self {
            invitation: InvitationJson::new(invitation, None),
            created_at: format_time(invitation.created_at),
            by: person_name(listed.created_by.as_ref()),
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
    /// Who reported the message.
    by: Option<&'a str>,
    reason: &'a str,
    /// The slug of the room, if the reader sees the room.
    room: Option<&'a str>,
    message: ReportedMessageJson<'a>,
    resolved_at: Option<String>,
    resolved_by: Option<&'a str>,
}

/// The message of a report as it is now.
#[derive(Debug, Serialize)]
struct ReportedMessageJson<'a> {
    id: u64,
    author: Option<&'a str>,
    /// Empty if the message was deleted.
    body: &'a str,
}

impl<'a> ReportJson<'a> {
    /// The JSON of a report.
    pub fn from_listed(listed: &'a ListedReport) -> Self {
        let ListedReport { id, report, reported_by, message, room, resolved_by } = listed;
        let author = message.as_ref().map(|message| &*message.author.name);
        let body = message.as_ref().map_or("", |message| &*message.body);
        Self {
            id: id.0,
            at: format_time(report.reported_at),
            by: person_name(reported_by.as_ref()),
            reason: &report.reason,
            room: room.as_ref().map(|room| room.slug.as_str()),
            message: ReportedMessageJson { id: report.message.0, author, body },
            resolved_at: report.resolved.map(|(_, at)| format_time(at)),
            resolved_by: person_name(resolved_by.as_ref()),
        }
    }
}

fn person_name(person: Option<&Author>) -> Option<&str> {
    person.map(|person| &*person.name)
}

/// The settings of the server.
#[derive(Debug, Serialize)]
pub struct SettingsJson<'a> {
    name: &'a str,
    join_policy: &'a str,
    room_creation: &'a str,
    allow_guests: bool,
}

impl<'a> SettingsJson<'a> {
    /// The JSON of the settings.
    pub fn from_settings(settings: &'a ServerSettings) -> Self {
        let ServerSettings { name, join_policy, room_creation, allow_guests } = settings;
        let (join_policy, room_creation) = (join_policy.as_str(), room_creation.as_str());
        Self { name, join_policy, room_creation, allow_guests: *allow_guests }
    }
}

/// A link that is shown once.
#[derive(Debug, Serialize)]
pub struct LinkJson<'a> {
    url: &'a str,
}

impl<'a> LinkJson<'a> {
    /// The JSON of a link.
    pub fn new(url: &'a str) -> Self {
        Self { url }
    }
}
