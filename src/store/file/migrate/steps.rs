//! The migration steps: each converts a file from one format to the next.

use std::collections::BTreeMap;

use redb::{ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::Deserialize;

use crate::domain::{Device, Expiry, Role, RoomId, Seq, Timestamp, TokenKind, UserId, UserName, Visibility};
use crate::store::file::migrate::html_of_format_5;
use crate::store::file::migrate::old_rows::{Activity2, Activity3, Message5, Room2, User3, User4};
use crate::store::file::migrate::people_named::people_named;
use crate::store::file::migrate::rewrite::rewrite_table;
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{
    ACTIVITY, ActivityRow, BLOCKED_ADDRESSES, BlockedAddressRow, MESSAGES, META, MessageRow, NAME_USES, ROOMS,
    ROOMS_BY_PERSON, RoomRow, SKELETONS, TOKENS, TOKENS_BY_PERSON, TokenRow, USERS, UserRow,
};
use crate::store::{StoreError, table};

/// Format 1 stored all data of a room in `rooms`, and a row in `feed` for each message.
pub(super) fn split_activity_from_rooms(txn: &WriteTransaction) -> Result<(), StoreError> {
    #[derive(Debug, Deserialize)]
    struct Room1 {
        name: String,
        slug: String,
        created_at: Timestamp,
        created_by: UserId,
        last_seq: Seq,
        last_at: Timestamp,
        last_author: Option<UserId>,
        feed_len: u64,
        feed_floor: Seq,
    }
    txn.delete_table(TableDefinition::<u64, u64>::new("recent"))?;
    txn.delete_table(TableDefinition::<(u64, u64), RowBytes<()>>::new("feed"))?;
    let mut activity = txn.open_table(TableDefinition::<u64, RowBytes<Activity2>>::new("recent"))?;
    rewrite_table(txn, TableDefinition::<u64, RowBytes<Room2>>::new("rooms"), |id, old: Room1| {
        let Room1 { name, slug, created_at, created_by, last_seq, last_at, last_author, feed_len, feed_floor } = old;
        let row = Activity2 { room: RoomId(id), at: last_at, last_author, feed_len, feed_floor };
        rows::put(&mut activity, last_seq.0, &row)?;
        Ok(Room2 { name, slug, created_at, created_by })
    })
}

/// Format 2 had only guests and open rooms.
pub(super) fn add_roles_and_visibility(txn: &WriteTransaction) -> Result<(), StoreError> {
    #[derive(Debug, Deserialize)]
    struct User2 {
        name: String,
        joined_at: Timestamp,
    }
    #[derive(Debug, Deserialize)]
    struct Token2 {
        user: u64,
        created_at: Timestamp,
    }
    table::create_all_tables(txn)?;
    let mut skeletons = txn.open_table(SKELETONS)?;
    rewrite_table(txn, TableDefinition::<u64, RowBytes<User3>>::new("users"), |id, User2 { name, joined_at }| {
        // Of two names that look alike already, the first keeps the skeleton; both people keep their names.
        if let Ok(skeleton) = UserName::parse(&name).map(|name| name.skeleton())
            && skeletons.get(skeleton.as_str())?.is_none()
        {
            skeletons.insert(skeleton.as_str(), id)?;
        }
        let never = Expiry::PAST;
        Ok(User3 { name, joined_at, role: Role::Guest, muted_until: never, banned_until: never, invitation: None })
    })?;
    let mut tokens_by_person = txn.open_table(TOKENS_BY_PERSON)?;
    rewrite_table(txn, TOKENS, |hash, Token2 { user, created_at }| {
        tokens_by_person.insert((user, hash), ())?;
        Ok(TokenRow { user, created_at, last_used_at: created_at, kind: TokenKind::Session(Device::default()) })
    })?;
    rewrite_table(txn, ROOMS, |_, Room2 { name, slug, created_at, created_by }| {
        let (topic, visibility, slow_mode_s, archived, deleted_at) = (String::new(), Visibility::Open, 0, false, None);
        Ok(RoomRow { name, slug, created_at, created_by, topic, visibility, slow_mode_s, archived, deleted_at })
    })?;
    let activity = TableDefinition::<u64, RowBytes<Activity3>>::new("recent");
    rewrite_table(txn, activity, |_, Activity2 { room, at, last_author, feed_len, feed_floor }| {
        Ok(Activity3 { room, is_listed: true, at, last_author, last_posted_at: at, feed_len, feed_floor })
    })?;
    let rooms = txn.open_table(ROOMS)?.len()?;
    txn.open_table(META)?.insert("rooms", rooms)?;
    Ok(())
}

/// Format 3 had no ordinals of messages, and no HTML.
pub(super) fn number_messages(txn: &WriteTransaction) -> Result<(), StoreError> {
    #[derive(Debug, Deserialize)]
    struct Message3 {
        author: UserId,
        at: Timestamp,
        continues_group: bool,
        starts_day: bool,
        body: String,
    }
    table::create_all_tables(txn)?;
    rewrite_table(
        txn,
        TableDefinition::<u64, RowBytes<User4>>::new("users"),
        |_, User3 { name, joined_at, role, muted_until, banned_until, invitation }| {
            Ok(User4 { name, joined_at, role, muted_until, banned_until, invitation, presence_hidden: false })
        },
    )?;
    let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
    rewrite_table(
        txn,
        TableDefinition::<(u64, u64), RowBytes<Message5>>::new("messages"),
        |(room, _), Message3 { author, at, continues_group, starts_day, body }| {
            let ordinal = counts.entry(room).and_modify(|count| *count += 1).or_insert(1);
            Ok(Message5 { author, at, continues_group, starts_day, ordinal: *ordinal, body, html: None, extras: None })
        },
    )?;
    rewrite_table(
        txn,
        ACTIVITY,
        |_, Activity3 { room, is_listed, at, last_author, last_posted_at, feed_len, feed_floor }| {
            let message_count = counts.get(&room.0).copied().unwrap_or(0);
            Ok(ActivityRow { room, is_listed, at, last_author, last_posted_at, message_count, feed_len, feed_floor })
        },
    )
}

/// Format 4 had no former names and no index of the rooms in which a name can be seen, and blocked an address because of
/// one person only.
pub(super) fn index_name_uses(txn: &WriteTransaction) -> Result<(), StoreError> {
    #[derive(Debug, Deserialize)]
    struct BlockedAddress4 {
        expiry: Expiry,
        user: UserId,
    }
    table::create_all_tables(txn)?;
    rewrite_table(txn, USERS, |id, old: User4| {
        let User4 { name, joined_at, role, muted_until, banned_until, invitation, presence_hidden } = old;
        let name_seq = Seq(id);
        Ok(UserRow { name, joined_at, role, muted_until, banned_until, invitation, presence_hidden, name_seq })
    })?;
    let mut name_uses = txn.open_table(NAME_USES)?;
    for entry in txn.open_table(MESSAGES)?.iter()? {
        let (key, row) = entry?;
        let row: Message5 = rows::decode("messages", row.value())?;
        let mentioned = row.html.as_deref().map_or_else(Vec::new, html_of_format_5::mentioned_users);
        for user in people_named(row.author, mentioned, &row.extras.unwrap_or_default()) {
            // Messages are read in their order, so the first one counts. No one had been renamed in this format.
            let (room, message) = key.value();
            if name_uses.get((user.0, room))?.is_none() {
                name_uses.insert((user.0, room), message)?;
            }
        }
    }
    let rooms = txn.open_table(ROOMS)?;
    for entry in txn.open_table(ROOMS_BY_PERSON)?.iter()? {
        let (user, room) = entry?.0.value();
        let row: Option<RoomRow> = rows::get(&rooms, "rooms", room)?;
        if row.is_some_and(|row| row.visibility == Visibility::Direct) {
            name_uses.insert((user, room), room)?;
        }
    }
    let old = TableDefinition::<&str, RowBytes<BlockedAddress4>>::new("blocks");
    let mut blocks = txn.open_table(BLOCKED_ADDRESSES)?;
    for entry in txn.open_table(old)?.iter()? {
        let (address, row) = entry?;
        let BlockedAddress4 { expiry, user } = rows::decode("blocks", row.value())?;
        rows::put(&mut blocks, (address.value(), user.0), &BlockedAddressRow { expiry })?;
    }
    txn.delete_table(old)?;
    Ok(())
}

/// Format 5 stored only the HTML of a message, and extracted mentions and excerpts from it on every read.
pub(super) fn store_excerpts(txn: &WriteTransaction) -> Result<(), StoreError> {
    rewrite_table(txn, MESSAGES, |_, old: Message5| {
        let Message5 { author, at, continues_group, starts_day, ordinal, body, html, extras } = old;
        let rendered = html.map(|html| html_of_format_5::to_rendered(&body, html));
        Ok(MessageRow { author, at, continues_group, starts_day, ordinal, body, rendered, extras })
    })
}
