//! Health checks for monitoring.

use poem::handler;
use poem::http::StatusCode;

use crate::engine::Readiness;
use crate::web::request::context::Ctx;

/// The process is running.
#[handler]
pub(crate) fn up() -> &'static str {
    "up\n"
}

/// The server can write; or the reason why it can't.
#[handler]
pub(crate) async fn ready(ctx: Ctx<'_>) -> (StatusCode, &'static str) {
    match ctx.state.engine.check_readiness().await {
        Readiness::Ready => (StatusCode::OK, "ready\n"),
        Readiness::Unwritable => (StatusCode::SERVICE_UNAVAILABLE, "not writable: failed to write to the disk\n"),
        Readiness::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}
