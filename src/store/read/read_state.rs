//! Reading read states and drafts: how far a person has read in each room, and what they have started to write.

use std::collections::{BTreeMap, BTreeSet};

use redb::ReadOnlyTable;

use crate::domain::limits::UNREAD_SUBSCRIPTIONS_MAX;
use crate::domain::{Draft, MessageId, Quote, ReadState, Room, RoomId, Seq, UserId, Visibility};
use crate::store::read::rooms::MEMBERS_ONLY_ROOMS_LISTED_MAX;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{
    DRAFTS, DraftRow, MENTIONS, MESSAGES, MessageRow, READ_STATES, ROOM_MENTIONS, ROOMS, ROOMS_BY_PERSON, ReadStateRow,
    RoomRow,
};
use crate::store::{Snapshot, StoreError};

impl Snapshot {
    /// The read state of a person in a room.
    ///
    /// # Errors
    /// [`StoreError`] if the file cannot be read, as in all methods below.
    pub fn read_state(&self, user: UserId, room: RoomId) -> Result<ReadState, StoreError> {
        let row: Option<ReadStateRow> =
            rows::get(&self.transaction().open_table(READ_STATES)?, "reads", (user.0, room.0))?;
        let (row, mentions) = (row.unwrap_or_default(), self.transaction().open_table(MENTIONS)?);
        let unread = (user.0, room.0, row.read_up_to.0 + 1)..=(user.0, room.0, u64::MAX);
        ReadStateReader::new(self, user)?.read_state(room, row, mentions.range(unread)?.count() as u64)
    }

    /// The read states of a person in the rooms that they have read or are mentioned in and in their newest
    /// members-only rooms, in the order of the room ids. The caller checks whether the person can still see each room.
    pub fn read_states(&self, user: UserId) -> Result<Vec<(RoomId, ReadState)>, StoreError> {
        let mut rooms: BTreeMap<RoomId, (ReadStateRow, u64)> = BTreeMap::new();
        for entry in self.transaction().open_table(READ_STATES)?.range((user.0, 0)..=(user.0, u64::MAX))? {
            let (key, row) = entry?;
            rooms.insert(RoomId(key.value().1), (rows::decode("reads", row.value())?, 0));
        }
        for entry in self.transaction().open_table(MENTIONS)?.range((user.0, 0, 0)..=(user.0, u64::MAX, u64::MAX))? {
            let (_, room, message) = entry?.0.value();
            let (row, mentions) = rooms.entry(RoomId(room)).or_default();
            *mentions += u64::from(message > row.read_up_to.0); // a message below the mark may gain a mention by an edit
        }
        let rooms_of = self.transaction().open_table(ROOMS_BY_PERSON)?;
        for entry in rooms_of.range((user.0, 0)..=(user.0, u64::MAX))?.rev().take(MEMBERS_ONLY_ROOMS_LISTED_MAX) {
            rooms.entry(RoomId(entry?.0.value().1)).or_default();
        }
        let reader = ReadStateReader::new(self, user)?;
        let rooms = rooms.into_iter();
        rooms.map(|(room, (row, mentions))| Ok((room, reader.read_state(room, row, mentions)?))).collect()
    }

    /// The newest unread message of a room that notifies a person, if there is one.
    pub fn newest_notifying_message(
        &self,
        user: UserId,
        room: &Room,
        read_state: &ReadState,
    ) -> Result<Option<Quote>, StoreError> {
        let ReadState { read_up_to, last_message, level, .. } = *read_state;
        if read_state.notify_count(room.visibility) == 0 {
            return Ok(None);
        }
        if level.notifies(room.visibility, false) {
            let newest = self.quote(room.id, last_message)?;
            if newest.as_ref().is_none_or(|newest| newest.author.id != user) {
                return Ok(newest);
            }
        }
        let from = read_up_to.0.saturating_add(1);
        let mentions = self.transaction().open_table(MENTIONS)?;
        let by_name =
            mentions.range((user.0, room.id.0, from)..=(user.0, room.id.0, u64::MAX))?.next_back().transpose()?;
        let mut newest = by_name.map(|(key, _)| key.value().2);
        if read_up_to > Seq(0) || room.visibility == Visibility::Direct {
            for entry in
                self.transaction().open_table(ROOM_MENTIONS)?.range((room.id.0, from)..=(room.id.0, u64::MAX))?.rev()
            {
                let (key, author) = entry?;
                if author.value() != user.0 {
                    newest = newest.max(Some(key.value().1));
                    break;
                }
            }
        }
        newest.map_or(Ok(None), |id| self.quote(room.id, Seq(id)))
    }

    /// The rooms whose new messages a person is notified of while elsewhere: those of [`Self::read_states`], but at
    /// most [`UNREAD_SUBSCRIPTIONS_MAX`] rooms that they have read. The caller checks whether the person can still see
    /// each room.
    pub fn unread_subscriptions(&self, user: UserId) -> Result<BTreeSet<RoomId>, StoreError> {
        let mut rooms = BTreeSet::new();
        let of_user = (user.0, 0)..=(user.0, u64::MAX);
        let read_states = self.transaction().open_table(READ_STATES)?;
        for entry in read_states.range(of_user.clone())?.rev().take(UNREAD_SUBSCRIPTIONS_MAX) {
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

    /// The draft of a person in a room.
    pub fn draft(&self, user: UserId, room: RoomId) -> Result<Option<Draft>, StoreError> {
        let row: Option<DraftRow> = rows::get(&self.transaction().open_table(DRAFTS)?, "drafts", (user.0, room.0))?;
        Ok(row.map(|DraftRow { body, reply_to, .. }| Draft { body, reply_to }))
    }

    /// The rooms in which a person has a draft.
    pub fn rooms_with_drafts(&self, user: UserId) -> Result<Vec<RoomId>, StoreError> {
        let table = self.transaction().open_table(DRAFTS)?;
        let rows = table.range((user.0, 0)..=(user.0, u64::MAX))?;
        rows.map(|entry| Ok(RoomId(entry?.0.value().1))).collect()
    }
}

/// Reads the read states of one person. The tables are opened once for any number of rooms.
struct ReadStateReader {
    user: UserId,
    messages: ReadOnlyTable<(u64, u64), RowBytes<MessageRow>>,
    room_mentions: ReadOnlyTable<(u64, u64), u64>,
    mentions: ReadOnlyTable<(u64, u64, u64), ()>,
    rooms: ReadOnlyTable<u64, RowBytes<RoomRow>>,
}

/// The last message of a room.
struct LastMessage {
    id: MessageId,
    author: UserId,
    /// Its position among the messages of the room, counted from 1.
    ordinal: u64,
}

impl ReadStateReader {
    fn new(snapshot: &Snapshot, user: UserId) -> Result<Self, StoreError> {
        let txn = snapshot.transaction();
        let (messages, rooms) = (txn.open_table(MESSAGES)?, txn.open_table(ROOMS)?);
        let (room_mentions, mentions) = (txn.open_table(ROOM_MENTIONS)?, txn.open_table(MENTIONS)?);
        Ok(Self { user, messages, room_mentions, mentions, rooms })
    }

    fn read_state(&self, room: RoomId, row: ReadStateRow, mentions: u64) -> Result<ReadState, StoreError> {
        let ReadStateRow { read_up_to, read_ordinal, level, favorite } = row;
        let Some(last) = self.last_message(room)? else {
            return Ok(ReadState { read_up_to, level, favorite, ..ReadState::default() });
        };
        let has_never_read = read_up_to == Seq(0) && !self.is_direct(room)?;
        let behind = last.ordinal.saturating_sub(read_ordinal);
        let room_mentions = if behind == 0 || has_never_read { 0 } else { self.count_room_mentions(room, read_up_to)? };
        let mentions = (mentions + room_mentions).min(behind);
        let unread = match last.author == self.user {
            // The author of the last message has read the ones before. But a program may have posted it with the
            // person's token, so mentions stay unread.
            true if mentions == 0 => 0,
            _ if has_never_read => mentions,
            _ => behind,
        };
        Ok(ReadState { read_up_to, last_message: last.id, unread, mentions, level, favorite })
    }

    fn last_message(&self, room: RoomId) -> Result<Option<LastMessage>, StoreError> {
        let last = self.messages.range((room.0, 0)..=(room.0, u64::MAX))?.next_back().transpose()?;
        let Some((key, row)) = last else { return Ok(None) };
        let MessageRow::<&str> { author, ordinal, .. } = rows::decode("messages", row.value())?;
        Ok(Some(LastMessage { id: Seq(key.value().1), author, ordinal }))
    }

    fn is_direct(&self, room: RoomId) -> Result<bool, StoreError> {
        let row: Option<RoomRow> = rows::get(&self.rooms, "rooms", room.0)?;
        Ok(row.is_some_and(|row| row.visibility == Visibility::Direct))
    }

    /// The number of messages after this change that mention the person only with a room mention.
    fn count_room_mentions(&self, room: RoomId, after: Seq) -> Result<u64, StoreError> {
        let (mut found, user) = (0, self.user.0);
        for entry in self.room_mentions.range((room.0, after.0.saturating_add(1))..=(room.0, u64::MAX))? {
            let (key, author) = entry?;
            let is_by_name = self.mentions.get((user, room.0, key.value().1))?.is_some();
            found += u64::from(author.value() != user && !is_by_name);
        }
        Ok(found)
    }
}
