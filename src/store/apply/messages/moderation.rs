//! Moderation in rooms: deleting, purging and reporting messages, and muting their authors.

use redb::ReadableTable;

use crate::domain::{
    Actor, AuditAction, Event, Expiry, MessageExtras, MessageId, Permission, Refusal, Report, RoomId, Seq, SingleLine,
    UserId, can, can_mute, outranks,
};
use crate::store::apply::context::{
    ACTIVITY_ROW_MISSING, Halt, Outcome, Stamp, audit, find_person, member_row, record_room_change, refuse,
    require_permission, require_person, require_visible_room, silent,
};
use crate::store::apply::messages;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::MessageRow;

/// How many messages of a person one command deletes. No one can post while it runs.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const PURGED_PER_COMMAND: usize = 256;
/// How many messages one purge command scans.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const SCANNED_PER_COMMAND: usize = 4_096;

/// Deletes a message. Its author can, and people who may delete messages in the room.
pub(crate) fn delete_message(t: &mut Tables, stamp: Stamp, actor: Actor, id: RoomId, message: MessageId) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, _) = require_visible_room(t, stamp, id, &person)?;
    let row = messages::require_message(t, id, message)?;
    let is_own = row.author == person.author.id;
    if !is_own && !can(&person, Permission::DeleteMessages, Some(&room)) {
        return refuse(Refusal::NotAllowed);
    }
    blank_message(t, id, message)?;
    if !is_own {
        audit(t, stamp, Some(person.author.id), AuditAction::MessageDeleted { room: id, message, author: row.author })?;
    }
    Ok(record_room_change(t, stamp, id, Event::MessageDeleted { room: id, message })?)
}

/// Deletes the text of a message, its versions, mentions, reactions and pin. The author, the time and the place in a
/// thread stay.
fn blank_message(t: &mut Tables, room: RoomId, message: MessageId) -> Result<(), Halt> {
    let row = messages::find_message(t, room, message)?.ok_or(ACTIVITY_ROW_MISSING)?;
    let extras = row.extras.map_or_else(MessageExtras::default, |extras| *extras);
    messages::remove_mentions(t, room, message, &extras)?;
    let versions = t.versions.open()?;
    let old = (room.0, message.0, 0)..=(room.0, message.0, u64::MAX);
    versions.retain_in(old, |_, _| false)?;
    if extras.pinned {
        t.pins.open()?.remove((room.0, message.0))?;
    }
    let MessageExtras { reply_to, thread_root, reply_count, .. } = extras;
    let extras = messages::box_extras(MessageExtras { reply_to, thread_root, reply_count, ..MessageExtras::default() });
    let row = MessageRow { body: String::new(), rendered: None, extras, ..row };
    rows::put(&mut t.messages, (room.0, message.0), &row)?;
    Ok(())
}

pub(crate) fn report_message(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    message: MessageId,
    reason: Option<&SingleLine>,
) -> Outcome {
    let person = require_permission(t, stamp, actor, Permission::ReportMessages, None)?;
    require_visible_room(t, stamp, id, &person)?;
    messages::require_message(t, id, message)?;
    let reason = reason.map_or(String::new(), |reason| reason.as_str().to_owned());
    let report =
        Report { room: id, message, reporter: person.author.id, reason, reported_at: stamp.at, resolved: None };
    rows::put(t.reports.open()?, stamp.seq.0, &report)?;
    Ok(silent(stamp, Event::AuditLogged))
}

/// Mutes a person in a room, or unmutes them.
pub(crate) fn mute_member(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    user: UserId,
    until: Expiry,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, _) = require_visible_room(t, stamp, id, &person)?;
    if !can(&person, Permission::MuteInRoom, Some(&room)) {
        return refuse(Refusal::NotAllowed);
    }
    let Some(other) = find_person(t, user)? else { return refuse(Refusal::PersonNotFound) };
    if !can_mute(&person, &other) {
        return refuse(Refusal::NotAllowed);
    }
    let mut row = member_row(t, id, user)?;
    row.muted_until = until;
    rows::put(&mut t.members, (id.0, user.0), &row)?;
    audit(t, stamp, Some(person.author.id), AuditAction::Muted { user, room: Some(id), until })?;
    Ok(silent(stamp, Event::MutedInRoom { room: id, user }))
}

/// Deletes messages of a person in a room after the message `after`, as many as one command may. Listeners get one
/// event, which makes them load the room again.
pub(crate) fn purge_messages(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    user: UserId,
    id: RoomId,
    after: MessageId,
) -> Outcome {
    let person = require_permission(t, stamp, actor, Permission::Ban, None)?;
    let Some(other) = find_person(t, user)? else { return refuse(Refusal::PersonNotFound) };
    if !outranks(&person, &other) {
        return refuse(Refusal::NotAllowed);
    }
    let mut found = Vec::new();
    for entry in t.messages.range((id.0, after.0.saturating_add(1))..=(id.0, u64::MAX))?.take(SCANNED_PER_COMMAND) {
        let (key, row) = entry?;
        let row: MessageRow<&str> = rows::decode("messages", row.value())?;
        if row.author == user && !row.body.is_empty() {
            found.push(Seq(key.value().1));
            if found.len() == PURGED_PER_COMMAND {
                break;
            }
        }
    }
    if found.is_empty() {
        return refuse(Refusal::MessageNotFound);
    }
    for message in &found {
        blank_message(t, id, *message)?;
    }
    let messages = u32::try_from(found.len()).unwrap_or(u32::MAX);
    audit(t, stamp, Some(person.author.id), AuditAction::MessagesPurged { user, room: id, messages })?;
    Ok(record_room_change(t, stamp, id, Event::RoomChanged { room: id })?)
}
