//! The door to the outside: router, pages, errors, and the server under them.
//!
//! A request passes one middleware (`edge`) and then its handler. A handler answers with a page or with an
//! [`Error`], which the edge logs and shows in the visitor's language.

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

use axum::{
    Router,
    middleware::from_fn_with_state,
    routing::{get, post},
};

use crate::{
    config::Config,
    domain::{Clock, Entropy, SecretKey},
    metrics::Metrics,
    signup::Signups,
    texts::Texts,
};
pub use assets::Assets;
pub use client::{Proxies, SEEN_AT, Sighting};
use door::Door;
pub use error::Error;
pub use limits::{RateLimits, TooMany};
pub use listener::{ListenError, Listener};
use pages::{challenge, confirm, error as error_page, form, link, preview, resend, start, status, submit};
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
    Router::new().fallback(door::enter).with_state(Arc::new(Door::new(site)))
}

/// All addresses of the site, without its base path.
fn routes(web: &Shared) -> Router {
    let mut router = Router::new()
        .route("/", get(start::choose_language))
        .route("/livez", get(health::live))
        .route("/readyz", get(health::ready))
        .route(SEEN_AT, get(client::report))
        .route("/static/{file}", get(assets::serve))
        .route("/challenge", post(challenge::pose));
    for tag in web.tags() {
        let signup = format!("/{tag}/signups/{{token}}");
        router = router
            .route(&format!("/{tag}"), get(form::show).post(submit::submit))
            .route(&format!("/{tag}/"), get(start::to_form))
            .route(&format!("/{tag}/preview"), post(preview::username))
            .route(&signup, get(status::show))
            .route(&format!("{signup}/code"), get(status::back).post(confirm::by_code))
            .route(&format!("{signup}/code/again"), post(confirm::send_again).get(status::back))
            .route(&format!("{signup}/password"), post(resend::send_again).get(status::back))
            .route(&format!("/{tag}/confirm/{{link}}"), get(link::show).post(link::confirm));
    }
    router
        .fallback(error_page::not_found)
        .method_not_allowed_fallback(error_page::method_not_allowed)
        .layer(from_fn_with_state(Arc::clone(web), edge::edge))
        .with_state(Arc::clone(web))
}
