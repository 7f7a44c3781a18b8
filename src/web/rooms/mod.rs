//! rooms.

pub(crate) mod days;
pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod read_state;
pub(crate) mod settings;
pub(crate) mod show;
pub(crate) mod sidebar;
pub(crate) mod stream;
pub(crate) mod switcher;
pub(crate) mod typing;
pub(crate) mod unread;
