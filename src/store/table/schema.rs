//! The schema: every table, what its key is and what its rows hold. All rows are postcard
//! (<https://postcard.jamesmunns.com/wire-format>), so a struct's fields may only change together with
//! [`FORMAT`] and a migration.

use redb::TableDefinition;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Applied, AuditEntry, Event, Expiry, Invitation, MessageExtras, NotificationLevel, RenderedContent, Report, Role,
    RoomId, Seq, ServerSettings, Timestamp, TokenKind, UserId, Visibility,
};
use crate::store::table::rows::RowBytes;

/// The version of this schema. A file of a newer one is refused, of an older one migrated.
pub(crate) const FORMAT: u64 = 6;

/// Single numbers: `format`, `epoch`; `seq` and `at`, the last change that no room counts as its own and its moment;
/// `rooms`, how many rooms there are that everybody in the house may see.
pub(crate) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// `house` -> [`HouseRow`]. Empty until somebody has settled anything.
pub(crate) const SETTINGS: TableDefinition<&str, RowBytes<SettingsRow>> = TableDefinition::new("house");

/// Person -> [`UserRow`].
pub(crate) const USERS: TableDefinition<u64, RowBytes<UserRow>> = TableDefinition::new("users");
/// Folded name -> person: by the name that they have, and by each former one that is kept.
pub(crate) const NAMES: TableDefinition<&str, u64> = TableDefinition::new("names");
/// Look of a name -> the first person whose name looks so.
pub(crate) const SKELETONS: TableDefinition<&str, u64> = TableDefinition::new("looks");

/// (Person, change by which they gave a name up) -> [`FormerRow`]. The oldest goes when there are too many.
pub(crate) const FORMER_NAMES: TableDefinition<(u64, u64), RowBytes<FormerNameRow>> = TableDefinition::new("former");
/// Change -> person who then took the name that they have now.
pub(crate) const RENAMES: TableDefinition<u64, u64> = TableDefinition::new("renamed");
/// (Person, room where their name can be seen) -> the change since which it can be: they spoke or reacted there, or were
/// spoken to by name, or talk there with single people. Nothing goes from here.
pub(crate) const NAME_USES: TableDefinition<(u64, u64), u64> = TableDefinition::new("seen");

/// SHA-256 of a token -> [`TokenRow`]. The tokens themselves are nowhere.
pub(crate) const TOKENS: TableDefinition<[u8; 32], RowBytes<TokenRow>> = TableDefinition::new("tokens");
/// (Person, SHA-256 of a token of theirs).
pub(crate) const TOKENS_BY_PERSON: TableDefinition<(u64, [u8; 32]), ()> = TableDefinition::new("tokens_of");
/// Person -> [`SecretRow`].
pub(crate) const PASSWORDS: TableDefinition<u64, RowBytes<PasswordRow>> = TableDefinition::new("secrets");
/// (Person, SHA-256 of a recovery code of theirs that is still good).
pub(crate) const RECOVERY_CODES: TableDefinition<(u64, [u8; 32]), ()> = TableDefinition::new("recovery");
/// SHA-256 of a link by which somebody may choose a new password -> [`ResetRow`].
pub(crate) const RESET_LINKS: TableDefinition<[u8; 32], RowBytes<ResetLinkRow>> = TableDefinition::new("resets");

/// Invitation -> itself.
pub(crate) const INVITATIONS: TableDefinition<u64, RowBytes<Invitation>> = TableDefinition::new("invitations");
/// SHA-256 of an invitation's link -> invitation.
pub(crate) const INVITATION_CODES: TableDefinition<[u8; 32], u64> = TableDefinition::new("invitation_codes");

/// Room -> [`RoomRow`].
pub(crate) const ROOMS: TableDefinition<u64, RowBytes<RoomRow>> = TableDefinition::new("rooms");
/// Address -> room. A room that was renamed is found at its old addresses too, until another takes them.
pub(crate) const SLUGS: TableDefinition<&str, u64> = TableDefinition::new("addresses");
/// (Room, person) -> [`MemberRow`]: who belongs to a hidden room, and what was laid on whom in any room.
pub(crate) const MEMBERS: TableDefinition<(u64, u64), RowBytes<MemberRow>> = TableDefinition::new("members");
/// (Person, hidden room to which they belong).
pub(crate) const ROOMS_BY_PERSON: TableDefinition<(u64, u64), ()> = TableDefinition::new("rooms_of");
/// The people of a direct room, each as eight bytes, in order -> room.
pub(crate) const DIRECT_ROOMS: TableDefinition<&[u8], u64> = TableDefinition::new("directs");

/// A room's last change -> [`RecentRow`]: the rooms in the order of their activity, with all of a room that changes with
/// each message. A post writes into this table and [`MESSAGES`], and no other: each table more is another page for the
/// disk.
pub(crate) const ACTIVITY: TableDefinition<u64, RowBytes<ActivityRow>> = TableDefinition::new("recent");
/// (Room, message) -> [`MessageRow`]. The truth of content; together with [`CHANGES`] the order of a room's changes.
pub(crate) const MESSAGES: TableDefinition<(u64, u64), RowBytes<MessageRow>> = TableDefinition::new("messages");
/// (Room, change) -> [`ChangeRow`]: what changed a room besides posts.
pub(crate) const CHANGES: TableDefinition<(u64, u64), RowBytes<ChangeRow>> = TableDefinition::new("changes");
/// (Room, message, change by which it was edited) -> [`VersionRow`]: what it said until then.
pub(crate) const VERSIONS: TableDefinition<(u64, u64, u64), RowBytes<VersionRow>> = TableDefinition::new("versions");
/// (Room, message with which a thread began, message that belongs to it).
pub(crate) const THREADS: TableDefinition<(u64, u64, u64), ()> = TableDefinition::new("threads");
/// (Room, message that is pinned there).
pub(crate) const PINS: TableDefinition<(u64, u64), ()> = TableDefinition::new("pins");

/// (Person, room) -> [`ReadRow`]: how somebody reads a room.
pub(crate) const READ_STATES: TableDefinition<(u64, u64), RowBytes<ReadStateRow>> = TableDefinition::new("reads");
/// (Person, room, message there that speaks to them by name and that they have not read).
pub(crate) const MENTIONS: TableDefinition<(u64, u64, u64), ()> = TableDefinition::new("mentions");
/// (Room, message that calls everybody there) -> whoever calls.
pub(crate) const ROOM_MENTIONS: TableDefinition<(u64, u64), u64> = TableDefinition::new("calls");
/// (Person, room) -> [`DraftRow`].
pub(crate) const DRAFTS: TableDefinition<(u64, u64), RowBytes<DraftRow>> = TableDefinition::new("drafts");

/// (Day in UTC, person, nonce) -> [`OutcomeRow`].
pub(crate) const OUTCOMES: TableDefinition<(u64, u64, &str), RowBytes<OutcomeRow>> = TableDefinition::new("outcomes");

/// (Address block, person because of whom nobody may come in anew from there) -> [`BlockRow`].
pub(crate) const BLOCKED_ADDRESSES: TableDefinition<(&str, u64), RowBytes<BlockedAddressRow>> =
    TableDefinition::new("blocked");
/// Person -> whoever banned them and wants all gone that they have said, while some of it is left.
pub(crate) const PURGES: TableDefinition<u64, u64> = TableDefinition::new("erasures");
/// Report -> itself.
pub(crate) const REPORTS: TableDefinition<u64, RowBytes<Report>> = TableDefinition::new("reports");
/// Change -> what was done with it to keep order.
pub(crate) const AUDIT_LOG: TableDefinition<u64, RowBytes<AuditEntry>> = TableDefinition::new("audit");

/// Does the same with every table but [`META`]: `each_table!(table => copy(table)?)`.
macro_rules! each_table {
    ($table:ident => $work:expr) => {
        each_table!(@ $table => $work;
            SETTINGS USERS NAMES SKELETONS FORMER_NAMES RENAMES NAME_USES TOKENS TOKENS_BY_PERSON PASSWORDS RECOVERY_CODES RESET_LINKS INVITATIONS INVITATION_CODES ROOMS SLUGS
            MEMBERS ROOMS_BY_PERSON DIRECT_ROOMS ACTIVITY MESSAGES CHANGES VERSIONS THREADS PINS READ_STATES MENTIONS ROOM_MENTIONS DRAFTS OUTCOMES
            BLOCKED_ADDRESSES PURGES REPORTS AUDIT_LOG)
    };
    (@ $table:ident => $work:expr; $($name:ident)*) => {
        $({ let $table = $crate::store::table::schema::$name; $work })*
    };
}
pub(crate) use each_table;

/// What the owners have settled.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SettingsRow {
    pub settings: ServerSettings,
    /// How many owners there are.
    pub owner_count: u32,
}

/// A person. The name is as the texts of a [`MessageRow`] are.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UserRow<Text = String> {
    pub name: Text,
    pub joined_at: Timestamp,
    pub role: Role,
    pub muted_until: Expiry,
    pub banned_until: Expiry,
    /// The invitation by which they came.
    pub invitation: Option<Seq>,
    /// Whether nobody is to be shown when they are here.
    pub presence_hidden: bool,
    /// The change by which they have this name.
    pub name_seq: Seq,
}

/// A name that somebody had.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FormerNameRow {
    pub name: String,
    /// Until when.
    pub replaced_at: Timestamp,
}

/// A token's owner.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TokenRow {
    pub user: u64,
    pub created_at: Timestamp,
    /// When it was used last, to within a day.
    pub last_used_at: Timestamp,
    pub kind: TokenKind,
}

/// A password.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PasswordRow {
    /// The hash, as a PHC string.
    pub phc: String,
    /// The change that set it.
    pub password_seq: Seq,
}

/// A link by which somebody may choose a new password.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ResetLinkRow {
    pub user: UserId,
    pub expiry: Expiry,
}

/// A room.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RoomRow {
    pub name: String,
    pub slug: String,
    pub created_at: Timestamp,
    pub created_by: UserId,
    pub topic: String,
    pub visibility: Visibility,
    pub slow_mode_s: u32,
    pub archived: bool,
    pub deleted_at: Option<Timestamp>,
}

/// Somebody in a room.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct MemberRow {
    /// Whether they belong to it, if it is hidden.
    pub is_member: bool,
    pub muted_until: Expiry,
    /// When they said something last, if the room had a pace then.
    pub last_posted_at: Timestamp,
}

/// A room as it stood after its last change, which at first is its opening.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ActivityRow {
    pub room: RoomId,
    /// Whether it is one for everybody in the house, and there: so that lists need not look at hidden rooms.
    pub is_listed: bool,
    pub at: Timestamp,
    /// Who posted last, and when.
    pub last_author: Option<UserId>,
    pub last_posted_at: Timestamp,
    /// How many messages there are, with those that were taken away.
    pub message_count: u64,
    /// How many changes the feed has of this room, and after which change they start.
    pub feed_len: u64,
    pub feed_floor: Seq,
}

/// A message. Its texts are copied out of the file, or, to look at it and pass on, `&str` that lie there.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MessageRow<Text = String> {
    pub author: UserId,
    pub at: Timestamp,
    pub continues_group: bool,
    pub starts_day: bool,
    /// Which of the room's messages it is; the first is 1.
    pub ordinal: u64,
    /// Blank if it was taken away.
    pub body: Text,
    /// How it is shown. None if that is as it was written.
    pub rendered: Option<RenderedContent<Text>>,
    /// None if there is nothing of them.
    pub extras: Option<Box<MessageExtras>>,
}

/// What a message said before it was edited.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct VersionRow {
    /// Until when.
    pub replaced_at: Timestamp,
    pub body: String,
}

/// How somebody reads a room.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ReadStateRow {
    /// Up to which change they have read. 0: they have never said.
    pub read_up_to: Seq,
    /// How many messages there were by then.
    pub read_ordinal: u64,
    pub level: NotificationLevel,
    pub favorite: bool,
}

/// What somebody has begun to write in a room.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct DraftRow {
    pub at: Timestamp,
    pub body: String,
    pub reply_to: Option<Seq>,
}

/// A change of a room.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ChangeRow {
    pub at: Timestamp,
    pub event: Event,
}

/// What a command led to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutcomeRow {
    pub at: Timestamp,
    pub applied: Applied,
}

/// An address from which nobody may come in anew.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BlockedAddressRow {
    pub expiry: Expiry,
}
