//! The feed: the order of a room's changes, for whoever catches up. It is an index, not the content, and bounded:
//! changes older than [`FEED_KEPT`] go once a room has more than [`FEED_CHANGES_MIN`].

use redb::ReadableTable;

use super::Fault;
use super::rows::{self, Row};
use super::tables::{FeedRow, RoomRow, Tables};
use crate::domain::limits::{FEED_CHANGES_MIN, FEED_KEPT};
use crate::domain::{Done, Moment, RoomId, Seq};

/// How many expired changes one command takes away. More than one, so that they run out.
const SWEPT_PER_CHANGE: usize = 2;

/// Adds a change to its room's feed and lets go of some that have expired. `room`'s row is the caller's to write.
pub(super) fn add(tables: &mut Tables, id: RoomId, room: &mut RoomRow, at: Moment, done: Done) -> Result<(), Fault> {
    rows::put(&mut tables.feed, (id.0, done.seq.0), &FeedRow { at, done })?;
    room.feed_len += 1;
    for _ in 0..SWEPT_PER_CHANGE {
        if room.feed_len <= FEED_CHANGES_MIN {
            break;
        }
        let Some(oldest) = after(&tables.feed, id, room.feed_floor, 1)?.pop() else { break };
        if at.since(oldest.at) < FEED_KEPT {
            break;
        }
        tables.feed.remove((id.0, oldest.done.seq.0))?;
        room.feed_len -= 1;
        room.feed_floor = oldest.done.seq;
    }
    Ok(())
}

/// The next changes of a room after `seq`, at most `limit`, in order.
pub(super) fn after<R>(feed: &R, room: RoomId, seq: Seq, limit: usize) -> Result<Vec<FeedRow>, Fault>
where
    R: ReadableTable<(u64, u64), Row<FeedRow>>,
{
    let Some(from) = seq.0.checked_add(1) else { return Ok(Vec::new()) };
    feed.range((room.0, from)..=(room.0, u64::MAX))?
        .take(limit)
        .map(|row| rows::decode("feed", row?.1.value()))
        .collect()
}
