//! By which name this server was reached. The first of these that there is counts: the name that the operator has given
//! it, what a trusted proxy tells, what the request itself says.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use poem::http::header::{HOST, ORIGIN};
use poem::http::uri::{Scheme, Uri};
use poem::{Endpoint, Request, Response, Result};
use thiserror::Error;

use crate::web::request::client_address;
use crate::web::response::error::Error;
use crate::web::response::http_error::HttpError;
use crate::web::state::AppState;

/// What whoever watches asks of this process, by whatever name they know it.
const MONITORING_PATHS: [&str; 3] = ["/up", "/ready", "/metrics"];

/// The address by which everybody reaches this server: `http` or `https`, a host, and a port if it is not the usual one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    host: String,
    port: Option<u16>,
}

/// What was given is no such address.
#[derive(Clone, Copy, Debug, Error)]
#[error("it must look like https://chat.example, with no path behind the host")]
pub struct ParsePublicUrlError;

impl FromStr for PublicUrl {
    type Err = ParsePublicUrlError;

    fn from_str(text: &str) -> Result<Self, ParsePublicUrlError> {
        let uri: Uri = text.parse().map_err(|_| ParsePublicUrlError)?;
        let (is_https, usual) = match uri.scheme_str() {
            Some("https") => (true, 443),
            Some("http") => (false, 80),
            _ => return Err(ParsePublicUrlError),
        };
        let authority =
            uri.authority().filter(|authority| !authority.as_str().contains('@')).ok_or(ParsePublicUrlError)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || text.contains('#') || authority.host().is_empty()
        {
            return Err(ParsePublicUrlError);
        }
        let port = authority.as_str()[authority.host().len()..].strip_prefix(':');
        let port = port.map(|port| port.parse().map_err(|_| ParsePublicUrlError)).transpose()?;
        let host = authority.host().to_ascii_lowercase();
        Ok(Self { is_https, host, port: port.filter(|port| *port != usual) })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_https { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl PublicUrl {
    /// Whether this is its host. The port does not matter: many proxies pass the host on without it, and a page of
    /// another site that has its name point here (DNS rebinding) is told by the name.
    fn matches_host(&self, host: &str) -> bool {
        let port_at = host.rfind(':').filter(|at| host[at + 1..].bytes().all(|b| b.is_ascii_digit()));
        host[..port_at.unwrap_or(host.len())].eq_ignore_ascii_case(&self.host)
    }
}

/// Refuses what was sent to another name than the public one, if there is one (RFC 9110, section 15.5.20).
pub(crate) async fn refuse_other_hosts<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> Result<Response> {
    if let Some(public) = &AppState::from_request(&request).public_url
        && !MONITORING_PATHS.contains(&request.uri().path())
        && !effective_host(&request).is_some_and(|host| public.matches_host(&host))
    {
        return Err(Error::Http(HttpError::Misdirected(public.to_string())).into());
    }
    next.call(request).await
}

/// The host that the request itself names, with its port if it is not the usual one. It is the proxy's, if a proxy asks.
pub(crate) fn host_header(request: &Request) -> Option<&str> {
    let authority = request.uri().authority().map(|authority| authority.as_str());
    authority.or_else(|| request.headers().get(HOST)?.to_str().ok())
}

/// Whether the browser reached us by https. Without a public name or a trusted proxy only the browser knows, and says so in
/// `Origin`; one that lies has cookies that it sends less often.
pub(crate) fn is_https(request: &Request) -> bool {
    known_https(request).unwrap_or_else(|| {
        let origin = request.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok());
        origin.is_some_and(|origin| origin.starts_with("https://"))
    })
}

/// Whether we know that without asking the browser, at every request alike.
pub(crate) fn is_known_https(request: &Request) -> bool {
    known_https(request) == Some(true)
}

/// What the operator or a trusted proxy tells of it, or the connection itself. `None` if nobody does.
fn known_https(request: &Request) -> Option<bool> {
    if let Some(public) = public_url(request) {
        return Some(public.is_https);
    }
    match client_address::read_forwarded_info(request).scheme {
        Some(scheme) => Some(scheme == "https"),
        None => (*request.scheme() == Scheme::HTTPS).then_some(true),
    }
}

/// The origin by which this server is reached, for links and examples that can be copied. A host that could be anything
/// but a host is not repeated.
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

/// Whether a page of this origin (RFC 6454) is ours. Whether we were reached by https is not known for certain without a
/// public name, so then the host alone decides.
pub(crate) fn is_own_origin(origin: &str, request: &Request) -> bool {
    match public_url(request) {
        Some(public) => origin.eq_ignore_ascii_case(&public.to_string()),
        None => {
            let theirs = origin.split_once("://").map(|(_, host)| host.to_owned());
            theirs.is_some() && theirs == effective_host(request)
        }
    }
}

fn effective_host(request: &Request) -> Option<String> {
    client_address::read_forwarded_info(request).host.or_else(|| host_header(request).map(str::to_owned))
}

fn public_url(request: &Request) -> Option<&PublicUrl> {
    request.data::<Arc<AppState>>()?.public_url.as_ref()
}

#[cfg(test)]
mod tests {
    use crate::web::request::origin::*;

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let reached = |host: &str| public_origin(&Request::builder().header(HOST, host).finish());
        assert_eq!(reached("chat.example:8000"), "http://chat.example:8000");
        assert_eq!(reached("[::1]:8000"), "http://[::1]:8000");
        assert!(!reached("a'; rm -rf ~; '").contains("rm"));
    }

    #[test]
    fn a_public_url_is_an_origin_and_nothing_more() {
        for (text, told) in [
            ("https://chat.example", "https://chat.example"),
            ("HTTPS://Chat.Example:443/", "https://chat.example"),
            ("http://chat.example:8080", "http://chat.example:8080"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().expect("that is one").to_string(), told);
        }
        for wrong in [
            "",
            "chat.example",
            "//chat.example",
            "ftp://chat.example",
            "https://",
            "https://chat.example/room",
            "https://chat.example?x",
            "https://chat.example/#x",
            "https://me@chat.example",
            "https://chat.example:99999",
        ] {
            assert!(wrong.parse::<PublicUrl>().is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_public_url_is_known_by_its_host_with_any_port_and_by_no_other() {
        let public: PublicUrl = "https://chat.example".parse().expect("that is one");
        assert!(
            ["chat.example", "CHAT.example", "chat.example:443", "chat.example:8000"]
                .iter()
                .all(|h| public.matches_host(h))
        );
        let others =
            ["", ":443", "example", "chat.example.evil.example", "xchat.example", "chat.example:80x", "127.0.0.1"];
        assert!(!others.iter().any(|host| public.matches_host(host)));
        let public: PublicUrl = "http://[::1]:8000".parse().expect("that is one");
        assert!(
            public.matches_host("[::1]:8000") && public.matches_host("[::1]") && !public.matches_host("[::2]:8000")
        );
    }
}
