//! Rooms: finding, showing and changing them, and what a person keeps about each (read state, draft, notifications).
//! Handlers of single messages are in `web/messages`.

pub(crate) mod days;
pub(crate) mod drafts;
pub(crate) mod find;
pub(crate) mod list;
pub(crate) mod members;
pub(crate) mod notifications;
pub(crate) mod read_state;
pub(crate) mod settings;
pub(crate) mod show;
pub(crate) mod sidebar;
pub(crate) mod stream;
pub(crate) mod switcher;
pub(crate) mod typing;
pub(crate) mod unread;
