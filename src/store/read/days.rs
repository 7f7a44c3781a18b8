//! Reading by the calendar. Time never runs backwards in a room, so its messages are in the order of their moments too, and
//! where a day begins is found by halving: some thirty looks, however much was said.

use redb::ReadOnlyTable;

use crate::domain::{Day, DayPage, MessageId, RoomId, Seq, Timestamp};
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{MESSAGES, MessageRow};
use crate::store::{Snapshot, StoreError, Window};

impl Snapshot {
    /// What was said in a room on this day, as far as it lies in this window.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn day_page(&self, room: RoomId, day: Day, window: Window) -> Result<DayPage, StoreError> {
        let moments = MessageTimes { room, table: self.transaction().open_table(MESSAGES)? };
        let (from, to) = (moments.first_at_or_after(day.start())?, moments.first_at_or_after(day.end())?);
        let day_of = |found: Option<(MessageId, Timestamp)>| found.map(|(_, at)| Day::containing(at));
        let (before, after) = (day_of(moments.last_before(from)?), day_of(moments.first_from(to)?));
        let window = match window {
            Window::Before(id) => Window::Before(id.min(to)),
            Window::After(id) => Window::After(id.max(Seq(from.0.saturating_sub(1)))),
            Window::Latest => Window::Before(to),
            Window::Around(id) => Window::Around(id),
        };
        let mut messages = self.message_page(room, window)?.messages;
        messages.retain(|message| from <= message.id && message.id < to);
        let last = moments.last_before(to)?.map_or(Seq(0), |(id, _)| id);
        let older = messages.first().is_some_and(|message| message.id > from);
        let newer = messages.last().is_some_and(|message| message.id < last);
        Ok(DayPage { messages, has_older: older, has_newer: newer, previous_day: before, next_day: after })
    }

    /// The last day on which something was said in a room.
    pub fn last_day(&self, room: RoomId) -> Result<Option<Day>, StoreError> {
        let moments = MessageTimes { room, table: self.transaction().open_table(MESSAGES)? };
        Ok(moments.last_before(NO_MESSAGE)?.map(|(_, at)| Day::containing(at)))
    }
}

/// What no message has as its number.
const NO_MESSAGE: MessageId = Seq(u64::MAX);

/// When the messages of a room were said.
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

    /// The first message since this moment; [`NONE`] if nothing was said since.
    fn first_at_or_after(&self, at: Timestamp) -> Result<MessageId, StoreError> {
        // What lies below `low` was said before, what lies from `high` on was not.
        let (mut low, mut high) = (0, self.last_before(NO_MESSAGE)?.map_or(0, |(last, _)| last.0 + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.first_from(Seq(middle))? {
                Some((id, said_at)) if said_at < at => low = id.0 + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(self.first_from(Seq(low))?.map_or(NO_MESSAGE, |(id, _)| id))
    }
}

fn entry_time((key, row): MessageEntry) -> Result<(MessageId, Timestamp), StoreError> {
    let MessageRow::<&str> { at, .. } = rows::decode("messages", row.value())?;
    Ok((Seq(key.value().1), at))
}
