//! Reading what is around the messages: threads, pins, earlier versions.

use redb::ReadableTable;

use crate::domain::limits::THREAD_MESSAGES_MAX;
use crate::domain::{Message, MessageId, RoomId, Seq, UserId, Version};
use crate::store::table::rows;
use crate::store::table::schema::{PINS, PURGES, THREADS, VERSIONS, VersionRow};
use crate::store::{Snapshot, StoreError};

impl Snapshot {
    /// The message with which a thread began, and those that belong to it, oldest first; of these at most the last
    /// [`THREAD_SHOWN_MAX`].
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn thread(&self, room: RoomId, root: MessageId) -> Result<Vec<Message>, StoreError> {
        let table = self.transaction().open_table(THREADS)?;
        let (from, to) = ((room.0, root.0, 0), (room.0, root.0, u64::MAX));
        let mut ids = Vec::new();
        for entry in table.range(from..=to)?.rev().take(THREAD_MESSAGES_MAX) {
            ids.push(Seq(entry?.0.value().2));
        }
        self.messages(room, std::iter::once(root).chain(ids.into_iter().rev()))
    }

    /// The answers to a message, oldest first, as far as its thread is shown.
    pub fn replies(&self, room: RoomId, message: &Message) -> Result<Vec<Message>, StoreError> {
        let began = message.details.extras.thread_root.unwrap_or(message.id);
        if began == message.id && message.details.extras.reply_count == 0 {
            return Ok(Vec::new());
        }
        let mut thread = self.thread(room, began)?;
        thread.retain(|other| other.details.extras.reply_to == Some(message.id));
        Ok(thread)
    }

    /// What is pinned in a room, newest first.
    pub fn pins(&self, room: RoomId) -> Result<Vec<Message>, StoreError> {
        let mut ids = Vec::new();
        for entry in self.transaction().open_table(PINS)?.range((room.0, 0)..=(room.0, u64::MAX))?.rev() {
            ids.push(Seq(entry?.0.value().1));
        }
        self.messages(room, ids)
    }

    /// How many messages are pinned in a room.
    pub fn count_pins(&self, room: RoomId) -> Result<usize, StoreError> {
        Ok(self.transaction().open_table(PINS)?.range((room.0, 0)..=(room.0, u64::MAX))?.count())
    }

    /// What a message said before it was edited, oldest first.
    pub fn versions(&self, room: RoomId, message: MessageId) -> Result<Vec<Version>, StoreError> {
        let table = self.transaction().open_table(VERSIONS)?;
        let versions = table.range((room.0, message.0, 0)..=(room.0, message.0, u64::MAX))?;
        versions
            .map(|entry| {
                let VersionRow { replaced_at: until, body } = rows::decode("versions", entry?.1.value())?;
                Ok(Version { replaced_at: until, body })
            })
            .collect()
    }

    /// Of whom something is left that is to go, and who wants it gone.
    pub fn pending_purges(&self) -> Result<Vec<(UserId, UserId)>, StoreError> {
        let table = self.transaction().open_table(PURGES)?;
        let rows = table.iter()?;
        rows.map(|entry| {
            let (user, by) = entry?;
            Ok((UserId(user.value()), UserId(by.value())))
        })
        .collect()
    }
}
