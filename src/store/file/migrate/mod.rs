//! Files of older formats, brought up to date step by step. A step knows the rows as they were then, whatever the schema
//! says today.

mod html_of_format_5;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::ops::Bound;

use redb::{Database, Key, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Device, Expiry, MessageExtras, Role, RoomId, Seq, Timestamp, TokenKind, UserId, UserName, Visibility,
};
use crate::store::table::rows::{self, RowBytes};
use crate::store::table::schema::{
    ACTIVITY, ActivityRow, BLOCKED_ADDRESSES, BlockedAddressRow, FORMAT, MESSAGES, META, MessageRow, NAME_USES, ROOMS,
    ROOMS_BY_PERSON, RoomRow, SKELETONS, TOKENS, TOKENS_BY_PERSON, TokenRow, USERS, UserRow,
};
use crate::store::{StoreError, table};

/// `STEPS[n]` turns a file of format n + 1 into one of format n + 2.
const MIGRATIONS: [Migration; FORMAT as usize - 1] =
    [split_activity_from_rooms, add_roles_and_visibility, number_messages, index_name_uses, store_excerpts];
type Migration = fn(&WriteTransaction) -> Result<(), StoreError>;

/// Turns a file of this format into one of today's, in one transaction: after a crash it is the one or the other.
///
/// # Errors
/// [`Fault`] if it cannot be read or written.
pub(crate) fn migrate(db: &Database, format: u64) -> Result<(), StoreError> {
    if format == FORMAT {
        return Ok(());
    }
    let txn = db.begin_write()?;
    for step in MIGRATIONS.iter().skip(format as usize - 1) {
        step(&txn)?;
    }
    txn.open_table(META)?.insert("format", FORMAT)?;
    Ok(txn.commit()?)
}

/// Format 1 kept all of a room in `rooms`, and a row for each message in `feed` too.
fn split_activity_from_rooms(txn: &WriteTransaction) -> Result<(), StoreError> {
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
    let mut recent = txn.open_table(TableDefinition::<u64, RowBytes<Activity2>>::new("recent"))?;
    rewrite_table(txn, TableDefinition::<u64, RowBytes<Room2>>::new("rooms"), |id, old: Room1| {
        let Room1 {
            name,
            slug: address,
            created_at: opened_at,
            created_by: opened_by,
            last_seq: last,
            last_at,
            last_author,
            feed_len,
            feed_floor,
        } = old;
        let row = Activity2 { room: RoomId(id), at: last_at, last_author, feed_len, feed_floor };
        rows::put(&mut recent, last.0, &row)?;
        Ok(Room2 { name, slug: address, created_at: opened_at, created_by: opened_by })
    })
}

/// Format 2 knew guests and open rooms, and nothing else.
fn add_roles_and_visibility(txn: &WriteTransaction) -> Result<(), StoreError> {
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
    let mut looks = txn.open_table(SKELETONS)?;
    rewrite_table(
        txn,
        TableDefinition::<u64, RowBytes<User3>>::new("users"),
        |id, User2 { name, joined_at: entered_at }| {
            // Of two that look alike already, the first keeps the look; both keep their names.
            if let Ok(look) = UserName::parse(&name).map(|name| name.skeleton())
                && looks.get(look.as_str())?.is_none()
            {
                looks.insert(look.as_str(), id)?;
            }
            let (role, muted, banned, invited) = (Role::Guest, Expiry::PAST, Expiry::PAST, None);
            Ok(User3 {
                name,
                joined_at: entered_at,
                role,
                muted_until: muted,
                banned_until: banned,
                invitation: invited,
            })
        },
    )?;
    let mut tokens_of = txn.open_table(TOKENS_BY_PERSON)?;
    rewrite_table(txn, TOKENS, |hash, Token2 { user, created_at: made_at }| {
        tokens_of.insert((user, hash), ())?;
        Ok(TokenRow { user, created_at: made_at, last_used_at: made_at, kind: TokenKind::Session(Device::default()) })
    })?;
    rewrite_table(txn, ROOMS, |_, Room2 { name, slug: address, created_at: opened_at, created_by: opened_by }| {
        let (topic, kind, slow_s, archived, deleted_at) = (String::new(), Visibility::Open, 0, false, None);
        Ok(RoomRow {
            name,
            slug: address,
            created_at: opened_at,
            created_by: opened_by,
            topic,
            visibility: kind,
            slow_mode_s: slow_s,
            archived,
            deleted_at,
        })
    })?;
    let recent = TableDefinition::<u64, RowBytes<Activity3>>::new("recent");
    rewrite_table(txn, recent, |_, Activity2 { room, at, last_author: author, feed_len, feed_floor }| {
        Ok(Activity3 { room, is_listed: true, at, last_author: author, last_posted_at: at, feed_len, feed_floor })
    })?;
    let rooms = txn.open_table(ROOMS)?.len()?;
    txn.open_table(META)?.insert("rooms", rooms)?;
    Ok(())
}

/// Format 3 knew no message but by its number, and showed each as it was written.
fn number_messages(txn: &WriteTransaction) -> Result<(), StoreError> {
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
        |_, User3 { name, joined_at: entered_at, role, muted_until: muted, banned_until: banned, invitation: invited }| {
            Ok(User4 { name, joined_at: entered_at, role, muted_until: muted, banned_until: banned, invitation: invited, presence_hidden: false })
        },
    )?;
    let mut posts: BTreeMap<u64, u64> = BTreeMap::new();
    rewrite_table(
        txn,
        TableDefinition::<(u64, u64), RowBytes<Message5>>::new("messages"),
        |(room, _), Message3 { author, at, continues_group: follows, starts_day: opens_day, body }| {
            let nth = posts.entry(room).and_modify(|nth| *nth += 1).or_insert(1);
            Ok(Message5 {
                author,
                at,
                continues_group: follows,
                starts_day: opens_day,
                ordinal: *nth,
                body,
                html: None,
                extras: None,
            })
        },
    )?;
    rewrite_table(
        txn,
        ACTIVITY,
        |_, Activity3 { room, is_listed, at, last_author: author, last_posted_at: said_at, feed_len, feed_floor }| {
            let posts = posts.get(&room.0).copied().unwrap_or(0);
            Ok(ActivityRow {
                room,
                is_listed,
                at,
                last_author: author,
                last_posted_at: said_at,
                message_count: posts,
                feed_len,
                feed_floor,
            })
        },
    )
}

/// Format 4 knew no former names and not where anybody's name can be seen, and blocked an address because of one person.
fn index_name_uses(txn: &WriteTransaction) -> Result<(), StoreError> {
    #[derive(Debug, Deserialize)]
    struct BlockedAddress4 {
        expiry: Expiry,
        user: UserId,
    }
    table::create_all_tables(txn)?;
    rewrite_table(
        txn,
        USERS,
        |id,
         User4 {
             name,
             joined_at: entered_at,
             role,
             muted_until: muted,
             banned_until: banned,
             invitation: invited,
             presence_hidden: hidden,
         }| {
            Ok(UserRow {
                name,
                joined_at: entered_at,
                role,
                muted_until: muted,
                banned_until: banned,
                invitation: invited,
                presence_hidden: hidden,
                name_seq: Seq(id),
            })
        },
    )?;
    let mut seen = txn.open_table(NAME_USES)?;
    for entry in txn.open_table(MESSAGES)?.iter()? {
        let (key, row) = entry?;
        let row: Message5 = rows::decode("messages", row.value())?;
        let mentioned = row.html.as_deref().map_or_else(Vec::new, html_of_format_5::mentioned_users);
        for user in people_named(row.author, mentioned, &row.extras.unwrap_or_default()) {
            // In the order of the messages: since the first. Nobody had been called otherwise by then.
            let (room, message) = key.value();
            if seen.get((user.0, room))?.is_none() {
                seen.insert((user.0, room), message)?;
            }
        }
    }
    let rooms = txn.open_table(ROOMS)?;
    for entry in txn.open_table(ROOMS_BY_PERSON)?.iter()? {
        let (user, room) = entry?.0.value();
        let row: Option<RoomRow> = rows::get(&rooms, "rooms", room)?;
        if row.is_some_and(|row| row.visibility == Visibility::Direct) {
            seen.insert((user, room), room)?;
        }
    }
    let old = TableDefinition::<&str, RowBytes<BlockedAddress4>>::new("blocks");
    let mut blocks = txn.open_table(BLOCKED_ADDRESSES)?;
    for entry in txn.open_table(old)?.iter()? {
        let (address, row) = entry?;
        let BlockedAddress4 { expiry: until, user } = rows::decode("blocks", row.value())?;
        rows::put(&mut blocks, (address.value(), user.0), &BlockedAddressRow { expiry: until })?;
    }
    txn.delete_table(old)?;
    Ok(())
}

/// Format 5 stored the HTML of a message alone, and searched it for names and for the excerpt.
fn store_excerpts(txn: &WriteTransaction) -> Result<(), StoreError> {
    rewrite_table(txn, MESSAGES, |_, old: Message5| {
        let Message5 { author, at, continues_group, starts_day, ordinal, body, html, extras } = old;
        let rendered = html.map(|html| html_of_format_5::to_rendered(&body, html));
        Ok(MessageRow { author, at, continues_group, starts_day, ordinal, body, rendered, extras })
    })
}

/// Whose names can be seen in a message: whoever said it, was spoken to by name, or reacted to it.
pub(crate) fn people_named<'a>(
    author: UserId,
    mentioned: Vec<UserId>,
    extras: &'a MessageExtras,
) -> impl Iterator<Item = UserId> + use<'a> {
    let reacted = extras.reactions.iter().flat_map(|reacted| reacted.users.iter().copied());
    [author].into_iter().chain(mentioned).chain(reacted)
}

/// A message of formats 4 and 5.
#[derive(Debug, Serialize, Deserialize)]
struct Message5 {
    author: UserId,
    at: Timestamp,
    continues_group: bool,
    starts_day: bool,
    ordinal: u64,
    body: String,
    html: Option<String>,
    extras: Option<Box<MessageExtras>>,
}

/// A person of format 4.
#[derive(Debug, Serialize, Deserialize)]
struct User4 {
    name: String,
    joined_at: Timestamp,
    role: Role,
    muted_until: Expiry,
    banned_until: Expiry,
    invitation: Option<Seq>,
    presence_hidden: bool,
}

/// A person of format 3.
#[derive(Debug, Serialize, Deserialize)]
struct User3 {
    name: String,
    joined_at: Timestamp,
    role: Role,
    muted_until: Expiry,
    banned_until: Expiry,
    invitation: Option<Seq>,
}

/// A row of `recent` of format 3.
#[derive(Debug, Serialize, Deserialize)]
struct Activity3 {
    room: RoomId,
    is_listed: bool,
    at: Timestamp,
    last_author: Option<UserId>,
    last_posted_at: Timestamp,
    feed_len: u64,
    feed_floor: Seq,
}

/// A room of format 2.
#[derive(Debug, Serialize, Deserialize)]
struct Room2 {
    name: String,
    slug: String,
    created_at: Timestamp,
    created_by: UserId,
}

/// A row of `recent` of format 2.
#[derive(Debug, Serialize, Deserialize)]
struct Activity2 {
    room: RoomId,
    at: Timestamp,
    last_author: Option<UserId>,
    feed_len: u64,
    feed_floor: Seq,
}

/// How many rows of a table are in memory while it is written anew.
const ROWS_PER_BATCH: usize = 10_000;

/// Writes every row of a table anew, from what it was to what it becomes, in the order of the keys.
fn rewrite_table<K, Old, New>(
    txn: &WriteTransaction,
    definition: TableDefinition<'static, K, RowBytes<New>>,
    mut convert: impl FnMut(K, Old) -> Result<New, StoreError>,
) -> Result<(), StoreError>
where
    K: for<'k> Key<SelfType<'k> = K> + Copy + 'static,
    Old: DeserializeOwned,
    New: Serialize + Debug + 'static,
{
    let mut table = txn.open_table(definition)?;
    let mut from = Bound::Unbounded;
    loop {
        let mut some = Vec::with_capacity(ROWS_PER_BATCH);
        for entry in table.range::<K>((from, Bound::Unbounded))?.take(ROWS_PER_BATCH) {
            let (key, row) = entry?;
            some.push((key.value(), rows::decode::<Old>("of an older format", row.value())?));
        }
        let Some((last, _)) = some.last() else { return Ok(()) };
        from = Bound::Excluded(*last);
        for (key, old) in some {
            rows::put(&mut table, key, &convert(key, old)?)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use redb::backends::InMemoryBackend;

    use crate::store::file::migrate::*;

    /// Messages of two rooms, of which the second lies across the end of what is in memory at a time.
    const POSTS: [(u64, u64); 2] = [(1, 6_000), (2, ROWS_PER_BATCH as u64)];

    #[test]
    fn format_3_messages_are_numbered_per_room_across_batches() -> Result<(), Box<dyn Error>> {
        /// As postcard writes it, a row is the row of its fields.
        type Message3Row = (UserId, Timestamp, bool, bool, String);
        let old = TableDefinition::<(u64, u64), RowBytes<Message3Row>>::new("messages");
        let recent = TableDefinition::<u64, RowBytes<Activity3>>::new("recent");
        let txn = Database::builder().create_with_backend(InMemoryBackend::new())?.begin_write()?;
        for (room, posts) in POSTS {
            let (mut messages, mut recent) = (txn.open_table(old)?, txn.open_table(recent)?);
            for n in 1..=posts {
                let row = (UserId(7), Timestamp(n), n > 1, n == 1, format!("{room}: {n}"));
                rows::put(&mut messages, (room, 10 * n + room), &row)?;
            }
            let (room, at, feed_len) = (RoomId(room), Timestamp(posts), posts);
            let (author, said_at, feed_floor) = (Some(UserId(7)), at, Seq(room.0));
            let row = Activity3 {
                room,
                is_listed: true,
                at,
                last_author: author,
                last_posted_at: said_at,
                feed_len,
                feed_floor,
            };
            rows::put(&mut recent, 10 * posts + room.0, &row)?;
        }
        number_messages(&txn)?;

        let (messages, recent) = (txn.open_table(MESSAGES)?, txn.open_table(ACTIVITY)?);
        assert_eq!(messages.len()?, POSTS.iter().map(|(_, posts)| posts).sum::<u64>());
        for (room, posts) in POSTS {
            for n in 1..=posts {
                let row: Option<MessageRow> = rows::get(&messages, "messages", (room, 10 * n + room))?;
                let MessageRow { at, continues_group: follows, ordinal: nth, body, .. } =
                    row.ok_or("a message is lost")?;
                assert_eq!((at, follows, nth, body), (Timestamp(n), n > 1, n, format!("{room}: {n}")));
            }
            let row: Option<ActivityRow> = rows::get(&recent, "recent", 10 * posts + room)?;
            assert_eq!(row.map(|row| (row.room, row.message_count, row.feed_len)), Some((RoomId(room), posts, posts)));
        }
        Ok(())
    }
}
