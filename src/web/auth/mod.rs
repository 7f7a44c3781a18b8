//! Who the caller is, and every way to become someone: joining as a guest, signing in, creating an account, recovering
//! one, accepting an invitation, and setting up the server.

pub(crate) mod credentials;
pub(crate) mod visitor;

pub(crate) mod attempts;
pub(crate) mod signed_in;

pub(crate) mod invitation;
pub(crate) mod landing;
pub(crate) mod password_reset;
pub(crate) mod recover;
pub(crate) mod register;
pub(crate) mod setup;
pub(crate) mod sign_in;
