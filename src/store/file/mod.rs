//! The data file as a whole: opening, migrating, verifying and copying it.

pub(crate) mod backup;
pub(crate) mod checksum;
pub(crate) mod format;
pub(crate) mod migrate;
pub(crate) mod open;
pub(crate) mod staged_open;
pub(crate) mod verify;
