//! The client address of a request, taking trusted proxies into account.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use poem::Request;

use crate::web::request::forwarded::{ForwardedInfo, read_forwarded};
use crate::web::state::AppState;

/// The client's address: the peer's, or behind trusted proxies the one they report. An IPv4 address in IPv6 notation is
/// returned as IPv4.
pub(crate) fn client_address(request: &Request) -> IpAddr {
    read_forwarded_info(request).client
}

/// The address whose rate limits a request uses, if any. An owner of one IPv6 address has at least all addresses with
/// the same first 64 bits (RFC 6177), so they share one limit. Behind an undeclared proxy on this machine every client
/// has the loopback address; so without trusted proxies the loopback address has no limit.
pub(crate) fn rate_limit_address(request: &Request) -> Option<IpAddr> {
    let client = client_address(request);
    let is_undeclared = client.is_loopback() && trusted_proxies(request).is_empty();
    (!is_undeclared).then(|| to_network_prefix(client))
}

/// What is known of the way of a request through proxies.
pub(crate) fn read_forwarded_info(request: &Request) -> ForwardedInfo {
    // Requests without a peer are made inside this process, by tests.
    let peer = request.remote_addr().as_socket_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
    let trusted = trusted_proxies(request);
    read_forwarded(request.headers(), peer.to_canonical(), |address| {
        trusted.iter().any(|proxies| proxies.contains(&address))
    })
}

/// The trusted proxies; none if the request does not carry the state yet.
fn trusted_proxies(request: &Request) -> &[IpNet] {
    request.data::<Arc<AppState>>().map_or(&[], |state| &state.trusted_proxies)
}

/// The address itself, or the /64 network of an IPv6 address.
pub(crate) fn to_network_prefix(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::web::request::client_address::*;

    #[test]
    fn ipv6_addresses_share_a_limit_by_their_first_64_bits() {
        let network = |text: &str| to_network_prefix(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:3::1"), "2001:db8:1:3::");
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
    }
}
