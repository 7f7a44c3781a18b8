//! Messages: editing one, finding one, and whom it mentions.

pub(crate) mod moderation;
pub(crate) mod post;
pub(crate) mod reactions;

use redb::ReadableTable;

use crate::domain::limits::EDITS_MAX;
use crate::domain::{
    Actor, Event, MessageContent, MessageExtras, MessageId, Permission, Person, Refusal, Room, RoomId, UserId, can,
    muted_reason,
};
use crate::store::StoreError;
use crate::store::apply::accounts::names;
use crate::store::apply::context::{
    Halt, Outcome, Stamp, find_person, find_user, member_row, record_room_change, refuse, require_person,
    require_visible_room, settings,
};
use crate::store::table::Tables;
use crate::store::table::members::is_small_room;
use crate::store::table::rows;
use crate::store::table::schema::{MemberRow, MessageRow, ReadStateRow, VersionRow};

/// Whoever said it may say it otherwise, as long as they may speak there. What it said before is kept.
pub(crate) fn edit_message(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    message: MessageId,
    content: &MessageContent,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    let (room, member) = require_visible_room(t, stamp, id, &person)?;
    let mut row = require_message(t, id, message)?;
    if row.author != person.author.id {
        return refuse(Refusal::NotAllowed);
    }
    check_can_post(t, stamp, &person, &room, &member)?;
    let versions = t.versions.open()?;
    if versions.range((id.0, message.0, 0)..=(id.0, message.0, u64::MAX))?.count() >= EDITS_MAX {
        return refuse(Refusal::LimitReached(EDITS_MAX));
    }
    let before = VersionRow { replaced_at: stamp.at, body: std::mem::take(&mut row.body) };
    rows::put(versions, (id.0, message.0, stamp.seq.0), &before)?;
    let mut extras = row.extras.take().map_or_else(MessageExtras::default, |extras| *extras);
    remove_mentions(t, id, message, &extras)?;
    let answered = extras.reply_to.map(|answered| find_message(t, id, answered)).transpose()?.flatten();
    index_mentions(t, (&room, message), row.author, answered.map(|row| row.author), content, &mut extras)?;
    names::record_name_uses(t, stamp, id, &content.mentions)?;
    extras.edited_at = Some(stamp.at);
    let (body, rendered) = (content.body.as_str().to_owned(), content.rendered.clone());
    let extras = box_extras(extras);
    rows::put(&mut t.messages, (id.0, message.0), &MessageRow { body, rendered, extras, ..row })?;
    Ok(record_room_change(t, stamp, id, Event::MessageEdited { room: id, message })?)
}

pub(crate) fn check_can_post(
    t: &Tables,
    stamp: Stamp,
    person: &Person,
    room: &Room,
    member: &MemberRow,
) -> Result<(), Halt> {
    match muted_reason(settings(t)?, room, person, member.muted_until, stamp.at) {
        Some(refusal) => refuse(refusal),
        None => Ok(()),
    }
}

pub(crate) fn find_message(t: &Tables, room: RoomId, message: MessageId) -> Result<Option<MessageRow>, StoreError> {
    rows::get(&t.messages, "messages", (room.0, message.0))
}

/// A message that is there, and was not taken away.
pub(crate) fn require_message(t: &Tables, room: RoomId, message: MessageId) -> Result<MessageRow, Halt> {
    match find_message(t, room, message)?.filter(|row| !row.body.is_empty()) {
        Some(row) => Ok(row),
        None => refuse(Refusal::MessageNotFound),
    }
}

/// Most messages have none, and a row without them is shorter.
pub(crate) fn box_extras(extras: MessageExtras) -> Option<Box<MessageExtras>> {
    (extras != MessageExtras::default()).then(|| Box::new(extras))
}

/// Writes down to whom a message speaks: whom it mentions, whose words it answers, and everybody if it may call them. Only
/// those who can hear the room are spoken to, and nobody by themselves.
pub(crate) fn index_mentions(
    t: &mut Tables,
    (room, message): (&Room, MessageId),
    author: UserId,
    replied_to_author: Option<UserId>,
    content: &MessageContent,
    extras: &mut MessageExtras,
) -> Result<(), StoreError> {
    extras.mentions_room = content.mentions_room && can_mention_room(t, room, author)?;
    let mut spoken_to = [content.mentions.as_slice(), replied_to_author.as_slice()].concat();
    spoken_to.sort_unstable();
    spoken_to.dedup();
    extras.mentions.clear();
    for user in spoken_to {
        let hears = !room.visibility.is_members_only() || member_row(t, room.id, user)?.is_member;
        if user == author || !hears || find_user(t, user)?.is_none() {
            continue;
        }
        extras.mentions.push(user);
        let read: Option<ReadStateRow> = rows::get(t.read_states.open()?, "reads", (user.0, room.id.0))?;
        if read.is_none_or(|read| read.read_up_to < message) {
            t.mentions.open()?.insert((user.0, room.id.0, message.0), ())?;
        }
    }
    if extras.mentions_room {
        t.room_mentions.open()?.insert((room.id.0, message.0), author.0)?;
    }
    Ok(())
}

/// Takes back that a message speaks to anybody.
pub(crate) fn remove_mentions(
    t: &mut Tables,
    room: RoomId,
    message: MessageId,
    extras: &MessageExtras,
) -> Result<(), StoreError> {
    for user in &extras.mentions {
        t.mentions.open()?.remove((user.0, room.0, message.0))?;
    }
    if extras.mentions_room {
        t.room_mentions.open()?.remove((room.0, message.0))?;
    }
    Ok(())
}

/// In a small room everybody may call everybody.
fn can_mention_room(t: &Tables, room: &Room, author: UserId) -> Result<bool, StoreError> {
    let Some(person) = find_person(t, author)? else { return Ok(false) };
    Ok(can(&person, Permission::MentionRoom, Some(room)) || is_small_room(&t.users, &t.members, room)?)
}
