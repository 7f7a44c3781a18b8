//! Reading what is around the messages: threads, pins, earlier versions; and how somebody reads a room.

use std::collections::BTreeMap;

use redb::ReadableTable;

use super::rows;
use super::schema::{
    CALLS, DRAFTS, DraftRow, ERASURES, MENTIONS, MESSAGES, MessageRow, PINS, READS, ReadRow, THREADS, VERSIONS,
    VersionRow,
};
use super::{Fault, Snapshot};
use crate::domain::limits::THREAD_SHOWN_MAX;
use crate::domain::{Draft, Message, MessageId, Reading, RoomId, Seq, UserId, Version};

impl Snapshot {
    /// The message with which a thread began, and those that belong to it, oldest first; of these at most the last
    /// [`THREAD_SHOWN_MAX`].
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn thread(&self, room: RoomId, began: MessageId) -> Result<Vec<Message>, Fault> {
        let table = self.transaction().open_table(THREADS)?;
        let (from, to) = ((room.0, began.0, 0), (room.0, began.0, u64::MAX));
        let mut ids = Vec::new();
        for entry in table.range(from..=to)?.rev().take(THREAD_SHOWN_MAX) {
            ids.push(Seq(entry?.0.value().2));
        }
        self.messages(room, std::iter::once(began).chain(ids.into_iter().rev()))
    }

    /// The answers to a message, oldest first, as far as its thread is shown.
    pub fn answers(&self, room: RoomId, message: &Message) -> Result<Vec<Message>, Fault> {
        let began = message.extras.thread.unwrap_or(message.id);
        if began == message.id && message.extras.replies == 0 {
            return Ok(Vec::new());
        }
        let mut thread = self.thread(room, began)?;
        thread.retain(|other| other.extras.reply_to == Some(message.id));
        Ok(thread)
    }

    /// What is pinned in a room, newest first.
    pub fn pins(&self, room: RoomId) -> Result<Vec<Message>, Fault> {
        let mut ids = Vec::new();
        for entry in self.transaction().open_table(PINS)?.range((room.0, 0)..=(room.0, u64::MAX))?.rev() {
            ids.push(Seq(entry?.0.value().1));
        }
        self.messages(room, ids)
    }

    /// How many messages are pinned in a room.
    pub fn pin_count(&self, room: RoomId) -> Result<usize, Fault> {
        Ok(self.transaction().open_table(PINS)?.range((room.0, 0)..=(room.0, u64::MAX))?.count())
    }

    /// What a message said before it was edited, oldest first.
    pub fn versions(&self, room: RoomId, message: MessageId) -> Result<Vec<Version>, Fault> {
        let table = self.transaction().open_table(VERSIONS)?;
        let versions = table.range((room.0, message.0, 0)..=(room.0, message.0, u64::MAX))?;
        versions
            .map(|entry| {
                let VersionRow { until, body } = rows::decode("versions", entry?.1.value())?;
                Ok(Version { until, body })
            })
            .collect()
    }

    /// How somebody reads a room.
    pub fn reading(&self, user: UserId, room: RoomId) -> Result<Reading, Fault> {
        let row: Option<ReadRow> = rows::get(&self.transaction().open_table(READS)?, "reads", (user.0, room.0))?;
        self.reading_of(user, room, row)
    }

    /// The rooms that somebody reads or in which somebody speaks to them, and how they read each. Some may have been closed
    /// to them since: ask whether they see each.
    pub fn readings(&self, user: UserId) -> Result<Vec<(RoomId, Reading)>, Fault> {
        let (reads, mentions) = (self.transaction().open_table(READS)?, self.transaction().open_table(MENTIONS)?);
        let mut rows = BTreeMap::new();
        for entry in mentions.range((user.0, 0, 0)..=(user.0, u64::MAX, u64::MAX))? {
            rows.insert(entry?.0.value().1, None);
        }
        for entry in reads.range((user.0, 0)..=(user.0, u64::MAX))? {
            let (key, row) = entry?;
            rows.insert(key.value().1, Some(rows::decode("reads", row.value())?));
        }
        rows.into_iter().map(|(room, row)| Ok((RoomId(room), self.reading_of(user, RoomId(room), row)?))).collect()
    }

    fn reading_of(&self, user: UserId, room: RoomId, row: Option<ReadRow>) -> Result<Reading, Fault> {
        let ReadRow { seq: read, nth, involvement, on_top } = row.unwrap_or_default();
        let messages = self.transaction().open_table(MESSAGES)?;
        let last = messages.range((room.0, 0)..=(room.0, u64::MAX))?.next_back().transpose()?;
        let last: Option<MessageRow> = last.map(|(_, row)| rows::decode("messages", row.value())).transpose()?;
        // Whoever spoke last has read what was said before.
        let Some(last) = last.filter(|last| last.author != user) else {
            return Ok(Reading { read, involvement, on_top, ..Reading::default() });
        };
        let mentions = self.transaction().open_table(MENTIONS)?;
        let by_name = mentions.range((user.0, room.0, 0)..=(user.0, room.0, u64::MAX))?.count() as u64;
        let (unread, mentions) = match read {
            Seq(0) => (by_name, by_name),
            _ => (last.nth.saturating_sub(nth), by_name + self.calls(user, room, read)?),
        };
        Ok(Reading { read, unread, mentions, involvement, on_top })
    }

    /// How many messages after this change call somebody only with everybody else.
    fn calls(&self, user: UserId, room: RoomId, after: Seq) -> Result<u64, Fault> {
        let (calls, mentions) = (self.transaction().open_table(CALLS)?, self.transaction().open_table(MENTIONS)?);
        let mut found = 0;
        for entry in calls.range((room.0, after.0.saturating_add(1))..=(room.0, u64::MAX))? {
            let (key, by) = entry?;
            let is_by_name = mentions.get((user.0, room.0, key.value().1))?.is_some();
            found += u64::from(by.value() != user.0 && !is_by_name);
        }
        Ok(found)
    }

    /// What somebody has begun to write in a room.
    pub fn draft(&self, user: UserId, room: RoomId) -> Result<Option<Draft>, Fault> {
        let row: Option<DraftRow> = rows::get(&self.transaction().open_table(DRAFTS)?, "drafts", (user.0, room.0))?;
        Ok(row.map(|DraftRow { body, reply_to, .. }| Draft { body, reply_to }))
    }

    /// In which rooms somebody has begun to write.
    pub fn drafts(&self, user: UserId) -> Result<Vec<RoomId>, Fault> {
        let table = self.transaction().open_table(DRAFTS)?;
        let rows = table.range((user.0, 0)..=(user.0, u64::MAX))?;
        rows.map(|entry| Ok(RoomId(entry?.0.value().1))).collect()
    }

    /// Of whom something is left that is to go, and who wants it gone.
    pub fn erasures(&self) -> Result<Vec<(UserId, UserId)>, Fault> {
        let table = self.transaction().open_table(ERASURES)?;
        let rows = table.iter()?;
        rows.map(|entry| {
            let (user, by) = entry?;
            Ok((UserId(user.value()), UserId(by.value())))
        })
        .collect()
    }
}
