//! Commands on rooms: updating, archiving, deleting and restoring them.

pub(crate) mod members;
pub(crate) mod new_room;
pub(crate) mod read_state;

use crate::domain::{
    Actor, AuditAction, Event, Permission, Refusal, RoomId, RoomName, Salt, SingleLine, Visibility, can_restore,
};
use crate::store::apply::context::{
    Outcome, Stamp, audit, member_row, record_room_change, refuse, require_person, require_room_permission, settings,
};
use crate::store::apply::rooms::members::start_membership;
use crate::store::apply::rooms::new_room::{is_slug_taken_by_another, slug_for};
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::RoomRow;

/// The new values of a room.
#[derive(Clone, Copy)]
pub(crate) struct RoomUpdate<'a> {
    pub name: &'a RoomName,
    pub topic: Option<&'a SingleLine>,
    pub visibility: Visibility,
    pub slow_mode_s: u32,
    pub salt: Salt,
}

pub(crate) fn update_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, update: RoomUpdate<'_>) -> Outcome {
    let RoomUpdate { name, topic, visibility, slow_mode_s, salt } = update;
    let (person, mut row) = require_room_permission(t, stamp, actor, id, Permission::EditRoom)?;
    if row.visibility == Visibility::Direct || visibility == Visibility::Direct {
        return refuse(Refusal::RoomVisibilityUnsupported);
    }
    let is_renamed = row.name != name.as_str();
    if is_renamed || row.visibility.is_members_only() != visibility.is_members_only() {
        let slug = slug_for(name, visibility, salt);
        if slug != row.slug && is_slug_taken_by_another(t, &slug, id)? {
            return refuse(Refusal::RoomNameTaken);
        }
        t.slugs.open()?.insert(slug.as_str(), id.0)?;
        row.slug = slug;
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

pub(crate) fn delete_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId) -> Outcome {
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

/// Restores a recently deleted room. Refuses if another room has its slug by now.
pub(crate) fn restore_room(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let row: Option<RoomRow> = rows::get(&t.rooms, "rooms", id.0)?;
    let Some(mut row) = row else { return refuse(Refusal::RoomNotFound(String::new())) };
    let is_member = member_row(t, id, person.author.id)?.is_member;
    if !can_restore(settings(t)?, &row.clone().into_room(id), &person, is_member, stamp.at) {
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

pub(crate) fn set_archived(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, archived: bool) -> Outcome {
    let (person, mut row) = require_room_permission(t, stamp, actor, id, Permission::ArchiveRoom)?;
    row.archived = archived;
    rows::put(&mut t.rooms, id.0, &row)?;
    audit(t, stamp, Some(person.author.id), AuditAction::RoomArchived { room: id, archived })?;
    Ok(record_room_change(t, stamp, id, Event::RoomChanged { room: id })?)
}
