//! The house: its settings, its invitations, and what was reported.

use crate::domain::limits::MEMBERS_PICKED_MAX;
use crate::domain::{
    Actor, AuditAction, Event, Expiry, Invitation, Permission, Person, Refusal, Report, Role, RoomId, Seq,
    ServerCommand, ServerSettings, SingleLine, TokenHash,
};
use crate::store::apply::{Halt, Outcome, Stamp, audit, refuse, require_permission, rooms, silent};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::SettingsRow;

pub(crate) fn execute_server(t: &mut Tables, stamp: Stamp, actor: Actor, command: &ServerCommand) -> Outcome {
    use ServerCommand as C;
    match command {
        C::UpdateSettings { name, join_policy: door, room_creation: rooms_by, allow_guests: new_guests } => {
            let by = require_permission(t, stamp, actor, Permission::EditServer, None)?.author.id;
            let mut row: SettingsRow = rows::get(&t.settings, "house", "house")?.unwrap_or_default();
            let name = name.as_str().to_owned();
            row.settings =
                ServerSettings { name, join_policy: *door, room_creation: *rooms_by, allow_guests: *new_guests };
            crate::store::apply::save_settings(t, &row)?;
            audit(t, stamp, Some(by), AuditAction::SettingsChanged)?;
            Ok(silent(stamp, Event::ServerChanged))
        }
        C::CreateRoom { name, visibility: kind, members, salt } => {
            rooms::create_room_checked(t, stamp, actor, (name, *kind), members, *salt)
        }
        C::OpenDirect { others: with, salt } => rooms::open_direct_room(t, stamp, actor, with, *salt),
        C::CreateInvitation { label, role, max_uses: uses, expiry: until, rooms, code } => {
            create_invitation(t, stamp, actor, (label, *role, *uses, *until), rooms, *code)
        }
        C::RevokeInvitation { id } => revoke_invitation(t, stamp, actor, *id),
        C::ResolveReport { report } => resolve_report(t, stamp, actor, *report),
    }
}

fn create_invitation(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    (label, role, uses_left, expiry): (&SingleLine, Role, Option<u32>, Expiry),
    rooms: &[RoomId],
    code: TokenHash,
) -> Outcome {
    let person = require_permission(t, stamp, actor, Permission::Invite, None)?;
    // Nobody makes others more than they are, and owners are made by name.
    if role >= Role::Owner || role > person.role {
        return refuse(Refusal::NotAllowed);
    }
    if rooms.len() > MEMBERS_PICKED_MAX {
        return refuse(Refusal::LimitReached(MEMBERS_PICKED_MAX));
    }
    check_rooms_invitable(t, stamp, &person, rooms)?;
    let (id, by, made_at) = (stamp.seq, person.author.id, stamp.at);
    let label = label.as_str().to_owned();
    audit(t, stamp, Some(by), AuditAction::InvitationCreated { id, label: label.clone() })?;
    let invitation = Invitation {
        id,
        label,
        role,
        uses_left,
        expiry,
        rooms: rooms.to_vec(),
        created_by: by,
        created_at: made_at,
        revoked: false,
    };
    rows::put(t.invitations.open()?, id.0, &invitation)?;
    t.invitation_codes.open()?.insert(code.0, id.0)?;
    Ok(silent(stamp, Event::AuditLogged))
}

/// An invitation leads only into closed rooms whose members its maker may pick.
fn check_rooms_invitable(t: &Tables, stamp: Stamp, person: &Person, rooms: &[RoomId]) -> Result<(), Halt> {
    for room in rooms {
        let (room, _) = crate::store::apply::require_visible_room(t, stamp, *room, person)?;
        if room.visibility != crate::domain::Visibility::Private {
            return refuse(Refusal::RoomVisibilityUnsupported);
        }
    }
    Ok(())
}

fn revoke_invitation(t: &mut Tables, stamp: Stamp, actor: Actor, id: Seq) -> Outcome {
    let by = require_permission(t, stamp, actor, Permission::Invite, None)?.author.id;
    let invitation: Option<Invitation> = rows::get(t.invitations.open()?, "invitations", id.0)?;
    let Some(mut invitation) = invitation else { return refuse(Refusal::NotFound) };
    invitation.revoked = true;
    rows::put(t.invitations.open()?, id.0, &invitation)?;
    audit(t, stamp, Some(by), AuditAction::InvitationRevoked { id })?;
    Ok(silent(stamp, Event::AuditLogged))
}

fn resolve_report(t: &mut Tables, stamp: Stamp, actor: Actor, report: Seq) -> Outcome {
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
