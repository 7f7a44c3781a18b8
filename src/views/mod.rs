//! What people and programs see: pure functions from data to HTML, plain text and JSON. Tags, classes and `hx-`
//! attributes appear nowhere else. Classes and tokens are those of `assets/`.
//!
//! A view reads nothing by itself; the caller passes in everything it needs. Fragments that are sent to many viewers do
//! not know the viewer; [`stylesheet`] makes the difference.

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
