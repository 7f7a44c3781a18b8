//! messages.

pub mod actions;
pub mod autocomplete;
pub mod delete;
pub mod edit;
pub mod message;
pub mod pins;
pub mod preview;
pub mod reactions;
pub mod thread;
