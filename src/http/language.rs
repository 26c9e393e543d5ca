//! The language of a request: named by the address, else wanted by the browser.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header, request::Parts},
};

use super::web::{Lang, Shared, Web};

/// The language that the first segment of the path names.
pub(super) fn by_path(web: &Web, path: &str) -> Option<Lang> {
    let first = path.strip_prefix('/')?.split('/').next()?;
    web.langs().find(|lang| web.tag(*lang) == first)
}

/// The language the browser prefers.
pub(super) fn by_browser(web: &Web, headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let language = web.site.texts.negotiate(wanted.unwrap_or_default());
    web.langs().find(|lang| web.language(*lang).locale() == language.locale()).unwrap_or(Lang(0))
}

impl FromRequestParts<Shared> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Infallible> {
        Ok(by_path(web, parts.uri.path()).unwrap_or_else(|| by_browser(web, &parts.headers)))
    }
}
