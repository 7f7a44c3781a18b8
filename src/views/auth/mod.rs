//! The pages for everyone who is not signed in: the landing page, and the forms that lead to a name or back to one.

pub mod invitation;
pub mod landing;
pub mod password_reset;
pub mod recover;
pub mod register;
pub mod setup;
pub mod sign_in;
pub(crate) mod sign_out;
