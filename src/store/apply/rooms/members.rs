//! Membership of private and direct rooms.

use crate::domain::limits::MEMBERS_PICKED_MAX;
use crate::domain::{Actor, Event, Permission, Refusal, RoomId, UserId, Visibility};
use crate::store::StoreError;
use crate::store::apply::context::{
    Halt, Outcome, Stamp, find_person, member_row, refuse, require_person, require_room_permission,
    require_visible_room, silent,
};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::MemberRow;

pub(crate) fn add_member(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, user: UserId) -> Outcome {
    let (_, row) = require_room_permission(t, stamp, actor, id, Permission::ManageMembers)?;
    if row.visibility != Visibility::Private {
        return refuse(Refusal::RoomVisibilityUnsupported);
    }
    check_people_exist(t, &[user])?;
    start_membership(t, id, user)?;
    Ok(silent(stamp, Event::MemberAdded { room: id, user }))
}

pub(crate) fn remove_member(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, user: UserId) -> Outcome {
    let (person, row) = require_room_permission(t, stamp, actor, id, Permission::ManageMembers)?;
    if row.visibility != Visibility::Private || user == person.author.id {
        return refuse(Refusal::RoomVisibilityUnsupported); // people remove themselves with `Leave`
    }
    end_membership(t, stamp, id, user)
}

/// Ends the actor's membership. Direct rooms can't be left: each is defined by its people.
pub(crate) fn leave_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, _) = require_visible_room(t, stamp, id, &person)?;
    if room.visibility != Visibility::Private {
        return refuse(Refusal::RoomVisibilityUnsupported);
    }
    end_membership(t, stamp, id, person.author.id)
}

fn end_membership(t: &mut Tables, stamp: Stamp, id: RoomId, user: UserId) -> Outcome {
    let row = member_row(t, id, user)?;
    if !row.is_member {
        return refuse(Refusal::PersonNotFound);
    }
    rows::put(&mut t.members, (id.0, user.0), &MemberRow { is_member: false, ..row })?;
    t.rooms_by_person.open()?.remove((user.0, id.0))?;
    Ok(silent(stamp, Event::MemberRemoved { room: id, user }))
}

/// Makes a person a member of a members-only room.
pub(crate) fn start_membership(t: &mut Tables, room: RoomId, user: UserId) -> Result<(), StoreError> {
    let row = member_row(t, room, user)?;
    rows::put(&mut t.members, (room.0, user.0), &MemberRow { is_member: true, ..row })?;
    t.rooms_by_person.open()?.insert((user.0, room.0), ())?;
    Ok(())
}

pub(crate) fn check_people_exist(t: &Tables, people: &[UserId]) -> Result<(), Halt> {
    if people.len() > MEMBERS_PICKED_MAX {
        return refuse(Refusal::LimitReached(MEMBERS_PICKED_MAX));
    }
    for user in people {
        if find_person(t, *user)?.is_none() {
            return refuse(Refusal::PersonNotFound);
        }
    }
    Ok(())
}
