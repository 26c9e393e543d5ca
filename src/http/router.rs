//! The router of the site. Before a request is routed, its connection info and the site's base path are determined.
//!
//! The site's addresses begin with its base path, and pages are prepared with them; a request's path may have it or
//! not, as proxies pass a path on or strip it. So the base path is removed from the request, and each base path has a
//! router of its own with the same routes: the configured one, or those that trusted proxies name.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    Router,
    extract::Request,
    http::{
        Uri,
        uri::{Parts, PathAndQuery},
    },
    middleware::from_fn_with_state,
};
use tower::{ServiceExt, util::Oneshot};

use super::{
    client::{Client, ConnectionInfo, Peer},
    edge, health,
    pages::{error as error_page, form},
    request_id::RequestId,
    routes::Table,
    state::{Shared, Site, Web},
};
use crate::config::BasePath;

/// The most base paths named by proxies that have a router at a time.
const MAX_NAMED: usize = 4;

/// The router of the whole site.
pub fn router(site: Site) -> Router {
    let mounts = Arc::new(Mounts::new(site));
    Router::new().fallback_service(tower::service_fn(move |request| mounts.route(request)))
}

/// The routers of all base paths.
struct Mounts {
    site: Site,
    configured: Mount,
    /// One for each base path that a proxy has named, the one used last at the end.
    named: Mutex<Vec<Mount>>,
}

/// The site below one base path.
#[derive(Clone)]
struct Mount {
    web: Shared,
    router: Router,
}

impl Mount {
    fn new(site: &Site, base: BasePath) -> Self {
        let web = Arc::new(Web::below(site.clone(), base));
        form::prepare(&web);
        Self { router: router_below(&web), web }
    }
}

/// All addresses of the site, without its base path.
fn router_below(web: &Shared) -> Router {
    let tags = web.tags().map(str::to_owned).collect();
    Table::new(&web.config().api, tags)
        .router
        .fallback(error_page::not_found)
        .method_not_allowed_fallback(error_page::method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(web), edge::edge))
        .with_state(Arc::clone(web))
}

impl Mounts {
    /// Passes a request on to the router of its base path.
    fn route(&self, mut request: Request) -> Oneshot<Router, Request> {
        let (info, base) = self.connection_info(&request);
        let Mount { web, router } = self.mount(base);
        let path = web.route_of(request.uri().path());
        if !health::is_probe(path) {
            self.site.proxies.note(peer_of(&request), request.headers());
        }
        if path.len() != request.uri().path().len() {
            let stripped = with_path(request.uri(), path);
            *request.uri_mut() = stripped;
        }
        request.extensions_mut().insert(info);
        router.oneshot(request)
    }

    fn new(site: Site) -> Self {
        let base = site.config.server.base_path.clone().unwrap_or_default();
        Self { configured: Mount::new(&site, base), named: Mutex::default(), site }
    }

    /// The connection info of a request, and the base path that its proxy names. The configuration takes precedence
    /// over the headers of proxies.
    fn connection_info(&self, request: &Request) -> (ConnectionInfo, Option<BasePath>) {
        let server = &self.site.config.server;
        let heard = self.site.proxies.hear(peer_of(request), request.headers());
        let is_told = server.public_url.is_none();
        let prefix = heard.prefix.filter(|_| server.base_path.is_none());
        let info = ConnectionInfo {
            client: Client::at(heard.address),
            secure: if is_told { heard.secure } else { self.configured.web.uses_https() },
            authority: heard.authority.filter(|_| is_told),
            id: heard.request_id.and_then(RequestId::given),
        };
        (info, prefix.and_then(|prefix| prefix.parse().ok()))
    }

    /// The site below this path. Its pages are made now where no request has named that path before.
    fn mount(&self, base: Option<BasePath>) -> Mount {
        let Some(base) = base.filter(|base| !base.is_empty()) else { return self.configured.clone() };
        let mut named = self.named.lock().unwrap_or_else(PoisonError::into_inner);
        let mount = match named.iter().position(|mount| mount.web.base == base) {
            Some(place) => named.remove(place),
            None => {
                tracing::info!(%base, "a trusted proxy has the site below this path (X-Forwarded-Prefix)");
                Mount::new(&self.site, base)
            }
        };
        // The one used least recently is removed first: a made-up path before one in use.
        if named.len() == MAX_NAMED {
            named.remove(0);
        }
        named.push(mount.clone());
        mount
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
    // The end of a valid address is itself valid.
    Uri::from_parts(parts).unwrap_or_default()
}

#[cfg(test)]
mod tests;
