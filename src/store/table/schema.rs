//! The schema: every table with its key and its rows. All rows are encoded with postcard
//! (<https://postcard.jamesmunns.com/wire-format>), so a struct's fields may only change together with
//! [`FORMAT`] and a migration.

use redb::TableDefinition;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Applied, AuditEntry, Event, Expiry, Invitation, MessageExtras, NotificationLevel, RenderedContent, Report, Role,
    RoomId, Seq, ServerSettings, Timestamp, TokenKind, UserId, Visibility,
};
use crate::store::table::rows::RowBytes;

/// The version of this schema. A file with a newer one is refused; one with an older one is migrated.
pub(crate) const FORMAT: u64 = 6;

/// Single numbers: `format`; `epoch`; `seq` and `at`, the last change that belongs to no room, and its time; `rooms`,
/// the number of open and public rooms.
pub(crate) const META: TableDefinition<&str, u64> = TableDefinition::new("meta");
/// `house` -> [`SettingsRow`]. Empty until the server is set up.
pub(crate) const SETTINGS: TableDefinition<&str, RowBytes<SettingsRow>> = TableDefinition::new("house");

/// Person -> [`UserRow`].
pub(crate) const USERS: TableDefinition<u64, RowBytes<UserRow>> = TableDefinition::new("users");
/// Key of a name -> person who has it or has it reserved as a former name.
pub(crate) const NAMES: TableDefinition<&str, u64> = TableDefinition::new("names");
/// Skeleton of a name -> the first person with such a name.
pub(crate) const SKELETONS: TableDefinition<&str, u64> = TableDefinition::new("looks");

/// (Person, change that replaced a name) -> [`FormerNameRow`]. The oldest is deleted when there are too many.
pub(crate) const FORMER_NAMES: TableDefinition<(u64, u64), RowBytes<FormerNameRow>> = TableDefinition::new("former");
/// Change -> person who got their present name with it.
pub(crate) const RENAMES: TableDefinition<u64, u64> = TableDefinition::new("renamed");
/// (Person, room where their name can be seen) -> the change since which it can: they posted, reacted or were mentioned
/// there, or it is a direct message with them. Rows are never deleted.
pub(crate) const NAME_USES: TableDefinition<(u64, u64), u64> = TableDefinition::new("seen");

/// SHA-256 of a token -> [`TokenRow`]. The tokens themselves are not stored.
pub(crate) const TOKENS: TableDefinition<[u8; 32], RowBytes<TokenRow>> = TableDefinition::new("tokens");
/// (Person, SHA-256 of a token of theirs).
pub(crate) const TOKENS_BY_PERSON: TableDefinition<(u64, [u8; 32]), ()> = TableDefinition::new("tokens_of");
/// Person -> [`PasswordRow`].
pub(crate) const PASSWORDS: TableDefinition<u64, RowBytes<PasswordRow>> = TableDefinition::new("secrets");
/// (Person, SHA-256 of an unused recovery code of theirs).
pub(crate) const RECOVERY_CODES: TableDefinition<(u64, [u8; 32]), ()> = TableDefinition::new("recovery");
/// SHA-256 of the code of a password reset link -> [`ResetLinkRow`].
pub(crate) const RESET_LINKS: TableDefinition<[u8; 32], RowBytes<ResetLinkRow>> = TableDefinition::new("resets");

/// Id of an invitation -> the invitation.
pub(crate) const INVITATIONS: TableDefinition<u64, RowBytes<Invitation>> = TableDefinition::new("invitations");
/// SHA-256 of an invitation's code -> id of the invitation.
pub(crate) const INVITATION_CODES: TableDefinition<[u8; 32], u64> = TableDefinition::new("invitation_codes");

/// Room -> [`RoomRow`].
pub(crate) const ROOMS: TableDefinition<u64, RowBytes<RoomRow>> = TableDefinition::new("rooms");
/// Slug -> room. A renamed room is found by its former slugs too, until another room takes them.
pub(crate) const SLUGS: TableDefinition<&str, u64> = TableDefinition::new("addresses");
/// (Room, person) -> [`MemberRow`]: membership of members-only rooms, and mutes and slow mode in any room.
pub(crate) const MEMBERS: TableDefinition<(u64, u64), RowBytes<MemberRow>> = TableDefinition::new("members");
/// (Person, members-only room of which they are a member).
pub(crate) const ROOMS_BY_PERSON: TableDefinition<(u64, u64), ()> = TableDefinition::new("rooms_of");
/// The ids of the people of a direct room, eight bytes each, big-endian, ascending -> room.
pub(crate) const DIRECT_ROOMS: TableDefinition<&[u8], u64> = TableDefinition::new("directs");

/// A room's last change -> [`ActivityRow`]: the rooms in the order of their activity, with everything that changes with
/// each message. A plain post writes to this table and [`MESSAGES`] only, because each further table is another page to
/// write to the disk.
pub(crate) const ACTIVITY: TableDefinition<u64, RowBytes<ActivityRow>> = TableDefinition::new("recent");
/// (Room, message) -> [`MessageRow`]. Together with [`CHANGES`] this is the feed of the room.
pub(crate) const MESSAGES: TableDefinition<(u64, u64), RowBytes<MessageRow>> = TableDefinition::new("messages");
/// (Room, change) -> [`ChangeRow`]: the changes of a room other than posts.
pub(crate) const CHANGES: TableDefinition<(u64, u64), RowBytes<ChangeRow>> = TableDefinition::new("changes");
/// (Room, message, change that edited it) -> [`VersionRow`]: the text before that edit.
pub(crate) const VERSIONS: TableDefinition<(u64, u64, u64), RowBytes<VersionRow>> = TableDefinition::new("versions");
/// (Room, root message of a thread, message in the thread).
pub(crate) const THREADS: TableDefinition<(u64, u64, u64), ()> = TableDefinition::new("threads");
/// (Room, pinned message).
pub(crate) const PINS: TableDefinition<(u64, u64), ()> = TableDefinition::new("pins");

/// (Person, room) -> [`ReadStateRow`].
pub(crate) const READ_STATES: TableDefinition<(u64, u64), RowBytes<ReadStateRow>> = TableDefinition::new("reads");
/// (Person, room, unread message that mentions them by name or replies to them).
pub(crate) const MENTIONS: TableDefinition<(u64, u64, u64), ()> = TableDefinition::new("mentions");
/// (Room, message with a room mention) -> its author.
pub(crate) const ROOM_MENTIONS: TableDefinition<(u64, u64), u64> = TableDefinition::new("calls");
/// (Person, room) -> [`DraftRow`].
pub(crate) const DRAFTS: TableDefinition<(u64, u64), RowBytes<DraftRow>> = TableDefinition::new("drafts");

/// (Day in UTC, person, nonce) -> [`OutcomeRow`].
pub(crate) const OUTCOMES: TableDefinition<(u64, u64, &str), RowBytes<OutcomeRow>> = TableDefinition::new("outcomes");

/// (Address block, banned person because of whom it is blocked) -> [`BlockedAddressRow`].
pub(crate) const BLOCKED_ADDRESSES: TableDefinition<(&str, u64), RowBytes<BlockedAddressRow>> =
    TableDefinition::new("blocked");
/// Banned person whose messages are being deleted -> the moderator who banned them. Removed when the purge is finished.
pub(crate) const PURGES: TableDefinition<u64, u64> = TableDefinition::new("erasures");
/// Id of a report -> the report.
pub(crate) const REPORTS: TableDefinition<u64, RowBytes<Report>> = TableDefinition::new("reports");
/// Change -> the entry of the audit log that it made.
pub(crate) const AUDIT_LOG: TableDefinition<u64, RowBytes<AuditEntry>> = TableDefinition::new("audit");

/// Runs an expression for every table except [`META`]: `each_table!(table => copy(table)?)`.
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

/// The settings of the server.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct SettingsRow {
    pub settings: ServerSettings,
    /// The number of owners.
    pub owner_count: u32,
}

/// A person. The name is owned or borrowed, like the texts of a [`MessageRow`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct UserRow<Text = String> {
    pub name: Text,
    pub joined_at: Timestamp,
    pub role: Role,
    pub muted_until: Expiry,
    pub banned_until: Expiry,
    /// The invitation that they joined with.
    pub invitation: Option<Seq>,
    /// Whether other people can't see when this person is online.
    pub presence_hidden: bool,
    /// The change that gave them this name.
    pub name_seq: Seq,
}

/// A former name of a person.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct FormerNameRow {
    pub name: String,
    /// When the person took another name.
    pub replaced_at: Timestamp,
}

/// A session or personal token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TokenRow {
    pub user: u64,
    pub created_at: Timestamp,
    /// When it was used last, accurate to a day.
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

/// A password reset link.
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

/// The state of a person in a room.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct MemberRow {
    /// Whether they are a member. Only members-only rooms have members.
    pub is_member: bool,
    pub muted_until: Expiry,
    /// When they posted last while the room was in slow mode.
    pub last_posted_at: Timestamp,
}

/// The activity of a room at its last change, or at its creation if nothing changed since.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct ActivityRow {
    pub room: RoomId,
    /// Whether it is open or public, and not deleted. It spares lists from reading the rows of other rooms.
    pub is_listed: bool,
    pub at: Timestamp,
    /// The author and the time of the last message.
    pub last_author: Option<UserId>,
    pub last_posted_at: Timestamp,
    /// The number of messages, including deleted ones.
    pub message_count: u64,
    /// The number of changes in the room's feed, and the change after which the feed starts.
    pub feed_len: u64,
    pub feed_floor: Seq,
}

/// A message. Its texts are owned, or `&str` that borrow from the file where a message is only read.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MessageRow<Text = String> {
    pub author: UserId,
    pub at: Timestamp,
    pub continues_group: bool,
    pub starts_day: bool,
    /// Its position among the messages of the room, counted from 1.
    pub ordinal: u64,
    /// Empty if the message is deleted.
    pub body: Text,
    /// The rendered body. `None` if the body is plain text.
    pub rendered: Option<RenderedContent<Text>>,
    /// `None` if all extras are empty.
    pub extras: Option<Box<MessageExtras>>,
}

/// The text of a message before an edit.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct VersionRow {
    /// When the edit replaced it.
    pub replaced_at: Timestamp,
    pub body: String,
}

/// The read state of a person in a room.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct ReadStateRow {
    /// The read mark: the change up to which they have read. 0 if they have none.
    pub read_up_to: Seq,
    /// The number of messages in the room up to the read mark.
    pub read_ordinal: u64,
    pub level: NotificationLevel,
    pub favorite: bool,
}

/// A draft of a person in a room.
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

/// The outcome of a command.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OutcomeRow {
    pub at: Timestamp,
    pub applied: Applied,
}

/// An address block from which no new person can join.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct BlockedAddressRow {
    pub expiry: Expiry,
}
