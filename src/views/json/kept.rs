//! What those read who keep order, for programs: invitations, reports and the log.

use serde::Serialize;

use super::until;
use crate::domain::{self, Author, Deed, Moment, Until};
use crate::views::time::Stamp;
use crate::views::{audit, invitation, reports};

/// An invitation: one that was just made has its link, which is told this once.
#[derive(Debug, Serialize)]
pub struct Invitation<'a> {
    id: u64,
    name: &'a str,
    role: &'a str,
    uses: Option<u32>,
    expires: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

impl<'a> Invitation<'a> {
    /// This invitation, to which `url` leads.
    pub fn of(invitation: &'a domain::Invitation, url: Option<&'a str>) -> Self {
        let domain::Invitation { id, label, role, uses_left, until: end, made_at, .. } = invitation;
        let expires = until(*end, *made_at).filter(|_| *end != Until::LIFTED);
        Self { id: id.0, name: label, role: role.word(), uses: *uses_left, expires, url }
    }
}

/// An invitation in the list.
#[derive(Debug, Serialize)]
pub struct ListedInvitation<'a> {
    #[serde(flatten)]
    invitation: Invitation<'a>,
    made_at: String,
    by: Option<&'a str>,
    revoked: bool,
    /// Whether somebody may come in by it now.
    good: bool,
    /// Who came by it, latest first.
    came: Vec<&'a str>,
}

impl<'a> ListedInvitation<'a> {
    /// This one, at this moment.
    pub fn of(listed: &'a invitation::Listed, now: Moment) -> Self {
        let invitation = &listed.invitation;
        Self {
            invitation: Invitation::of(invitation, None),
            made_at: at(invitation.made_at),
            by: name(listed.by.as_ref()),
            revoked: invitation.revoked,
            good: invitation.is_good(now),
            came: listed.came.iter().map(|person| &*person.name).collect(),
        }
    }
}

/// A report.
#[derive(Debug, Serialize)]
pub struct Report<'a> {
    id: u64,
    at: String,
    by: Option<&'a str>,
    why: &'a str,
    /// The room's address, if the reader sees the room.
    room: Option<&'a str>,
    message: Reported<'a>,
    settled_at: Option<String>,
    settled_by: Option<&'a str>,
}

/// The message of a report, as it is now.
#[derive(Debug, Serialize)]
struct Reported<'a> {
    id: u64,
    author: Option<&'a str>,
    /// Blank once it was removed.
    body: &'a str,
}

impl<'a> Report<'a> {
    /// This one.
    pub fn of(listed: &'a reports::Listed) -> Self {
        let reports::Listed { id, report, by, message, room, settled_by } = listed;
        let author = message.as_ref().map(|message| &*message.author.name);
        let body = message.as_ref().map_or("", |message| &*message.body);
        Self {
            id: id.0,
            at: at(report.at),
            by: name(by.as_ref()),
            why: &report.why,
            room: room.as_ref().map(|room| room.address.as_str()),
            message: Reported { id: report.message.0, author, body },
            settled_at: report.settled.map(|(_, moment)| at(moment)),
            settled_by: name(settled_by.as_ref()),
        }
    }
}

/// A line of the log.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    id: u64,
    at: String,
    /// None: whoever runs the machine.
    by: Option<&'a str>,
    user: Option<&'a str>,
    /// The room's address, if the reader sees the room.
    room: Option<&'a str>,
    #[serde(flatten)]
    what: What<'a>,
}

/// What was done.
#[derive(Debug, Serialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
enum What<'a> {
    Owned,
    Removed { message: u64 },
    Muted { until: Option<String> },
    Banned { until: Option<String>, why: &'a str, addresses: u32 },
    Erased { messages: u32 },
    RoleSet { role: &'a str },
    ResetLinkMade,
    Invited { invitation: u64, name: &'a str },
    InvitationRevoked { invitation: u64, name: Option<&'a str> },
    HouseSet,
    RoomSet,
    Archived { archived: bool },
    RoomDeleted { deleted: bool },
    Settled { report: u64 },
}

impl<'a> Line<'a> {
    /// This one.
    pub fn of(line: &'a audit::Line) -> Self {
        let audit::Line { id, audit, by, user, room, label } = line;
        let what = match &audit.deed {
            Deed::Owned => What::Owned,
            Deed::Removed { message, .. } => What::Removed { message: message.0 },
            Deed::Muted { until: end, .. } => What::Muted { until: until(*end, audit.at) },
            Deed::Banned { until: end, why, addresses, .. } => {
                What::Banned { until: until(*end, audit.at), why, addresses: *addresses }
            }
            Deed::Erased { messages, .. } => What::Erased { messages: *messages },
            Deed::RoleSet { role, .. } => What::RoleSet { role: role.word() },
            Deed::ResetLinkMade { .. } => What::ResetLinkMade,
            Deed::Invited { id, label } => What::Invited { invitation: id.0, name: label },
            Deed::InvitationRevoked { id } => What::InvitationRevoked { invitation: id.0, name: label.as_deref() },
            Deed::HouseSet => What::HouseSet,
            Deed::RoomSet { .. } => What::RoomSet,
            Deed::Archived { archived, .. } => What::Archived { archived: *archived },
            Deed::RoomDeleted { deleted, .. } => What::RoomDeleted { deleted: *deleted },
            Deed::Settled { report } => What::Settled { report: report.0 },
        };
        let room = room.as_ref().map(|room| room.address.as_str());
        Self { id: id.0, at: at(audit.at), by: name(by.as_ref()), user: name(user.as_ref()), room, what }
    }
}

fn at(moment: Moment) -> String {
    Stamp::of(moment).to_the_millisecond().to_owned()
}

fn name(person: Option<&Author>) -> Option<&str> {
    person.map(|person| &*person.name)
}
