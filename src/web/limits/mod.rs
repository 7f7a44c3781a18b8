//! limits.

pub(crate) mod blocked_addresses;
pub(crate) mod check;
pub(crate) mod concurrency;
pub(crate) mod quota;
pub(crate) mod rate_limits;
