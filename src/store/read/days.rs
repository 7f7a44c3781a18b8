//! Reading messages by day. Time never runs backwards in a room, so its messages are in the order of their times too,
//! and a binary search finds where a day starts: some thirty lookups, however many messages there are.

use redb::ReadOnlyTable;

use crate::domain::{Day, DayPage, MessageId, RoomId, Seq, Timestamp};
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{MESSAGES, MessageRow};
use crate::store::{Snapshot, StoreError, Window};

impl Snapshot {
    /// The messages of a room on this day, as far as they are in this window.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn day_page(&self, room: RoomId, day: Day, window: Window) -> Result<DayPage, StoreError> {
        let times = MessageTimes { room, table: self.transaction().open_table(MESSAGES)? };
        let (from, to) = (times.first_at_or_after(day.start())?, times.first_at_or_after(day.end())?);
        let to_day = |found: Option<(MessageId, Timestamp)>| found.map(|(_, at)| Day::containing(at));
        let (previous_day, next_day) = (to_day(times.last_before(from)?), to_day(times.first_from(to)?));
        let window = match window {
            Window::Before(id) => Window::Before(id.min(to)),
            Window::After(id) => Window::After(id.max(Seq(from.0.saturating_sub(1)))),
            Window::Latest => Window::Before(to),
            Window::Around(id) => Window::Around(id),
        };
        let mut messages = self.message_page(room, window)?.messages;
        messages.retain(|message| from <= message.id && message.id < to);
        let last = times.last_before(to)?.map_or(Seq(0), |(id, _)| id);
        let has_older = messages.first().is_some_and(|message| message.id > from);
        let has_newer = messages.last().is_some_and(|message| message.id < last);
        Ok(DayPage { messages, has_older, has_newer, previous_day, next_day })
    }

    /// The last day that has messages in a room.
    pub fn last_day(&self, room: RoomId) -> Result<Option<Day>, StoreError> {
        let times = MessageTimes { room, table: self.transaction().open_table(MESSAGES)? };
        Ok(times.last_before(NO_MESSAGE)?.map(|(_, at)| Day::containing(at)))
    }
}

/// An id above those of all messages.
const NO_MESSAGE: MessageId = Seq(u64::MAX);

/// The times of the messages of a room.
struct MessageTimes {
    room: RoomId,
    table: ReadOnlyTable<(u64, u64), RowBytes<MessageRow>>,
}

type MessageEntry<'a> = (redb::AccessGuard<'a, (u64, u64)>, redb::AccessGuard<'a, RowBytes<MessageRow>>);

impl MessageTimes {
    /// The first message with this id or a higher one.
    fn first_from(&self, id: MessageId) -> Result<Option<(MessageId, Timestamp)>, StoreError> {
        let room = self.room.0;
        self.table.range((room, id.0)..=(room, u64::MAX))?.next().transpose()?.map(entry_time).transpose()
    }

    /// The last message before this id.
    fn last_before(&self, id: MessageId) -> Result<Option<(MessageId, Timestamp)>, StoreError> {
        let room = self.room.0;
        self.table.range((room, 0)..(room, id.0))?.next_back().transpose()?.map(entry_time).transpose()
    }

    /// The first message at or after this moment; [`NO_MESSAGE`] if there is none.
    fn first_at_or_after(&self, at: Timestamp) -> Result<MessageId, StoreError> {
        // Invariant: messages below `low` are earlier than `at`, messages from `high` on are not.
        let (mut low, mut high) = (0, self.last_before(NO_MESSAGE)?.map_or(0, |(last, _)| last.0 + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.first_from(Seq(middle))? {
                Some((id, posted_at)) if posted_at < at => low = id.0 + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(self.first_from(Seq(low))?.map_or(NO_MESSAGE, |(id, _)| id))
    }
}

/// The id and the time of an entry of the table.
fn entry_time((key, row): MessageEntry) -> Result<(MessageId, Timestamp), StoreError> {
    let MessageRow::<&str> { at, .. } = rows::decode("messages", row.value())?;
    Ok((Seq(key.value().1), at))
}
