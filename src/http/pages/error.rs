//! The page that reports an error.

use askama::Template;
use axum::{
    body::Body,
    http::header,
    response::{IntoResponse, Response},
};

use super::{
    super::{
        error::Error,
        request_id::RequestId,
        state::{Lang, Web},
    },
    HTML,
    frame::Frame,
};
use crate::texts::Language;

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    t: &'a Language,
    frame: Frame<'a>,
    title: String,
    text: String,
    /// The request's number, only where the log has more to say than the page.
    reference: Option<String>,
}

/// The error for an address that the site does not have.
pub(in crate::http) async fn not_found() -> Error {
    Error::NotFound
}

/// The error for a method that an address does not take.
pub(in crate::http) async fn method_not_allowed() -> Error {
    Error::MethodNotAllowed
}

/// The error's page in place of the body of `response`, whose status and headers (such as `Allow`) stay.
pub(in crate::http) fn error_page(
    web: &Web,
    lang: Lang,
    id: &RequestId,
    error: &Error,
    mut response: Response,
) -> Response {
    let t = web.language(lang);
    let (title, text) = error.texts();
    let minutes = error.minutes().to_string();
    let (title, text) = (t.text(title), t.text_with(text, &[("minutes", &minutes)]));
    let frame = Frame::new(web, lang, &title, String::new());
    let reference = error.status().is_server_error().then(|| id.to_string());
    match (ErrorPage { t, frame, title, text, reference }).render() {
        Ok(html) => *response.body_mut() = Body::from(html),
        Err(_) => return error.status().into_response(),
    }
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HTML);
    error.add_retry_after(headers);
    response
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        http::{
            TooMany,
            testing::{self, Browser, House},
        },
        metrics::Limit,
    };

    #[tokio::test]
    async fn every_error_has_its_page_in_every_language() {
        let web = House::new().await.web();
        for lang in web.langs() {
            for error in [
                Error::NotFound,
                Error::MethodNotAllowed,
                Error::BadRequest(""),
                Error::TooLarge,
                Error::MediaType,
                Error::CrossSite,
                Error::TooMany(TooMany { limit: Limit::PagesPerNetwork, wait: Duration::from_secs(90) }),
                Error::TimedOut,
                Error::Panicked,
            ] {
                let blank = error.status().into_response();
                let answer =
                    testing::read(error_page(&web, lang, &RequestId::of(0xabc), &error, blank)).await;
                answer.assert_sound(&web, lang);
                assert_eq!(answer.status, error.status().as_u16());
                let tells_reference = answer.text.contains("0000000000000abc");
                assert_eq!(tells_reference, error.status().is_server_error(), "{error}");
            }
        }
    }

    #[tokio::test]
    async fn unknown_addresses_and_methods_get_a_page() {
        let mut browser = Browser::new().await;
        let answer = browser.get("/de/nirgends").await;
        assert_eq!((answer.status, answer.one("h1").as_str()), (404, "Diese Seite gibt es nicht"));
        let answer = browser.with("accept-language", "de").get("/favicon.ico").await;
        assert_eq!((answer.status, answer.attribute("html", "lang").as_str()), (404, "de"));

        let answer = browser.send("DELETE", "/en", "").await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
        assert_eq!(answer.attribute("main a", "href"), "/en");
    }
}
