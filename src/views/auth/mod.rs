//! auth.

pub mod account;
pub mod landing;
