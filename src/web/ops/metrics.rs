//! The metrics for a monitoring program, and who may read them.
//!
//! Other callers get the response of an unknown address: the metrics are for the operator alone, and nobody else learns
//! whether they exist.

use std::net::IpAddr;
use std::sync::Arc;

use poem::http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, VARY};
use poem::http::uri::Authority;
use poem::web::Data;
use poem::{Request, Response, Result, handler};

use crate::domain::Refusal;
use crate::metrics::{Gauges, ProcessStats};
use crate::web::request::origin;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// Headers that proxies add to a request (RFC 7239, RFC 9110, and the custom before both).
const PROXY_HEADERS: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// All metrics.
#[handler]
pub(crate) async fn show(request: &Request, Data(state): Data<&Arc<AppState>>) -> Result<Response> {
    let peer = request.remote_addr().as_socket_addr().map(|peer| peer.ip());
    if !is_local_request(peer, request) && !has_valid_token(request, state) {
        return Err(Error::Refused(Refusal::NotFound).into());
    }
    state.hubs.count_deliveries();
    let measured = {
        let state = Arc::clone(state);
        tokio::task::spawn_blocking(move || (state.store.file_bytes(), ProcessStats::collect()))
    };
    // This fails only when the runtime stops, and with it the server.
    let (data_file_bytes, process) = measured.await.map_err(|_| Error::Stopping)?;
    let gauges = Gauges { queued_commands: state.engine.queue_len(), data_file_bytes, process };
    Ok(Response::builder()
        .header(CONTENT_TYPE, negotiate_content_type(request))
        .header(CACHE_CONTROL, "no-store")
        .header(VARY, "Accept")
        .body(state.metrics.encode_text(&gauges)))
}

/// The text is valid in both formats; a client that does not ask for OpenMetrics gets the older one.
fn negotiate_content_type(request: &Request) -> &'static str {
    let mut accepted = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if accepted.any(|accepted| accepted.contains("application/openmetrics-text")) {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    }
}

/// Whether the request was made on this machine and for this machine. A proxy here makes every client look local, but
/// reveals itself by a header or by the host it asks for; and a page of another site that points its own name here (DNS
/// rebinding) always sends that name.
fn is_local_request(peer: Option<IpAddr>, request: &Request) -> bool {
    let is_loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    let is_forwarded = PROXY_HEADERS.iter().any(|header| request.headers().contains_key(*header));
    let host = origin::host_header(request).and_then(|host| host.parse::<Authority>().ok());
    let is_local_host = host.is_some_and(|host| {
        let host = host.host().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
    });
    peer.is_some_and(is_loopback) && !is_forwarded && is_local_host
}

fn has_valid_token(request: &Request, state: &AppState) -> bool {
    let credentials = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    match (&state.metrics_token, credentials) {
        (Some(token), Some((scheme, token_text))) => {
            scheme.eq_ignore_ascii_case("bearer") && token.matches(token_text.trim())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::web::ops::metrics::*;

    #[test]
    fn only_loopback_peers_are_local() {
        let request = Request::builder().header("host", "localhost:8000").finish();
        let is_local = |peer: &str| is_local_request(peer.parse().ok(), &request);
        assert!(["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"].into_iter().all(is_local));
        assert!(!["192.0.2.1", "10.0.0.1", "::", "fe80::1", "::ffff:192.0.2.1", ""].into_iter().any(is_local));
    }
}
