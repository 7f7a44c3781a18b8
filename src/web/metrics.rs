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

use super::{House, origin};
use crate::domain::Refusal;
use crate::engine::Problem;
use crate::meters::{Process, Readings};

/// The shortest token, in bytes: what nobody guesses by trying.
pub const METRICS_TOKEN_BYTES_MIN: usize = 16;
/// What a proxy adds to a request that it passes on (RFC 7239, RFC 9110, and the custom before both).
const PASSED_ON: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// What a program shows to read the meters from another machine.
pub struct MetricsToken(String);

impl MetricsToken {
    /// A token of at least [`METRICS_TOKEN_BYTES_MIN`] visible ASCII characters; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_long = text.len() >= METRICS_TOKEN_BYTES_MIN;
        (is_long && text.bytes().all(|byte| byte.is_ascii_graphic())).then(|| Self(text.to_owned()))
    }

    /// Takes as long for a token that is nearly right as for any other of its length.
    fn is(&self, shown: &str) -> bool {
        constant_time_eq(self.0.as_bytes(), shown.as_bytes())
    }
}

/// All that is counted.
#[handler]
pub(super) async fn show(request: &Request, Data(house): Data<&Arc<House>>) -> Result<Response> {
    let peer = request.remote_addr().as_socket_addr().map(|peer| peer.ip());
    if !is_from_here(peer, request) && !shows_token(request, house) {
        return Err(Problem::Refused(Refusal::Nothing).into());
    }
    house.hubs.count_told();
    let looked = {
        let house = Arc::clone(house);
        tokio::task::spawn_blocking(move || (house.store.file_bytes(), Process::read()))
    };
    // Nothing comes back only where the runtime ends, and with it this server.
    let (file_bytes, process) = looked.await.map_err(|_| Problem::Stopping)?;
    let readings = Readings { waiting: house.engine.waiting(), file_bytes, process };
    Ok(Response::builder()
        .header(CONTENT_TYPE, content_type(request))
        .header(CACHE_CONTROL, "no-store")
        .header(VARY, "Accept")
        .body(house.meters.text(&readings)))
}

/// The text is valid as both; whoever does not know the younger one gets the older.
fn content_type(request: &Request) -> &'static str {
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
fn is_from_here(peer: Option<IpAddr>, request: &Request) -> bool {
    let is_loopback = |ip: IpAddr| ip.to_canonical().is_loopback();
    let is_passed_on = PASSED_ON.iter().any(|header| request.headers().contains_key(*header));
    let host = origin::asked_host(request).and_then(|host| host.parse::<Authority>().ok());
    let asks_here = host.is_some_and(|host| {
        let host = host.host().trim_matches(['[', ']']);
        host.eq_ignore_ascii_case("localhost") || host.parse().is_ok_and(is_loopback)
    });
    peer.is_some_and(is_loopback) && !is_passed_on && asks_here
}

fn shows_token(request: &Request, house: &House) -> bool {
    let shown = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()?.split_once(' '));
    match (&house.metrics_token, shown) {
        (Some(token), Some((scheme, shown))) => scheme.eq_ignore_ascii_case("bearer") && token.is(shown.trim()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_of_this_machine_alone_is_from_here() {
        let request = Request::builder().header("host", "localhost:8000").finish();
        let from_here = |peer: &str| is_from_here(peer.parse().ok(), &request);
        assert!(["127.0.0.1", "127.9.8.7", "::1", "::ffff:127.0.0.1"].into_iter().all(from_here));
        assert!(!["192.0.2.1", "10.0.0.1", "::", "fe80::1", "::ffff:192.0.2.1", ""].into_iter().any(from_here));
    }

    #[test]
    fn a_token_is_long_and_visible() {
        for wrong in ["", "fifteen-letters", "sixteen letters!", "sixteen\u{7f}letters", "sechzehn-zeichön"] {
            assert!(MetricsToken::parse(wrong).is_none(), "{wrong}");
        }
        let token = MetricsToken::parse("sixteen-letters!").expect("that is one");
        assert!(token.is("sixteen-letters!") && !token.is("sixteen-letters?") && !token.is("sixteen-letters!!"));
    }
}
