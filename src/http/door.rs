//! The door: every request passes it before it is routed. Here is found out how it has come, and below which path
//! the site is for it.
//!
//! The site's addresses begin with its base path, and pages are prepared with them; a request's path may have it or
//! not, as proxies pass a path on or strip it. So the base path is taken off a request, and each base path has a
//! router of its own with the same routes: the configured one, or those that trusted proxies name.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    extract::Request,
    http::{
        Uri,
        uri::{Parts, PathAndQuery},
    },
};
use tower::{ServiceExt, util::Oneshot};

use super::{
    Site,
    approach::Approach,
    client::{Client, Peer},
    health,
    request_id::RequestId,
    web::{Shared, Web},
};
use crate::config::BasePath;

/// Base paths that proxies may name at a time.
const MOST: usize = 4;

/// The routers behind the door.
pub(super) struct Door {
    site: Site,
    first: Room,
    /// One for each base path that a proxy has named, the one last asked for at the end.
    others: Mutex<Vec<Room>>,
}

/// The site below one base path.
#[derive(Clone)]
struct Room {
    web: Shared,
    router: Router,
}

impl Room {
    fn new(site: &Site, base: BasePath) -> Self {
        let web = Arc::new(Web::below(site.clone(), base));
        Self { router: super::router_below(&web), web }
    }
}

impl Door {
    /// Passes a request on to the router of its base path.
    pub(super) fn enter(&self, mut request: Request) -> Oneshot<Router, Request> {
        let (approach, base) = self.look(&request);
        let Room { web, router } = self.room(base);
        let path = web.route_of(request.uri().path());
        if !health::is_probe(path) {
            self.site.proxies.note(peer_of(&request), request.headers());
        }
        if path.len() != request.uri().path().len() {
            let stripped = with_path(request.uri(), path);
            *request.uri_mut() = stripped;
        }
        request.extensions_mut().insert(approach);
        router.oneshot(request)
    }

    pub(super) fn new(site: Site) -> Self {
        let base = site.config.server.base_path.clone().unwrap_or_default();
        Self { first: Room::new(&site, base), others: Mutex::default(), site }
    }

    /// How a request has come, and the base path that its proxy names. What is configured goes before what proxies
    /// say.
    fn look(&self, request: &Request) -> (Approach, Option<BasePath>) {
        let server = &self.site.config.server;
        let heard = self.site.proxies.hear(peer_of(request), request.headers());
        let is_told = server.public_url.is_none();
        let prefix = heard.prefix.filter(|_| server.base_path.is_none());
        let approach = Approach {
            client: Client::at(heard.address),
            secure: if is_told { heard.secure } else { self.first.web.settings.secure() },
            authority: heard.authority.filter(|_| is_told),
            id: heard.request_id.and_then(RequestId::given),
        };
        (approach, prefix.and_then(|prefix| prefix.parse().ok()))
    }

    /// The site below this path. For one that nobody has named before its pages are made now.
    fn room(&self, base: Option<BasePath>) -> Room {
        let Some(base) = base.filter(|base| !base.is_empty()) else { return self.first.clone() };
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        let room = match others.iter().position(|room| room.web.base == base) {
            Some(place) => others.remove(place),
            None => {
                tracing::info!(%base, "a trusted proxy has the site below this path (X-Forwarded-Prefix)");
                Room::new(&self.site, base)
            }
        };
        // A path that somebody made up goes before one that is in use.
        if others.len() == MOST {
            others.remove(0);
        }
        others.push(room.clone());
        room
    }
}

fn peer_of(request: &Request) -> Option<Peer> {
    request.extensions().get().copied()
}

/// The same address with another path.
fn with_path(address: &Uri, path: &str) -> Uri {
    let query = address.query().map(|query| format!("?{query}")).unwrap_or_default();
    let mut parts = Parts::default();
    parts.path_and_query = PathAndQuery::try_from(format!("{path}{query}")).ok();
    // The end of an address that was one is one.
    Uri::from_parts(parts).unwrap_or_default()
}

#[cfg(test)]
mod tests;
