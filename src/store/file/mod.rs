//! file.

pub(crate) mod backup;
pub(crate) mod checksum;
pub(crate) mod migrate;
pub(crate) mod open;
pub(crate) mod staged_open;
pub(crate) mod verify;
