//! HTTP: who asks, what they want, and in which form they get it. One file for each noun, and this one, the table of
//! all addresses.
//!
//! Nothing here decides what may happen: it turns requests into commands and reads, and outcomes into answers.

pub(crate) mod admin;
pub(crate) mod auth;
pub(crate) mod limits;
pub(crate) mod messages;
pub(crate) mod middleware;
pub(crate) mod ops;
pub(crate) mod request;
pub(crate) mod rooms;
pub(crate) mod state;

pub(crate) mod response;
mod routes;
pub mod serve;
pub(crate) mod settings;

#[cfg(fuzzing)]
pub(crate) use crate::web::auth::credentials::has_header_token;
#[cfg(fuzzing)]
pub(crate) use crate::web::request::form::Form;
#[cfg(fuzzing)]
pub(crate) use crate::web::rooms::stream::resume_position;

pub(crate) use crate::web::admin::purge::resume_purges;
pub use crate::web::limits::quota::{Quota, Rate};
pub use crate::web::limits::rate_limits::{LimitClock, LimitedAction, RateLimits};
pub use crate::web::ops::metrics::{METRICS_TOKEN_BYTES_MIN, MetricsToken};
pub use crate::web::request::origin::PublicUrl;
pub use crate::web::state::password_hasher::PasswordHasher;
pub use crate::web::state::setup_link::SetupLink;

pub use crate::web::routes::endpoint;
pub use crate::web::state::AppState;
