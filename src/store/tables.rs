//! The schema: every table, what its key is and what its rows hold. All rows are postcard
//! (<https://postcard.jamesmunns.com/wire-format>), so a struct's fields may only change together with
//! [`FORMAT`] and a migration.

use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::Fault;
use super::rows::{self, Row, Rows};
use crate::domain::{Done, Moment, RoomId, Seq, UserId};

/// The version of this schema. A file of a newer one is refused, of an older one migrated.
pub(super) const FORMAT: u64 = 2;

/// Single numbers: `format`, `epoch`; and `seq` and `at`, the last change that no room counts as its own and its moment.
pub(super) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// Person -> [`UserRow`].
pub(super) const USERS: TableDefinition<u64, Row<UserRow>> = TableDefinition::new("users");
/// Folded name -> person.
pub(super) const NAMES: TableDefinition<&str, u64> = TableDefinition::new("names");
/// SHA-256 of a token -> [`TokenRow`]. The tokens themselves are nowhere.
pub(super) const TOKENS: TableDefinition<[u8; 32], Row<TokenRow>> = TableDefinition::new("tokens");
/// Room -> [`RoomRow`].
pub(super) const ROOMS: TableDefinition<u64, Row<RoomRow>> = TableDefinition::new("rooms");
/// Address -> room.
pub(super) const ADDRESSES: TableDefinition<&str, u64> = TableDefinition::new("addresses");
/// A room's last change -> [`RecentRow`]: the rooms in the order of their activity, with all of a room that changes with
/// each message. A post touches this table and [`MESSAGES`], and no other: each table more is another page for the disk.
pub(super) const RECENT: TableDefinition<u64, Row<RecentRow>> = TableDefinition::new("recent");
/// (Room, message) -> [`MessageRow`]. The truth of content, and the order of a room's changes.
pub(super) const MESSAGES: TableDefinition<(u64, u64), Row<MessageRow>> = TableDefinition::new("messages");
/// (Day in UTC, person, nonce) -> [`OutcomeRow`].
pub(super) const OUTCOMES: TableDefinition<(u64, u64, &str), Row<OutcomeRow>> = TableDefinition::new("outcomes");

/// A person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct UserRow {
    pub name: String,
    pub entered_at: Moment,
}

/// A token's owner.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TokenRow {
    pub user: u64,
    pub made_at: Moment,
}

/// A room.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RoomRow {
    pub name: String,
    pub address: String,
    pub opened_at: Moment,
    pub opened_by: UserId,
}

/// A room as it stood after its last change, which at first is its opening.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RecentRow {
    pub room: RoomId,
    pub at: Moment,
    /// Who posted last.
    pub author: Option<UserId>,
    /// How many changes the feed has of this room, and after which change they start.
    pub feed_len: u64,
    pub feed_floor: Seq,
}

/// A message.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MessageRow {
    pub author: UserId,
    pub at: Moment,
    pub follows: bool,
    pub opens_day: bool,
    pub body: String,
}

/// What a command led to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutcomeRow {
    pub at: Moment,
    pub done: Done,
}

/// All tables, open for one write transaction.
pub(super) struct Tables<'t> {
    meta: Table<'t, &'static str, u64>,
    pub users: Rows<'t, u64, UserRow>,
    pub names: Table<'t, &'static str, u64>,
    pub tokens: Rows<'t, [u8; 32], TokenRow>,
    pub rooms: Rows<'t, u64, RoomRow>,
    pub addresses: Table<'t, &'static str, u64>,
    pub recent: Rows<'t, u64, RecentRow>,
    pub messages: Rows<'t, (u64, u64), MessageRow>,
    pub outcomes: Rows<'t, (u64, u64, &'static str), OutcomeRow>,
    /// The last change, and its moment.
    pub last: Seq,
    pub last_at: Moment,
    opened_at: Seq,
}

impl<'t> Tables<'t> {
    /// Opens every table, and makes those that are not there yet.
    pub fn open(txn: &'t WriteTransaction) -> Result<Self, Fault> {
        let (meta, recent) = (txn.open_table(META)?, txn.open_table(RECENT)?);
        let (last, last_at) = last(&meta, &recent)?;
        Ok(Self {
            meta,
            users: txn.open_table(USERS)?,
            names: txn.open_table(NAMES)?,
            tokens: txn.open_table(TOKENS)?,
            rooms: txn.open_table(ROOMS)?,
            addresses: txn.open_table(ADDRESSES)?,
            recent,
            messages: txn.open_table(MESSAGES)?,
            outcomes: txn.open_table(OUTCOMES)?,
            last,
            last_at,
            opened_at: last,
        })
    }

    /// Writes down how far the order has come, unless the last change is a room's. Answers whether it has moved.
    pub fn close(mut self) -> Result<bool, Fault> {
        if self.last == self.opened_at {
            return Ok(false);
        }
        let newest = self.recent.last()?.map(|(seq, _)| seq.value());
        if newest != Some(self.last.0) {
            self.meta.insert("seq", self.last.0)?;
            self.meta.insert("at", self.last_at.0)?;
        }
        Ok(true)
    }
}

/// The last change of the whole server, and its moment: a room's, or one that no room counts as its own.
pub(super) fn last<M, R>(meta: &M, recent: &R) -> Result<(Seq, Moment), Fault>
where
    M: ReadableTable<&'static str, u64>,
    R: ReadableTable<u64, Row<RecentRow>>,
{
    let number = |key| Ok::<u64, Fault>(meta.get(key)?.map_or(0, |value| value.value()));
    let nobodys = (Seq(number("seq")?), Moment(number("at")?));
    match recent.last()? {
        Some((seq, row)) if seq.value() > nobodys.0.0 => {
            Ok((Seq(seq.value()), rows::decode::<RecentRow>("recent", row.value())?.at))
        }
        _ => Ok(nobodys),
    }
}
