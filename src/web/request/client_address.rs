//! From which address a request comes, and whose word on that counts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use ipnet::IpNet;
use poem::Request;

use crate::web::request::forwarded::{ForwardedInfo, read_forwarded};
use crate::web::state::AppState;

/// The address that a request comes from: the peer's, or behind trusted proxies the one that they tell. An address of IPv4
/// that is written as one of IPv6 is one of IPv4.
pub(crate) fn client_address(request: &Request) -> IpAddr {
    read_forwarded_info(request).client
}

/// Which address's share of everything a request uses up, if any. Whoever has one address of IPv6 has at least all that
/// begin with the same 64 bits (RFC 6177). Behind a proxy on this machine that was not declared everybody has its
/// address, so without a trusted proxy the loopback has no share, and no limit.
pub(crate) fn rate_limit_address(request: &Request) -> Option<IpAddr> {
    let client = client_address(request);
    let is_undeclared = client.is_loopback() && trusted_proxies(request).is_empty();
    (!is_undeclared).then(|| to_network_prefix(client))
}

/// How a request got here.
pub(crate) fn read_forwarded_info(request: &Request) -> ForwardedInfo {
    // A request without a peer was made within this process.
    let peer = request.remote_addr().as_socket_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
    let trusted = trusted_proxies(request);
    read_forwarded(request.headers(), peer.to_canonical(), |address| {
        trusted.iter().any(|proxies| proxies.contains(&address))
    })
}

/// The proxies whose word counts. A request that has come to no house yet came through none.
fn trusted_proxies(request: &Request) -> &[IpNet] {
    request.data::<Arc<AppState>>().map_or(&[], |house| &house.trusted_proxies)
}

/// The address, or of IPv6 the network that somebody has who has one of its addresses.
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
    fn neighbours_in_ipv6_share_and_others_do_not() {
        let network = |text: &str| to_network_prefix(text.parse().expect("an address")).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:2::"), "2001:db8:1:2::");
        assert_eq!(network("2001:db8:1:3::1"), "2001:db8:1:3::");
        assert_eq!(network("192.0.2.1"), "192.0.2.1");
    }
}
