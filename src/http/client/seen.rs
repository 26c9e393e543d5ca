//! By which proxies requests have come lately, for whoever looks for a mistake in the settings. Of a proxy its
//! address and the names of its headers are kept, of clients nothing.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use axum::{extract::Request, http::HeaderMap};
use serde::{Deserialize, Serialize};

use super::{Peer, forwarded};

/// Where the machine itself is told what was seen.
pub const SEEN_AT: &str = "/readyz/proxies";

/// More proxies than anybody has.
const MOST: usize = 8;

/// A proxy, and how requests came by it last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its address; none for one that comes by a socket in the file system.
    pub peer: Option<IpAddr>,
    /// Whether it is believed.
    pub believed: bool,
    /// Which headers it has sent.
    pub headers: Vec<String>,
}

/// The latest come last.
#[derive(Debug, Default)]
pub(super) struct Sightings(Mutex<Vec<Seen>>);

/// The same in little space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    peer: Option<IpAddr>,
    believed: bool,
    /// One bit for each header.
    headers: u8,
}

impl Sightings {
    /// Notes a request. Who is not believed and does not look like a proxy of ours may be anybody: of those
    /// nothing is kept.
    pub(super) fn note(&self, peer: Peer, believed: bool, headers: &HeaderMap) {
        let headers = said(headers);
        if !believed && (headers == 0 || !peer.is_near()) {
            return;
        }
        let address = matches!(peer, Peer::Ip(_)).then(|| peer.address());
        let seen = Seen { peer: address, believed, headers };
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.last() == Some(&seen) {
            return;
        }
        if !believed && all.iter().all(|seen| seen.believed) {
            warn_of_a_nameless_proxy(peer.address());
        }
        all.retain(|other| *other != seen);
        if all.len() == MOST {
            all.remove(0);
        }
        all.push(seen);
    }

    pub(super) fn all(&self) -> Vec<Sighting> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|seen| seen.told()).collect()
    }
}

/// A forgotten setting is found before it hurts. The headers stay unheard: anybody could send them.
fn warn_of_a_nameless_proxy(peer: IpAddr) {
    tracing::warn!(
        proxy = %peer,
        "requests seem to come through a proxy: unless server.trusted_proxies names it, all who come through it \
         share the limits of one network"
    );
}

/// Which of the headers are there.
fn said(headers: &HeaderMap) -> u8 {
    let bit = |(at, name): (usize, &&str)| u8::from(headers.contains_key(*name)) << at;
    forwarded::ALL.iter().enumerate().map(bit).sum()
}

impl Seen {
    fn told(self) -> Sighting {
        let names = forwarded::ALL.iter().enumerate().filter(|(at, _)| self.headers >> at & 1 == 1);
        let headers = names.map(|(_, name)| (*name).to_owned()).collect();
        Sighting { peer: self.peer, believed: self.believed, headers }
    }
}

/// Returns whether a request comes from this machine, and not through a proxy.
pub(in crate::http) fn is_from_here(request: &Request) -> bool {
    let is_here = request.extensions().get::<Peer>().is_some_and(|peer| peer.is_here());
    is_here && said(request.headers()) == 0
}
