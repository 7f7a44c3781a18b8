//! The public address of this server, as the operator configured it.

use std::fmt;
use std::str::FromStr;

use poem::http::uri::Uri;
use thiserror::Error;

/// The public address: `http` or `https`, a host, and a port unless it is the default one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    is_https: bool,
    host: String,
    port: Option<u16>,
}

/// The text is not such an address.
#[derive(Clone, Copy, Debug, Error)]
#[error("it must look like https://chat.example, with no path behind the host")]
pub struct ParsePublicUrlError;

impl FromStr for PublicUrl {
    type Err = ParsePublicUrlError;

    fn from_str(text: &str) -> Result<Self, ParsePublicUrlError> {
        let uri: Uri = text.parse().map_err(|_| ParsePublicUrlError)?;
        let (is_https, default_port) = match uri.scheme_str() {
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
        Ok(Self { is_https, host, port: port.filter(|port| *port != default_port) })
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.is_https { "https" } else { "http" }, self.host)?;
        self.port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl PublicUrl {
    /// Whether its scheme is `https`.
    pub(crate) fn is_https(&self) -> bool {
        self.is_https
    }

    /// Whether `host` is the public host, with any port: many proxies pass the host on without its port. A page of
    /// another site that points its own name here (DNS rebinding) is recognised by the name alone.
    pub(crate) fn matches_host(&self, host: &str) -> bool {
        let port_at = host.rfind(':').filter(|at| host[at + 1..].bytes().all(|b| b.is_ascii_digit()));
        host[..port_at.unwrap_or(host.len())].eq_ignore_ascii_case(&self.host)
    }
}

#[cfg(test)]
mod tests {
    use crate::web::state::public_url::*;

    #[test]
    fn a_public_url_is_an_origin_without_a_path() {
        for (text, expected) in [
            ("https://chat.example", "https://chat.example"),
            ("HTTPS://Chat.Example:443/", "https://chat.example"),
            ("http://chat.example:8080", "http://chat.example:8080"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(text.parse::<PublicUrl>().expect("a public address").to_string(), expected);
        }
        for invalid in [
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
            assert!(invalid.parse::<PublicUrl>().is_err(), "{invalid:?}");
        }
    }

    #[test]
    fn a_public_url_matches_its_host_with_any_port_and_no_other_host() {
        let public: PublicUrl = "https://chat.example".parse().expect("a public address");
        assert!(
            ["chat.example", "CHAT.example", "chat.example:443", "chat.example:8000"]
                .iter()
                .all(|h| public.matches_host(h))
        );
        let others =
            ["", ":443", "example", "chat.example.evil.example", "xchat.example", "chat.example:80x", "127.0.0.1"];
        assert!(!others.iter().any(|host| public.matches_host(host)));
        let public: PublicUrl = "http://[::1]:8000".parse().expect("a public address");
        assert!(
            public.matches_host("[::1]:8000") && public.matches_host("[::1]") && !public.matches_host("[::2]:8000")
        );
    }
}
