//! rooms.

pub mod badge;
pub mod days;
pub mod list;
pub mod notifications;
pub mod presence;
pub mod settings;
pub mod show;
pub mod sidebar;
pub mod switcher;
pub mod typing;
pub(crate) mod unread_divider;
