//! middleware.

pub(crate) mod compression;
pub(crate) mod csrf;
pub(crate) mod request_log;
pub(crate) mod security_headers;
pub(crate) mod theme;
