//! For whoever watches the process.

use std::sync::Arc;

use poem::handler;
use poem::http::StatusCode;
use poem::web::Data;

use super::House;

/// Alive.
#[handler]
pub(super) fn up() -> &'static str {
    "up\n"
}

/// Able to write: not stopping, and the last commit went well.
#[handler]
pub(super) async fn ready(Data(house): Data<&Arc<House>>) -> (StatusCode, &'static str) {
    if house.engine.is_ready().await {
        (StatusCode::OK, "ready\n")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
    }
}
