//! The bare address of the site: redirects to the form in the visitor's language.

use axum::{extract::State, http::header, response::Response};

use super::{
    super::{
        language,
        state::{Lang, Shared},
    },
    see_other,
};

/// `/`: the language chosen before, else the one the browser prefers.
pub(in crate::http) async fn choose_language(State(web): State<Shared>, lang: Lang) -> Response {
    let mut response = see_other(&web.path(&format!("/{}", web.tag(lang))));
    response.headers_mut().insert(header::VARY, language::VARY);
    response
}

/// `/en/`: redirects to the form, since people type this address.
pub(in crate::http) async fn to_form(State(web): State<Shared>, lang: Lang) -> Response {
    see_other(&web.path(&format!("/{}", web.tag(lang))))
}

#[cfg(test)]
mod tests {
    use crate::http::testing::Browser;

    #[tokio::test]
    async fn the_browser_chooses_the_language() {
        let mut browser = Browser::new().await;
        for (wanted, address) in
            [("de-AT, en;q=0.5", "/de"), ("zh-CN", "/zh-Hans"), ("ja", "/en"), ("de;q=0.1, en;q=0.2", "/en")]
        {
            let answer = browser.with("accept-language", wanted).get("/").await;
            assert_eq!((answer.status, answer.header("location").as_str()), (303, address), "{wanted}");
            assert_eq!(answer.header("vary"), "cookie, accept-language");
        }
        assert_eq!(browser.get("/de/").await.header("location"), "/de");
    }
}
