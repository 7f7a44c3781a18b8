//! state.

pub(crate) mod password_hasher;
