//! All tables, open for one write transaction.

use std::cell::OnceCell;

use redb::{Key, ReadableTable, Table, TableDefinition, Value, WriteTransaction};

use super::Fault;
use super::rows::{self, Row, Rows};
use super::schema::{
    ADDRESSES, AUDIT, BLOCKS, BlockRow, CALLS, CHANGES, ChangeRow, DIRECTS, DRAFTS, DraftRow, ERASURES, FORMER,
    FormerRow, HOUSE, HouseRow, INVITATION_CODES, INVITATIONS, LOOKS, MEMBERS, MENTIONS, MESSAGES, META, MemberRow,
    MessageRow, NAMES, OUTCOMES, OutcomeRow, PINS, READS, RECENT, RECOVERY, RENAMED, REPORTS, RESETS, ROOMS, ROOMS_OF,
    ReadRow, RecentRow, ResetRow, RoomRow, SECRETS, SEEN, SecretRow, THREADS, TOKENS, TOKENS_OF, TokenRow, USERS,
    UserRow, VERSIONS, VersionRow, each_table,
};
use crate::domain::{Audit, House, Invitation, Moment, Report, Seq};

/// The tables. Those that a post needs are open; the others are opened when somebody asks for them, because opening one
/// costs about as much as reading from it.
pub(super) struct Tables<'t> {
    meta: Table<'t, &'static str, u64>,
    pub house: Rows<'t, &'static str, HouseRow>,
    pub users: Rows<'t, u64, UserRow>,
    pub rooms: Rows<'t, u64, RoomRow>,
    pub members: Rows<'t, (u64, u64), MemberRow>,
    pub recent: Rows<'t, u64, RecentRow>,
    pub messages: Rows<'t, (u64, u64), MessageRow>,
    pub changes: Rows<'t, (u64, u64), ChangeRow>,
    pub outcomes: Rows<'t, (u64, u64, &'static str), OutcomeRow>,
    pub names: Later<'t, &'static str, u64>,
    pub looks: Later<'t, &'static str, u64>,
    pub former: Later<'t, (u64, u64), Row<FormerRow>>,
    pub renamed: Later<'t, u64, u64>,
    pub seen: Later<'t, (u64, u64), u64>,
    pub tokens: Later<'t, [u8; 32], Row<TokenRow>>,
    pub tokens_of: Later<'t, (u64, [u8; 32]), ()>,
    pub secrets: Later<'t, u64, Row<SecretRow>>,
    pub recovery: Later<'t, (u64, [u8; 32]), ()>,
    pub resets: Later<'t, [u8; 32], Row<ResetRow>>,
    pub invitations: Later<'t, u64, Row<Invitation>>,
    pub invitation_codes: Later<'t, [u8; 32], u64>,
    pub addresses: Later<'t, &'static str, u64>,
    pub rooms_of: Later<'t, (u64, u64), ()>,
    pub directs: Later<'t, &'static [u8], u64>,
    pub versions: Later<'t, (u64, u64, u64), Row<VersionRow>>,
    pub threads: Later<'t, (u64, u64, u64), ()>,
    pub pins: Later<'t, (u64, u64), ()>,
    pub reads: Later<'t, (u64, u64), Row<ReadRow>>,
    pub mentions: Later<'t, (u64, u64, u64), ()>,
    pub calls: Later<'t, (u64, u64), u64>,
    pub drafts: Later<'t, (u64, u64), Row<DraftRow>>,
    pub blocks: Later<'t, (&'static str, u64), Row<BlockRow>>,
    pub erasures: Later<'t, u64, u64>,
    pub reports: Later<'t, u64, Row<Report>>,
    pub audit: Later<'t, u64, Row<Audit>>,
    /// The last change, and its moment.
    pub last: Seq,
    pub last_at: Moment,
    /// What the owners have settled, once somebody has asked: every post asks.
    pub settled: OnceCell<House>,
    opened_at: Seq,
}

/// A table that is opened when it is needed.
pub(super) struct Later<'t, K: Key + 'static, V: Value + 'static> {
    txn: &'t WriteTransaction,
    definition: TableDefinition<'static, K, V>,
    table: Option<Table<'t, K, V>>,
}

impl<'t, K: Key + 'static, V: Value + 'static> Later<'t, K, V> {
    fn new(txn: &'t WriteTransaction, definition: TableDefinition<'static, K, V>) -> Self {
        Self { txn, definition, table: None }
    }

    /// The table, open from now on.
    pub fn open(&mut self) -> Result<&mut Table<'t, K, V>, Fault> {
        if self.table.is_none() {
            self.table = Some(self.txn.open_table(self.definition)?);
        }
        Ok(self.table.as_mut().expect("it has just been opened"))
    }
}

impl<'t> Tables<'t> {
    /// Opens the tables; [`lay_out`] has made them.
    pub fn open(txn: &'t WriteTransaction) -> Result<Self, Fault> {
        let (meta, recent) = (txn.open_table(META)?, txn.open_table(RECENT)?);
        let (last, last_at) = last(&meta, &recent)?;
        Ok(Self {
            meta,
            house: txn.open_table(HOUSE)?,
            users: txn.open_table(USERS)?,
            rooms: txn.open_table(ROOMS)?,
            members: txn.open_table(MEMBERS)?,
            recent,
            messages: txn.open_table(MESSAGES)?,
            changes: txn.open_table(CHANGES)?,
            outcomes: txn.open_table(OUTCOMES)?,
            names: Later::new(txn, NAMES),
            looks: Later::new(txn, LOOKS),
            former: Later::new(txn, FORMER),
            renamed: Later::new(txn, RENAMED),
            seen: Later::new(txn, SEEN),
            tokens: Later::new(txn, TOKENS),
            tokens_of: Later::new(txn, TOKENS_OF),
            secrets: Later::new(txn, SECRETS),
            recovery: Later::new(txn, RECOVERY),
            resets: Later::new(txn, RESETS),
            invitations: Later::new(txn, INVITATIONS),
            invitation_codes: Later::new(txn, INVITATION_CODES),
            addresses: Later::new(txn, ADDRESSES),
            rooms_of: Later::new(txn, ROOMS_OF),
            directs: Later::new(txn, DIRECTS),
            versions: Later::new(txn, VERSIONS),
            threads: Later::new(txn, THREADS),
            pins: Later::new(txn, PINS),
            reads: Later::new(txn, READS),
            mentions: Later::new(txn, MENTIONS),
            calls: Later::new(txn, CALLS),
            drafts: Later::new(txn, DRAFTS),
            blocks: Later::new(txn, BLOCKS),
            erasures: Later::new(txn, ERASURES),
            reports: Later::new(txn, REPORTS),
            audit: Later::new(txn, AUDIT),
            last,
            last_at,
            settled: OnceCell::new(),
            opened_at: last,
        })
    }

    /// Counts a room that everybody in the house may see, or that they no longer may.
    pub fn count_room(&mut self, is_seen: bool) -> Result<(), Fault> {
        let rooms = self.meta.get("rooms")?.map_or(0, |rooms| rooms.value());
        self.meta.insert("rooms", if is_seen { rooms + 1 } else { rooms.saturating_sub(1) })?;
        Ok(())
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

/// Makes every table that is not there yet.
pub(super) fn lay_out(txn: &WriteTransaction) -> Result<(), Fault> {
    txn.open_table(META)?;
    each_table!(table => txn.open_table(table).map(drop)?);
    Ok(())
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
