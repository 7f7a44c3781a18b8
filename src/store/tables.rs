//! The schema: every table, what its key is and what its rows hold. All rows are postcard
//! (<https://postcard.jamesmunns.com/wire-format>), so a struct's fields may only change together with
//! [`FORMAT`] and a migration.

use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::Fault;
use super::rows::{Row, Rows};
use crate::domain::{Done, Moment, Seq, UserId};

/// The version of this schema. A file of a newer one is refused, of an older one migrated.
pub(super) const FORMAT: u64 = 1;

/// Single numbers: `format`, `epoch`, `seq` (the last change), `at` (its moment).
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
/// A room's last change -> room: the rooms in the order of their activity.
pub(super) const RECENT: TableDefinition<u64, u64> = TableDefinition::new("recent");
/// (Room, message) -> [`MessageRow`]. The truth of content.
pub(super) const MESSAGES: TableDefinition<(u64, u64), Row<MessageRow>> = TableDefinition::new("messages");
/// (Room, seq) -> [`FeedRow`]: what changed, for catching up. Bounded; holds no content.
pub(super) const FEED: TableDefinition<(u64, u64), Row<FeedRow>> = TableDefinition::new("feed");
/// (Day in UTC, person, nonce) -> [`OutcomeRow`].
pub(super) const OUTCOMES: TableDefinition<(u64, u64, &str), Row<OutcomeRow>> = TableDefinition::new("outcomes");

/// A person.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct UserRow {
    pub name: String,
    pub entered_at: Moment,
}

/// A token's owner.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TokenRow {
    pub user: u64,
    pub made_at: Moment,
}

/// A room.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct RoomRow {
    pub name: String,
    pub address: String,
    pub opened_at: Moment,
    pub opened_by: UserId,
    /// The last change, at first the opening; the key of its row in `recent`.
    pub last: Seq,
    pub last_at: Moment,
    /// Who posted last.
    pub last_author: Option<UserId>,
    /// How many changes the feed holds of this room, and after which change they start.
    pub feed_len: u64,
    pub feed_floor: Seq,
}

/// A message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MessageRow {
    pub author: UserId,
    pub at: Moment,
    pub follows: bool,
    pub opens_day: bool,
    pub body: String,
}

/// A change.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FeedRow {
    pub at: Moment,
    pub done: Done,
}

/// What a command led to.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct OutcomeRow {
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
    pub recent: Table<'t, u64, u64>,
    pub messages: Rows<'t, (u64, u64), MessageRow>,
    pub feed: Rows<'t, (u64, u64), FeedRow>,
    pub outcomes: Rows<'t, (u64, u64, &'static str), OutcomeRow>,
    /// The last change, and its moment.
    pub last: Seq,
    pub last_at: Moment,
    opened_at: Seq,
}

impl<'t> Tables<'t> {
    /// Opens every table, and makes those that are not there yet.
    pub fn open(txn: &'t WriteTransaction) -> Result<Self, Fault> {
        let meta = txn.open_table(META)?;
        let number = |key| Ok::<u64, Fault>(meta.get(key)?.map_or(0, |value| value.value()));
        let (last, last_at) = (Seq(number("seq")?), Moment(number("at")?));
        Ok(Self {
            meta,
            users: txn.open_table(USERS)?,
            names: txn.open_table(NAMES)?,
            tokens: txn.open_table(TOKENS)?,
            rooms: txn.open_table(ROOMS)?,
            addresses: txn.open_table(ADDRESSES)?,
            recent: txn.open_table(RECENT)?,
            messages: txn.open_table(MESSAGES)?,
            feed: txn.open_table(FEED)?,
            outcomes: txn.open_table(OUTCOMES)?,
            last,
            last_at,
            opened_at: last,
        })
    }

    /// Writes down how far the order has come. Answers whether it has moved.
    pub fn close(mut self) -> Result<bool, Fault> {
        if self.last == self.opened_at {
            return Ok(false);
        }
        self.meta.insert("seq", self.last.0)?;
        self.meta.insert("at", self.last_at.0)?;
        Ok(true)
    }
}
