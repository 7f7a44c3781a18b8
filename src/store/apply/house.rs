//! The house: its settings, its invitations, and what was reported.

use super::{Outcome, Stamp, Stop, allowed, note, refuse, rooms, unheard};
use crate::domain::limits::PICKED_MAX;
use crate::domain::{
    Act, Deed, Event, House, HouseCommand, Invitation, Line, Person, Refusal, Report, Role, RoomId, Seq, TokenHash,
    Until, Who,
};
use crate::store::rows;
use crate::store::schema::HouseRow;
use crate::store::tables::Tables;

pub(super) fn carry_out(t: &mut Tables, stamp: Stamp, who: Who, command: &HouseCommand) -> Outcome {
    use HouseCommand as C;
    match command {
        C::Set { name, door, rooms_by, new_guests } => {
            let by = allowed(t, stamp, who, Act::SetHouse, None)?.author.id;
            let mut row: HouseRow = rows::get(&t.house, "house", "house")?.unwrap_or_default();
            let name = name.as_str().to_owned();
            row.house = House { name, door: *door, rooms_by: *rooms_by, new_guests: *new_guests };
            super::settle_house(t, &row)?;
            note(t, stamp, Some(by), Deed::HouseSet)?;
            Ok(unheard(stamp, Event::HouseChanged))
        }
        C::CreateRoom { name, kind, members, salt } => rooms::create(t, stamp, who, (name, *kind), members, *salt),
        C::Direct { with, salt } => rooms::direct(t, stamp, who, with, *salt),
        C::Invite { label, role, uses, until, rooms, code } => {
            invite(t, stamp, who, (label, *role, *uses, *until), rooms, *code)
        }
        C::RevokeInvitation { id } => revoke(t, stamp, who, *id),
        C::Settle { report } => settle(t, stamp, who, *report),
    }
}

fn invite(
    t: &mut Tables,
    stamp: Stamp,
    who: Who,
    (label, role, uses_left, until): (&Line, Role, Option<u32>, Until),
    rooms: &[RoomId],
    code: TokenHash,
) -> Outcome {
    let person = allowed(t, stamp, who, Act::Invite, None)?;
    // Nobody makes others more than they are, and owners are made by name.
    if role >= Role::Owner || role > person.role {
        return refuse(Refusal::NotAllowed);
    }
    if rooms.len() > PICKED_MAX {
        return refuse(Refusal::TooMany(PICKED_MAX));
    }
    all_theirs(t, stamp, &person, rooms)?;
    let (id, by, made_at) = (stamp.seq, person.author.id, stamp.at);
    let label = label.as_str().to_owned();
    note(t, stamp, Some(by), Deed::Invited { id, label: label.clone() })?;
    let invitation =
        Invitation { id, label, role, uses_left, until, rooms: rooms.to_vec(), by, made_at, revoked: false };
    rows::put(t.invitations.open()?, id.0, &invitation)?;
    t.invitation_codes.open()?.insert(code.0, id.0)?;
    Ok(unheard(stamp, Event::Noted))
}

/// An invitation leads only into closed rooms whose members its maker may pick.
fn all_theirs(t: &Tables, stamp: Stamp, person: &Person, rooms: &[RoomId]) -> Result<(), Stop> {
    for room in rooms {
        let (room, _) = super::seen_room(t, stamp, *room, person)?;
        if room.kind != crate::domain::Kind::Closed {
            return refuse(Refusal::RoomKind);
        }
    }
    Ok(())
}

fn revoke(t: &mut Tables, stamp: Stamp, who: Who, id: Seq) -> Outcome {
    let by = allowed(t, stamp, who, Act::Invite, None)?.author.id;
    let invitation: Option<Invitation> = rows::get(t.invitations.open()?, "invitations", id.0)?;
    let Some(mut invitation) = invitation else { return refuse(Refusal::Nothing) };
    invitation.revoked = true;
    rows::put(t.invitations.open()?, id.0, &invitation)?;
    note(t, stamp, Some(by), Deed::InvitationRevoked { id })?;
    Ok(unheard(stamp, Event::Noted))
}

fn settle(t: &mut Tables, stamp: Stamp, who: Who, report: Seq) -> Outcome {
    let by = allowed(t, stamp, who, Act::KeepReports, None)?.author.id;
    let row: Option<Report> = rows::get(t.reports.open()?, "reports", report.0)?;
    let Some(mut row) = row else { return refuse(Refusal::Nothing) };
    if row.settled.is_none() {
        row.settled = Some((by, stamp.at));
        rows::put(t.reports.open()?, report.0, &row)?;
        note(t, stamp, Some(by), Deed::Settled { report })?;
    }
    Ok(unheard(stamp, Event::Noted))
}
