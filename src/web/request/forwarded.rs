//! What proxies tell of a request that they pass on: `Forwarded` (RFC 7239), and the `X-Forwarded-For`, `-Proto` and
//! `-Host` that most of them write.
//!
//! Anybody can write these headers. Nothing here decides who is believed: whoever asks brings that along.

use std::net::{IpAddr, SocketAddr};

use poem::http::HeaderMap;

/// What is believed of a request's way here. What no trusted proxy tells is not known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ForwardedInfo {
    /// Who asked the outermost proxy that is trusted.
    pub client: IpAddr,
    /// By which scheme, in lower case.
    pub scheme: Option<String>,
    /// For which host.
    pub host: Option<String>,
}

/// What is told of a request that came from `peer`. Each proxy adds whom it was asked by at the end, so the walk goes from
/// the right, and as far as whoever tells is trusted. A proxy writes headers of one kind and may let the client's own of
/// the other kind pass, so where both kinds are there, only what they agree on is believed.
pub(crate) fn read_forwarded(headers: &HeaderMap, peer: IpAddr, is_trusted: impl Fn(IpAddr) -> bool) -> ForwardedInfo {
    if !is_trusted(peer) {
        return ForwardedInfo { client: peer, scheme: None, host: None };
    }
    let standard = parse_forwarded(headers).map(|hops| walk_hops(peer, &hops, &is_trusted));
    let custom = parse_x_forwarded(headers).map(|hops| walk_hops(peer, &hops, &is_trusted));
    let said = |name| header_list(headers, name).and_then(|list| last_item(&list));
    let (client, hop) = match (standard, custom) {
        (Some((one, _)), Some((other, _))) if one != other => (peer, None),
        (Some((client, hop)), _) => (client, hop),
        (None, custom) => (custom.map_or(peer, |(client, _)| client), None),
    };
    let hop = hop.unwrap_or_default();
    let scheme = agreed_value(hop.scheme, said("x-forwarded-proto")).map(|scheme| scheme.to_ascii_lowercase());
    ForwardedInfo { client, scheme, host: agreed_value(hop.host, said("x-forwarded-host")) }
}

/// What one proxy tells of who asked it.
#[derive(Clone, Default)]
struct Hop {
    client: Option<IpAddr>,
    scheme: Option<String>,
    host: Option<String>,
}

/// Who asked the outermost trusted proxy, and what that one told.
fn walk_hops(peer: IpAddr, hops: &[Hop], is_trusted: impl Fn(IpAddr) -> bool) -> (IpAddr, Option<Hop>) {
    let (mut at, mut told) = (peer, None);
    for hop in hops.iter().rev() {
        if !is_trusted(at) {
            break;
        }
        told = Some(hop.clone());
        match hop.client {
            Some(address) => at = address,
            None => break, // hidden on purpose, or nonsense: the proxy that says so stands for whoever it was
        }
    }
    (at, told)
}

fn agreed_value(one: Option<String>, other: Option<String>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => one.eq_ignore_ascii_case(&other).then_some(one),
        (one, other) => one.or(other),
    }
}

/// All values of a header, which are one list (RFC 9110, section 5.3). `None` if it is not there.
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
    // One that breaks the grammar says nothing: who opens a quotation in front could swallow what a proxy adds behind.
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

/// The parts between separators that do not stand in a quotation. `None` if one is not closed.
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

/// A value without its quotation marks (RFC 9110, section 5.6.4). `None` if it is neither a token nor all in quotation marks.
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

/// An address, of IPv6 in brackets or not, with a port or not.
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

    /// What is told of a request from 10.0.0.1, where everything in 10.0.0.0/8 and fd00::/8 is trusted.
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
    fn the_walk_goes_from_the_right_as_far_as_whoever_tells_is_trusted() {
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
    fn the_standard_header_tells_the_same_and_how_that_hop_was_reached() {
        let list = r#"for=198.51.100.9;proto=http, FOR="[2001:db8::1]:47" ;Proto=HTTPS; host="a.ex\ample:8""#;
        let told = read_lines(&[("forwarded", list), ("forwarded", "for=10.0.0.7;proto=http;by=10.0.0.1")]);
        let (scheme, host) = (Some("https".to_owned()), Some("a.example:8".to_owned()));
        assert_eq!(told, ForwardedInfo { client: "2001:db8::1".parse().expect("an address"), scheme, host });
        for hidden in ["for=_hidden", "for=unknown;proto=https", "proto=https", "nonsense", "=", ";", ""] {
            assert_eq!(client(&[("forwarded", hidden)]), "10.0.0.1", "{hidden:?}");
        }
    }

    #[test]
    fn a_quotation_opened_in_front_swallows_nothing_that_a_proxy_adds() {
        for forged in [r#"for="198.51.100.9"#, r#"for="x\"#, r#"for="198.51.100.9";x=""#] {
            let list = format!(r#"{forged}, for="[2001:db8::1]""#);
            assert_eq!(client(&[("forwarded", &list)]), "10.0.0.1", "{list}");
        }
    }

    proptest! {
        #[test]
        fn whatever_a_client_writes_in_front_it_is_nobody_else(
            forged in r#"([ -~]|"|\\|,|;|for=|198\.51\.100\.9|10\.0\.0\.7){0,12}"#
        ) {
            for node in ["192.0.2.1", r#""192.0.2.1:47";host="a.\"b""#] {
                let found = client(&[("forwarded", &format!("{forged}, for={node};proto=https"))]);
                prop_assert!(["192.0.2.1", "10.0.0.1"].contains(&found.as_str()), "{} is nobody who asks", found);
            }
            prop_assert_eq!(client(&[("x-forwarded-for", &format!("{forged}, 192.0.2.1"))]), "192.0.2.1");
        }
    }

    #[test]
    fn of_two_kinds_only_what_they_agree_on_is_believed() {
        let both = |standard, custom| client(&[("forwarded", standard), ("x-forwarded-for", custom)]);
        assert_eq!(both("for=192.0.2.1", "192.0.2.1"), "192.0.2.1");
        assert_eq!(both("for=198.51.100.9", "192.0.2.1"), "10.0.0.1");
        let told = read_lines(&[("forwarded", "for=192.0.2.1;proto=https"), ("x-forwarded-proto", "http")]);
        assert_eq!((told.client.to_string().as_str(), told.scheme), ("192.0.2.1", None));
        assert_eq!(
            read_lines(&[("x-forwarded-proto", "http, HTTPS")]).scheme.as_deref(),
            Some("https"),
            "the last is the nearest"
        );
        assert_eq!(read_lines(&[("x-forwarded-host", "a.example, b.example")]).host.as_deref(), Some("b.example"));
    }
}
