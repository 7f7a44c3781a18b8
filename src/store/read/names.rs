//! Reading names: former names, renames, and the rooms in which a name can be seen.

use redb::ReadableTable;

use crate::domain::{RoomId, Seq, UserId};
use crate::store::table::rows;
use crate::store::table::schema::{CHANGES, FORMER_NAMES, FormerNameRow, MESSAGES, NAME_USES, RENAMES, USERS, UserRow};
use crate::store::{Snapshot, StoreError, feed};

impl Snapshot {
    /// The former names that are reserved for a person, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn former_names(&self, user: UserId) -> Result<Vec<String>, StoreError> {
        let table = self.transaction().open_table(FORMER_NAMES)?;
        let rows = table.range((user.0, 0)..=(user.0, u64::MAX))?;
        rows.map(|entry| Ok(rows::decode::<FormerNameRow>("former", entry?.1.value())?.name)).collect()
    }

    /// The name that a person gave up with this change. `None` if it is not reserved any more, or if only its case or
    /// width changed.
    pub fn former_name(&self, user: UserId, change: Seq) -> Result<Option<String>, StoreError> {
        let row: Option<FormerNameRow> =
            rows::get(&self.transaction().open_table(FORMER_NAMES)?, "former", (user.0, change.0))?;
        Ok(row.map(|row| row.name))
    }

    /// The last rename of a person. `None` if they have the name they joined with.
    pub fn last_rename_of(&self, user: UserId) -> Result<Option<Seq>, StoreError> {
        let row: Option<UserRow> = rows::get(&self.transaction().open_table(USERS)?, "users", user.0)?;
        Ok(row.map(|row| row.name_seq).filter(|name_seq| name_seq.0 != user.0))
    }

    /// The last rename of any person.
    pub fn last_rename(&self) -> Result<Seq, StoreError> {
        Ok(self.transaction().open_table(RENAMES)?.last()?.map_or(Seq(0), |(seq, _)| Seq(seq.value())))
    }

    /// How many people were renamed after this change, counted up to `limit` + 1.
    pub fn count_renames_after(&self, change: Seq, limit: usize) -> Result<usize, StoreError> {
        let renames = self.transaction().open_table(RENAMES)?;
        Ok(renames.range(change.0.saturating_add(1)..)?.take(limit + 1).count())
    }

    /// The change since which a person's name can be seen in a room. `None` if it can't.
    pub fn name_used_since(&self, user: UserId, room: RoomId) -> Result<Option<Seq>, StoreError> {
        Ok(self.transaction().open_table(NAME_USES)?.get((user.0, room.0))?.map(|since| Seq(since.value())))
    }

    /// The rooms in which a person's name can be seen.
    pub fn rooms_showing_name(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        let rooms = self.transaction().open_table(NAME_USES)?.range((user.0, 0)..=(user.0, u64::MAX))?;
        rooms.map(|entry| Ok(RoomId(entry?.0.value().1))).collect()
    }

    /// The last change of a room before this one, without renames; or its creation.
    pub fn change_before(&self, room: RoomId, change: Seq) -> Result<Seq, StoreError> {
        let (messages, changes) = (self.transaction().open_table(MESSAGES)?, self.transaction().open_table(CHANGES)?);
        Ok(feed::change_before(&messages, &changes, room, change)?.unwrap_or(Seq(room.0)))
    }
}
