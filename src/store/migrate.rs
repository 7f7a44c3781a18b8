//! Files of older formats, brought up to date step by step. A step knows the rows as they were then, whatever the schema
//! says today.

use redb::{Database, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::Deserialize;

use super::Fault;
use super::rows::{self, Row};
use super::tables::{FORMAT, META, RECENT, ROOMS, RecentRow, RoomRow};
use crate::domain::{Moment, RoomId, Seq, UserId};

/// `STEPS[n]` turns a file of format n + 1 into one of format n + 2.
const STEPS: [Step; FORMAT as usize - 1] = [keep_nothing_twice];
type Step = fn(&WriteTransaction) -> Result<(), Fault>;

/// Turns a file of this format into one of today's, in one transaction: after a crash it is the one or the other.
///
/// # Errors
/// [`Fault`] if it cannot be read or written.
pub(super) fn bring_up_to_date(db: &Database, format: u64) -> Result<(), Fault> {
    if format == FORMAT {
        return Ok(());
    }
    let txn = db.begin_write()?;
    for step in STEPS.iter().skip(format as usize - 1) {
        step(&txn)?;
    }
    txn.open_table(META)?.insert("format", FORMAT)?;
    Ok(txn.commit()?)
}

/// Format 1 kept all of a room in `rooms`, and a row for each message in `feed` too.
fn keep_nothing_twice(txn: &WriteTransaction) -> Result<(), Fault> {
    #[derive(Debug, Deserialize)]
    struct OldRoom {
        name: String,
        address: String,
        opened_at: Moment,
        opened_by: UserId,
        last: Seq,
        last_at: Moment,
        last_author: Option<UserId>,
        feed_len: u64,
        feed_floor: Seq,
    }
    txn.delete_table(TableDefinition::<u64, u64>::new("recent"))?;
    txn.delete_table(TableDefinition::<(u64, u64), Row<()>>::new("feed"))?;
    let (mut rooms, mut recent) = (txn.open_table(ROOMS)?, txn.open_table(RECENT)?);
    let mut all = Vec::with_capacity(usize::try_from(rooms.len()?).unwrap_or(0));
    for entry in rooms.iter()? {
        let (id, row) = entry?;
        all.push((id.value(), rows::decode::<OldRoom>("rooms", row.value())?));
    }
    for (id, old) in all {
        let OldRoom { name, address, opened_at, opened_by, last, last_at, last_author, feed_len, feed_floor } = old;
        rows::put(&mut rooms, id, &RoomRow { name, address, opened_at, opened_by })?;
        let row = RecentRow { room: RoomId(id), at: last_at, author: last_author, feed_len, feed_floor };
        rows::put(&mut recent, last.0, &row)?;
    }
    Ok(())
}
