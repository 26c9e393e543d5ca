//! Which proxies are believed, and what is believed of what they say.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

use super::{
    Peer,
    forwarded::{self, Hop, X_FORWARDED_HOST, X_FORWARDED_PORT, X_FORWARDED_PREFIX, X_FORWARDED_PROTO},
    seen::{Sighting, Sightings},
};
use crate::config;

/// The proxies that are believed when they say whom they speak for.
#[derive(Debug)]
pub struct Proxies {
    networks: Vec<IpNet>,
    /// How many are believed whatever their address.
    hops: usize,
    sightings: Sightings,
}

/// What is believed of a request.
#[derive(Debug, Default)]
pub(in crate::http) struct Heard<'a> {
    /// Where it comes from; nowhere without a connection.
    pub address: Option<IpAddr>,
    /// Whether all who say by which scheme it came say `https`.
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

    /// What is believed of a request from this end.
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

    /// Keeps in mind by which proxies a request has come, and how, for whoever looks for a mistake.
    pub(in crate::http) fn note(&self, peer: Option<Peer>, headers: &HeaderMap) {
        if let Some(peer) = peer {
            self.sightings.note(peer, self.believes(peer), headers);
        }
    }

    /// What was kept in mind.
    pub(in crate::http) fn seen(&self) -> Vec<Sighting> {
        self.sightings.all()
    }

    /// The address that a request comes from, and what the proxy says in `Forwarded` to which it came first.
    ///
    /// A proxy that knows but one of the two headers lets a client's own words pass in the other. So where they do
    /// not agree, neither is believed.
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

    /// Back from proxy to proxy to the first address that is none, or as far as the way is known; and what the
    /// last proxy on the way says of the request that came to it.
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

    /// Whether the address so many hops away is a proxy of ours.
    pub(super) fn trusts(&self, address: IpAddr, distance: usize) -> bool {
        distance < self.hops || self.networks.iter().any(|network| network.contains(&address))
    }
}

/// Whether somebody says so and nobody says otherwise.
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
