//! Rooms: the page of a room and its parts, the pages beside it (settings, notifications, days), and the sidebar.

pub mod badge;
pub mod days;
pub mod list;
pub(crate) mod members;
pub mod notifications;
pub mod presence;
pub mod settings;
pub mod show;
pub mod sidebar;
pub mod switcher;
pub mod timeline;
pub mod typing;
pub(crate) mod unread_divider;
pub(crate) mod visibility;
