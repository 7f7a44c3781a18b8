//! Every limit on what people send and on what Taproom keeps, with its unit in its name.

use std::time::Duration;

/// The longest name of a person, in characters (Unicode scalar values after NFC).
pub const NAME_CHARS_MAX: usize = 32;
/// The longest name of a room, in characters.
pub const ROOM_CHARS_MAX: usize = 80;
/// The longest message, in characters.
pub const BODY_CHARS_MAX: usize = 8_000;
/// The longest nonce or `Idempotency-Key`, in bytes.
pub const NONCE_BYTES_MAX: usize = 64;
/// The largest request body: a form, JSON or raw text, in bytes.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// The largest request head, in bytes.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// How many commands may wait for the writer.
pub const QUEUE_COMMANDS_MAX: usize = 4_096;
/// How many commands share one transaction.
pub const BATCH_COMMANDS_MAX: usize = 256;
/// How many messages make a page.
pub const PAGE_MESSAGES: usize = 50;
/// How many rooms a list of rooms shows.
pub const LISTED_ROOMS_MAX: usize = 50;
/// How many people the list of who is here names; the count tells of the rest.
pub const NAMED_PEOPLE_MAX: usize = 50;

/// Within this time a person's next message stands under the one before without repeating the name.
pub const FOLLOWS_WITHIN: Duration = Duration::from_secs(5 * 60);
/// How long the outcome of a command is kept, so that its nonce can be sent again.
pub const OUTCOME_KEPT: Duration = Duration::from_secs(48 * 60 * 60);
/// How long the feed keeps a change, at least.
pub const FEED_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How many changes of a room the feed keeps, at least.
pub const FEED_CHANGES_MIN: u64 = 10_000;
