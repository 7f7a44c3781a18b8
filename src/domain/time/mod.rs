//! Calendar days and expiry times.

pub(crate) mod day;
pub(crate) mod expiry;
