//! One count and one line in the log for every request. Neither has anything in it that somebody wrote: an address is
//! told as the entry of the table that it matches, since rooms stand in addresses.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use poem::http::StatusCode;
use poem::http::header::CONTENT_TYPE;
use poem::{Endpoint, PathPattern, Request, Response, Result};

use crate::web::state::AppState;

/// The route of what matches no entry of the table, or was refused before anybody looked.
static NO_ROUTE: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("none"));

/// Counts a request and writes its line when its answer begins.
pub(crate) async fn log_request<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let metrics = Arc::clone(&AppState::from_request(&request).metrics);
    let started = Instant::now();
    let response = next.get_response(request).await;
    let took = started.elapsed();
    let (status, route) = (response.status(), response.data().map_or_else(|| &*NO_ROUTE, |PathPattern(route)| route));
    let streams = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(route = &**route, status = status.as_u16(), us, "answered");
    metrics.count_request(route, status_class(status), (!streams).then_some(took));
    Ok(response)
}

fn status_class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    }
}
