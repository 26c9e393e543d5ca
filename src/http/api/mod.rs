//! The interface for other programs: what MS365-Accountcreator offers at the same addresses (`v1`), a newer one beside
//! it (`v2`), and the description of both.

pub(super) mod body;
pub(super) mod cors;
pub(super) mod docs;
mod fault;
mod intake;
mod openapi;
mod problem;
mod quota;
pub(super) mod v1;
pub(super) mod v2;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use super::{
    error::Error,
    request_id::RequestId,
    web::{Lang, Web},
};
use crate::metrics::Limit;
pub use fault::{Fault, Refusal};
pub(super) use openapi::{Prepared, serve as openapi_document};

/// How a program is told what went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// As MS365-Accountcreator tells it.
    V1,
    /// By problem details (RFC 9457).
    Problem,
}

/// The dialect at an address; `None` where people read.
pub(super) fn dialect(web: &Web, path: &str) -> Option<Dialect> {
    let below = path.strip_prefix("/api").filter(|below| below.is_empty() || below.starts_with('/'))?;
    if !web.settings.api.enabled {
        return None;
    }
    let is_first = matches!(below, "/v1") || below.starts_with("/v1/");
    let is_root = matches!(below, "" | "/");
    Some(if is_root || is_first && web.settings.api.v1 { Dialect::V1 } else { Dialect::Problem })
}

/// An address of this site, as programs need it: whole where it is configured how people reach the site, else the path
/// alone, which is right by whatever proxy they come (RFC 3986, section 4.2).
fn at(web: &Web, path: &str) -> String {
    match &web.site.config.server.public_url {
        Some(url) => format!("{url}{path}"),
        None => web.path(path),
    }
}

/// The error in place of the body of `response`, whose status and headers (such as `Allow`) stay.
pub(super) fn error(
    web: &Web,
    dialect: Dialect,
    lang: Lang,
    id: &RequestId,
    error: &Error,
    mut response: Response,
) -> Response {
    let (status, t) = (error.status(), web.language(lang));
    let shown = match dialect {
        Dialect::V1 => v1::error::answer(web, t, error),
        Dialect::Problem => problem::answer(web, t, id, error),
    };
    let (parts, body) = shown.into_parts();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.extend(parts.headers);
    if let Ok(tag) = HeaderValue::from_str(web.tag(lang)) {
        headers.insert(header::CONTENT_LANGUAGE, tag);
    }
    error.add_retry_after(headers);
    if let Error::TooMany(refused) = error
        && refused.limit == Limit::SubmissionsPerNetwork
    {
        quota::add_refused(web, refused, headers);
    }
    *response.body_mut() = body;
    *response.status_mut() = status;
    response
}

/// An answer in JSON of a kind of its own.
fn json(kind: &'static str, body: &impl Serialize) -> Response {
    match serde_json::to_vec(body) {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], text).into_response(),
        // Texts and numbers are always JSON.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
