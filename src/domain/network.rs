//! The networks that a client belongs to, from its own to those that contain it.

use std::net::IpAddr;

/// The smallest network that counts as one client: an IPv4 address, or the IPv6 /64 that a site gets for each of its
/// networks (RFC 6177, section 2), within which every device picks addresses at will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// An IPv4 address.
    Ipv4(u32),
    /// The upper half of an IPv6 address.
    Ipv6(u64),
}

/// The size of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetworkSize {
    /// One IPv4 address.
    Ipv4Address,
    /// 256 IPv4 addresses: the smallest network that is routed on the internet.
    Ipv4Slash24,
    /// One IPv6 network.
    Ipv6Slash64,
    /// 256 IPv6 networks: what providers assign to a home.
    Ipv6Slash56,
    /// 65,536 IPv6 networks: what providers assign to an organization, and the smallest network that is routed.
    Ipv6Slash48,
}

/// A network of some size that contains a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NetworkPrefix {
    /// The size of the network.
    pub size: NetworkSize,
    /// The bits that its addresses have in common, aligned to the right.
    pub bits: u64,
}

impl Network {
    /// The network of an address.
    #[must_use]
    pub const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self::Ipv4(v4.to_bits()),
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self::Ipv6(((a as u64) << 48) | ((b as u64) << 32) | ((c as u64) << 16) | d as u64)
            }
        }
    }

    /// This network and those that contain it, the smallest first.
    pub fn prefixes(self) -> impl Iterator<Item = NetworkPrefix> {
        let (sizes, bits) = match self {
            Self::Ipv4(bits) => (NetworkSize::IPV4, u64::from(bits)),
            Self::Ipv6(bits) => (NetworkSize::IPV6, bits),
        };
        sizes.iter().map(move |size| NetworkPrefix { size: *size, bits: bits >> size.host_bits() })
    }
}

impl NetworkSize {
    /// All sizes, in the order of their numbers.
    pub const ALL: [Self; 5] =
        [Self::Ipv4Address, Self::Ipv4Slash24, Self::Ipv6Slash64, Self::Ipv6Slash56, Self::Ipv6Slash48];
    const IPV4: &[Self] = &[Self::Ipv4Address, Self::Ipv4Slash24];
    const IPV6: &[Self] = &[Self::Ipv6Slash64, Self::Ipv6Slash56, Self::Ipv6Slash48];

    /// A name for metrics and logs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ipv4Address => "ipv4",
            Self::Ipv4Slash24 => "ipv4_24",
            Self::Ipv6Slash64 => "ipv6_64",
            Self::Ipv6Slash56 => "ipv6_56",
            Self::Ipv6Slash48 => "ipv6_48",
        }
    }

    /// Returns whether no larger size of network is distinguished.
    #[must_use]
    pub const fn is_largest(self) -> bool {
        matches!(self, Self::Ipv4Slash24 | Self::Ipv6Slash48)
    }

    /// The number of bits of [`Network`] that its members do not have in common.
    const fn host_bits(self) -> u32 {
        match self {
            Self::Ipv4Address | Self::Ipv6Slash64 => 0,
            Self::Ipv4Slash24 | Self::Ipv6Slash56 => 8,
            Self::Ipv6Slash48 => 16,
        }
    }
}

impl NetworkPrefix {
    /// The bits of the IPv4 /16 or IPv6 /32 that contains it, which mostly belongs to one provider.
    #[must_use]
    pub const fn provider_bits(self) -> u64 {
        let provider = match self.size {
            NetworkSize::Ipv4Address | NetworkSize::Ipv4Slash24 => 16,
            NetworkSize::Ipv6Slash64 | NetworkSize::Ipv6Slash56 | NetworkSize::Ipv6Slash48 => 32,
        };
        self.bits >> (provider - self.size.host_bits())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn prefixes(address: &str) -> Vec<(&'static str, u64)> {
        let network = Network::of(address.parse().unwrap());
        network.prefixes().map(|prefix| (prefix.size.as_str(), prefix.bits)).collect()
    }

    #[test]
    fn an_address_is_in_networks_that_contain_each_other() {
        assert_eq!(prefixes("192.0.2.77"), [("ipv4", 0xC000_024D), ("ipv4_24", 0x00C0_0002)]);
        assert_eq!(
            prefixes("2001:db8:1:aabb:3::4"),
            [
                ("ipv6_64", 0x2001_0DB8_0001_AABB),
                ("ipv6_56", 0x0020_010D_B800_01AA),
                ("ipv6_48", 0x2001_0DB8_0001)
            ]
        );
    }

    #[test]
    fn all_prefixes_of_an_address_have_one_provider() {
        for (address, bits) in [("192.0.2.77", 0xC000), ("2001:db8:1:aabb::4", 0x2001_0DB8)] {
            for prefix in Network::of(address.parse().unwrap()).prefixes() {
                assert_eq!(prefix.provider_bits(), bits, "{prefix:?}");
            }
        }
    }
}
