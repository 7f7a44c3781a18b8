//! The meters, for a program that watches, and who may read them.
//!
//! Whoever may not gets what any unknown address gets: the address is for the operator alone, and nobody else learns
//! whether and how they watch.

use std::net::IpAddr;
use std::sync::Arc;

use constant_time_eq::constant_time_eq;
use poem::http::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, VARY};
use poem::http::uri::Authority;
use poem::web::Data;
use poem::{Request, Response, Result, handler};

use crate::domain::Refusal;
use crate::metrics::{Gauges, ProcessStats};
use crate::web::request::origin;
use crate::web::response::error::Error;
use crate::web::state::AppState;

/// The shortest token, in bytes: what nobody guesses by trying.
pub const METRICS_TOKEN_BYTES_MIN: usize = 16;
/// What a proxy adds to a request that it passes on (RFC 7239, RFC 9110, and the custom before both).
const PROXY_HEADERS: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// What a program shows to read the meters from another machine.
pub struct MetricsToken(String);

impl MetricsToken {
    /// A token of at least [`METRICS_TOKEN_BYTES_MIN`] visible ASCII characters; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_long = text.len() >= METRICS_TOKEN_BYTES_MIN;
        (is_long && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }

    /// Takes as long for a token that is nearly right as for any other of its length.
    fn matches(&self, candidate: &str) -> bool {
        constant_time_eq(self.0.as_bytes(), candidate.as_bytes())
    }
}

/// All that is counted.
#[handler]
pub(crate) async fn show(request: &Request, Data(state): Data<&Arc<AppState>>) -> Result<Response> {
    let peer = request.remote_addr().as_socket_addr().map(|peer| peer.ip());
    if !is_local_request(peer, request) && !has_valid_token(request, state) {
        return Err(Error::Refused(Refusal::NotFound).into());
    }
    state.hubs.count_deliveries();
    let looked = {
        let state = Arc::clone(state);
        tokio::task::spawn_blocking(move || (state.store.file_bytes(), ProcessStats::collect()))
    };
    // Nothing comes back only where the runtime ends, and with it this server.
    let (data_file_bytes, process) = looked.await.map_err(|_| Error::Stopping)?;
    let readings = Gauges { queued_commands: state.engine.queue_len(), data_file_bytes, process };
    Ok(Response::builder()
        .header(CONTENT_TYPE, negotiate_content_type(request))
        .header(CACHE_CONTROL, "no-store")
        .header(VARY, "Accept")
        .body(state.metrics.encode_text(&readings)))
}

/// The text is valid as both; whoever does not know the younger one gets the older.
fn negotiate_content_type(request: &Request) -> &'static str {
    let mut accepted = request.headers().get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if accepted.any(|accepted| accepted.contains("application/openmetrics-text")) {
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    } else {
        "text/plain; version=0.0.4; charset=utf-8"
    }
}

/// Whether this was asked on this machine, and for this machine. A proxy on it makes every visitor look so, but tells
/// that it passes something on, or for which host; and a page of another site that has its own name point here (DNS
/// rebinding) cannot help sending that name.
fn is_local_request(peer: Option<IpAddr>, request: &Request) -> bool {
    let is_loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    let is_passed_on = PROXY_HEADERS.iter().any(|header| request.headers().contains_key(*header));
    let host = origin::host_header(request).and_then(|host| host.parse::<Authority>().ok());
    let asks_here = host.is_some_and(|host| {
        let host = host.host().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
    });
    peer.is_some_and(is_loopback) && !is_passed_on && asks_here
}

fn has_valid_token(request: &Request, state: &AppState) -> bool {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    match (&state.metrics_token, shown) {
        (Some(token), Some((scheme, shown))) => scheme.eq_ignore_ascii_case("bearer") && token.matches(shown.trim()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::web::ops::metrics::*;

    #[test]
    fn only_loopback_peers_are_local() {
        let request = Request::builder().header("host", "localhost:8000").finish();
        let from_here = |peer: &str| is_local_request(peer.parse().ok(), &request);
        assert!(["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"].into_iter().all(from_here));
        assert!(!["192.0.2.1", "10.0.0.1", "::", "fe80::1", "::ffff:192.0.2.1", ""].into_iter().any(from_here));
    }

    #[test]
    fn a_token_is_long_and_visible() {
        for wrong in ["", "fifteen-letters", "sixteen letters!", "sixteen\u{7f}letters", "sechzehn-zeichön"] {
            assert!(MetricsToken::parse(wrong).is_none(), "{wrong}");
        }
        let token = MetricsToken::parse("sixteen-letters!").expect("that is one");
        assert!(
            token.matches("sixteen-letters!")
                && !token.matches("sixteen-letters?")
                && !token.matches("sixteen-letters!!")
        );
    }
}
