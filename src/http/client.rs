//! Who sends a request: the other end of the connection or, where that is a proxy of ours, whom it names.

mod forwarded;

use std::{
    convert::Infallible,
    net::{IpAddr, Ipv6Addr},
    sync::atomic::{AtomicBool, Ordering::Relaxed},
};

use axum::{
    extract::FromRequestParts,
    http::{Extensions, HeaderMap, request::Parts},
};
use ipnet::IpNet;

use super::web::Shared;
use crate::config;

/// The other end of a connection. Every request that comes by it has it among its extensions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub IpAddr);

/// What counts as one client: an IPv4 address, or the /64 that a site gets for each of its networks
/// (RFC 6177, section 2), within which everybody picks addresses at will.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Network(IpAddr);

/// The network that a request comes from; none where there is no connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client(pub Option<Network>);

/// The proxies that are believed when they say whom they speak for.
#[derive(Debug)]
pub(super) struct Proxies {
    networks: Vec<IpNet>,
    /// How many are believed whatever their address.
    hops: usize,
    warned: AtomicBool,
}

impl Proxies {
    pub(super) fn of(server: &config::Server) -> Self {
        let networks = server.trusted_proxies.clone();
        Self { networks, hops: server.proxy_hops, warned: AtomicBool::new(false) }
    }

    /// The network that a request comes from.
    pub(super) fn client(&self, extensions: &Extensions, headers: &HeaderMap) -> Client {
        let peer = extensions.get::<Peer>();
        Client(peer.map(|Peer(peer)| Network::of(self.address(peer.to_canonical(), headers))))
    }

    /// The address that a request comes from.
    ///
    /// A proxy that knows but one of the two headers lets a client's own words pass in the other. So where they
    /// do not agree, neither is believed.
    fn address(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.trusts(peer, 0) {
            self.warn_of_a_nameless_proxy(peer, headers);
            return peer;
        }
        let said = [forwarded::standard(headers), forwarded::customary(headers)];
        match said.map(|hops| hops.map(|hops| self.walk(peer, &hops))) {
            [None, None] => peer,
            [Some(one), None] | [None, Some(one)] => one,
            [Some(one), Some(other)] if one == other => one,
            _ => peer,
        }
    }

    /// Back from proxy to proxy to the first address that is none, or as far as the way is known.
    fn walk(&self, peer: IpAddr, hops: &[Option<IpAddr>]) -> IpAddr {
        let mut last = peer;
        for (index, hop) in hops.iter().enumerate() {
            let Some(hop) = *hop else { break };
            last = hop;
            if !self.trusts(hop, index + 1) {
                break;
            }
        }
        last
    }

    /// Whether the address so many hops away is a proxy of ours.
    fn trusts(&self, address: IpAddr, distance: usize) -> bool {
        distance < self.hops || self.networks.iter().any(|network| network.contains(&address))
    }

    /// A forgotten setting is found before it hurts. The headers stay unheard: anybody could send them.
    fn warn_of_a_nameless_proxy(&self, peer: IpAddr, headers: &HeaderMap) {
        if is_near(peer)
            && !self.warned.load(Relaxed)
            && forwarded::is_said(headers)
            && !self.warned.swap(true, Relaxed)
        {
            tracing::warn!(
                proxy = %peer,
                "requests seem to come through a proxy: unless server.trusted_proxies names it, all who come \
                 through it share the limits of one network"
            );
        }
    }
}

/// Whether this is the machine itself or its own network, where proxies are.
const fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_private(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local(),
    }
}

impl Network {
    const fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self(address),
            IpAddr::V6(v6) => Self(IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64))),
        }
    }
}

impl FromRequestParts<Shared> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Infallible> {
        Ok(web.site.rate_limits.client(&parts.extensions, &parts.headers))
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    /// The client of this peer, for the tests of limits.
    pub(in crate::http) fn client(peer: &str) -> Client {
        Client(Some(Network::of(peer.parse().unwrap())))
    }

    fn proxies(networks: &[&str], hops: usize) -> Proxies {
        let networks = networks.iter().map(|network| network.parse().unwrap()).collect();
        Proxies { networks, hops, warned: AtomicBool::new(false) }
    }

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            (name.parse().unwrap(), HeaderValue::from_bytes(value.as_bytes()).unwrap())
        };
        let mut headers = HeaderMap::new();
        lines.iter().map(line).for_each(|(name, value): (axum::http::HeaderName, _)| {
            headers.append(name, value);
        });
        headers
    }

    fn address(proxies: &Proxies, peer: &str, lines: &[(&'static str, &str)]) -> String {
        proxies.address(peer.parse::<IpAddr>().unwrap().to_canonical(), &headers(lines)).to_string()
    }

    const X: &str = "x-forwarded-for";
    const F: &str = "forwarded";

    #[test]
    fn who_is_not_trusted_speaks_for_nobody() {
        let none = proxies(&[], 0);
        let other = proxies(&["192.0.2.0/24"], 0);
        for lines in
            [&[(X, "203.0.113.9")][..], &[(F, "for=203.0.113.9")], &[(X, "1.1.1.1"), (F, "for=1.1.1.1")]]
        {
            assert_eq!(address(&none, "127.0.0.1", lines), "127.0.0.1");
            assert_eq!(address(&other, "198.51.100.1", lines), "198.51.100.1");
        }
        assert!(none.warned.load(Relaxed), "a proxy on the machine that nobody named is told of");
        assert!(!other.warned.load(Relaxed), "elsewhere these headers are ignored in silence");
    }

    #[test]
    fn behind_trusted_proxies_it_is_the_last_that_is_none() {
        let trusted = proxies(&["10.0.0.0/8", "::1/128"], 0);
        for (line, expected) in [
            ("203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("6.6.6.6, 203.0.113.9, 10.1.1.1,10.2.2.2", "203.0.113.9"),
            ("203.0.113.9:51234, 10.1.1.1:80", "203.0.113.9"),
            ("2001:db8::9", "2001:db8::9"),
            ("[2001:db8::9]:443", "2001:db8::9"),
            ("[2001:db8::9]", "2001:db8::9"),
            ("::ffff:203.0.113.9", "203.0.113.9"),
            ("[::ffff:203.0.113.9]:1, ::ffff:10.0.0.1", "203.0.113.9"),
            ("\"203.0.113.9\"", "203.0.113.9"),
            (" ,203.0.113.9,, 10.1.1.1 ,", "203.0.113.9"),
            // As far as the way is known.
            ("203.0.113.9, unknown, 10.1.1.1", "10.1.1.1"),
            ("203.0.113.9, _hidden", "10.0.0.1"),
            ("203.0.113.9, 999.1.1.1", "10.0.0.1"),
            ("203.0.113.9, fe80::1%eth0", "10.0.0.1"),
            ("203.0.113.9, [2001:db8::9", "10.0.0.1"),
            ("203.0.113.9, 1.2.3.4:", "10.0.0.1"),
            ("203.0.113.9, 1.2.3.4:8 0", "10.0.0.1"),
            ("203.0.113.9, ä", "10.0.0.1"),
            ("10.9.9.9, 10.1.1.1", "10.9.9.9"),
            ("", "10.0.0.1"),
        ] {
            assert_eq!(address(&trusted, "10.0.0.1", &[(X, line)]), expected, "{line}");
            assert_eq!(address(&trusted, "::ffff:10.0.0.1", &[(X, line)]), expected, "{line}");
        }
        assert_eq!(address(&trusted, "::1", &[(X, "6.6.6.6"), (X, "203.0.113.9, 10.1.1.1")]), "203.0.113.9");
        let long = format!("{}203.0.113.9", "1.1.1.1, ".repeat(1000));
        assert_eq!(address(&trusted, "::1", &[(X, &long)]), "::1", "nobody needs so many");
    }

    #[test]
    fn the_standard_header_is_read_as_it_is_defined() {
        let trusted = proxies(&["10.0.0.0/8"], 0);
        for (line, expected) in [
            ("for=203.0.113.9", "203.0.113.9"),
            ("For=\"203.0.113.9:4711\";proto=https;by=10.0.0.1", "203.0.113.9"),
            ("for=6.6.6.6, proto=http;FOR=\"[2001:db8:cafe::17]:4711\" , for=10.0.0.7", "2001:db8:cafe::17"),
            ("for=203.0.113.9;host=\"a,b;c\\\"d\"", "203.0.113.9"),
            ("for=203.0.113.9, for=unknown", "10.0.0.1"),
            ("for=203.0.113.9, for=_SEVKISEK", "10.0.0.1"),
            ("for=203.0.113.9, proto=https", "10.0.0.1"),
            ("for=203.0.113.9, for=\"10.1.1.1", "10.0.0.1"),
            ("for=203.0.113.9;for=6.6.6.6", "10.0.0.1"),
            ("for=\"203.0.113.9\"x", "10.0.0.1"),
            ("for = 203.0.113.9", "10.0.0.1"),
            ("nonsense", "10.0.0.1"),
            ("", "10.0.0.1"),
            // A quote left open swallows what the proxy adds; then the line is no longer one.
            ("for=6.6.6.6;x=\", for=203.0.113.9", "10.0.0.1"),
            ("for=6.6.6.6;x=\", for=\"[2001:db8::9]\";by=\"10.0.0.1\"", "10.0.0.1"),
            ("for=6.6.6.6;x=\"\\, for=\"[2001:db8::9]\"", "10.0.0.1"),
        ] {
            assert_eq!(address(&trusted, "10.0.0.1", &[(F, line)]), expected, "{line}");
        }
        let lines = [(F, "for=6.6.6.6;x=\""), (F, "for=203.0.113.9")];
        assert_eq!(address(&trusted, "10.0.0.1", &lines), "203.0.113.9", "each line stands for itself");
    }

    #[test]
    fn where_the_headers_do_not_agree_neither_is_believed() {
        let trusted = proxies(&["10.0.0.0/8"], 0);
        for (standard, expected) in
            [("for=203.0.113.9", "203.0.113.9"), ("for=6.6.6.6", "10.0.0.1"), ("", "10.0.0.1")]
        {
            let lines = [(X, "203.0.113.9"), (F, standard)];
            assert_eq!(address(&trusted, "10.0.0.1", &lines), expected, "{standard}");
        }
    }

    #[test]
    fn hops_are_trusted_whatever_their_address() {
        let line = [(X, "6.6.6.6, 203.0.113.9, 198.51.100.7")];
        for (hops, expected) in
            [(0, "198.51.100.1"), (1, "198.51.100.7"), (2, "203.0.113.9"), (3, "6.6.6.6"), (9, "6.6.6.6")]
        {
            assert_eq!(address(&proxies(&[], hops), "198.51.100.1", &line), expected, "{hops}");
        }
        let both = proxies(&["198.51.100.0/24"], 1);
        assert_eq!(address(&both, "192.0.2.1", &line), "203.0.113.9");
    }

    #[test]
    fn a_network_is_an_address_or_a_64() {
        let network = |text: &str| Network::of(text.parse().unwrap());
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff::9"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }

    proptest! {
        /// Whatever a client sends, the proxy appends who it was, and that counts.
        #[test]
        fn no_words_of_a_client_hide_its_address(forged in "[ -~]{0,80}", ip in any::<[u8; 4]>()) {
            let client = IpAddr::from(ip);
            let trusted = proxies(&["10.0.0.0/8"], 0);
            prop_assume!(!trusted.trusts(client, 1));
            let (custom, standard) = (format!("{forged}, {client}"), format!("{forged}, for={client};by=\"_x\""));
            prop_assert_eq!(address(&trusted, "10.0.0.1", &[(X, &custom)]), client.to_string());
            let found = address(&trusted, "10.0.0.1", &[(F, &standard)]);
            prop_assert!(found == client.to_string() || found == "10.0.0.1", "{}", found);
            let found = address(&trusted, "10.0.0.1", &[(X, &client.to_string()), (F, &forged)]);
            prop_assert!(found == client.to_string() || found == "10.0.0.1", "{}", found);
        }
    }
}
