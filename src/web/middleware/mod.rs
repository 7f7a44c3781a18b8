//! What every request passes through: errors, security headers, compression and the request log.

pub(crate) mod compression;
pub(crate) mod csrf;
pub(crate) mod errors;
pub(crate) mod public_host;
pub(crate) mod request_log;
pub(crate) mod security_headers;
pub(crate) mod theme;
