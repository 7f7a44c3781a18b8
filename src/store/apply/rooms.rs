//! Rooms: what they are, and who belongs to the hidden ones.

use redb::ReadableTable;

use crate::domain::limits::{DIRECT_ROOM_PEOPLE_MAX, MEMBERS_PICKED_MAX};
use crate::domain::{
    Actor, AuditAction, Event, Permission, Person, Refusal, Room, RoomCommand, RoomId, RoomName, Salt, SingleLine,
    Slug, UserId, Visibility, can_restore,
};
use crate::store::StoreError;
use crate::store::apply::join::create_room;
use crate::store::apply::{
    Halt, Outcome, Stamp, audit, find_person, member_row, messages, moderation, names, reactions, record_room_change,
    refuse, require_permission, require_person, require_visible_room, settings, silent,
};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{MemberRow, RoomRow};

pub(crate) fn execute_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, command: &RoomCommand) -> Outcome {
    use RoomCommand as C;
    match command {
        C::Update { name, topic, visibility: kind, slow_mode_s: slow_s, salt } => {
            update_room(t, stamp, actor, id, (name, topic.as_ref(), *kind, *slow_s, *salt))
        }
        C::AddMember { user } => add_member(t, stamp, actor, id, *user),
        C::RemoveMember { user } => remove_member(t, stamp, actor, id, *user),
        C::Leave => leave_room(t, stamp, actor, id),
        C::SetArchived { archived } => {
            let (person, mut row) = require_room_permission(t, stamp, actor, id, Permission::ArchiveRoom)?;
            row.archived = *archived;
            rows::put(&mut t.rooms, id.0, &row)?;
            audit(t, stamp, Some(person.author.id), AuditAction::RoomArchived { room: id, archived: *archived })?;
            Ok(record_room_change(t, stamp, id, Event::RoomChanged { room: id })?)
        }
        C::Delete => delete_room(t, stamp, actor, id),
        C::Restore => restore_room(t, stamp, actor, id),
        C::EditMessage { message, content: words } => messages::edit_message(t, stamp, actor, id, *message, words),
        C::SetReaction { message, reaction, present: on } => {
            reactions::set_reaction(t, stamp, actor, id, *message, (reaction, *on))
        }
        C::SetPinned { message, pinned } => reactions::set_pinned(t, stamp, actor, id, *message, *pinned),
        C::DeleteMessage { message } => moderation::delete_message(t, stamp, actor, id, *message),
        C::ReportMessage { message, reason: why } => {
            moderation::report_message(t, stamp, actor, id, *message, why.as_ref())
        }
        C::MuteMember { user, until } => moderation::mute_member(t, stamp, actor, id, *user, *until),
    }
}

/// Creates a room that must not be there yet.
pub(crate) fn create_room_checked(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    (name, visibility): (&RoomName, Visibility),
    members: &[UserId],
    salt: Salt,
) -> Outcome {
    let asker = require_person(t, stamp, actor)?;
    let house = settings(t)?.clone();
    if !house.join_policy.admits(Some(&asker)) || asker.role < house.room_creation {
        return refuse(Refusal::NotAllowed);
    }
    if visibility == Visibility::Direct {
        return refuse(Refusal::RoomVisibilityUnsupported); // it is found by its people, and by nothing else
    }
    check_people_exist(t, members)?;
    let address = slug_for(name, visibility, salt);
    if is_slug_taken(t, &address)? {
        return refuse(Refusal::RoomNameTaken);
    }
    let by = asker.author.id;
    let room = create_room(t, stamp, by, name.as_str(), &address, visibility)?;
    if visibility.is_members_only() {
        for user in members.iter().chain([&by]) {
            start_membership(t, room, *user)?;
        }
    }
    Ok(silent(stamp, Event::RoomOpened { room }))
}

/// Finds the direct room of exactly these people, or creates it.
pub(crate) fn open_direct_room(t: &mut Tables, stamp: Stamp, actor: Actor, others: &[UserId], salt: Salt) -> Outcome {
    let asker = require_person(t, stamp, actor)?;
    if !settings(t)?.join_policy.admits(Some(&asker)) {
        return refuse(Refusal::MembersOnly);
    }
    check_people_exist(t, others)?;
    let mut people = [others, &[asker.author.id]].concat();
    people.sort_unstable();
    people.dedup();
    if people.len() < 2 {
        return refuse(Refusal::PersonNotFound);
    }
    if people.len() > DIRECT_ROOM_PEOPLE_MAX {
        return refuse(Refusal::LimitReached(DIRECT_ROOM_PEOPLE_MAX));
    }
    let key: Vec<u8> = people.iter().flat_map(|user| user.0.to_be_bytes()).collect();
    if let Some(room) = t.direct_rooms.open()?.get(key.as_slice())?.map(|room| RoomId(room.value())) {
        return Ok(silent(stamp, Event::RoomOpened { room }));
    }
    let address = Slug::hidden_text("direct", salt);
    if is_slug_taken(t, &address)? {
        return refuse(Refusal::RoomNameTaken);
    }
    let room = create_room(t, stamp, asker.author.id, "", &address, Visibility::Direct)?;
    for user in &people {
        start_membership(t, room, *user)?;
    }
    names::record_name_uses(t, stamp, room, &people)?; // the room is called after them
    t.direct_rooms.open()?.insert(key.as_slice(), room.0)?;
    Ok(silent(stamp, Event::RoomOpened { room }))
}

type RoomUpdate<'a> = (&'a RoomName, Option<&'a SingleLine>, Visibility, u32, Salt);

fn update_room(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    (name, topic, visibility, slow_mode_s, salt): RoomUpdate,
) -> Outcome {
    let (person, mut row) = require_room_permission(t, stamp, actor, id, Permission::EditRoom)?;
    if row.visibility == Visibility::Direct || visibility == Visibility::Direct {
        return refuse(Refusal::RoomVisibilityUnsupported);
    }
    let is_renamed = row.name != name.as_str();
    if is_renamed || row.visibility.is_members_only() != visibility.is_members_only() {
        let address = slug_for(name, visibility, salt);
        if address != row.slug && is_slug_taken_by_another(t, &address, id)? {
            return refuse(Refusal::RoomNameTaken);
        }
        t.slugs.open()?.insert(address.as_str(), id.0)?;
        row.slug = address;
    }
    let by = person.author.id;
    match (row.visibility.is_members_only(), visibility.is_members_only()) {
        (false, true) => {
            t.update_room_count(false)?;
            start_membership(t, id, by)?;
        }
        (true, false) => t.update_room_count(true)?,
        (true, true) | (false, false) => {}
    }
    name.as_str().clone_into(&mut row.name);
    row.topic = topic.map_or(String::new(), |topic| topic.as_str().to_owned());
    (row.visibility, row.slow_mode_s) = (visibility, slow_mode_s);
    rows::put(&mut t.rooms, id.0, &row)?;
    if row.created_by != by {
        audit(t, stamp, Some(by), AuditAction::RoomChanged { room: id })?;
    }
    Ok(record_room_change(t, stamp, id, Event::RoomChanged { room: id })?)
}

fn add_member(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, user: UserId) -> Outcome {
    let (_, row) = require_room_permission(t, stamp, actor, id, Permission::ManageMembers)?;
    if row.visibility != Visibility::Private {
        return refuse(Refusal::RoomVisibilityUnsupported);
    }
    check_people_exist(t, &[user])?;
    start_membership(t, id, user)?;
    Ok(silent(stamp, Event::MemberAdded { room: id, user }))
}

fn remove_member(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, user: UserId) -> Outcome {
    let (person, row) = require_room_permission(t, stamp, actor, id, Permission::ManageMembers)?;
    if row.visibility != Visibility::Private || user == person.author.id {
        return refuse(Refusal::RoomVisibilityUnsupported); // whoever wants to go out themselves leaves
    }
    end_membership(t, stamp, id, user)
}

/// Out of a direct room nobody goes: it is exactly its people.
fn leave_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId) -> Outcome {
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

fn delete_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId) -> Outcome {
    let (person, mut row) = require_room_permission(t, stamp, actor, id, Permission::DeleteRoom)?;
    if row.visibility == Visibility::Direct {
        return refuse(Refusal::RoomVisibilityUnsupported);
    }
    row.deleted_at = Some(stamp.at);
    rows::put(&mut t.rooms, id.0, &row)?;
    if !row.visibility.is_members_only() {
        t.update_room_count(false)?;
    }
    audit(t, stamp, Some(person.author.id), AuditAction::RoomDeleted { room: id, deleted: true })?;
    Ok(record_room_change(t, stamp, id, Event::RoomDeletedOrRestored { room: id })?)
}

/// Has a room back that was deleted less than a week ago. If its address is another room's by now, the new one keeps it.
fn restore_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id.0)?;
    let Some(mut row) = row else { return refuse(Refusal::RoomNotFound(String::new())) };
    let belongs = member_row(t, id, person.author.id)?.is_member;
    if !can_restore(settings(t)?, &row.clone().into_room(id), &person, belongs, stamp.at) {
        return refuse(Refusal::RoomNotFound(String::new()));
    }
    if is_slug_taken_by_another(t, &row.slug, id)? {
        return refuse(Refusal::RoomNameTaken);
    }
    row.deleted_at = None;
    t.slugs.open()?.insert(row.slug.as_str(), id.0)?;
    rows::put(&mut t.rooms, id.0, &row)?;
    if !row.visibility.is_members_only() {
        t.update_room_count(true)?;
    }
    audit(t, stamp, Some(person.author.id), AuditAction::RoomDeleted { room: id, deleted: false })?;
    Ok(record_room_change(t, stamp, id, Event::RoomDeletedOrRestored { room: id })?)
}

/// A room that the asker sees, and in which they may do this.
fn require_room_permission(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    permission: Permission,
) -> Result<(Person, RoomRow), Halt> {
    let person = require_person(t, stamp, actor)?;
    let (room, _): (Room, MemberRow) = require_visible_room(t, stamp, id, &person)?;
    require_permission(t, stamp, actor, permission, Some(&room))?;
    let row = rows::get(&t.rooms, "rooms", id.0)?.ok_or(StoreError::Missing { table: "rooms" })?;
    Ok((person, row))
}

/// Lets somebody belong to a hidden room.
pub(crate) fn start_membership(t: &mut Tables, room: RoomId, user: UserId) -> Result<(), StoreError> {
    let row = member_row(t, room, user)?;
    rows::put(&mut t.members, (room.0, user.0), &MemberRow { is_member: true, ..row })?;
    t.rooms_by_person.open()?.insert((user.0, room.0), ())?;
    Ok(())
}

fn check_people_exist(t: &Tables, people: &[UserId]) -> Result<(), Halt> {
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

fn slug_for(name: &RoomName, visibility: Visibility, salt: Salt) -> String {
    let plain = name.slug().as_str();
    if visibility.is_members_only() { Slug::hidden_text(plain, salt) } else { plain.to_owned() }
}

/// Whether an address is that of a room which is there for everybody, or by chance of a hidden one. An old address of a
/// room that moved, was hidden or deleted is free.
fn is_slug_taken(t: &mut Tables, slug: &str) -> Result<bool, StoreError> {
    let Some(id) = t.slugs.open()?.get(slug)?.map(|id| id.value()) else { return Ok(false) };
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id)?;
    Ok(row.is_some_and(|row| row.slug == slug && row.deleted_at.is_none()))
}

fn is_slug_taken_by_another(t: &mut Tables, slug: &str, except: RoomId) -> Result<bool, StoreError> {
    let id = t.slugs.open()?.get(slug)?.map(|id| id.value());
    Ok(id != Some(except.0) && is_slug_taken(t, slug)?)
}
