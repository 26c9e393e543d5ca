//! The language of a request: named by the address, else chosen by the switcher before, else wanted by the
//! browser.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, Method, Uri, header, request::Parts},
    response::Response,
};

use super::{
    api,
    cookie::Cookie,
    pages::see_other,
    state::{Lang, Shared, Web},
};

/// The language that the switcher chose last.
const CHOSEN: Cookie = Cookie { name: "language", lasts: Some(Duration::from_hours(365 * 24)) };

/// The query that the switcher's links have after the address they lead to.
const SWITCH: &str = "language";

/// The headers of a request that [`preferred`] depends on.
pub(super) const VARY: HeaderValue = HeaderValue::from_static("cookie, accept-language");

/// The language that the first segment of the path names.
pub(super) fn by_path(web: &Web, path: &str) -> Option<Lang> {
    let first = path.strip_prefix('/')?.split('/').next()?;
    by_tag(web, first)
}

/// The language for an address that does not name one.
pub(super) fn preferred(web: &Web, headers: &HeaderMap, secure: bool) -> Lang {
    let chosen = CHOSEN.read(headers, secure).and_then(|tag| by_tag(web, tag));
    chosen.unwrap_or_else(|| by_browser(web, headers))
}

/// The language for an answer at this address.
pub(super) fn of_request(web: &Web, path: &str, headers: &HeaderMap, secure: bool) -> Lang {
    by_path(web, path).unwrap_or_else(|| match api::dialect(web, path) {
        Some(_) => by_program(web, headers),
        None => preferred(web, headers, secure),
    })
}

/// The language that a program asks for: `lang` takes precedence over `Accept-Language`.
fn by_program(web: &Web, headers: &HeaderMap) -> Lang {
    let asked = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    negotiated(web, &format!("{}, {}", asked("lang"), asked("accept-language")))
}

fn by_tag(web: &Web, tag: &str) -> Option<Lang> {
    web.langs().find(|lang| web.tag(*lang) == tag)
}

fn by_browser(web: &Web, headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    negotiated(web, wanted.unwrap_or_default())
}

fn negotiated(web: &Web, wanted: &str) -> Lang {
    let language = web.site.texts.negotiate(wanted);
    web.langs().find(|lang| web.language(*lang).locale() == language.locale()).unwrap_or(Lang(0))
}

/// The cookie that remembers a choice.
pub(super) fn remember(web: &Web, lang: Lang, secure: bool) -> HeaderValue {
    CHOSEN.set(web.tag(lang), secure)
}

/// The answer to a link of the switcher: remembers the choice and redirects the browser to the address without the
/// query.
pub(super) fn switched(web: &Web, method: &Method, address: &Uri, secure: bool) -> Option<Response> {
    if address.query() != Some(SWITCH) || !matches!(*method, Method::GET | Method::HEAD) {
        return None;
    }
    let lang = by_path(web, address.path())?;
    let mut response = see_other(&web.path(address.path()));
    response.headers_mut().insert(header::SET_COOKIE, remember(web, lang, secure));
    Some(response)
}

impl FromRequestParts<Shared> for Lang {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Infallible> {
        let secure = web.is_secure(&parts.extensions);
        Ok(of_request(web, parts.uri.path(), &parts.headers, secure))
    }
}

#[cfg(test)]
mod tests {
    use crate::http::testing::Browser;

    #[tokio::test]
    async fn a_link_of_the_switcher_is_remembered_and_leads_to_the_clean_address() {
        let mut browser = Browser::new().await;
        browser.with("accept-language", "fr");
        let signup = browser.sign_up(&[]).await.header("location");
        let link = browser.get(&signup).await.attribute("nav a[lang=de]", "href");
        let switched = browser.get(&link).await;
        assert_eq!(
            (switched.status, switched.header("location")),
            (303, link.trim_end_matches("?language").to_owned())
        );
        assert!(switched.header("set-cookie").starts_with("__Host-language=de; Path=/; Max-Age=31536000;"));
        assert_eq!(switched.header("cache-control"), "no-store");

        assert_eq!(browser.get("/").await.header("location"), "/de", "the cookie goes before the browser");
        assert_eq!(browser.get("/nowhere").await.attribute("html", "lang"), "de");
        assert_eq!(
            browser.get("/pl").await.attribute("html", "lang"),
            "pl",
            "the path goes before the cookie"
        );
        let page = browser.get("/nowhere").await.attribute("nav a[lang=tr]", "href");
        assert_eq!(browser.get(&page).await.header("location"), "/tr");
    }

    #[tokio::test]
    async fn only_a_language_there_is_can_be_chosen() {
        let mut browser = Browser::new().await;
        for address in
            ["/?language", "/tlh?language", "/de?language=en", "/livez?language", "//evil.example/?language"]
        {
            let answer = browser.get(address).await;
            assert!(!answer.header("set-cookie").contains("language"), "{address}");
        }
        browser.with("cookie", "__Host-language=tlh").with("accept-language", "it");
        assert_eq!(browser.get("/").await.header("location"), "/it");
    }
}
