//! text.

pub(crate) mod clean;
pub(crate) mod name;
pub(crate) mod single_line;
