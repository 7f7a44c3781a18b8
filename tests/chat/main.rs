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
mod rename_rows;
mod sse;
mod staff;
mod terminal;

mod credentials;
mod landing;
mod proxies;

mod accounts;
mod erasing;
mod fields;
mod former_names;
mod names;
mod passwords;
mod recent_sign_in;
mod recovery;
mod sessions;
mod tokens;

mod autocomplete;
mod days;
mod editing;
mod messages;
mod pins;
mod private_rooms;
mod reactions;
mod replies;
mod room_settings;
mod rooms;
mod rows;
mod words;
mod writing;

mod badges;
mod drafts;
mod notifications;
mod read_state;
mod sidebar;
mod unread;

mod catching_up;
mod direct_presence;
mod live;
mod presence;
mod resume;
mod switcher;
mod typing;
mod wandering;

mod compression;
mod etags;
mod responses;

mod crowded;
mod hostile;
mod known_attacks;
mod limits;
mod queue;
mod rate_limits;
mod security;
mod shared_limits;

mod shutdown;
mod starting;

mod copies;
mod names_in_format_4;
mod old;

mod logs;
mod meters;

mod admin;
mod admin_json;
mod invitations;
mod moderation;
mod reports;
mod rights;
