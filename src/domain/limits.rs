//! Every limit on what people send and on what Taproom keeps, with its unit in its name.

use std::time::Duration;

/// The longest name of a person, in characters (Unicode scalar values after NFC).
pub const USER_NAME_CHARS_MAX: usize = 32;
/// How many of somebody's former names are kept for them: nobody else can take one.
pub const FORMER_NAMES_MAX: usize = 5;
/// The longest name of a room, in characters.
pub const ROOM_NAME_CHARS_MAX: usize = 80;
/// The longest topic of a room, in characters.
pub const TOPIC_CHARS_MAX: usize = 200;
/// The longest name of the house, and of a token, an invitation or anything else that somebody names for themselves, in
/// characters.
pub const LABEL_CHARS_MAX: usize = 40;
/// The longest reason, for a report or a ban, in characters.
pub const REASON_CHARS_MAX: usize = 300;
/// The shortest password, in characters.
pub const PASSWORD_CHARS_MIN: usize = 8;
/// The longest password, in characters.
pub const PASSWORD_CHARS_MAX: usize = 128;
/// The longest recovery code that is read, in characters: one has 19, and may be typed with blanks.
pub const RECOVERY_CODE_CHARS_MAX: usize = 64;
/// How many recovery codes somebody is given at a time.
pub const RECOVERY_CODES_PER_SET: usize = 10;
/// How many devices and tokens somebody may have. The one that was used longest ago makes room for the next device.
pub const SESSIONS_MAX: usize = 100;
/// How many people may talk in one direct room.
pub const DIRECT_ROOM_PEOPLE_MAX: usize = 8;
/// How many members one command may bring into a closed room, and how many rooms one invitation may lead to.
pub const MEMBERS_PICKED_MAX: usize = 50;
/// The slowest pace of a room: one message from each person in so many seconds.
pub const SLOW_MODE_S_MAX: u32 = 6 * 60 * 60;
/// How many people, reports or acts a page of them shows.
pub const ADMIN_LIST_ROWS_MAX: usize = 100;
/// The longest message, in characters.
pub const BODY_CHARS_MAX: usize = 8_000;
/// How many people one message mentions.
pub const MENTIONS_MAX: usize = 50;
/// The longest reaction, in characters: an emoji may be ten of them.
pub const REACTION_CHARS_MAX: usize = 16;
/// How many different reactions a message has.
pub const REACTIONS_MAX: usize = 20;
/// How many people react in the same way. Everybody in the room is sent their numbers.
pub const REACTORS_PER_REACTION_MAX: usize = 200;
/// How often a message is edited.
pub const EDITS_MAX: usize = 100;
/// How many messages are pinned in a room.
pub const PINS_MAX: usize = 50;
/// How many messages of a thread are shown, or told anew when what they answer has changed.
pub const THREAD_MESSAGES_MAX: usize = 200;
/// In a room with more people than this only those who keep order may call everybody.
pub const SMALL_ROOM_PEOPLE_MAX: u64 = 20;
/// The longest nonce or `Idempotency-Key`, in bytes.
pub const NONCE_BYTES_MAX: usize = 64;
/// The largest request body: a form, JSON or raw text, in bytes.
pub const REQUEST_BODY_BYTES_MAX: usize = 64 * 1024;
/// The largest request head, in bytes.
pub const REQUEST_HEAD_BYTES_MAX: usize = 16 * 1024;
/// How many commands may wait for the writer.
pub const QUEUE_COMMANDS_MAX: usize = 4_096;
/// How many commands share one transaction.
pub const BATCH_COMMANDS_MAX: usize = 256;
/// How many messages make a page.
pub const PAGE_MESSAGES: usize = 50;
/// How many rooms a list of rooms shows.
pub const LISTED_ROOMS_MAX: usize = 50;
/// The longest text by which a room is sought, in characters: no room has a longer name, unless it is the names of several
/// people.
pub const SEARCH_CHARS_MAX: usize = ROOM_NAME_CHARS_MAX;
/// Through how many rooms, those first in which something happened last, a room is looked for by words of its name. By its
/// whole name it is found wherever it is.
pub const SEARCHED_ROOMS_MAX: usize = 2_000;
/// How many rooms are told at once that somebody has not read to their end.
pub const UNREAD_ROOMS_MAX: usize = 200;
/// The longest beginning that is completed, in characters: a sign, and the longest name of a room.
pub const COMPLETION_CHARS_MAX: usize = ROOM_NAME_CHARS_MAX + 1;
/// How many things are offered to complete what somebody has begun to write.
pub const COMPLETIONS_MAX: usize = 8;
/// How many emoji a list of them has.
pub const LISTED_EMOJI_MAX: usize = 50;
/// How many rooms somebody marks as read at once.
pub const MARK_READ_ROOMS_MAX: usize = 1_000;
/// Of how many of the rooms that somebody has read they are told while they are elsewhere.
pub const UNREAD_SUBSCRIPTIONS_MAX: usize = 1_000;
/// How many people the list of who is here names; the count tells of the rest.
pub const PRESENCE_NAMES_MAX: usize = 50;

/// Within this time a person's next message stands under the one before without repeating the name.
pub const GROUPING_WINDOW: Duration = Duration::from_secs(5 * 60);
/// How long the outcome of a command is kept, so that its nonce can be sent again.
pub const OUTCOME_RETENTION: Duration = Duration::from_secs(48 * 60 * 60);
/// How long the feed keeps a change, at least.
pub const FEED_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many changes of a room the feed keeps, at least.
pub const FEED_CHANGES_MIN: u64 = 10_000;
/// Since when no more people than this are called otherwise, a listener can go on; whoever was away longer reads the room
/// anew.
pub const RENAMES_SENT_MAX: usize = 1_000;
/// How long a former name is kept, at least. Whoever has as many as are kept cannot take another name before.
pub const FORMER_NAME_RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a session is good that nobody uses.
pub const SESSION_RETENTION: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long a link is good by which somebody chooses a new password.
pub const RESET_LINK_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a deleted room can be had back.
pub const DELETED_ROOM_RETENTION: Duration = Duration::from_secs(7 * 24 * 60 * 60);
