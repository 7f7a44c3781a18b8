//! Reading by the calendar. Time never runs backwards in a room, so its messages are in the order of their moments too, and
//! where a day begins is found by halving: some thirty looks, however much was said.

use redb::ReadOnlyTable;

use super::rows::{self, Row};
use super::schema::{MESSAGES, MessageRow};
use super::{Fault, Snapshot, Window};
use crate::domain::{Day, MessageId, Moment, OfDay, RoomId, Seq};

impl Snapshot {
    /// What was said in a room on this day, as far as it lies in this window.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn day(&self, room: RoomId, day: Day, window: Window) -> Result<OfDay, Fault> {
        let moments = Moments { room, table: self.transaction().open_table(MESSAGES)? };
        let (from, to) = (moments.first_since(day.starts())?, moments.first_since(day.ends())?);
        let day_of = |found: Option<(MessageId, Moment)>| found.map(|(_, at)| Day::of(at));
        let (before, after) = (day_of(moments.before(from)?), day_of(moments.from(to)?));
        let window = match window {
            Window::Before(id) => Window::Before(id.min(to)),
            Window::After(id) => Window::After(id.max(Seq(from.0.saturating_sub(1)))),
            Window::Latest => Window::Before(to),
            Window::Around(id) => Window::Around(id),
        };
        let mut messages = self.page(room, window)?.messages;
        messages.retain(|message| from <= message.id && message.id < to);
        let last = moments.before(to)?.map_or(Seq(0), |(id, _)| id);
        let older = messages.first().is_some_and(|message| message.id > from);
        let newer = messages.last().is_some_and(|message| message.id < last);
        Ok(OfDay { messages, older, newer, before, after })
    }

    /// The last day on which something was said in a room.
    pub fn last_day(&self, room: RoomId) -> Result<Option<Day>, Fault> {
        let moments = Moments { room, table: self.transaction().open_table(MESSAGES)? };
        Ok(moments.before(NONE)?.map(|(_, at)| Day::of(at)))
    }
}

/// What no message has as its number.
const NONE: MessageId = Seq(u64::MAX);

/// When the messages of a room were said.
struct Moments {
    room: RoomId,
    table: ReadOnlyTable<(u64, u64), Row<MessageRow>>,
}

type Entry<'a> = (redb::AccessGuard<'a, (u64, u64)>, redb::AccessGuard<'a, Row<MessageRow>>);

impl Moments {
    /// The first message with this id or a higher one.
    fn from(&self, id: MessageId) -> Result<Option<(MessageId, Moment)>, Fault> {
        let room = self.room.0;
        self.table.range((room, id.0)..=(room, u64::MAX))?.next().transpose()?.map(moment).transpose()
    }

    /// The last message before this id.
    fn before(&self, id: MessageId) -> Result<Option<(MessageId, Moment)>, Fault> {
        let room = self.room.0;
        self.table.range((room, 0)..(room, id.0))?.next_back().transpose()?.map(moment).transpose()
    }

    /// The first message since this moment; [`NONE`] if nothing was said since.
    fn first_since(&self, at: Moment) -> Result<MessageId, Fault> {
        // What lies below `low` was said before, what lies from `high` on was not.
        let (mut low, mut high) = (0, self.before(NONE)?.map_or(0, |(last, _)| last.0 + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            match self.from(Seq(middle))? {
                Some((id, said_at)) if said_at < at => low = id.0 + 1,
                Some(_) | None => high = middle,
            }
        }
        Ok(self.from(Seq(low))?.map_or(NONE, |(id, _)| id))
    }
}

fn moment((key, row): Entry) -> Result<(MessageId, Moment), Fault> {
    let MessageRow::<&str> { at, .. } = rows::decode("messages", row.value())?;
    Ok((Seq(key.value().1), at))
}
