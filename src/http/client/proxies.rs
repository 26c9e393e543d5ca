//! The proxies that are believed, and the parts of their headers that are believed.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

use super::{
    Peer,
    forwarded::{self, Hop, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PREFIX, X_FORWARDED_PROTO},
    seen::{Sighting, Sightings},
};
use crate::config;

/// The proxies that are believed when they name the client that they speak for.
#[derive(Debug)]
pub struct Proxies {
    networks: Vec<IpNet>,
    /// The number of proxies that are believed whatever their address.
    hops: usize,
    sightings: Sightings,
}

/// The properties of a request that are believed.
#[derive(Debug, Default)]
pub(in crate::http) struct Heard<'a> {
    /// The address that it comes from; `None` without a connection.
    pub address: Option<IpAddr>,
    /// True if the scheme by which it came is given, and always as `https`.
    pub secure: bool,
    /// The host and port that the browser asked, as it writes them in `Origin`.
    pub authority: Option<String>,
    /// The path that the proxy has stripped.
    pub prefix: Option<&'a str>,
    /// The number that the proxy gave it.
    pub request_id: Option<&'a str>,
}

impl Proxies {
    /// The configured proxies.
    #[must_use]
    pub fn of(server: &config::Server) -> Self {
        Self::new(server.trusted_proxies.clone(), server.proxy_hops)
    }

    pub(super) fn new(networks: Vec<IpNet>, hops: usize) -> Self {
        Self { networks, hops, sightings: Sightings::default() }
    }

    /// The properties of a request from this peer that are believed.
    pub(in crate::http) fn hear<'a>(&self, peer: Option<Peer>, headers: &'a HeaderMap) -> Heard<'a> {
        let Some(peer) = peer else { return Heard::default() };
        if !self.believes(peer) {
            return Heard { address: Some(peer.address()), ..Heard::default() };
        }
        let (address, Hop { proto, host, .. }) = self.origin(peer.address(), headers);
        let secure = is_secure([proto, forwarded::nearest(headers, X_FORWARDED_PROTO)]);
        let hosts = [host, forwarded::nearest(headers, X_FORWARDED_HOST)];
        Heard {
            address: Some(address),
            secure,
            authority: authority(hosts, forwarded::nearest(headers, X_FORWARDED_PORT), secure),
            prefix: forwarded::only(headers, X_FORWARDED_PREFIX),
            request_id: forwarded::only(headers, "x-request-id"),
        }
    }

    /// Records the peer that a request comes from and its proxy headers, to help find a mistake in the settings.
    pub(in crate::http) fn note(&self, peer: Option<Peer>, headers: &HeaderMap) {
        if let Some(peer) = peer {
            self.sightings.note(peer, self.believes(peer), headers);
        }
    }

    /// The records of [`Self::note`].
    pub(in crate::http) fn seen(&self) -> Vec<Sighting> {
        self.sightings.all()
    }

    /// The address that a request comes from, and the values in `Forwarded` of the proxy that it came to first.
    ///
    /// A proxy that knows but one of the two headers passes on a client's own words in the other. So where they do not
    /// agree, neither is believed.
    fn origin(&self, peer: IpAddr, headers: &HeaderMap) -> (IpAddr, Hop) {
        let customary = forwarded::customary(headers).map(|hops| self.walk(peer, hops).0);
        let Some(hops) = forwarded::standard(headers) else {
            return (customary.unwrap_or(peer), Hop::default());
        };
        let (standard, said) = self.walk(peer, hops);
        if customary.is_none_or(|customary| customary == standard) {
            (standard, said)
        } else {
            (peer, Hop::default())
        }
    }

    pub(in crate::http) fn believes(&self, peer: Peer) -> bool {
        matches!(peer, Peer::Socket) || self.trusts(peer.address(), 0)
    }

    /// Follows the hops back from proxy to proxy to the first address that is not a trusted proxy's, or to the last one
    /// that is known. Also returns what the last proxy on the way says of the request that came to it.
    fn walk(&self, peer: IpAddr, hops: Vec<Hop>) -> (IpAddr, Hop) {
        let (mut last, mut said) = (peer, Hop::default());
        for (index, hop) in hops.into_iter().enumerate() {
            let address = hop.address;
            said = hop;
            let Some(address) = address else { break };
            last = address;
            if !self.trusts(address, index + 1) {
                break;
            }
        }
        (last, said)
    }

    /// Returns whether the address at this distance in hops is that of a trusted proxy.
    pub(super) fn trusts(&self, address: IpAddr, distance: usize) -> bool {
        distance < self.hops || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// Returns whether at least one header gives the scheme, and all that do give `https`.
fn is_secure(said: [Option<String>; 2]) -> bool {
    let mut said = said.into_iter().flatten().peekable();
    said.peek().is_some() && said.all(|proto| proto == "https")
}

/// Host and port as a browser writes them (WHATWG URL, section 4.4): without the scheme's own port.
fn authority(said: [Option<String>; 2], port: Option<String>, secure: bool) -> Option<String> {
    let host = match said {
        [Some(one), Some(other)] if one != other => return None,
        [one, other] => one.or(other)?,
    };
    let usual = if secure { "443" } else { "80" };
    if let Some((name, port)) = host.rsplit_once(':').filter(|_| !host.ends_with(']')) {
        return Some(if port == usual { name.to_owned() } else { host });
    }
    match port.filter(|port| port != usual && port.bytes().all(|digit| digit.is_ascii_digit())) {
        Some(port) => Some(format!("{host}:{port}")),
        None => Some(host),
    }
}
