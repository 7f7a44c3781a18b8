//! From which address a request comes, and whose word on that counts.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use ipnet::IpNet;
use poem::Request;

use super::House;
use super::forwarded::{Told, told};

/// How a request got here.
pub(super) fn way(request: &Request) -> Told {
    // A request without a peer was made within this process.
    let peer = request.remote_addr().as_socket_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
    let trusted = trusted(request);
    told(request.headers(), peer.to_canonical(), |address| trusted.iter().any(|proxies| proxies.contains(&address)))
}

/// The proxies whose word counts. A request that has come to no house yet came through none.
fn trusted(request: &Request) -> &[IpNet] {
    request.data::<Arc<House>>().map_or(&[], |house| &house.trusted_proxies)
}
