//! time.

pub(crate) mod day;
