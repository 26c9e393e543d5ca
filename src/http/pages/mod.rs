//! The pages: of each the template's struct, its handlers and its tests side by side.

mod again;
pub(super) mod challenge;
mod closed;
pub(super) mod confirm;
pub(super) mod correct;
mod draft;
pub(super) mod error;
pub(super) mod form;
mod frame;
mod kept;
pub(super) mod link;
pub(super) mod preview;
pub(super) mod resend;
mod sign_in;
pub(super) mod start;
pub(super) mod status;
pub(super) mod submit;
mod switch;
mod view;

use std::str::FromStr;

use askama::Template;
use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};

use super::{error::Error, state::Shared};

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A rendered page. It is not kept by any cache.
fn page(status: StatusCode, template: &impl Template) -> Result<Response, Error> {
    Ok((status, [(header::CONTENT_TYPE, HTML)], template.render()?).into_response())
}

/// Sends the browser on, after a POST by GET (RFC 9110, section 15.4.4).
pub(super) fn see_other(address: &str) -> Response {
    // Our addresses are plain ASCII: language tags, base64url and fixed words.
    let location = HeaderValue::try_from(address).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response()
}

/// The unguessable part of an address. One that cannot be right is an address that does not exist.
pub(super) struct Capability<T>(pub T);

impl<T: FromStr> FromRequestParts<Shared> for Capability<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Error> {
        let Path(text) = Path::<String>::from_request_parts(parts, web).await.map_err(|_| Error::NotFound)?;
        text.parse().map(Self).map_err(|_| Error::NotFound)
    }
}
