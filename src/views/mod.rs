//! What people and programs are shown: pure functions from what was read to HTML, plain text and JSON. A tag, a class
//! or an `hx-` attribute stands nowhere else. Classes and tokens are those of `assets/taproom.css`.
//!
//! Nothing here asks anybody for anything; what a page needs is handed in. [`message`], [`people`] and [`typing`] take no viewer:
//! everybody gets the same bytes, and [`stylesheet`] does what differs.

pub mod account;
pub mod actions;
pub mod audit;
mod avatar;
pub mod badge;
pub mod completing;
pub mod days;
pub mod door;
pub mod editing;
mod escaped;
mod fields;
mod fresh;
pub mod help;
pub mod house;
mod icons;
pub mod invitation;
pub mod involvement;
pub mod json;
mod keys;
mod layout;
pub mod message;
pub mod new_room;
mod notices;
mod panel;
pub mod people;
pub mod person;
pub mod pins;
pub mod plain;
pub mod preview;
pub mod problem;
pub mod reactions;
pub mod removal;
pub mod reports;
pub mod room;
pub mod room_settings;
pub mod settings;
pub mod sheet;
pub mod sidebar;
pub mod slash;
pub mod stylesheet;
pub mod switch;
pub mod text;
mod theme;
pub mod thread;
mod time;
pub mod typing;

pub use fields::FormState;
pub use people::PresenceList;
pub use theme::Theme;
pub use typing::Typists;
