//! What people and programs are shown: pure functions from what was read to HTML, plain text and JSON. A tag, a class
//! or an `hx-` attribute stands nowhere else. Classes and tokens are those of `assets/taproom.css`.
//!
//! Nothing here asks anybody for anything; what a page needs is handed in. [`message`], [`people`] and [`typing`] take no viewer:
//! everybody gets the same bytes, and [`stylesheet`] does what differs.

pub mod admin;
pub mod auth;
pub mod messages;
pub mod rooms;

pub mod error;
pub mod help;
pub mod json;
pub mod layout;
pub mod plain;
pub mod settings;
pub mod stylesheet;
pub mod text;
mod time;

pub use crate::views::layout::form_fields::FormState;
pub use crate::views::layout::theme::Theme;
pub use crate::views::rooms::presence::PresenceList;
pub use crate::views::rooms::typing::Typists;
