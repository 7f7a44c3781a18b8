//! By which address this server was reached.

use poem::Request;
use poem::http::header::{HOST, ORIGIN};
use poem::http::uri::Scheme;

/// The host that the request was sent to, with its port if it is not the usual one.
pub(super) fn host(request: &Request) -> Option<&str> {
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

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let reached = |host: &str| public(&Request::builder().header(HOST, host).finish());
        assert_eq!(reached("chat.example:8000"), "http://chat.example:8000");
        assert_eq!(reached("[::1]:8000"), "http://[::1]:8000");
        assert!(!reached("a'; rm -rf ~; '").contains("rm"));
    }
}
