//! For whoever watches the process.

use std::sync::Arc;

use poem::handler;
use poem::http::StatusCode;
use poem::web::Data;

use crate::engine::Readiness;
use crate::web::AppState;

/// Alive.
#[handler]
pub(crate) fn up() -> &'static str {
    "up\n"
}

/// Able to write; and if not, why.
#[handler]
pub(crate) async fn ready(Data(house): Data<&Arc<AppState>>) -> (StatusCode, &'static str) {
    match house.engine.check_readiness().await {
        Readiness::Ready => (StatusCode::OK, "ready\n"),
        Readiness::Unwritable => (StatusCode::SERVICE_UNAVAILABLE, "not writable: the disk takes nothing\n"),
        Readiness::Stopping => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}
