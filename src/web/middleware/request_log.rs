//! Counts and logs every request. Neither contains user input: an address is recorded as the route that it matches,
//! since addresses contain the names of rooms.

use std::sync::{Arc, LazyLock};
use std::time::Instant;

use poem::http::StatusCode;
use poem::http::header::CONTENT_TYPE;
use poem::{Endpoint, PathPattern, Request, Response, Result};

use crate::web::state::AppState;

/// The route of requests that match no route, or were refused before routing.
static NO_ROUTE: LazyLock<Arc<str>> = LazyLock::new(|| Arc::from("unmatched"));

/// Counts and logs a request when its response starts.
pub(crate) async fn log_request<E: Endpoint<Output = Response>>(next: Arc<E>, request: Request) -> Result<Response> {
    let metrics = Arc::clone(&AppState::from_request(&request).metrics);
    let started = Instant::now();
    let response = next.get_response(request).await;
    let duration = started.elapsed();
    let (status, route) = (response.status(), response.data().map_or_else(|| &*NO_ROUTE, |PathPattern(route)| route));
    let is_stream = response.headers().get(CONTENT_TYPE).is_some_and(|value| value == "text/event-stream");
    let us = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(route = &**route, status = status.as_u16(), us, "request answered");
    metrics.count_request(route, status_class(status), (!is_stream).then_some(duration));
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
