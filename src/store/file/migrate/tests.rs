//! Tests of the migration steps on tables made by hand.

use std::error::Error;

use redb::backends::InMemoryBackend;

use redb::{Database, ReadableTableMetadata, TableDefinition};

use crate::domain::{RoomId, Seq, Timestamp, UserId};
use crate::store::file::migrate::old_rows::Activity3;
use crate::store::file::migrate::rewrite::ROWS_PER_BATCH;
use crate::store::file::migrate::steps::number_messages;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{ACTIVITY, ActivityRow, MESSAGES, MessageRow};

/// Rooms and their numbers of messages. The second room spans the end of the first batch.
const POSTS: [(u64, u64); 2] = [(1, 6_000), (2, ROWS_PER_BATCH as u64)];

#[test]
fn format_3_messages_are_numbered_per_room_across_batches() -> Result<(), Box<dyn Error>> {
    /// postcard encodes a struct like the tuple of its fields.
    type Message3Row = (UserId, Timestamp, bool, bool, String);
    let old = TableDefinition::<(u64, u64), RowBytes<Message3Row>>::new("messages");
    let recent = TableDefinition::<u64, RowBytes<Activity3>>::new("recent");
    let txn = Database::builder().create_with_backend(InMemoryBackend::new())?.begin_write()?;
    for (room, posts) in POSTS {
        let (mut messages, mut recent) = (txn.open_table(old)?, txn.open_table(recent)?);
        for n in 1..=posts {
            let row = (UserId(7), Timestamp(n), n > 1, n == 1, format!("{room}: {n}"));
            rows::put(&mut messages, (room, 10 * n + room), &row)?;
        }
        let (room, at, feed_len) = (RoomId(room), Timestamp(posts), posts);
        let (author, last_posted_at, feed_floor) = (Some(UserId(7)), at, Seq(room.0));
        let row = Activity3 { room, is_listed: true, at, last_author: author, last_posted_at, feed_len, feed_floor };
        rows::put(&mut recent, 10 * posts + room.0, &row)?;
    }
    number_messages(&txn)?;

    let (messages, recent) = (txn.open_table(MESSAGES)?, txn.open_table(ACTIVITY)?);
    assert_eq!(messages.len()?, POSTS.iter().map(|(_, posts)| posts).sum::<u64>());
    for (room, posts) in POSTS {
        for n in 1..=posts {
            let row: Option<MessageRow> = rows::get(&messages, "messages", (room, 10 * n + room))?;
            let MessageRow { at, continues_group, ordinal, body, .. } = row.ok_or("a message is lost")?;
            assert_eq!((at, continues_group, ordinal, body), (Timestamp(n), n > 1, n, format!("{room}: {n}")));
        }
        let row: Option<ActivityRow> = rows::get(&recent, "recent", 10 * posts + room)?;
        assert_eq!(row.map(|row| (row.room, row.message_count, row.feed_len)), Some((RoomId(room), posts, posts)));
    }
    Ok(())
}
