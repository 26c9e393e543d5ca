//! Pages of other sites that may use the API (the Fetch standard's CORS protocol): those the configuration names, and
//! without cookies. By hand, since a layer would have to know which addresses are the API's.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{super::state::Web, Dialect};

/// The methods and headers that a page may send.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST");
const HEADERS: HeaderValue = HeaderValue::from_static("accept-language, content-type, idempotency-key, lang");
/// The headers of an answer that a page may read in addition to its body.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "allow, content-language, link, location, ratelimit, ratelimit-policy, retry-after",
);
/// The seconds for which a browser need not ask again.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("7200");

/// The page of another site that may send a request to the API.
pub(in crate::http) struct Guest(HeaderValue);

impl Guest {
    /// The site that a request comes from, where it is one of those that may.
    pub(in crate::http) fn of(web: &Web, dialect: Option<Dialect>, headers: &HeaderMap) -> Option<Self> {
        dialect?;
        let origin = headers.get(header::ORIGIN)?;
        let is_allowed = |allowed: &String| allowed.as_bytes().eq_ignore_ascii_case(origin.as_bytes());
        web.config().api.allowed_origins.iter().any(is_allowed).then(|| Self(origin.clone()))
    }

    /// The answer to a browser that asks whether it may send a request.
    pub(in crate::http) fn preflight(&self, request: &Request) -> Option<Response> {
        let asks = request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        if request.method() != Method::OPTIONS || !asks {
            return None;
        }
        let answers: [(HeaderName, HeaderValue); 3] = [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_MAX_AGE, ASK_AGAIN),
        ];
        Some((StatusCode::NO_CONTENT, answers).into_response())
    }

    /// Lets the page read the answer.
    pub(in crate::http) fn admit(self, headers: &mut HeaderMap) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, self.0);
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        headers.append(header::VARY, HeaderValue::from_static("origin"));
    }
}
