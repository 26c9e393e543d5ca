//! The interface for other programs: what MS365-Accountcreator offers at the same addresses (`v1`), a newer one beside
//! it (`v2`), and the description of both.

pub(super) mod body;
pub(super) mod cors;
pub(super) mod docs;
pub(super) mod error;
mod intake;
pub(super) mod openapi;
mod quota;
pub(super) mod v1;
pub(super) mod v2;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::state::Web;

/// The form in which a program gets errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// The form of MS365-Accountcreator.
    V1,
    /// Problem details (RFC 9457).
    Problem,
}

/// The form of errors at an address; `None` where people read.
pub(super) fn dialect(web: &Web, path: &str) -> Option<Dialect> {
    let below = path.strip_prefix("/api").filter(|below| below.is_empty() || below.starts_with('/'))?;
    if !web.config().api.enabled {
        return None;
    }
    let is_first = matches!(below, "/v1") || below.starts_with("/v1/");
    let is_root = matches!(below, "" | "/");
    Some(if is_root || is_first && web.config().api.v1 { Dialect::V1 } else { Dialect::Problem })
}

/// An address of this site, as programs need it: with scheme and host where it is configured how people reach the site,
/// else the path alone, which is right by whatever proxy they come (RFC 3986, section 4.2).
fn at(web: &Web, path: &str) -> String {
    match &web.site.config.server.public_url {
        Some(url) => format!("{url}{path}"),
        None => web.path(path),
    }
}

/// An answer in JSON of a kind of its own.
fn json(kind: &'static str, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response(),
        // Texts and numbers are always JSON.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
