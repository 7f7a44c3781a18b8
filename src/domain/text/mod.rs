//! Text from outside: how it is cleaned, and the types that prove that it was.

pub(crate) mod clean;
pub(crate) mod name;
pub(crate) mod single_line;
