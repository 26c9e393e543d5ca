//! The proxies by which requests have come recently, to help find a mistake in the settings. Of a proxy its address and
//! the names of its headers are kept, of clients nothing.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
};

use axum::{extract::Request, http::HeaderMap};
use serde::{Deserialize, Serialize};

use super::{Peer, forwarded};

/// The address at which this machine itself can read what was seen.
pub const SEEN_AT: &str = "/readyz/proxies";

/// The most sightings that are kept: more than any site has proxies.
const MOST: usize = 8;

/// A proxy, and the headers of a request that came by it recently.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// Its address; `None` for one that comes by a socket in the file system.
    pub peer: Option<IpAddr>,
    /// True if it is believed.
    pub believed: bool,
    /// The proxy headers that it has sent.
    pub headers: Vec<String>,
}

/// The sightings, the latest at the end.
#[derive(Debug, Default)]
pub(super) struct Sightings(Mutex<Vec<Seen>>);

/// A [`Sighting`] in less memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    peer: Option<IpAddr>,
    believed: bool,
    /// One bit for each header.
    headers: u8,
}

impl Sightings {
    /// Notes a request. A peer that is not believed and does not look like a proxy of ours may be anyone: nothing is
    /// kept of it.
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

/// Warns of a forgotten setting before it does harm. The headers are not believed: anyone could send them.
fn warn_of_a_nameless_proxy(peer: IpAddr) {
    tracing::warn!(
        proxy = %peer,
        "requests seem to come through a proxy: unless server.trusted_proxies names it, all who come through it \
         share the limits of one network"
    );
}

/// The headers that are there, one bit for each.
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
