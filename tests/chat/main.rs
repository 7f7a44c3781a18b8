//! Taproom from outside: a house, guests and listeners over real sockets. Every test has a server, a port and a
//! directory of its own; its name is the claim it proves.

#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

mod account;
mod actions;
mod allowed_html;
mod disk;
mod ears;
mod harness;
mod parts;
mod past;
mod posting_marks_read;
mod program;
mod renaming;
mod sse;
mod staff;
mod terminal;

mod door;
mod proxies;
mod who;

mod accounts;
mod erasing;
mod fields;
mod former;
mod fresh;
mod names;
mod passwords;
mod recovery;
mod sessions;
mod tokens;

mod autocomplete;
mod days;
mod editing;
mod hidden;
mod messages;
mod pins;
mod reactions;
mod replies;
mod room_settings;
mod rooms;
mod rows;
mod words;
mod writing;

mod badges;
mod drafts;
mod involvement;
mod places;
mod reading;
mod unread;

mod catching_up;
mod live;
mod presence;
mod resume;
mod switching;
mod talks;
mod typing;
mod wandering;

mod answers;
mod etags;
mod packing;

mod crowded;
mod holes;
mod hostile;
mod limits;
mod pace;
mod queue;
mod security;
mod shares;

mod shutdown;
mod starting;

mod copies;
mod old;
mod old_names;

mod logs;
mod meters;

mod house;
mod invitations;
mod lists;
mod moderation;
mod reports;
mod rights;
