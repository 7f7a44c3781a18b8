//! Every limit on what people send and on what the server keeps, with its unit in its name.

use std::time::Duration;

/// The longest name of a person, in characters. A character is a Unicode scalar value after NFC, here and below.
pub const USER_NAME_CHARS_MAX: usize = 32;
/// How many former names are reserved for a person, so that no one else can take them.
pub const FORMER_NAMES_MAX: usize = 5;
/// The longest name of a room, in characters.
pub const ROOM_NAME_CHARS_MAX: usize = 80;
/// The longest topic of a room, in characters.
pub const TOPIC_CHARS_MAX: usize = 200;
/// The longest name of the server, and the longest label of a token or an invitation, in characters.
pub const LABEL_CHARS_MAX: usize = 40;
/// The longest reason of a report or a ban, in characters.
pub const REASON_CHARS_MAX: usize = 300;
/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// The longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// The longest recovery code that is parsed, in characters. A code has 29, and may be typed with more spaces.
pub const RECOVERY_CODE_CHARS_MAX: usize = 64;
/// How many recovery codes a person gets at a time.
pub const RECOVERY_CODES_PER_SET: usize = 10;
/// How many sessions and tokens a person may have. A new session replaces the one that was used longest ago.
pub const SESSIONS_MAX: usize = 100;
/// How many people a direct message may have.
pub const DIRECT_ROOM_PEOPLE_MAX: usize = 8;
/// How many members one command may add to a private room, and how many rooms one invitation may list.
pub const MEMBERS_PICKED_MAX: usize = 50;
/// The longest slow mode of a room: the time between two messages of one person, in seconds.
pub const SLOW_MODE_S_MAX: u32 = 6 * 60 * 60;
/// How many people, reports or audit log entries one page lists.
pub const ADMIN_LIST_ROWS_MAX: usize = 100;
/// The longest message, in characters.
pub const BODY_CHARS_MAX: usize = 8_000;
/// How many people one message can mention.
pub const MENTIONS_MAX: usize = 50;
/// The longest reaction, in characters. One emoji may have ten.
pub const REACTION_CHARS_MAX: usize = 16;
/// How many different reactions a message can have.
pub const REACTIONS_MAX: usize = 20;
/// How many people can add the same reaction. Every listener of the room is sent all their ids.
pub const REACTORS_PER_REACTION_MAX: usize = 200;
/// How many times a message can be edited.
pub const EDITS_MAX: usize = 100;
/// How many messages a room can have pinned.
pub const PINS_MAX: usize = 50;
/// How many messages of a thread are shown, and how many replies are sent again when the message they quote changes.
pub const THREAD_MESSAGES_MAX: usize = 200;
/// In a room with more people than this, only moderators may mention everyone.
pub const SMALL_ROOM_PEOPLE_MAX: u64 = 20;
/// The longest nonce or `Idempotency-Key`, in bytes.
pub const NONCE_BYTES_MAX: usize = 64;
/// The largest request body: a form, JSON or raw text, in bytes.
pub const REQUEST_BODY_BYTES_MAX: usize = 64 * 1024;
/// The largest request head, in bytes.
pub const REQUEST_HEAD_BYTES_MAX: usize = 16 * 1024;
/// How many commands can wait for the writer.
pub const QUEUE_COMMANDS_MAX: usize = 4_096;
/// How many commands share one transaction.
pub const BATCH_COMMANDS_MAX: usize = 256;
/// How many messages a page has.
pub const PAGE_MESSAGES: usize = 50;
/// How many rooms a list of rooms shows.
pub const LISTED_ROOMS_MAX: usize = 50;
/// The longest search text of the quick switcher, in characters. No room has a longer name, except direct messages,
/// which are named after several people.
pub const SEARCH_CHARS_MAX: usize = ROOM_NAME_CHARS_MAX;
/// How many rooms are searched by words of their names, most recently active first. The whole name finds any room.
pub const SEARCHED_ROOMS_MAX: usize = 2_000;
/// How many unread rooms one answer lists.
pub const UNREAD_ROOMS_MAX: usize = 200;
/// The longest autocompletion query, in characters: a prefix, and the longest name of a room.
pub const COMPLETION_CHARS_MAX: usize = ROOM_NAME_CHARS_MAX + 1;
/// How many suggestions an autocompletion has.
pub const COMPLETIONS_MAX: usize = 8;
/// How many emoji one answer lists.
pub const LISTED_EMOJI_MAX: usize = 50;
/// How many rooms one command marks as read.
pub const MARK_READ_ROOMS_MAX: usize = 1_000;
/// How many of the rooms that a person has read are watched for new messages while the person is elsewhere.
pub const UNREAD_SUBSCRIPTIONS_MAX: usize = 1_000;
/// How many people the presence list names. It gives the others as a count.
pub const PRESENCE_NAMES_MAX: usize = 50;

/// Within this time, a person's next message is grouped with the one before: it does not repeat the name.
pub const GROUPING_WINDOW: Duration = Duration::from_secs(5 * 60);
/// How long the outcome of a command is kept, so that a retry with the same nonce gets it again.
pub const OUTCOME_RETENTION: Duration = Duration::from_secs(48 * 60 * 60);
/// The minimum time for which the feed keeps a change.
pub const FEED_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// The minimum number of changes of a room that the feed keeps.
pub const FEED_CHANGES_MIN: u64 = 10_000;
/// A listener that resumes is sent at most this many renames. If there were more, it has to load the room again.
pub const RENAMES_SENT_MAX: usize = 1_000;
/// The minimum time for which a former name is reserved. A person with [`FORMER_NAMES_MAX`] of them waits until the
/// oldest is older.
pub const FORMER_NAME_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a session stays valid without being used.
pub const SESSION_RETENTION: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long a password reset link is valid.
pub const RESET_LINK_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a deleted room can be restored.
pub const DELETED_ROOM_RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);
