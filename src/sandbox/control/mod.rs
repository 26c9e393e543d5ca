//! The interfaces that observe and control the sandbox: JSON for tests, pages for people.

mod api;
mod pages;
mod previews;

use std::sync::Arc;

use axum::Router;
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::map_response;
use axum::response::{Redirect, Response};
use axum::routing::{get, post};

use super::world::World;

/// Allows nothing but the page's own style sheet, `data:` images, and mails in a frame.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src data:; frame-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// The routes below `/sandbox`.
pub(super) fn router() -> Router<Arc<World>> {
    Router::new()
        .route("/sandbox/", get(pages::overview))
        .route("/sandbox/inbox", get(pages::inbox))
        .route("/sandbox/inbox/{number}", get(pages::mail))
        .route("/sandbox/inbox/{number}/html", get(pages::mail_html))
        .route("/sandbox/inbox/{number}/raw", get(pages::mail_raw))
        .route("/sandbox/previews", get(previews::list))
        .route("/sandbox/previews/{number}", get(previews::preview))
        .route("/sandbox/previews/{number}/html", get(previews::html))
        .route("/sandbox/style.css", get(pages::style))
        .route("/sandbox/state", get(api::state))
        .route("/sandbox/requests", get(api::requests).delete(api::clear_requests))
        .route("/sandbox/mails", get(api::mails).delete(api::clear_mails))
        .route("/sandbox/introspect", post(api::introspect))
        .route("/sandbox/faults", get(api::faults).put(api::set_faults).delete(api::clear_faults))
        .layer(map_response(protect))
        .route("/", get(|| async { Redirect::to("/sandbox/") }))
        .route("/sandbox", get(|| async { Redirect::to("/sandbox/") }))
}

/// Adds security headers to all answers that do not have their own.
async fn protect(mut response: Response) -> Response {
    let headers = response.headers_mut();
    default(headers, CONTENT_SECURITY_POLICY, PAGE_POLICY);
    default(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    default(headers, REFERRER_POLICY, "no-referrer");
    default(headers, axum::http::header::CACHE_CONTROL, "no-store");
    response
}

fn default(headers: &mut HeaderMap, name: axum::http::HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
