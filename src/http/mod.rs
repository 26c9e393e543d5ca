//! The door to the outside: router, pages, errors, and the server under them.
//!
//! A request passes the `door`, which finds out how it has come and takes the base path off it, one middleware
//! (`edge`) and then its handler. Every address that goes out is made by `Web::path`. A handler
//! answers with a page or with an [`Error`], which the edge logs and shows in the visitor's language.

mod api;
mod approach;
mod assets;
mod body;
mod client;
mod compress;
mod cookie;
mod door;
mod edge;
mod encoding;
mod error;
mod form_token;
mod headers;
mod health;
mod language;
mod limits;
mod listener;
mod origin;
mod pages;
mod prepared;
mod proof;
mod request_id;
mod routes;
mod sender;
mod served;
mod server;
mod suspicion;
mod visitor;
mod web;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod weight_tests;

use std::sync::Arc;

use axum::{Router, middleware::from_fn_with_state};

use crate::{
    config::Config,
    domain::{Clock, Entropy, SecretKey},
    metrics::Metrics,
    signup::Signups,
    texts::Texts,
};
pub use api::{Fault, Refusal};
pub use assets::Assets;
pub use client::{Proxies, SEEN_AT, Sighting};
use door::Door;
pub use error::Error;
pub use health::ALIVE;
pub use limits::{RateLimits, TooMany};
pub use listener::{ListenError, Listener};
use pages::error as error_page;
pub use routes::Route;
use routes::Table;
pub use served::Served;
pub use server::{Limits, serve};
use web::Shared;

/// What the pages need of the rest of the house.
#[derive(Clone)]
pub struct Site {
    /// The operations.
    pub signups: Signups,
    /// What people read.
    pub texts: Texts,
    /// What browsers load beside the pages.
    pub assets: Assets,
    /// The settings.
    pub config: Arc<Config>,
    /// Signs the forms.
    pub key: SecretKey,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// How often what may be done.
    pub rate_limits: Arc<RateLimits>,
    /// Whom requests come by.
    pub proxies: Arc<Proxies>,
    /// Where requests are counted.
    pub metrics: Metrics,
}

/// The whole site.
pub fn router(site: Site) -> Router {
    let door = Arc::new(Door::new(site));
    Router::new().fallback_service(tower::service_fn(move |request| door.enter(request)))
}

/// All addresses of the site, without its base path.
fn router_below(web: &Shared) -> Router {
    let tags = web.tags().map(str::to_owned).collect();
    Table::new(&web.settings.api, tags)
        .router
        .fallback(error_page::not_found)
        .method_not_allowed_fallback(error_page::method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(web), edge::edge))
        .with_state(Arc::clone(web))
}

/// All addresses that a configuration makes reachable.
#[must_use]
pub fn routes(config: &Config) -> Vec<Route> {
    Table::new(&config.api, Vec::new()).routes
}
