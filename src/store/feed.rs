//! The feed: the order of a room's changes, for whoever catches up. Until anything but messages changes a room, a room's
//! messages are that order, and nothing is kept twice. It is bounded: changes older than [`FEED_KEPT`] leave it once a
//! room has more than [`FEED_CHANGES_MIN`]; the messages themselves stay.

use redb::ReadableTable;

use super::Fault;
use super::rows::{self, Row};
use super::tables::{MessageRow, RecentRow, RoomRow, Tables};
use crate::domain::limits::{FEED_CHANGES_MIN, FEED_KEPT};
use crate::domain::{Done, Event, RoomId, Seq};

/// How many expired changes one command lets go of. More than one, so that they run out.
const SWEPT_PER_CHANGE: usize = 2;

/// The last change of a room, which at first is its opening. `None` if there is no such room.
pub(super) fn last<M, R>(messages: &M, rooms: &R, room: RoomId) -> Result<Option<Seq>, Fault>
where
    M: ReadableTable<(u64, u64), Row<MessageRow>>,
    R: ReadableTable<u64, Row<RoomRow>>,
{
    match before(messages, room, Seq(u64::MAX))? {
        Some(last) => Ok(Some(last)),
        None => Ok(rooms.get(room.0)?.map(|_| Seq(room.0))),
    }
}

/// Counts a change that has just been written, and lets go of some that have expired. `recent` is the caller's to write;
/// its moment is the change's.
pub(super) fn lengthen(tables: &Tables, recent: &mut RecentRow) -> Result<(), Fault> {
    recent.feed_len += 1;
    for _ in 0..SWEPT_PER_CHANGE {
        if recent.feed_len <= FEED_CHANGES_MIN {
            break;
        }
        let from = (recent.room.0, recent.feed_floor.0 + 1);
        let Some(oldest) = tables.messages.range(from..=(recent.room.0, u64::MAX))?.next() else { break };
        let (key, row) = oldest?;
        let row: MessageRow = rows::decode("messages", row.value())?;
        if recent.at.since(row.at) < FEED_KEPT {
            break;
        }
        recent.feed_len -= 1;
        recent.feed_floor = Seq(key.value().1);
    }
    Ok(())
}

/// The next changes of a room after `seq`, at most `limit`, in order.
pub(super) fn after<M>(messages: &M, room: RoomId, seq: Seq, limit: usize) -> Result<Vec<Done>, Fault>
where
    M: ReadableTable<(u64, u64), Row<MessageRow>>,
{
    let Some(from) = seq.0.checked_add(1) else { return Ok(Vec::new()) };
    let mut before = before(messages, room, seq.next())?.unwrap_or(Seq(room.0));
    let mut changes = Vec::new();
    for entry in messages.range((room.0, from)..=(room.0, u64::MAX))?.take(limit) {
        let message = Seq(entry?.0.value().1);
        changes.push(Done { seq: message, before, event: Event::Posted { room, message }, again: false });
        before = message;
    }
    Ok(changes)
}

/// The last message of a room before this one.
fn before<M>(messages: &M, room: RoomId, seq: Seq) -> Result<Option<Seq>, Fault>
where
    M: ReadableTable<(u64, u64), Row<MessageRow>>,
{
    let last = messages.range((room.0, 0)..(room.0, seq.0))?.next_back().transpose()?;
    Ok(last.map(|(key, _)| Seq(key.value().1)))
}
