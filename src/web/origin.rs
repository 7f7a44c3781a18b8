//! From which page a request was sent, and by which address this server was reached.

use poem::http::header::{COOKIE, HOST, ORIGIN};
use poem::http::uri::Scheme;
use poem::{Endpoint, Request, Response, Result};

use super::visitor;
use crate::domain::Refusal;
use crate::engine::Problem;

/// Refuses what a browser sends from another site's page: it would act with a cookie that its sender never saw. Every
/// browser says where a request comes from (`Sec-Fetch-Site`, W3C Fetch Metadata; or `Origin`, RFC 6454). A request
/// that shows a token and no cookie acts for whoever holds the token, from wherever it comes; a request that says
/// nothing of the kind comes from no browser.
pub(super) async fn refuse_foreign<E: Endpoint<Output = Response>>(
    next: std::sync::Arc<E>,
    request: Request,
) -> Result<Response> {
    let by_token = visitor::shows_token(&request) && !request.headers().contains_key(COOKIE);
    if !request.method().is_safe() && !by_token && is_foreign(&request) {
        return Err(Problem::Refused(Refusal::ForeignOrigin).into());
    }
    next.call(request).await
}

fn is_foreign(request: &Request) -> bool {
    match (request.header("sec-fetch-site"), request.headers().get(ORIGIN)) {
        (Some(site), _) => !matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => {
            let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
            origin.is_none() || origin != host(request)
        }
        (None, None) => false,
    }
}

/// The host that the request was sent to, with its port if it is not the usual one.
fn host(request: &Request) -> Option<&str> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    authority.or_else(|| request.headers().get(HOST)?.to_str().ok())
}

/// Whether the browser reached us by https, through a proxy perhaps. Only it can know, and it says so in `Origin`.
pub(super) fn is_https(request: &Request) -> bool {
    let origin = request.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok());
    *request.scheme() == Scheme::HTTPS || origin.is_some_and(|origin| origin.starts_with("https://"))
}

/// The origin by which this server was reached, for examples that can be copied. A host that could be anything but a
/// host is not repeated.
pub(super) fn public(request: &Request) -> String {
    let is_host = |host: &&str| {
        !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
    };
    // A proxy's word is good enough for an example, and for nothing else: anybody can say it.
    let is_https = is_https(request) || request.header("x-forwarded-proto") == Some("https");
    let scheme = if is_https { "https" } else { "http" };
    match host(request).filter(is_host) {
        Some(host) => format!("{scheme}://{host}"),
        None => {
            format!("{scheme}://{}", request.local_addr().as_socket_addr().map(ToString::to_string).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(headers: &[(&str, &str)]) -> bool {
        let request =
            headers.iter().fold(Request::builder().header(HOST, "chat.example:8000"), |r, (k, v)| r.header(*k, *v));
        is_foreign(&request.finish())
    }

    #[test]
    fn only_our_own_pages_are_not_foreign() {
        assert!(!foreign(&[("sec-fetch-site", "same-origin")]));
        assert!(!foreign(&[("sec-fetch-site", "none")]));
        assert!(foreign(&[("sec-fetch-site", "same-site")]));
        assert!(foreign(&[("sec-fetch-site", "cross-site"), ("origin", "http://chat.example:8000")]));
        assert!(!foreign(&[("origin", "http://chat.example:8000")]));
        assert!(!foreign(&[("origin", "https://chat.example:8000")]));
        assert!(foreign(&[("origin", "http://chat.example")]));
        assert!(foreign(&[("origin", "null")]));
        assert!(!foreign(&[]));
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let reached = |host: &str| public(&Request::builder().header(HOST, host).finish());
        assert_eq!(reached("chat.example:8000"), "http://chat.example:8000");
        assert_eq!(reached("[::1]:8000"), "http://[::1]:8000");
        assert!(!reached("a'; rm -rf ~; '").contains("rm"));
    }
}
