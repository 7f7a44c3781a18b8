//! Address blocks: all addresses of one internet line, among which its user can change freely.

// From `core`, because these are only numbers: the domain knows no sockets.
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;

/// One IPv4 address, or the /64 of an IPv6 address: the least that a household gets (RFC 6177).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddressBlock {
    /// The address.
    V4(Ipv4Addr),
    /// The first 64 bits; the others are 0.
    V6(Ipv6Addr),
}

impl AddressBlock {
    /// The block of an address. An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) counts as IPv4.
    pub fn containing(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::V4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                Self::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
        }
    }

    /// Whether the block is one line on the public internet. Any other may be a whole network, or all people behind a
    /// proxy, so blocking it would lock out people who did nothing wrong. (Special-purpose registries of RFC 6890.)
    pub fn is_public(self) -> bool {
        match self {
            Self::V4(address) => {
                let [a, b, c, _] = address.octets();
                let is_shared = a == 100 && (64..128).contains(&b); // RFC 6598: many customers of one provider
                let is_benchmark = a == 198 && (18..20).contains(&b); // RFC 2544
                let is_protocol = a == 192 && b == 0 && c == 0; // RFC 6890, section 2.2.2: NAT64 and others
                let is_anycast = a == 192 && b == 88 && c == 99; // RFC 3068: 6to4 relays
                !(address.is_private()
                    || address.is_loopback()
                    || address.is_link_local()
                    || address.is_documentation()
                    || is_shared
                    || is_benchmark
                    || is_protocol
                    || is_anycast
                    || a == 0
                    || a >= 224) // multicast and reserved
            }
            Self::V6(address) => {
                let [a, b, ..] = address.segments();
                let is_global = a & 0xe000 == 0x2000; // RFC 4291, section 2.4: all global addresses so far
                let is_translated = a == 0x2002 || (a == 0x2001 && b < 0x200); // 6to4, Teredo and other protocols
                let is_documentation = (a == 0x2001 && b == 0xdb8) || (a == 0x3fff && b < 0x1000);
                is_global && !is_translated && !is_documentation
            }
        }
    }
}

/// The form that the store keeps.
impl fmt::Display for AddressBlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(address) => address.fmt(f),
            Self::V6(address) => write!(f, "{address}/64"),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::server::address_block::*;

    fn block(address: &str) -> AddressBlock {
        AddressBlock::containing(address.parse().expect("an address"))
    }

    #[test]
    fn ipv6_address_maps_to_its_64_prefix() {
        assert_eq!(block("2a01:4f8:1:2:3:4:5:6").to_string(), "2a01:4f8:1:2::/64");
        assert_eq!(block("2a01:4f8:1:2::9"), block("2a01:4f8:1:2:ffff::1"));
        assert_ne!(block("2a01:4f8:1:2::9"), block("2a01:4f8:1:3::9"));
        assert_eq!(block("::ffff:9.9.9.9").to_string(), "9.9.9.9");
    }

    #[test]
    fn only_public_internet_addresses_are_public() {
        for public in ["9.9.9.9", "100.63.255.255", "100.128.0.0", "172.32.0.1", "192.88.98.1", "198.20.0.1", "2a01::1"]
        {
            assert!(block(public).is_public(), "{public}");
        }
        for shared in [
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "127.0.0.1",
            "169.254.1.1",
            "100.64.0.0",
            "100.127.255.255",
            "0.0.0.0",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "192.0.0.8",
            "198.18.0.1",
            "192.88.99.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:a00:1::1",
            "2001:0:1::1",
            "64:ff9b::a00:1",
            "::ffff:192.168.1.1",
        ] {
            assert!(!block(shared).is_public(), "{shared}");
        }
    }
}
