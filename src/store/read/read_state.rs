//! Reading how somebody reads: how far they have come in each room, and what they have begun to write.

use std::collections::{BTreeMap, BTreeSet};

use redb::ReadOnlyTable;

use crate::domain::limits::UNREAD_SUBSCRIPTIONS_MAX;
use crate::domain::{Draft, Quote, ReadState, Room, RoomId, Seq, UserId, Visibility};
use crate::store::read::rooms::MEMBERS_ONLY_ROOMS_LISTED_MAX;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{
    DRAFTS, DraftRow, MENTIONS, MESSAGES, MessageRow, READ_STATES, ROOM_MENTIONS, ROOMS, ROOMS_BY_PERSON, ReadStateRow,
    RoomRow,
};
use crate::store::{Snapshot, StoreError};

impl Snapshot {
    /// How somebody reads a room.
    ///
    /// # Errors
    /// [`Fault`] if the file cannot be read; so with all that follow.
    pub fn read_state(&self, user: UserId, room: RoomId) -> Result<ReadState, StoreError> {
        let row: Option<ReadStateRow> =
            rows::get(&self.transaction().open_table(READ_STATES)?, "reads", (user.0, room.0))?;
        let (row, mentions) = (row.unwrap_or_default(), self.transaction().open_table(MENTIONS)?);
        let unread = (user.0, room.0, row.read_up_to.0 + 1)..=(user.0, room.0, u64::MAX);
        ReadStateReader::new(self, user)?.read_state(room, row, mentions.range(unread)?.count() as u64)
    }

    /// How somebody reads each room that they have read, that speaks to them or in which they talk with single people, in
    /// the order of the rooms' numbers. Some may have been closed to them since: ask whether they see each.
    pub fn read_states(&self, user: UserId) -> Result<Vec<(RoomId, ReadState)>, StoreError> {
        let mut rooms: BTreeMap<RoomId, (ReadStateRow, u64)> = BTreeMap::new();
        for entry in self.transaction().open_table(READ_STATES)?.range((user.0, 0)..=(user.0, u64::MAX))? {
            let (key, row) = entry?;
            rooms.insert(RoomId(key.value().1), (rows::decode("reads", row.value())?, 0));
        }
        for entry in self.transaction().open_table(MENTIONS)?.range((user.0, 0, 0)..=(user.0, u64::MAX, u64::MAX))? {
            let (_, room, message) = entry?.0.value();
            let (row, mentions) = rooms.entry(RoomId(room)).or_default();
            *mentions += u64::from(message > row.read_up_to.0); // one that came into a message that was read is not counted
        }
        let hidden = self.transaction().open_table(ROOMS_BY_PERSON)?;
        for entry in hidden.range((user.0, 0)..=(user.0, u64::MAX))?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX) {
            rooms.entry(RoomId(entry?.0.value().1)).or_default();
        }
        let reader = ReadStateReader::new(self, user)?;
        let readings = rooms.into_iter();
        readings.map(|(room, (row, mentions))| Ok((room, reader.read_state(room, row, mentions)?))).collect()
    }

    /// The newest message of a room of which somebody is notified, if there is one.
    pub fn newest_notifying_message(
        &self,
        user: UserId,
        room: &Room,
        read_state: &ReadState,
    ) -> Result<Option<Quote>, StoreError> {
        let ReadState { read_up_to: read, last_message: last, level: involvement, .. } = *read_state;
        if read_state.notify_count(room.visibility) == 0 {
            return Ok(None);
        }
        if involvement.notifies(room.visibility, false) {
            let newest = self.quote(room.id, last)?;
            if newest.as_ref().is_none_or(|newest| newest.author.id != user) {
                return Ok(newest);
            }
        }
        let from = read.0.saturating_add(1);
        let mentions = self.transaction().open_table(MENTIONS)?;
        let by_name =
            mentions.range((user.0, room.id.0, from)..=(user.0, room.id.0, u64::MAX))?.next_back().transpose()?;
        let mut newest = by_name.map(|(key, _)| key.value().2);
        if read > Seq(0) || room.visibility == Visibility::Direct {
            for entry in
                self.transaction().open_table(ROOM_MENTIONS)?.range((room.id.0, from)..=(room.id.0, u64::MAX))?.rev()
            {
                let (key, by) = entry?;
                if by.value() != user.0 {
                    newest = newest.max(Some(key.value().1));
                    break;
                }
            }
        }
        newest.map_or(Ok(None), |id| self.quote(room.id, Seq(id)))
    }

    /// Of which rooms somebody is to be told when there is more to read: those that [`Self::readings`] tells of, but no more
    /// than [`FOLLOWED_ROOMS_MAX`] that they have read. Some may have been closed to them since.
    pub fn unread_subscriptions(&self, user: UserId) -> Result<BTreeSet<RoomId>, StoreError> {
        let mut rooms = BTreeSet::new();
        let of_user = (user.0, 0)..=(user.0, u64::MAX);
        let reads = self.transaction().open_table(READ_STATES)?;
        for entry in reads.range(of_user.clone())?.rev().take(UNREAD_SUBSCRIPTIONS_MAX) {
            rooms.insert(RoomId(entry?.0.value().1));
        }
        for entry in self.transaction().open_table(MENTIONS)?.range((user.0, 0, 0)..=(user.0, u64::MAX, u64::MAX))? {
            rooms.insert(RoomId(entry?.0.value().1));
        }
        for entry in
            self.transaction().open_table(ROOMS_BY_PERSON)?.range(of_user)?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX)
        {
            rooms.insert(RoomId(entry?.0.value().1));
        }
        Ok(rooms)
    }

    /// What somebody has begun to write in a room.
    pub fn draft(&self, user: UserId, room: RoomId) -> Result<Option<Draft>, StoreError> {
        let row: Option<DraftRow> = rows::get(&self.transaction().open_table(DRAFTS)?, "drafts", (user.0, room.0))?;
        Ok(row.map(|DraftRow { body, reply_to, .. }| Draft { body, reply_to }))
    }

    /// In which rooms somebody has begun to write.
    pub fn rooms_with_drafts(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        let table = self.transaction().open_table(DRAFTS)?;
        let rows = table.range((user.0, 0)..=(user.0, u64::MAX))?;
        rows.map(|entry| Ok(RoomId(entry?.0.value().1))).collect()
    }
}

/// What tells how somebody reads, opened once for however many rooms.
struct ReadStateReader {
    user: UserId,
    messages: ReadOnlyTable<(u64, u64), RowBytes<MessageRow>>,
    room_mentions: ReadOnlyTable<(u64, u64), u64>,
    mentions: ReadOnlyTable<(u64, u64, u64), ()>,
    rooms: ReadOnlyTable<u64, RowBytes<RoomRow>>,
}

impl ReadStateReader {
    fn new(snapshot: &Snapshot, user: UserId) -> Result<Self, StoreError> {
        let file = snapshot.transaction();
        let (messages, rooms) = (file.open_table(MESSAGES)?, file.open_table(ROOMS)?);
        let (calls, mentions) = (file.open_table(ROOM_MENTIONS)?, file.open_table(MENTIONS)?);
        Ok(Self { user, messages, room_mentions: calls, mentions, rooms })
    }

    fn read_state(&self, room: RoomId, row: ReadStateRow, mentions: u64) -> Result<ReadState, StoreError> {
        let ReadStateRow { read_up_to: seq, read_ordinal: nth, level: involvement, favorite: on_top } = row;
        let Some((last, author, posts)) = self.last_message(room)? else {
            return Ok(ReadState { read_up_to: seq, level: involvement, favorite: on_top, ..ReadState::default() });
        };
        let is_new_here = seq == Seq(0) && !self.is_direct(room)?;
        let behind = posts.saturating_sub(nth);
        let calls = if behind == 0 || is_new_here { 0 } else { self.count_room_mentions(room, seq)? };
        let mentions = (mentions + calls).min(behind);
        let unread = match author == self.user {
            // Whoever spoke last has read what was said before. But programs speak for people too: what speaks to them waits.
            true if mentions == 0 => 0,
            _ if is_new_here => mentions,
            _ => behind,
        };
        Ok(ReadState { read_up_to: seq, last_message: last, unread, mentions, level: involvement, favorite: on_top })
    }

    /// The last message of a room, who said it, and which of the room's messages it is.
    fn last_message(&self, room: RoomId) -> Result<Option<(Seq, UserId, u64)>, StoreError> {
        let last = self.messages.range((room.0, 0)..=(room.0, u64::MAX))?.next_back().transpose()?;
        let Some((key, row)) = last else { return Ok(None) };
        let MessageRow::<&str> { author, ordinal: nth, .. } = rows::decode("messages", row.value())?;
        Ok(Some((Seq(key.value().1), author, nth)))
    }

    fn is_direct(&self, room: RoomId) -> Result<bool, StoreError> {
        let row: Option<RoomRow> = rows::get(&self.rooms, "rooms", room.0)?;
        Ok(row.is_some_and(|row| row.visibility == Visibility::Direct))
    }

    /// How many messages after this change call somebody only with everybody else.
    fn count_room_mentions(&self, room: RoomId, after: Seq) -> Result<u64, StoreError> {
        let (mut found, user) = (0, self.user.0);
        for entry in self.room_mentions.range((room.0, after.0.saturating_add(1))..=(room.0, u64::MAX))? {
            let (key, by) = entry?;
            let is_by_name = self.mentions.get((user, room.0, key.value().1))?.is_some();
            found += u64::from(by.value() != user && !is_by_name);
        }
        Ok(found)
    }
}
