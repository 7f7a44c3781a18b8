//! Commands on messages: editing them, and the lookups and the mention index that all of them share.

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

/// Edits a message. Only its author can, while they can post in the room. The earlier version is kept.
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
    let replied_to = extras.reply_to.map(|replied_to| find_message(t, id, replied_to)).transpose()?.flatten();
    index_mentions(t, (&room, message), row.author, replied_to.map(|row| row.author), content, &mut extras)?;
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

/// The message, or a refusal if it does not exist or is deleted.
pub(crate) fn require_message(t: &Tables, room: RoomId, message: MessageId) -> Result<MessageRow, Halt> {
    match find_message(t, room, message)?.filter(|row| !row.body.is_empty()) {
        Some(row) => Ok(row),
        None => refuse(Refusal::MessageNotFound),
    }
}

/// `None` for empty extras. Most messages have none, and a row without them is shorter.
pub(crate) fn box_extras(extras: MessageExtras) -> Option<Box<MessageExtras>> {
    (extras != MessageExtras::default()).then(|| Box::new(extras))
}

/// Records the people whom a message mentions: by name, by replying to them, and by a room mention if the author may use
/// one. Left out are the author and people who can't see the room.
pub(crate) fn index_mentions(
    t: &mut Tables,
    (room, message): (&Room, MessageId),
    author: UserId,
    replied_to_author: Option<UserId>,
    content: &MessageContent,
    extras: &mut MessageExtras,
) -> Result<(), StoreError> {
    extras.mentions_room = content.mentions_room && can_mention_room(t, room, author)?;
    let mut mentioned = [content.mentions.as_slice(), replied_to_author.as_slice()].concat();
    mentioned.sort_unstable();
    mentioned.dedup();
    extras.mentions.clear();
    for user in mentioned {
        let can_see_room = !room.visibility.is_members_only() || member_row(t, room.id, user)?.is_member;
        if user == author || !can_see_room || find_user(t, user)?.is_none() {
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

/// Removes the mentions of a message from the index.
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

/// Whether an author may mention everyone in a room. In a small room all of its people may.
fn can_mention_room(t: &Tables, room: &Room, author: UserId) -> Result<bool, StoreError> {
    let Some(person) = find_person(t, author)? else { return Ok(false) };
    Ok(can(&person, Permission::MentionRoom, Some(room)) || is_small_room(&t.users, &t.members, room)?)
}
