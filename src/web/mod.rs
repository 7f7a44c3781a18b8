//! HTTP: identifies the caller, reads the request, and writes the response. Each folder is a noun and has the same name
//! in `views/`; `routes.rs` is the route table.
//!
//! Nothing here decides what is permitted. It turns requests into commands and reads, and their outcomes into
//! responses.

pub(crate) mod admin;
pub(crate) mod auth;
pub(crate) mod limits;
pub(crate) mod messages;
pub(crate) mod middleware;
pub(crate) mod ops;
pub(crate) mod request;
pub(crate) mod response;
pub(crate) mod rooms;
mod routes;
pub mod serve;
pub(crate) mod settings;
pub(crate) mod state;

#[cfg(fuzzing)]
pub(crate) use crate::web::auth::credentials::has_header_token;
#[cfg(fuzzing)]
pub(crate) use crate::web::request::form::Form;
#[cfg(fuzzing)]
pub(crate) use crate::web::rooms::stream::resume_position;

pub(crate) use crate::web::admin::purge::resume_purges;
pub use crate::web::limits::quota::{Quota, Rate};
pub use crate::web::limits::rate_limits::{LimitClock, LimitedAction, RateLimits};
pub use crate::web::state::metrics_token::{METRICS_TOKEN_BYTES_MIN, MetricsToken};
pub use crate::web::state::password_hasher::PasswordHasher;
pub use crate::web::state::public_url::PublicUrl;
pub use crate::web::state::setup_link::SetupLink;

pub use crate::web::routes::endpoint;
pub use crate::web::state::AppState;
