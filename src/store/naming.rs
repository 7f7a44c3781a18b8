//! Reading names: what somebody was called before, since when they are called as they are, and where that can be seen.

use redb::ReadableTable;

use super::rows;
use super::schema::{CHANGES, FORMER, FormerRow, MESSAGES, RENAMED, SEEN, USERS, UserRow};
use super::{Fault, Snapshot, feed};
use crate::domain::{RoomId, Seq, UserId};

impl Snapshot {
    /// The names that somebody had and that are kept for them, oldest first.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn former_names(&self, user: UserId) -> Result<Vec<String>, Fault> {
        let table = self.transaction().open_table(FORMER)?;
        let rows = table.range((user.0, 0)..=(user.0, u64::MAX))?;
        rows.map(|entry| Ok(rows::decode::<FormerRow>("former", entry?.1.value())?.name)).collect()
    }

    /// The name that somebody gave up by this change. None if it is not kept, or if it was the same name in other letters.
    pub fn given_up(&self, user: UserId, change: Seq) -> Result<Option<String>, Fault> {
        let row: Option<FormerRow> = rows::get(&self.transaction().open_table(FORMER)?, "former", (user.0, change.0))?;
        Ok(row.map(|row| row.name))
    }

    /// The last change by which somebody was called otherwise. None if they have the name with which they came in.
    pub fn named(&self, user: UserId) -> Result<Option<Seq>, Fault> {
        let row: Option<UserRow> = rows::get(&self.transaction().open_table(USERS)?, "users", user.0)?;
        Ok(row.map(|row| row.named).filter(|named| named.0 != user.0))
    }

    /// The last change by which anybody is called otherwise.
    pub fn last_renaming(&self) -> Result<Seq, Fault> {
        Ok(self.transaction().open_table(RENAMED)?.last()?.map_or(Seq(0), |(seq, _)| Seq(seq.value())))
    }

    /// How many people are called otherwise since this change, counted no further than to one more than `limit`.
    pub fn renamings_after(&self, change: Seq, limit: usize) -> Result<usize, Fault> {
        let renamed = self.transaction().open_table(RENAMED)?;
        Ok(renamed.range(change.0.saturating_add(1)..)?.take(limit + 1).count())
    }

    /// Since which change somebody's name can be seen in a room, if it can.
    pub fn seen_since(&self, user: UserId, room: RoomId) -> Result<Option<Seq>, Fault> {
        Ok(self.transaction().open_table(SEEN)?.get((user.0, room.0))?.map(|since| Seq(since.value())))
    }

    /// The rooms in which somebody's name can be seen.
    pub fn seen_in(&self, user: UserId) -> Result<Vec<RoomId>, Fault> {
        let rooms = self.transaction().open_table(SEEN)?.range((user.0, 0)..=(user.0, u64::MAX))?;
        rooms.map(|entry| Ok(RoomId(entry?.0.value().1))).collect()
    }

    /// The last change of a room's own before this one, or its opening.
    pub fn change_before(&self, room: RoomId, change: Seq) -> Result<Seq, Fault> {
        let (messages, changes) = (self.transaction().open_table(MESSAGES)?, self.transaction().open_table(CHANGES)?);
        Ok(feed::before(&messages, &changes, room, change)?.unwrap_or(Seq(room.0)))
    }
}
