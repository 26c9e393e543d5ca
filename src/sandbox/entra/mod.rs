//! The identity platform's side of the tenant: the part from which clients get their tokens.

pub(super) mod access;
pub(super) mod assertion;
pub(super) mod audience;
pub(super) mod certificate;
mod discovery;
mod errors;
mod sign_in;
mod token;

use axum::Router;
use axum::routing::{any, get, post};
use std::sync::Arc;

use super::world::World;

pub use certificate::CertificateError;
pub use sign_in::SignIn;
pub(super) use sign_in::sign_in;

/// The identity platform's routes, below the name of a tenant.
pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/{tenant}/oauth2/v2.0/token", post(token::handle))
        .route("/{tenant}/v2.0/.well-known/openid-configuration", get(discovery::configuration))
        .route("/{tenant}/discovery/v2.0/keys", get(discovery::keys))
        .route("/{tenant}/oauth2/v2.0/{endpoint}", any(discovery::unserved))
        .route("/common/discovery/instance", get(discovery::instance))
        .route("/subscriptions", get(discovery::azure))
        .route("/tenants", get(discovery::azure))
}
