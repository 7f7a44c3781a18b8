//! auth.

pub(crate) mod account;
pub(crate) mod invitation;
pub(crate) mod landing;
pub(crate) mod secrets;
pub(crate) mod setup;
pub(crate) mod visitor;
