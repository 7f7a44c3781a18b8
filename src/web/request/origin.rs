//! The origin through which this server was reached. The first of these that is known counts: the operator's public
//! address, what a trusted proxy reports, what the request itself says.

use std::sync::Arc;

use poem::Request;
use poem::http::header::{HOST, ORIGIN};
use poem::http::uri::Scheme;

use crate::web::request::client_address;
use crate::web::state::AppState;
use crate::web::state::public_url::PublicUrl;

/// The host in the request itself, with its port unless it is the default one. If a proxy sent the request, it is the
/// proxy's.
pub(crate) fn host_header(request: &Request) -> Option<&str> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    authority.or_else(|| request.headers().get(HOST)?.to_str().ok())
}

/// Whether the browser used HTTPS. Without a public address or a trusted proxy only the browser knows, and sends it in
/// `Origin`; a client that lies there gets cookies that it sends less often.
pub(crate) fn is_https(request: &Request) -> bool {
    known_https(request).unwrap_or_else(|| {
        let origin = request.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| origin.starts_with("https://"))
    })
}

/// Whether HTTPS is known without the browser's word, and so for every request alike.
pub(crate) fn is_known_https(request: &Request) -> bool {
    known_https(request) == Some(true)
}

/// What the operator, a trusted proxy or the connection itself says about HTTPS. `None` if nothing does.
fn known_https(request: &Request) -> Option<bool> {
    if let Some(public) = public_url(request) {
        return Some(public.is_https());
    }
    match client_address::read_forwarded_info(request).scheme {
        Some(scheme) => Some(scheme == "https"),
        None => (*request.scheme() == Scheme::HTTPS).then_some(true),
    }
}

/// The origin of this server, for links and examples to copy. Text that is not a host is not repeated.
pub(crate) fn public_origin(request: &Request) -> String {
    if let Some(public) = public_url(request) {
        return public.to_string();
    }
    let is_host = |host: &String| {
        !host.is_empty()
            && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b':' | b'[' | b']'))
    };
    let scheme = if is_https(request) { "https" } else { "http" };
    match effective_host(request).filter(is_host) {
        Some(host) => format!("{scheme}://{host}"),
        None => {
            format!("{scheme}://{}", request.local_addr().as_socket_addr().map(ToString::to_string).unwrap_or_default())
        }
    }
}

/// Whether a page of this origin (RFC 6454) is ours. Without a public address the scheme is not known for certain, so
/// the host alone decides.
pub(crate) fn is_own_origin(origin: &str, request: &Request) -> bool {
    match public_url(request) {
        Some(public) => origin.eq_ignore_ascii_case(&public.to_string()),
        None => {
            let host = origin.split_once("://").map(|(_, host)| host.to_owned());
            host.is_some() && host == effective_host(request)
        }
    }
}

pub(crate) fn effective_host(request: &Request) -> Option<String> {
    client_address::read_forwarded_info(request).host.or_else(|| host_header(request).map(str::to_owned))
}

fn public_url(request: &Request) -> Option<&PublicUrl> {
    request.data::<Arc<AppState>>()?.public_url.as_ref()
}

#[cfg(test)]
mod tests {
    use crate::web::request::origin::*;

    #[test]
    fn an_invalid_host_is_not_repeated() {
        let origin = |host: &str| public_origin(&Request::builder().header(HOST, host).finish());
        assert_eq!(origin("chat.example:8000"), "http://chat.example:8000");
        assert_eq!(origin("[::1]:8000"), "http://[::1]:8000");
        assert!(!origin("a'; rm -rf ~; '").contains("rm"));
    }
}
