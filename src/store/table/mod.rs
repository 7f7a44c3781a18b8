//! All tables, open for one write transaction.

pub(crate) mod members;
pub(crate) mod rows;
pub(crate) mod schema;

use std::cell::OnceCell;

use redb::{Key, ReadableTable, Table, TableDefinition, Value, WriteTransaction};

use crate::domain::{AuditEntry, Invitation, Report, Seq, ServerSettings, Timestamp};
use crate::store::StoreError;
use crate::store::table::rows::{RowBytes, RowTable};
use crate::store::table::schema::{
    ACTIVITY, AUDIT_LOG, ActivityRow, BLOCKED_ADDRESSES, BlockedAddressRow, CHANGES, ChangeRow, DIRECT_ROOMS, DRAFTS,
    DraftRow, FORMER_NAMES, FormerNameRow, INVITATION_CODES, INVITATIONS, MEMBERS, MENTIONS, MESSAGES, META, MemberRow,
    MessageRow, NAME_USES, NAMES, OUTCOMES, OutcomeRow, PASSWORDS, PINS, PURGES, PasswordRow, READ_STATES,
    RECOVERY_CODES, RENAMES, REPORTS, RESET_LINKS, ROOM_MENTIONS, ROOMS, ROOMS_BY_PERSON, ReadStateRow, ResetLinkRow,
    RoomRow, SETTINGS, SKELETONS, SLUGS, SettingsRow, THREADS, TOKENS, TOKENS_BY_PERSON, TokenRow, USERS, UserRow,
    VERSIONS, VersionRow, each_table,
};

/// The tables. Those that a post needs are open; the others are opened on first use, because opening one costs about as
/// much as reading from it.
pub(crate) struct Tables<'t> {
    meta: Table<'t, &'static str, u64>,
    pub settings: RowTable<'t, &'static str, SettingsRow>,
    pub users: RowTable<'t, u64, UserRow>,
    pub rooms: RowTable<'t, u64, RoomRow>,
    pub members: RowTable<'t, (u64, u64), MemberRow>,
    pub activity: RowTable<'t, u64, ActivityRow>,
    pub messages: RowTable<'t, (u64, u64), MessageRow>,
    pub changes: RowTable<'t, (u64, u64), ChangeRow>,
    pub outcomes: RowTable<'t, (u64, u64, &'static str), OutcomeRow>,
    pub names: LazyTable<'t, &'static str, u64>,
    pub skeletons: LazyTable<'t, &'static str, u64>,
    pub former_names: LazyTable<'t, (u64, u64), RowBytes<FormerNameRow>>,
    pub renames: LazyTable<'t, u64, u64>,
    pub name_uses: LazyTable<'t, (u64, u64), u64>,
    pub tokens: LazyTable<'t, [u8; 32], RowBytes<TokenRow>>,
    pub tokens_by_person: LazyTable<'t, (u64, [u8; 32]), ()>,
    pub passwords: LazyTable<'t, u64, RowBytes<PasswordRow>>,
    pub recovery_codes: LazyTable<'t, (u64, [u8; 32]), ()>,
    pub reset_links: LazyTable<'t, [u8; 32], RowBytes<ResetLinkRow>>,
    pub invitations: LazyTable<'t, u64, RowBytes<Invitation>>,
    pub invitation_codes: LazyTable<'t, [u8; 32], u64>,
    pub slugs: LazyTable<'t, &'static str, u64>,
    pub rooms_by_person: LazyTable<'t, (u64, u64), ()>,
    pub direct_rooms: LazyTable<'t, &'static [u8], u64>,
    pub versions: LazyTable<'t, (u64, u64, u64), RowBytes<VersionRow>>,
    pub threads: LazyTable<'t, (u64, u64, u64), ()>,
    pub pins: LazyTable<'t, (u64, u64), ()>,
    pub read_states: LazyTable<'t, (u64, u64), RowBytes<ReadStateRow>>,
    pub mentions: LazyTable<'t, (u64, u64, u64), ()>,
    pub room_mentions: LazyTable<'t, (u64, u64), u64>,
    pub drafts: LazyTable<'t, (u64, u64), RowBytes<DraftRow>>,
    pub blocked_addresses: LazyTable<'t, (&'static str, u64), RowBytes<BlockedAddressRow>>,
    pub purges: LazyTable<'t, u64, u64>,
    pub reports: LazyTable<'t, u64, RowBytes<Report>>,
    pub audit_log: LazyTable<'t, u64, RowBytes<AuditEntry>>,
    /// The last change, and its time.
    pub last_seq: Seq,
    pub last_at: Timestamp,
    /// The settings, cached after the first read: every post reads them.
    pub cached_settings: OnceCell<ServerSettings>,
    seq_at_open: Seq,
}

/// A table that is opened on first use.
pub(crate) struct LazyTable<'t, K: Key + 'static, V: Value + 'static> {
    txn: &'t WriteTransaction,
    definition: TableDefinition<'static, K, V>,
    table: Option<Table<'t, K, V>>,
}

impl<'t, K: Key + 'static, V: Value + 'static> LazyTable<'t, K, V> {
    fn new(txn: &'t WriteTransaction, definition: TableDefinition<'static, K, V>) -> Self {
        Self { txn, definition, table: None }
    }

    /// Opens the table, if it is not open, and returns it.
    pub fn open(&mut self) -> Result<&mut Table<'t, K, V>, StoreError> {
        if self.table.is_none() {
            self.table = Some(self.txn.open_table(self.definition)?);
        }
        Ok(self.table.as_mut().expect("it has just been opened"))
    }
}

impl<'t> Tables<'t> {
    /// Opens the tables, which [`create_all_tables`] has created.
    pub fn open(txn: &'t WriteTransaction) -> Result<Self, StoreError> {
        let (meta, activity) = (txn.open_table(META)?, txn.open_table(ACTIVITY)?);
        let (last_seq, last_at) = last_server_change(&meta, &activity)?;
        Ok(Self {
            meta,
            settings: txn.open_table(SETTINGS)?,
            users: txn.open_table(USERS)?,
            rooms: txn.open_table(ROOMS)?,
            members: txn.open_table(MEMBERS)?,
            activity,
            messages: txn.open_table(MESSAGES)?,
            changes: txn.open_table(CHANGES)?,
            outcomes: txn.open_table(OUTCOMES)?,
            names: LazyTable::new(txn, NAMES),
            skeletons: LazyTable::new(txn, SKELETONS),
            former_names: LazyTable::new(txn, FORMER_NAMES),
            renames: LazyTable::new(txn, RENAMES),
            name_uses: LazyTable::new(txn, NAME_USES),
            tokens: LazyTable::new(txn, TOKENS),
            tokens_by_person: LazyTable::new(txn, TOKENS_BY_PERSON),
            passwords: LazyTable::new(txn, PASSWORDS),
            recovery_codes: LazyTable::new(txn, RECOVERY_CODES),
            reset_links: LazyTable::new(txn, RESET_LINKS),
            invitations: LazyTable::new(txn, INVITATIONS),
            invitation_codes: LazyTable::new(txn, INVITATION_CODES),
            slugs: LazyTable::new(txn, SLUGS),
            rooms_by_person: LazyTable::new(txn, ROOMS_BY_PERSON),
            direct_rooms: LazyTable::new(txn, DIRECT_ROOMS),
            versions: LazyTable::new(txn, VERSIONS),
            threads: LazyTable::new(txn, THREADS),
            pins: LazyTable::new(txn, PINS),
            read_states: LazyTable::new(txn, READ_STATES),
            mentions: LazyTable::new(txn, MENTIONS),
            room_mentions: LazyTable::new(txn, ROOM_MENTIONS),
            drafts: LazyTable::new(txn, DRAFTS),
            blocked_addresses: LazyTable::new(txn, BLOCKED_ADDRESSES),
            purges: LazyTable::new(txn, PURGES),
            reports: LazyTable::new(txn, REPORTS),
            audit_log: LazyTable::new(txn, AUDIT_LOG),
            last_seq,
            last_at,
            cached_settings: OnceCell::new(),
            seq_at_open: last_seq,
        })
    }

    /// Counts a room that became open or public, or uncounts one that no longer is.
    pub fn update_room_count(&mut self, is_listed: bool) -> Result<(), StoreError> {
        let rooms = self.meta.get("rooms")?.map_or(0, |rooms| rooms.value());
        self.meta.insert("rooms", if is_listed { rooms + 1 } else { rooms.saturating_sub(1) })?;
        Ok(())
    }

    /// Stores the number of the last change, unless the `recent` table has it because it changed a room. Returns whether
    /// there were changes.
    pub fn close(mut self) -> Result<bool, StoreError> {
        if self.last_seq == self.seq_at_open {
            return Ok(false);
        }
        let newest = self.activity.last()?.map(|(seq, _)| seq.value());
        if newest != Some(self.last_seq.0) {
            self.meta.insert("seq", self.last_seq.0)?;
            self.meta.insert("at", self.last_at.0)?;
        }
        Ok(true)
    }
}

/// Creates every table that does not exist.
pub(crate) fn create_all_tables(txn: &WriteTransaction) -> Result<(), StoreError> {
    txn.open_table(META)?;
    each_table!(table => txn.open_table(table).map(drop)?);
    Ok(())
}

/// The last change of the server, and its time, whether it belongs to a room or not.
pub(crate) fn last_server_change<M, R>(meta: &M, activity: &R) -> Result<(Seq, Timestamp), StoreError>
where
    M: ReadableTable<&'static str, u64>,
    R: ReadableTable<u64, RowBytes<ActivityRow>>,
{
    let number = |key| Ok::<u64, StoreError>(meta.get(key)?.map_or(0, |value| value.value()));
    let without_room = (Seq(number("seq")?), Timestamp(number("at")?));
    match activity.last()? {
        Some((seq, row)) if seq.value() > without_room.0.0 => {
            Ok((Seq(seq.value()), rows::decode::<ActivityRow>("recent", row.value())?.at))
        }
        _ => Ok(without_room),
    }
}
