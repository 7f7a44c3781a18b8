//! Limits of what one person, one address and the whole server may do: rates, concurrency and blocked networks.

pub(crate) mod blocked_addresses;
pub(crate) mod check;
pub(crate) mod concurrency;
pub(crate) mod quota;
pub(crate) mod rate_limits;
