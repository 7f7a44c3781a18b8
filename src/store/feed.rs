//! The feed: the changes of a room in order, for listeners that catch up. It merges two tables, the messages and the
//! other changes of a room, so that nothing is stored twice. It is bounded: changes older than [`FEED_RETENTION`] leave
//! it once a room has more than [`FEED_CHANGES_MIN`]; the messages themselves stay.

use redb::{AccessGuard, ReadableTable, StorageError};

use crate::domain::limits::{FEED_CHANGES_MIN, FEED_RETENTION};
use crate::domain::{Applied, Event, RoomId, Seq, Timestamp, UserId};
use crate::store::StoreError;
use crate::store::table::Tables;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{ActivityRow, ChangeRow, MessageRow, RoomRow};

/// How many expired changes one change deletes from the feed. More than one, so that they run out.
/// Part of the meaning of `apply`: another value changes what recorded commands lead to.
const SWEPT_PER_CHANGE: usize = 2;

/// The last change of a room, or its creation if nothing changed since. `None` if there is no such room.
pub(crate) fn last_room_change<M, C, R>(
    messages: &M,
    changes: &C,
    rooms: &R,
    room: RoomId,
) -> Result<Option<Seq>, StoreError>
where
    M: ReadableTable<(u64, u64), RowBytes<MessageRow>>,
    C: ReadableTable<(u64, u64), RowBytes<ChangeRow>>,
    R: ReadableTable<u64, RowBytes<RoomRow>>,
{
    match change_before(messages, changes, room, Seq(u64::MAX))? {
        Some(last) => Ok(Some(last)),
        None => Ok(rooms.get(room.0)?.map(|_| Seq(room.0))),
    }
}

/// Counts a change that has just been written, and deletes some expired ones. The caller writes `activity`, whose time
/// must be that of the change.
pub(crate) fn append_and_sweep(tables: &mut Tables, activity: &mut ActivityRow) -> Result<(), StoreError> {
    activity.feed_len += 1;
    for _ in 0..SWEPT_PER_CHANGE {
        if activity.feed_len <= FEED_CHANGES_MIN {
            break;
        }
        let Some((oldest, at)) = oldest_change(tables, activity)? else { break };
        if activity.at.saturating_since(at) < FEED_RETENTION {
            break;
        }
        activity.feed_len -= 1;
        activity.feed_floor = oldest;
        tables.changes.remove((activity.room.0, oldest.0))?;
    }
    Ok(())
}

/// The first change in the feed of a room, and its time.
fn oldest_change(tables: &Tables, activity: &ActivityRow) -> Result<Option<(Seq, Timestamp)>, StoreError> {
    let (from, to) = ((activity.room.0, activity.feed_floor.0 + 1), (activity.room.0, u64::MAX));
    let message = match tables.messages.range(from..=to)?.next().transpose()? {
        Some((key, row)) => Some((Seq(key.value().1), rows::decode::<MessageRow<&str>>("messages", row.value())?.at)),
        None => None,
    };
    let change = match tables.changes.range(from..=to)?.next().transpose()? {
        Some((key, row)) => Some((Seq(key.value().1), rows::decode::<ChangeRow>("changes", row.value())?.at)),
        None => None,
    };
    Ok(message.into_iter().chain(change).min())
}

/// The next changes of a room after `seq`, at most `limit`, in order: its own, and renames of people whose names can be
/// seen there.
pub(crate) fn changes_after<M, C, N, S>(
    messages: &M,
    changes: &C,
    (renames, name_uses): (&N, &S),
    room: RoomId,
    seq: Seq,
    limit: usize,
) -> Result<Vec<Applied>, StoreError>
where
    M: ReadableTable<(u64, u64), RowBytes<MessageRow>>,
    C: ReadableTable<(u64, u64), RowBytes<ChangeRow>>,
    N: ReadableTable<u64, u64>,
    S: ReadableTable<(u64, u64), u64>,
{
    let Some(from) = seq.0.checked_add(1) else { return Ok(Vec::new()) };
    let range = (room.0, from)..=(room.0, u64::MAX);
    let posted = messages.range(range.clone())?.map(|entry| {
        let message = Seq(entry?.0.value().1);
        Ok((message, Event::MessagePosted { room, message }))
    });
    let changed = changes.range(range)?.map(|entry| {
        let (key, row) = entry?;
        Ok((Seq(key.value().1), rows::decode::<ChangeRow>("changes", row.value())?.event))
    });
    let mut page = posted.take(limit).chain(changed.take(limit)).collect::<Result<Vec<_>, StoreError>>()?;
    page.sort_by_key(|(seq, _)| *seq);
    page.truncate(limit);
    // Only up to the end of the page: most renamed people were never seen in this room.
    let end = page.last().filter(|_| page.len() == limit).map_or(u64::MAX, |(seq, _)| seq.0);
    let renamed = renames.range(from..=end)?.filter_map(|entry| rename_if_visible(name_uses, room, entry).transpose());
    page.extend(renamed.take(limit).collect::<Result<Vec<_>, StoreError>>()?);
    page.sort_by_key(|(seq, _)| *seq);
    page.truncate(limit);

    let mut previous = change_before(messages, changes, room, seq.next())?.unwrap_or(Seq(room.0));
    let mut found = Vec::with_capacity(page.len());
    for (seq, event) in page {
        found.push(Applied { seq, previous, event, read_state_of: None, is_replay: false });
        if !matches!(event, Event::PersonRenamed { .. }) {
            previous = seq;
        }
    }
    Ok(found)
}

/// The event of a rename, if the name could be seen in this room before it.
fn rename_if_visible<S>(
    name_uses: &S,
    room: RoomId,
    entry: Result<RenameEntry, StorageError>,
) -> Result<Option<(Seq, Event)>, StoreError>
where
    S: ReadableTable<(u64, u64), u64>,
{
    let (seq, user) = entry?;
    let (seq, user) = (Seq(seq.value()), UserId(user.value()));
    let since = name_uses.get((user.0, room.0))?.map(|since| Seq(since.value()));
    Ok(since.filter(|since| *since < seq).map(|_| (seq, Event::PersonRenamed { user })))
}

/// A change, and the person whom it renamed.
type RenameEntry<'a> = (AccessGuard<'a, u64>, AccessGuard<'a, u64>);

/// The last change of a room before this one.
pub(crate) fn change_before<M, C>(messages: &M, changes: &C, room: RoomId, seq: Seq) -> Result<Option<Seq>, StoreError>
where
    M: ReadableTable<(u64, u64), RowBytes<MessageRow>>,
    C: ReadableTable<(u64, u64), RowBytes<ChangeRow>>,
{
    let range = (room.0, 0)..(room.0, seq.0);
    let message = messages.range(range.clone())?.next_back().transpose()?.map(|(key, _)| key.value().1);
    let change = changes.range(range)?.next_back().transpose()?.map(|(key, _)| key.value().1);
    Ok(message.max(change).map(Seq))
}
