//! Commands on the server: its settings, invitations and reports.

use crate::domain::limits::MEMBERS_PICKED_MAX;
use crate::domain::{
    Actor, AuditAction, Event, Expiry, Invitation, Permission, Person, Refusal, Report, Role, RoomId, Seq,
    ServerSettings, SingleLine, TokenHash, Visibility,
};
use crate::store::apply::context::{
    Halt, Outcome, Stamp, audit, refuse, require_permission, require_visible_room, save_settings, silent,
};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::SettingsRow;

/// An invitation to create.
#[derive(Clone, Copy)]
pub(crate) struct NewInvitation<'a> {
    pub label: &'a SingleLine,
    pub role: Role,
    pub max_uses: Option<u32>,
    pub expiry: Expiry,
    pub rooms: &'a [RoomId],
    pub code: TokenHash,
}

pub(crate) fn create_invitation(t: &mut Tables, stamp: Stamp, actor: Actor, new: NewInvitation<'_>) -> Outcome {
    let NewInvitation { label, role, max_uses, expiry, rooms, code } = new;
    let person = require_permission(t, stamp, actor, Permission::Invite, None)?;
    // No one can invite to a role above their own, and owners are appointed by name.
    if role >= Role::Owner || role > person.role {
        return refuse(Refusal::NotAllowed);
    }
    if rooms.len() > MEMBERS_PICKED_MAX {
        return refuse(Refusal::LimitReached(MEMBERS_PICKED_MAX));
    }
    check_rooms_invitable(t, stamp, &person, rooms)?;
    let (id, by) = (stamp.seq, person.author.id);
    let label = label.as_str().to_owned();
    audit(t, stamp, Some(by), AuditAction::InvitationCreated { id, label: label.clone() })?;
    let invitation = Invitation {
        id,
        label,
        role,
        uses_left: max_uses,
        expiry,
        rooms: rooms.to_vec(),
        created_by: by,
        created_at: stamp.at,
        revoked: false,
    };
    rows::put(t.invitations.open()?, id.0, &invitation)?;
    t.invitation_codes.open()?.insert(code.0, id.0)?;
    Ok(silent(stamp, Event::AuditLogged))
}

/// Checks that an invitation gives access only to private rooms that its creator can see.
fn check_rooms_invitable(t: &Tables, stamp: Stamp, person: &Person, rooms: &[RoomId]) -> Result<(), Halt> {
    for room in rooms {
        let (room, _) = require_visible_room(t, stamp, *room, person)?;
        if room.visibility != Visibility::Private {
            return refuse(Refusal::RoomVisibilityUnsupported);
        }
    }
    Ok(())
}

pub(crate) fn revoke_invitation(t: &mut Tables, stamp: Stamp, actor: Actor, id: Seq) -> Outcome {
    let by = require_permission(t, stamp, actor, Permission::Invite, None)?.author.id;
    let invitation: Option<Invitation> = rows::get(t.invitations.open()?, "invitations", id.0)?;
    let Some(mut invitation) = invitation else { return refuse(Refusal::NotFound) };
    invitation.revoked = true;
    rows::put(t.invitations.open()?, id.0, &invitation)?;
    audit(t, stamp, Some(by), AuditAction::InvitationRevoked { id })?;
    Ok(silent(stamp, Event::AuditLogged))
}

pub(crate) fn resolve_report(t: &mut Tables, stamp: Stamp, actor: Actor, report: Seq) -> Outcome {
    let by = require_permission(t, stamp, actor, Permission::ResolveReports, None)?.author.id;
    let row: Option<Report> = rows::get(t.reports.open()?, "reports", report.0)?;
    let Some(mut row) = row else { return refuse(Refusal::NotFound) };
    if row.resolved.is_none() {
        row.resolved = Some((by, stamp.at));
        rows::put(t.reports.open()?, report.0, &row)?;
        audit(t, stamp, Some(by), AuditAction::ReportResolved { report })?;
    }
    Ok(silent(stamp, Event::AuditLogged))
}

pub(crate) fn update_settings(t: &mut Tables, stamp: Stamp, actor: Actor, settings: ServerSettings) -> Outcome {
    let by = require_permission(t, stamp, actor, Permission::EditServer, None)?.author.id;
    let mut row: SettingsRow = rows::get(&t.settings, "house", "house")?.unwrap_or_default();
    row.settings = settings;
    save_settings(t, &row)?;
    audit(t, stamp, Some(by), AuditAction::SettingsChanged)?;
    Ok(silent(stamp, Event::ServerChanged))
}
