//! The page in place of the form while no licence is free.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        error::Error,
        web::{Lang, Web},
    },
    frame::Frame,
    page,
};
use crate::texts::Language;

#[derive(Template)]
#[template(path = "closed.html")]
struct ClosedPage<'a> {
    t: &'a Language,
    frame: Frame<'a>,
    title: String,
}

/// Nothing was recorded, and the form opens by itself once there are seats.
pub(super) fn closed(web: &Web, lang: Lang, status: StatusCode) -> Result<Response, Error> {
    let t = web.language(lang);
    let title = t.text("closed-title");
    page(status, &ClosedPage { t, frame: Frame::new(web, lang, &title, String::new()), title })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use crate::{
        http::testing::{Browser, House},
        signup::SeatCount,
    };

    const LICENCE: &str = "314c4481-f395-4525-be8b-2ec4bb1e9d91";

    /// A browser at a site whose one profile has this many seats.
    async fn seats(free: i64) -> Browser {
        let browser = Browser::at(House::closing(LICENCE).await);
        set_seats(&browser, free);
        browser
    }

    fn set_seats(browser: &Browser, free: i64) {
        let count = SeatCount { sku: LICENCE.parse().unwrap(), product: "A1".to_owned(), free, total: 5 };
        browser.house.site.signups.seats().set(&"main".parse().unwrap(), Some(&[count]));
    }

    #[tokio::test]
    async fn the_page_renders_in_every_language_and_offers_all_of_them() {
        let mut browser = seats(0).await;
        let web = browser.house.web();
        for lang in web.langs() {
            let answer = browser.get(&format!("/{}", web.tag(lang))).await;
            answer.assert_sound(&web, lang);
            assert_eq!(answer.status, 200);
            assert_eq!(answer.one("h1"), web.language(lang).text("closed-title"));
            assert_eq!(answer.all("form[method=post]").len(), 0);
            assert!(answer.one("main").contains("help@example.edu"));
        }
        set_seats(&browser, 1);
        assert_eq!(browser.get("/en").await.all("#email").len(), 1, "it opens by itself");
    }

    #[tokio::test]
    async fn nothing_is_recorded_while_it_is_closed_and_what_was_recorded_is_found() {
        let mut browser = seats(1).await;
        let form = browser.get("/en").await;
        let recorded = browser.submit(&form, &[]).await;
        assert_eq!(recorded.status, 303);
        set_seats(&browser, 0);
        let again = browser.submit(&form, &[]).await;
        assert_eq!((again.status, again.header("location")), (303, recorded.header("location")));

        let mut other = seats(1).await;
        let form = other.get("/en").await;
        set_seats(&other, 0);
        let refused = other.submit(&form, &[]).await;
        assert_eq!(refused.status, 409);
        assert_eq!(refused.one("h1"), "No accounts can be created right now");
        other.house.worker.has_nothing_to_do().await;
    }
}
