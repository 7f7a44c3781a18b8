//! What proxies report of a request: `Forwarded` (RFC 7239), and `X-Forwarded-For`, `-Proto` and `-Host`, which most of
//! them send.
//!
//! Any client can send these headers. Nothing here decides which proxies are trusted: the caller does.

use std::net::{IpAddr, SocketAddr};

use poem::http::HeaderMap;

/// What is known of a request's way here. Fields that no trusted proxy reported are `None`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ForwardedInfo {
    /// The client of the outermost trusted proxy.
    pub client: IpAddr,
    /// The scheme it used, in lower case.
    pub scheme: Option<String>,
    /// The host it asked for.
    pub host: Option<String>,
}

/// What is known of a request that came from `peer`. Each proxy appends its own client, so the hops are walked from the
/// right for as long as the reporting proxy is trusted. A proxy writes one kind of header and may pass the client's own
/// headers of the other kind; so if both kinds are present, only what they agree on is used.
pub(crate) fn read_forwarded(headers: &HeaderMap, peer: IpAddr, is_trusted: impl Fn(IpAddr) -> bool) -> ForwardedInfo {
    if !is_trusted(peer) {
        return ForwardedInfo { client: peer, scheme: None, host: None };
    }
    let standard = parse_forwarded(headers).map(|hops| walk_hops(peer, &hops, &is_trusted));
    let custom = parse_x_forwarded(headers).map(|hops| walk_hops(peer, &hops, &is_trusted));
    let last_value = |name| header_list(headers, name).and_then(|list| last_item(&list));
    let (client, hop) = match (standard, custom) {
        (Some((one, _)), Some((other, _))) if one != other => (peer, None),
        (Some((client, hop)), _) => (client, hop),
        (None, custom) => (custom.map_or(peer, |(client, _)| client), None),
    };
    let hop = hop.unwrap_or_default();
    let scheme = agreed_value(hop.scheme, last_value("x-forwarded-proto")).map(|scheme| scheme.to_ascii_lowercase());
    ForwardedInfo { client, scheme, host: agreed_value(hop.host, last_value("x-forwarded-host")) }
}

/// What one proxy reports of its client.
#[derive(Clone, Default)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
}

/// The client of the outermost trusted proxy, and what that proxy reported.
fn walk_hops(peer: IpAddr, hops: &[Hop], is_trusted: impl Fn(IpAddr) -> bool) -> (IpAddr, Option<Hop>) {
    let (mut client, mut outermost) = (peer, None);
    for hop in hops.iter().rev() {
        if !is_trusted(client) {
            break;
        }
        outermost = Some(hop.clone());
        match hop.client {
            Some(address) => client = address,
            None => break, // hidden on purpose, or invalid: the proxy itself counts as the client
        }
    }
    (client, outermost)
}

fn agreed_value(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(&other).then_some(one),
        (one, other) => one.or(other),
    }
}

/// All values of a header as one list (RFC 9110, section 5.3). `None` if the header is missing.
fn header_list(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<&str> = headers.get_all(name).iter().map(|value| value.to_str().unwrap_or("")).collect();
    (!values.is_empty()).then(|| values.join(","))
}

fn last_item(list: &str) -> Option<String> {
    list.rsplit(',').next().map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
}

fn parse_x_forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    let hop = |node| Hop { client: parse_node(node), ..Hop::default() };
    Some(header_list(headers, "x-forwarded-for")?.split(',').map(hop).collect())
}

fn parse_forwarded(headers: &HeaderMap) -> Option<Vec<Hop>> {
    // An invalid list counts as empty: a client that opens a quotation could swallow what a proxy appends.
    Some(parse_elements(&header_list(headers, "forwarded")?).unwrap_or_default())
}

fn parse_elements(list: &str) -> Option<Vec<Hop>> {
    split_quoted(list, ',')?.into_iter().map(parse_element).collect()
}

fn parse_element(text: &str) -> Option<Hop> {
    let mut hop = Hop::default();
    for pair in split_quoted(text, ';')?.into_iter().map(str::trim).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = unquote(value)?;
        match name.to_ascii_lowercase().as_str() {
            "for" => hop.client = parse_node(&value),
            "proto" => hop.scheme = Some(value),
            "host" => hop.host = Some(value),
            _ => {}
        }
    }
    Some(hop)
}

/// The parts between separators outside quotations. `None` if a quotation is not closed.
fn split_quoted(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            c if c == separator && !quoted => {
                parts.push(&text[start..at]);
                start = at + 1; // separators are ASCII
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!quoted).then_some(parts)
}

/// A value without its quotation marks (RFC 9110, section 5.6.4). `None` if it is neither a token nor a whole quoted
/// string.
fn unquote(value: &str) -> Option<String> {
    let Some(inside) = value.strip_prefix('"') else {
        return (!value.contains('"')).then(|| value.to_owned());
    };
    let (mut text, mut characters) = (String::new(), inside.strip_suffix('"')?.chars());
    while let Some(c) = characters.next() {
        match c {
            '\\' => text.push(characters.next()?),
            '"' => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

/// An address, with or without a port; IPv6 with or without brackets.
fn parse_node(node: &str) -> Option<IpAddr> {
    let node = node.trim();
    let bare = node.strip_prefix('[').and_then(|node| node.strip_suffix(']')).unwrap_or(node);
    let address = bare.parse().ok().or_else(|| Some(node.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use crate::web::request::forwarded::*;

    /// Reads headers of a request from 10.0.0.1, with everything in 10.0.0.0/8 and fd00::/8 trusted.
    fn read_lines(lines: &[(&str, &str)]) -> ForwardedInfo {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name of a header");
            headers.append(name, HeaderValue::from_str(value).expect("a value of a header"));
        }
        let is_trusted = |address: IpAddr| match address {
            IpAddr::V4(address) => address.octets()[0] == 10,
            IpAddr::V6(address) => address.octets()[0] == 0xfd,
        };
        read_forwarded(&headers, IpAddr::from([10, 0, 0, 1]), is_trusted)
    }

    fn client(lines: &[(&str, &str)]) -> String {
        read_lines(lines).client.to_string()
    }

    #[test]
    fn hops_are_walked_from_the_right_while_the_proxy_is_trusted() {
        for (list, found) in [
            ("192.0.2.1", "192.0.2.1"),
            ("198.51.100.9, 192.0.2.1", "192.0.2.1"),
            ("198.51.100.9,192.0.2.1 , 10.0.0.7", "192.0.2.1"),
            ("10.0.0.9, 10.0.0.7", "10.0.0.9"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, unknown", "10.0.0.1"),
            ("192.0.2.1, unknown, 10.0.0.7", "10.0.0.7"),
            ("", "10.0.0.1"),
            ("127.0.0.1'; drop", "10.0.0.1"),
        ] {
            assert_eq!(client(&[("x-forwarded-for", list)]), found, "{list:?}");
        }
        assert_eq!(client(&[("x-forwarded-for", "198.51.100.9"), ("x-forwarded-for", "192.0.2.1")]), "192.0.2.1");
        assert_eq!(client(&[]), "10.0.0.1");
    }

    #[test]
    fn the_standard_header_also_reports_scheme_and_host() {
        let list = r#"for=198.51.100.9;proto=http, FOR="[2001:db8::1]:47" ;Proto=HTTPS; host="a.ex\ample:8""#;
        let info = read_lines(&[("forwarded", list), ("forwarded", "for=10.0.0.7;proto=http;by=10.0.0.1")]);
        let (scheme, host) = (Some("https".to_owned()), Some("a.example:8".to_owned()));
        assert_eq!(info, ForwardedInfo { client: "2001:db8::1".parse().expect("an address"), scheme, host });
        for hidden in ["for=_hidden", "for=unknown;proto=https", "proto=https", "nonsense", "=", ";", ""] {
            assert_eq!(client(&[("forwarded", hidden)]), "10.0.0.1", "{hidden:?}");
        }
    }

    #[test]
    fn an_unclosed_quotation_hides_nothing_that_a_proxy_appends() {
        for forged in [r#"for="198.51.100.9"#, r#"for="x\"#, r#"for="198.51.100.9";x=""#] {
            let list = format!(r#"{forged}, for="[2001:db8::1]""#);
            assert_eq!(client(&[("forwarded", &list)]), "10.0.0.1", "{list}");
        }
    }

    proptest! {
        #[test]
        fn no_forged_header_gives_a_client_another_address(
            forged in r#"([ -~]|"|\\|,|;|for=|198\.51\.100\.9|10\.0\.0\.7){0,12}"#
        ) {
            for node in ["192.0.2.1", r#""192.0.2.1:47";host="a.\"b""#] {
                let found = client(&[("forwarded", &format!("{forged}, for={node};proto=https"))]);
                prop_assert!(["192.0.2.1", "10.0.0.1"].contains(&found.as_str()), "{} is not the client", found);
            }
            prop_assert_eq!(client(&[("x-forwarded-for", &format!("{forged}, 192.0.2.1"))]), "192.0.2.1");
        }
    }

    #[test]
    fn of_two_kinds_of_headers_only_what_they_agree_on_is_used() {
        let both = |standard, custom| client(&[("forwarded", standard), ("x-forwarded-for", custom)]);
        assert_eq!(both("for=192.0.2.1", "192.0.2.1"), "192.0.2.1");
        assert_eq!(both("for=198.51.100.9", "192.0.2.1"), "10.0.0.1");
        let info = read_lines(&[("forwarded", "for=192.0.2.1;proto=https"), ("x-forwarded-proto", "http")]);
        assert_eq!((info.client.to_string().as_str(), info.scheme), ("192.0.2.1", None));
        assert_eq!(
            read_lines(&[("x-forwarded-proto", "http, HTTPS")]).scheme.as_deref(),
            Some("https"),
            "the last is the nearest"
        );
        assert_eq!(read_lines(&[("x-forwarded-host", "a.example, b.example")]).host.as_deref(), Some("b.example"));
    }
}
