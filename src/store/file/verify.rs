//! Reads all rows of a file and checks that they are consistent.

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata};

use crate::domain::{UserId, UserName};
use crate::store::file::migrate::people_named::people_named;
use crate::store::table::schema::{
    ACTIVITY, ActivityRow, CHANGES, DRAFTS, DraftRow, FORMER_NAMES, FormerNameRow, MEMBERS, MENTIONS, MESSAGES, META,
    MemberRow, MessageRow, NAME_USES, NAMES, OUTCOMES, OutcomeRow, PINS, READ_STATES, RENAMES, ROOM_MENTIONS, ROOMS,
    ROOMS_BY_PERSON, ReadStateRow, RoomRow, SKELETONS, SLUGS, THREADS, TOKENS, TOKENS_BY_PERSON, TokenRow, USERS,
    UserRow, VERSIONS, VersionRow,
};
use crate::store::table::{self, rows};
use crate::store::{StoreError, feed};

/// The contents of a data file in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The number of the last change.
    pub changes: u64,
    /// The number of rooms, including deleted ones.
    pub rooms: u64,
    /// The number of people.
    pub people: u64,
    /// The number of messages, including deleted ones.
    pub messages: u64,
}

/// Reads and checks every table whose rows depend on each other, and counts the contents.
pub(crate) fn verify_tables(txn: &ReadTransaction) -> Result<Counts, StoreError> {
    let (last, _) = table::last_server_change(&txn.open_table(META)?, &txn.open_table(ACTIVITY)?)?;
    let counts = Counts {
        changes: last.0,
        rooms: verify_rooms(txn)?,
        people: verify_people(txn)?,
        messages: verify_messages(txn)?,
    };
    verify_feed(txn)?;
    verify_members(txn)?;
    verify_read_states(txn)?;
    verify_outcomes(txn)?;
    Ok(counts)
}

fn verify_rooms(txn: &ReadTransaction) -> Result<u64, StoreError> {
    let (rooms, slugs) = (txn.open_table(ROOMS)?, txn.open_table(SLUGS)?);
    let mut listed = 0;
    for entry in rooms.iter()? {
        let (id, row) = entry?;
        let row: RoomRow = rows::decode("rooms", row.value())?;
        let found = slugs.get(row.slug.as_str())?.map(|id| id.value());
        // Another room may have the slug of a deleted one by now.
        if row.deleted_at.is_none() {
            check_equal("addresses", found, id.value())?;
            listed += u64::from(!row.visibility.is_members_only());
        }
    }
    for entry in slugs.iter()? {
        rooms.get(entry?.1.value())?.ok_or(StoreError::Missing { table: "rooms" })?;
    }
    let counted = txn.open_table(META)?.get("rooms")?.map_or(0, |rooms| rooms.value());
    check_equal("meta", Some(counted), listed)?;
    Ok(rooms.len()?)
}

fn verify_people(txn: &ReadTransaction) -> Result<u64, StoreError> {
    let (users, names) = (txn.open_table(USERS)?, txn.open_table(NAMES)?);
    let renamed = txn.open_table(RENAMES)?;
    let mut name_count = users.len()?;
    for entry in users.iter()? {
        let (id, row) = entry?;
        let row: UserRow = rows::decode("users", row.value())?;
        check_equal("names", find_name_holder(&names, &row.name)?, id.value())?;
        let is_first = row.name_seq.0 == id.value();
        check_equal(
            "renamed",
            renamed.get(row.name_seq.0)?.map(|id| id.value()).or(is_first.then(|| id.value())),
            id.value(),
        )?;
    }
    for entry in renamed.iter()? {
        let (seq, id) = entry?;
        let row: Option<UserRow> = rows::get(&users, "users", id.value())?;
        check_equal("users", row.map(|row| row.name_seq.0), seq.value())?;
    }
    for entry in txn.open_table(FORMER_NAMES)?.iter()? {
        let (key, row) = entry?;
        check_equal(
            "names",
            find_name_holder(&names, &rows::decode::<FormerNameRow>("former", row.value())?.name)?,
            key.value().0,
        )?;
        name_count += 1;
    }
    for entry in names.iter()? {
        users.get(entry?.1.value())?.ok_or(StoreError::Missing { table: "users" })?;
    }
    check_equal("names", Some(names.len()?), name_count)?;
    for entry in txn.open_table(SKELETONS)?.iter()? {
        users.get(entry?.1.value())?.ok_or(StoreError::Missing { table: "users" })?;
    }
    let (tokens, tokens_by_person) = (txn.open_table(TOKENS)?, txn.open_table(TOKENS_BY_PERSON)?);
    for entry in tokens.iter()? {
        let (hash, row) = entry?;
        let row: TokenRow = rows::decode("tokens", row.value())?;
        users.get(row.user)?.ok_or(StoreError::Missing { table: "users" })?;
        tokens_by_person.get((row.user, hash.value()))?.ok_or(StoreError::Missing { table: "tokens_of" })?;
    }
    check_equal("tokens_of", Some(tokens_by_person.len()?), tokens.len()?)?;
    Ok(users.len()?)
}

/// The person who has this name or has it reserved.
fn find_name_holder(names: &impl ReadableTable<&'static str, u64>, name: &str) -> Result<Option<u64>, StoreError> {
    let key = UserName::parse(name).map_or_else(|_| name.to_owned(), |name| name.key());
    Ok(names.get(key.as_str())?.map(|id| id.value()))
}

fn verify_messages(txn: &ReadTransaction) -> Result<u64, StoreError> {
    let (messages, users, rooms) = (txn.open_table(MESSAGES)?, txn.open_table(USERS)?, txn.open_table(ROOMS)?);
    let (threads, pins, name_uses) = (txn.open_table(THREADS)?, txn.open_table(PINS)?, txn.open_table(NAME_USES)?);
    let (mut replies, mut pinned) = (0, 0);
    let (mut room, mut ordinal) = (None, 0);
    for entry in messages.iter()? {
        let (key, row) = entry?;
        let row: MessageRow<&str> = rows::decode("messages", row.value())?;
        users.get(row.author.0)?.ok_or(StoreError::Missing { table: "users" })?;
        if room != Some(key.value().0) {
            room = Some(key.value().0);
            ordinal = 0;
            rooms.get(key.value().0)?.ok_or(StoreError::Missing { table: "rooms" })?;
        }
        ordinal += 1;
        check_equal("messages", Some(row.ordinal), ordinal)?;
        let extras = row.extras.unwrap_or_default();
        let mentioned = row.rendered.map_or_else(Vec::new, |rendered| rendered.mentioned);
        for user in people_named(row.author, mentioned, &extras) {
            let since = name_uses.get((user.0, key.value().0))?.ok_or(StoreError::Missing { table: "seen" })?.value();
            // Other names may appear in a message later, by an edit or a reaction.
            let is_late = user == row.author && since > key.value().1;
            check_equal("seen", Some(u64::from(is_late)), 0)?;
        }
        if let Some(root) = extras.thread_root {
            threads.get((key.value().0, root.0, key.value().1))?.ok_or(StoreError::Missing { table: "threads" })?;
            replies += 1;
        }
        if extras.pinned {
            pins.get(key.value())?.ok_or(StoreError::Missing { table: "pins" })?;
            pinned += 1;
        }
    }
    check_equal("threads", Some(threads.len()?), replies)?;
    check_equal("pins", Some(pins.len()?), pinned)?;
    Ok(messages.len()?)
}

/// Each unread mention is after the read mark and in its message, and each read state belongs to a room.
fn verify_read_states(txn: &ReadTransaction) -> Result<(), StoreError> {
    let (messages, rooms, reads) = (txn.open_table(MESSAGES)?, txn.open_table(ROOMS)?, txn.open_table(READ_STATES)?);
    for entry in txn.open_table(MENTIONS)?.iter()? {
        let (user, room, message) = entry?.0.value();
        let read: Option<ReadStateRow> = rows::get(&reads, "reads", (user, room))?;
        check_equal("reads", Some(u64::from(read.is_none_or(|read| read.read_up_to.0 < message))), 1)?;
        let row: Option<MessageRow> = rows::get(&messages, "messages", (room, message))?;
        let is_mentioned = row.and_then(|row| row.extras).is_some_and(|extras| extras.mentions.contains(&UserId(user)));
        check_equal("mentions", Some(u64::from(is_mentioned)), 1)?;
    }
    for entry in txn.open_table(ROOM_MENTIONS)?.iter()? {
        let (key, by) = entry?;
        let row: Option<MessageRow> = rows::get(&messages, "messages", key.value())?;
        let row = row.filter(|row| row.author.0 == by.value());
        let mentions_room = row.and_then(|row| row.extras).is_some_and(|extras| extras.mentions_room);
        check_equal("calls", Some(u64::from(mentions_room)), 1)?;
    }
    for entry in reads.iter()? {
        let (key, row) = entry?;
        rows::decode::<ReadStateRow>("reads", row.value())?;
        rooms.get(key.value().1)?.ok_or(StoreError::Missing { table: "rooms" })?;
    }
    for entry in txn.open_table(DRAFTS)?.iter()? {
        rows::decode::<DraftRow>("drafts", entry?.1.value())?;
    }
    for entry in txn.open_table(VERSIONS)?.iter()? {
        rows::decode::<VersionRow>("versions", entry?.1.value())?;
    }
    Ok(())
}

/// Each room has one row in `recent`, at its last change, and that row has the right length of the feed.
fn verify_feed(txn: &ReadTransaction) -> Result<(), StoreError> {
    let (messages, changes) = (txn.open_table(MESSAGES)?, txn.open_table(CHANGES)?);
    let (rooms, activity) = (txn.open_table(ROOMS)?, txn.open_table(ACTIVITY)?);
    for entry in activity.iter()? {
        let (last, row) = entry?;
        let row: ActivityRow = rows::decode("recent", row.value())?;
        let room: Option<RoomRow> = rows::get(&rooms, "rooms", row.room.0)?;
        let is_listed = room.is_some_and(|room| !room.visibility.is_members_only() && room.deleted_at.is_none());
        check_equal("recent", Some(u64::from(row.is_listed)), u64::from(is_listed))?;
        check_equal(
            "recent",
            feed::last_room_change(&messages, &changes, &rooms, row.room)?.map(|last| last.0),
            last.value(),
        )?;
        let from = (row.room.0, row.feed_floor.0.saturating_add(1));
        let to = (row.room.0, u64::MAX);
        let last = messages.range((row.room.0, 0)..=(row.room.0, u64::MAX))?.next_back().transpose()?;
        let posts = match last {
            Some((_, last)) => rows::decode::<MessageRow<&str>>("messages", last.value())?.ordinal,
            None => 0,
        };
        check_equal("recent", Some(row.message_count), posts)?;
        let length = (messages.range(from..=to)?.count() + changes.range(from..=to)?.count()) as u64;
        check_equal("messages", Some(length), row.feed_len)?;
    }
    check_equal("recent", Some(activity.len()?), rooms.len()?)
}

/// Each membership is in both tables.
fn verify_members(txn: &ReadTransaction) -> Result<(), StoreError> {
    let (members, rooms_by_person) = (txn.open_table(MEMBERS)?, txn.open_table(ROOMS_BY_PERSON)?);
    let mut member_count = 0;
    for entry in members.iter()? {
        let (key, row) = entry?;
        let (room, user) = key.value();
        if rows::decode::<MemberRow>("members", row.value())?.is_member {
            rooms_by_person.get((user, room))?.ok_or(StoreError::Missing { table: "rooms_of" })?;
            member_count += 1;
        }
    }
    check_equal("rooms_of", Some(rooms_by_person.len()?), member_count)
}

fn verify_outcomes(txn: &ReadTransaction) -> Result<(), StoreError> {
    for entry in txn.open_table(OUTCOMES)?.iter()? {
        rows::decode::<OutcomeRow>("outcomes", entry?.1.value())?;
    }
    Ok(())
}

fn check_equal(table: &'static str, actual: Option<u64>, expected: u64) -> Result<(), StoreError> {
    if actual == Some(expected) { Ok(()) } else { Err(StoreError::Missing { table }) }
}
