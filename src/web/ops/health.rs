//! For whoever watches the process.

use poem::handler;
use poem::http::StatusCode;

use crate::engine::Readiness;
use crate::web::request::context::Ctx;

/// Alive.
#[handler]
pub(crate) fn up() -> &'static str {
    "up\n"
}

/// Able to write; and if not, why.
#[handler]
pub(crate) async fn ready(ctx: Ctx<'_>) -> (StatusCode, &'static str) {
    match ctx.state.engine.check_readiness().await {
        Readiness::Ready => (StatusCode::OK, "ready\n"),
        Readiness::Unwritable => (StatusCode::SERVICE_UNAVAILABLE, "not writable: the disk takes nothing\n"),
        Readiness::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}
