//! Messages: posting and reading them, and what people can do with one. [`target`] has what these handlers share.

pub(crate) mod actions;
pub(crate) mod autocomplete;
pub(crate) mod delete;
pub(crate) mod edit;
pub(crate) mod emoji;
pub(crate) mod pins;
pub(crate) mod post;
pub(crate) mod preview;
pub(crate) mod reactions;
pub(crate) mod render;
pub(crate) mod target;
pub(crate) mod thread;
