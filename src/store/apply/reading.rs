//! How somebody reads a room: how far they have come, what they want to hear of, what they have begun to write. Only they
//! see it, and the room is not told.

use redb::ReadableTable;

use super::{Outcome, Stamp, asker, messages, refuse, seen_room, unheard};
use crate::domain::{Body, Event, MessageId, ReaderCommand, Refusal, RoomId, Seq, UserId, Who};
use crate::store::schema::{DraftRow, MessageRow, ReadRow};
use crate::store::tables::Tables;
use crate::store::{Fault, rows};

/// Through how many messages a change looks for those that speak to whoever wants to read them again.
const LOOKED_AT: usize = 1_000;

pub(super) fn carry_out(t: &mut Tables, stamp: Stamp, who: Who, id: RoomId, command: &ReaderCommand) -> Outcome {
    let person = asker(t, stamp, who)?;
    seen_room(t, stamp, id, &person)?;
    let user = person.author.id;
    match command {
        ReaderCommand::Read { seq } => read(t, user, id, (*seq).min(Seq(stamp.seq.0 - 1)))?,
        ReaderCommand::Unread { message } => {
            let Some(row) = messages::find(t, id, *message)? else { return refuse(Refusal::MessageUnknown) };
            unread(t, user, id, *message, row.nth)?;
        }
        ReaderCommand::Draft { body, reply_to } => draft(t, stamp, user, id, body.as_ref(), *reply_to)?,
        ReaderCommand::Involve { involvement } => {
            let row = of(t, user, id)?;
            keep(t, user, id, &ReadRow { involvement: *involvement, ..row })?;
        }
        ReaderCommand::KeepOnTop { on_top } => {
            let row = of(t, user, id)?;
            keep(t, user, id, &ReadRow { on_top: *on_top, ..row })?;
        }
    }
    Ok(unheard(stamp, Event::ReaderMoved { user, room: id }))
}

fn of(t: &mut Tables, user: UserId, room: RoomId) -> Result<ReadRow, Fault> {
    Ok(rows::get(t.reads.open()?, "reads", (user.0, room.0))?.unwrap_or_default())
}

/// Of what somebody has read, nothing waits for them any more.
fn keep(t: &mut Tables, user: UserId, room: RoomId, row: &ReadRow) -> Result<(), Fault> {
    rows::put(t.reads.open()?, (user.0, room.0), row)?;
    t.mentions.open()?.retain_in((user.0, room.0, 0)..=(user.0, room.0, row.seq.0), |_, ()| false)?;
    Ok(())
}

/// Never back: a device that was away tells late how far it had come.
fn read(t: &mut Tables, user: UserId, room: RoomId, seq: Seq) -> Result<(), Fault> {
    let row: Option<ReadRow> = rows::get(t.reads.open()?, "reads", (user.0, room.0))?;
    if row.as_ref().is_some_and(|row| row.seq >= seq) {
        return Ok(());
    }
    let nth = count(t, room, seq)?;
    keep(t, user, room, &ReadRow { seq, nth, ..row.unwrap_or_default() })
}

/// Never on: what they had not read before stays unread. Whoever had not read anything begins here.
fn unread(t: &mut Tables, user: UserId, room: RoomId, message: MessageId, nth: u64) -> Result<(), Fault> {
    let row = of(t, user, room)?;
    if row.seq > Seq(0) && row.seq < message {
        return Ok(());
    }
    keep(t, user, room, &ReadRow { seq: Seq(message.0 - 1), nth: nth - 1, ..row })?;
    let mut speak = Vec::new();
    for entry in t.messages.range((room.0, message.0)..=(room.0, u64::MAX))?.take(LOOKED_AT) {
        let (key, row) = entry?;
        let row: MessageRow<&str> = rows::decode("messages", row.value())?;
        if row.extras.is_some_and(|extras| extras.mentions.contains(&user)) {
            speak.push(key.value().1);
        }
    }
    for message in speak {
        t.mentions.open()?.insert((user.0, room.0, message), ())?;
    }
    Ok(())
}

/// How many messages a room had by this change.
fn count(t: &Tables, room: RoomId, seq: Seq) -> Result<u64, Fault> {
    match t.messages.range((room.0, 0)..=(room.0, seq.0))?.next_back().transpose()? {
        Some((_, row)) => Ok(rows::decode::<MessageRow<&str>>("messages", row.value())?.nth),
        None => Ok(0),
    }
}

fn draft(
    t: &mut Tables,
    stamp: Stamp,
    user: UserId,
    room: RoomId,
    body: Option<&Body>,
    reply_to: Option<MessageId>,
) -> Result<(), Fault> {
    let key = (user.0, room.0);
    if body.is_none() && reply_to.is_none() {
        t.drafts.open()?.remove(key)?;
        return Ok(());
    }
    let body = body.map_or(String::new(), |body| body.as_str().to_owned());
    rows::put(t.drafts.open()?, key, &DraftRow { at: stamp.at, body, reply_to })
}
