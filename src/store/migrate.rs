//! Files of older formats, brought up to date step by step. A step knows the rows as they were then, whatever the schema
//! says today.

use std::fmt::Debug;

use redb::{Database, Key, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::rows::{self, Row};
use super::schema::{
    FORMAT, LOOKS, META, RECENT, ROOMS, RecentRow, RoomRow, TOKENS, TOKENS_OF, TokenRow, USERS, UserRow,
};
use super::{Fault, tables};
use crate::domain::{Device, Kind, Moment, Role, RoomId, Seq, TokenKind, Until, UserId, UserName};

/// `STEPS[n]` turns a file of format n + 1 into one of format n + 2.
const STEPS: [Step; FORMAT as usize - 1] = [keep_nothing_twice, give_names_and_rooms_an_owner];
type Step = fn(&WriteTransaction) -> Result<(), Fault>;

/// Turns a file of this format into one of today's, in one transaction: after a crash it is the one or the other.
///
/// # Errors
/// [`Fault`] if it cannot be read or written.
pub(super) fn bring_up_to_date(db: &Database, format: u64) -> Result<(), Fault> {
    if format == FORMAT {
        return Ok(());
    }
    let txn = db.begin_write()?;
    for step in STEPS.iter().skip(format as usize - 1) {
        step(&txn)?;
    }
    txn.open_table(META)?.insert("format", FORMAT)?;
    Ok(txn.commit()?)
}

/// Format 1 kept all of a room in `rooms`, and a row for each message in `feed` too.
fn keep_nothing_twice(txn: &WriteTransaction) -> Result<(), Fault> {
    #[derive(Debug, Deserialize)]
    struct Old {
        name: String,
        address: String,
        opened_at: Moment,
        opened_by: UserId,
        last: Seq,
        last_at: Moment,
        last_author: Option<UserId>,
        feed_len: u64,
        feed_floor: Seq,
    }
    txn.delete_table(TableDefinition::<u64, u64>::new("recent"))?;
    txn.delete_table(TableDefinition::<(u64, u64), Row<()>>::new("feed"))?;
    let mut recent = txn.open_table(TableDefinition::<u64, Row<Recent2>>::new("recent"))?;
    rewrite(txn, TableDefinition::<u64, Row<Room2>>::new("rooms"), |id, old: Old| {
        let Old { name, address, opened_at, opened_by, last, last_at, last_author, feed_len, feed_floor } = old;
        let row = Recent2 { room: RoomId(id), at: last_at, author: last_author, feed_len, feed_floor };
        rows::put(&mut recent, last.0, &row)?;
        Ok(Room2 { name, address, opened_at, opened_by })
    })
}

/// Format 2 knew guests and open rooms, and nothing else.
fn give_names_and_rooms_an_owner(txn: &WriteTransaction) -> Result<(), Fault> {
    #[derive(Debug, Deserialize)]
    struct User2 {
        name: String,
        entered_at: Moment,
    }
    #[derive(Debug, Deserialize)]
    struct Token2 {
        user: u64,
        made_at: Moment,
    }
    tables::lay_out(txn)?;
    let mut looks = txn.open_table(LOOKS)?;
    rewrite(txn, USERS, |id, User2 { name, entered_at }| {
        // Of two that look alike already, the first keeps the look; both keep their names.
        if let Ok(look) = UserName::parse(&name).map(|name| name.look())
            && looks.get(look.as_str())?.is_none()
        {
            looks.insert(look.as_str(), id)?;
        }
        let (role, muted, banned, invited) = (Role::Guest, Until::OVER, Until::OVER, None);
        Ok(UserRow { name, entered_at, role, muted, banned, invited })
    })?;
    let mut tokens_of = txn.open_table(TOKENS_OF)?;
    rewrite(txn, TOKENS, |hash, Token2 { user, made_at }| {
        tokens_of.insert((user, hash), ())?;
        Ok(TokenRow { user, made_at, seen_at: made_at, kind: TokenKind::Session(Device::default()) })
    })?;
    rewrite(txn, ROOMS, |_, Room2 { name, address, opened_at, opened_by }| {
        let (topic, kind, slow_s, archived, deleted_at) = (String::new(), Kind::Open, 0, false, None);
        Ok(RoomRow { name, address, opened_at, opened_by, topic, kind, slow_s, archived, deleted_at })
    })?;
    rewrite(txn, RECENT, |_, Recent2 { room, at, author, feed_len, feed_floor }| {
        Ok(RecentRow { room, is_listed: true, at, author, said_at: at, feed_len, feed_floor })
    })?;
    let rooms = txn.open_table(ROOMS)?.len()?;
    txn.open_table(META)?.insert("rooms", rooms)?;
    Ok(())
}

/// A room of format 2.
#[derive(Debug, Serialize, Deserialize)]
struct Room2 {
    name: String,
    address: String,
    opened_at: Moment,
    opened_by: UserId,
}

/// A row of `recent` of format 2.
#[derive(Debug, Serialize, Deserialize)]
struct Recent2 {
    room: RoomId,
    at: Moment,
    author: Option<UserId>,
    feed_len: u64,
    feed_floor: Seq,
}

/// Writes every row of a table anew, from what it was to what it becomes.
fn rewrite<K, Old, New>(
    txn: &WriteTransaction,
    definition: TableDefinition<'static, K, Row<New>>,
    mut turn: impl FnMut(K, Old) -> Result<New, Fault>,
) -> Result<(), Fault>
where
    K: for<'k> Key<SelfType<'k> = K> + Copy + 'static,
    Old: DeserializeOwned,
    New: Serialize + Debug + 'static,
{
    let mut table = txn.open_table(definition)?;
    let mut all = Vec::with_capacity(usize::try_from(table.len()?).unwrap_or(0));
    for entry in table.iter()? {
        let (key, row) = entry?;
        all.push((key.value(), rows::decode::<Old>("of an older format", row.value())?));
    }
    for (key, old) in all {
        rows::put(&mut table, key, &turn(key, old)?)?;
    }
    Ok(())
}
