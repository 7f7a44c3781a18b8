//! Messages: the row of a message, and the pages and fragments about one message or a few.

pub mod actions;
pub mod autocomplete;
pub mod delete;
pub mod edit;
pub mod history;
pub mod message;
pub(crate) mod pending;
pub mod pins;
pub mod preview;
pub(crate) mod quoted;
pub mod reactions;
pub mod report;
pub mod target;
pub mod thread;
