//! Commands on read states and drafts. They are private to their person, so listeners of the room get no event.

use redb::ReadableTable;

use crate::domain::{Actor, Body, Event, MessageId, ReadStateCommand, Refusal, Room, RoomId, Seq, UserId, Visibility};
use crate::store::StoreError;
use crate::store::apply::context::{Outcome, Stamp, refuse, require_person, require_visible_room, silent};
use crate::store::apply::messages;
use crate::store::table::Tables;
use crate::store::table::rows;
use crate::store::table::schema::{DraftRow, MessageRow, ReadStateRow};

/// How many messages are searched for mentions of a user who marks a room as unread.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const UNREAD_MESSAGES_SCANNED_MAX: usize = 1_000;

pub(crate) fn execute_read_state(
    t: &mut Tables,
    stamp: Stamp,
    actor: Actor,
    id: RoomId,
    command: &ReadStateCommand,
) -> Outcome {
    let person = require_person(t, stamp, actor)?;
    require_visible_room(t, stamp, id, &person)?;
    let user = person.author.id;
    match command {
        ReadStateCommand::MarkRead { seq } => mark_read(t, user, id, (*seq).min(Seq(stamp.seq.0 - 1)))?,
        ReadStateCommand::MarkUnread { message } => {
            let Some(row) = messages::find_message(t, id, *message)? else { return refuse(Refusal::MessageNotFound) };
            mark_unread(t, user, id, *message, row.ordinal)?;
        }
        ReadStateCommand::SaveDraft { body, reply_to } => save_draft(t, stamp, user, id, body.as_ref(), *reply_to)?,
        ReadStateCommand::SetNotificationLevel { level } => {
            let row = load_read_state(t, user, id)?;
            save_read_state(t, user, id, &ReadStateRow { level: *level, ..row })?;
        }
        ReadStateCommand::SetFavorite { favorite } => {
            let row = load_read_state(t, user, id)?;
            save_read_state(t, user, id, &ReadStateRow { favorite: *favorite, ..row })?;
        }
    }
    Ok(silent(stamp, Event::ReadStateChanged { user, room: id }))
}

fn load_read_state(t: &mut Tables, user: UserId, room: RoomId) -> Result<ReadStateRow, StoreError> {
    Ok(rows::get(t.read_states.open()?, "reads", (user.0, room.0))?.unwrap_or_default())
}

/// Stores a read state and deletes the unread mentions up to its mark.
fn save_read_state(t: &mut Tables, user: UserId, room: RoomId, row: &ReadStateRow) -> Result<(), StoreError> {
    rows::put(t.read_states.open()?, (user.0, room.0), row)?;
    t.mentions.open()?.retain_in((user.0, room.0, 0)..=(user.0, room.0, row.read_up_to.0), |_, ()| false)?;
    Ok(())
}

/// Moves the read mark forward, never back: a device that was offline may report an old position late.
fn mark_read(t: &mut Tables, user: UserId, room: RoomId, seq: Seq) -> Result<(), StoreError> {
    let row: Option<ReadStateRow> = rows::get(t.read_states.open()?, "reads", (user.0, room.0))?;
    if row.as_ref().is_some_and(|row| row.read_up_to >= seq) {
        return Ok(());
    }
    let ordinal = count_messages_up_to(t, room, seq)?;
    save_read_state(t, user, room, &ReadStateRow { read_up_to: seq, read_ordinal: ordinal, ..row.unwrap_or_default() })
}

/// Moves the read mark of an author up to the message that they have just posted. Returns whether it moved.
pub(crate) fn mark_own_message_read(
    t: &mut Tables,
    author: UserId,
    room: RoomId,
    message: MessageId,
    ordinal: u64,
) -> Result<bool, StoreError> {
    let row = load_read_state(t, author, room)?;
    if row.read_up_to >= message {
        return Ok(false);
    }
    save_read_state(t, author, room, &ReadStateRow { read_up_to: message, read_ordinal: ordinal, ..row })?;
    Ok(true)
}

/// The same, but not past the first unread message that mentions them; and only if they have a mark in this room, or in
/// a direct room. Returns whether the mark moved.
pub(crate) fn mark_read_up_to_mention(
    t: &mut Tables,
    author: UserId,
    room: &Room,
    message: MessageId,
    ordinal: u64,
) -> Result<bool, StoreError> {
    let row = load_read_state(t, author, room.id)?;
    if row.read_up_to == Seq(0) && room.visibility != Visibility::Direct {
        return Ok(false);
    }
    let Some(mention) = first_mention_after(t, author, room.id, row.read_up_to)? else {
        return mark_own_message_read(t, author, room.id, message, ordinal);
    };
    let seq = Seq(mention.0 - 1);
    if row.read_up_to >= seq {
        return Ok(false);
    }
    let ordinal = count_messages_up_to(t, room.id, seq)?;
    save_read_state(t, author, room.id, &ReadStateRow { read_up_to: seq, read_ordinal: ordinal, ..row })?;
    Ok(true)
}

/// The first message of a room after this change that mentions a user, by name or as one of all in the room.
fn first_mention_after(t: &mut Tables, user: UserId, room: RoomId, after: Seq) -> Result<Option<Seq>, StoreError> {
    let from = after.0.saturating_add(1);
    let by_name = t.mentions.open()?.range((user.0, room.0, from)..=(user.0, room.0, u64::MAX))?.next().transpose()?;
    let by_name = by_name.map(|(key, _)| Seq(key.value().2));
    for entry in t.room_mentions.open()?.range((room.0, from)..=(room.0, u64::MAX))? {
        let (key, by) = entry?;
        if by.value() != user.0 {
            let to_all = Seq(key.value().1);
            return Ok(Some(by_name.map_or(to_all, |by_name| by_name.min(to_all))));
        }
    }
    Ok(by_name)
}

/// Deletes a draft. Returns whether there was one.
pub(crate) fn clear_draft(t: &mut Tables, user: UserId, room: RoomId) -> Result<bool, StoreError> {
    Ok(t.drafts.open()?.remove((user.0, room.0))?.is_some())
}

/// Moves the read mark back to before a message, never forward: what was unread stays unread. A person without a mark
/// gets one here.
fn mark_unread(t: &mut Tables, user: UserId, room: RoomId, message: MessageId, ordinal: u64) -> Result<(), StoreError> {
    let row = load_read_state(t, user, room)?;
    if row.read_up_to > Seq(0) && row.read_up_to < message {
        return Ok(());
    }
    save_read_state(t, user, room, &ReadStateRow { read_up_to: Seq(message.0 - 1), read_ordinal: ordinal - 1, ..row })?;
    let mut mentioning = Vec::new();
    for entry in t.messages.range((room.0, message.0)..=(room.0, u64::MAX))?.take(UNREAD_MESSAGES_SCANNED_MAX) {
        let (key, row) = entry?;
        let row: MessageRow<&str> = rows::decode("messages", row.value())?;
        if row.extras.is_some_and(|extras| extras.mentions.contains(&user)) {
            mentioning.push(key.value().1);
        }
    }
    for message in mentioning {
        t.mentions.open()?.insert((user.0, room.0, message), ())?;
    }
    Ok(())
}

/// The number of messages in a room up to this change.
fn count_messages_up_to(t: &Tables, room: RoomId, seq: Seq) -> Result<u64, StoreError> {
    match t.messages.range((room.0, 0)..=(room.0, seq.0))?.next_back().transpose()? {
        Some((_, row)) => Ok(rows::decode::<MessageRow<&str>>("messages", row.value())?.ordinal),
        None => Ok(0),
    }
}

fn save_draft(
    t: &mut Tables,
    stamp: Stamp,
    user: UserId,
    room: RoomId,
    body: Option<&Body>,
    reply_to: Option<MessageId>,
) -> Result<(), StoreError> {
    let key = (user.0, room.0);
    if body.is_none() && reply_to.is_none() {
        return clear_draft(t, user, room).map(drop);
    }
    let body = body.map_or(String::new(), |body| body.as_str().to_owned());
    rows::put(t.drafts.open()?, key, &DraftRow { at: stamp.at, body, reply_to })
}
