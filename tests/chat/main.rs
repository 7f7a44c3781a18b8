//! Taproom from outside: a server, guests and listeners over real sockets. Each test has its own server, port and directory,
//! and its name is the claim it proves.

#![expect(clippy::unwrap_used, reason = "in a test, a panic that says where is the answer")]

mod account;
mod actions;
mod disk;
mod ears;
mod harmless;
mod harness;
mod parts;
mod past;
mod program;
mod renaming;
mod speaking;
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

mod answering;
mod completing;
mod days;
mod editing;
mod hidden;
mod messages;
mod pins;
mod reacting;
mod room_settings;
mod rooms;
mod rows;
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
mod packing;
mod unchanged;

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
mod metrics;

mod house;
mod invitations;
mod lists;
mod moderation;
mod reports;
mod rights;
