//! Reading threads, replies, pins, edit histories and pending purges.

use redb::ReadableTable;

use crate::domain::limits::THREAD_MESSAGES_MAX;
use crate::domain::{Message, MessageId, RoomId, Seq, UserId, Version};
use crate::store::table::rows;
use crate::store::table::schema::{PINS, PURGES, THREADS, VERSIONS, VersionRow};
use crate::store::{Snapshot, StoreError};

impl Snapshot {
    /// The root message of a thread and the last [`THREAD_MESSAGES_MAX`] of the other messages, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn thread(&self, room: RoomId, root: MessageId) -> Result<Vec<Message>, StoreError> {
        let table = self.transaction().open_table(THREADS)?;
        let (from, to) = ((room.0, root.0, 0), (room.0, root.0, u64::MAX));
        let mut ids = Vec::new();
        for entry in table.range(from..=to)?.rev().take(THREAD_MESSAGES_MAX) {
            ids.push(Seq(entry?.0.value().2));
        }
        self.messages(room, std::iter::once(root).chain(ids.into_iter().rev()))
    }

    /// The replies to a message, oldest first, among the messages that [`Self::thread`] returns.
    pub fn replies(&self, room: RoomId, message: &Message) -> Result<Vec<Message>, StoreError> {
        let root = message.details.extras.thread_root.unwrap_or(message.id);
        if root == message.id && message.details.extras.reply_count == 0 {
            return Ok(Vec::new());
        }
        let mut thread = self.thread(room, root)?;
        thread.retain(|other| other.details.extras.reply_to == Some(message.id));
        Ok(thread)
    }

    /// The pinned messages of a room, newest first.
    pub fn pins(&self, room: RoomId) -> Result<Vec<Message>, StoreError> {
        let mut ids = Vec::new();
        for entry in self.transaction().open_table(PINS)?.range((room.0, 0)..=(room.0, u64::MAX))?.rev() {
            ids.push(Seq(entry?.0.value().1));
        }
        self.messages(room, ids)
    }

    /// The number of pinned messages of a room.
    pub fn count_pins(&self, room: RoomId) -> Result<usize, StoreError> {
        Ok(self.transaction().open_table(PINS)?.range((room.0, 0)..=(room.0, u64::MAX))?.count())
    }

    /// The earlier versions of a message, oldest first.
    pub fn versions(&self, room: RoomId, message: MessageId) -> Result<Vec<Version>, StoreError> {
        let table = self.transaction().open_table(VERSIONS)?;
        let versions = table.range((room.0, message.0, 0)..=(room.0, message.0, u64::MAX))?;
        versions
            .map(|entry| {
                let VersionRow { replaced_at, body } = rows::decode("versions", entry?.1.value())?;
                Ok(Version { replaced_at, body })
            })
            .collect()
    }

    /// The purges that are not finished: whose messages they delete, and who started them.
    pub fn pending_purges(&self) -> Result<Vec<(UserId, UserId)>, StoreError> {
        let table = self.transaction().open_table(PURGES)?;
        let rows = table.iter()?;
        rows.map(|entry| {
            let (user, started_by) = entry?;
            Ok((UserId(user.value()), UserId(started_by.value())))
        })
        .collect()
    }
}
