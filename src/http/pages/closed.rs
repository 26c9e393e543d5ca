//! The page in place of the form while no signups are taken.

use askama::Template;
use axum::{http::StatusCode, response::Response};

use super::{
    super::{
        error::Error,
        state::{Lang, Web},
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
    lead: &'static str,
    again: &'static str,
}

/// The reason why no signups are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// No licence is free. The form opens by itself once there are seats.
    NoSeats,
    /// An operator has closed signups, and opens them again.
    ByOperator,
}

impl Closed {
    /// The reason why no signups are taken now, if there is one.
    pub(super) fn now(web: &Web) -> Option<Self> {
        let signups = &web.site.signups;
        if signups.are_switched_off() {
            return Some(Self::ByOperator);
        }
        signups.lack_seats().then_some(Self::NoSeats)
    }

    /// Title, explanation and advice.
    const fn texts(self) -> [&'static str; 3] {
        match self {
            Self::NoSeats => ["closed-title", "closed-lead", "closed-again"],
            Self::ByOperator => ["closed-off-title", "closed-off-lead", "closed-off-again"],
        }
    }
}

/// The page that says so. Nothing was recorded.
pub(super) fn closed(web: &Web, lang: Lang, reason: Closed, status: StatusCode) -> Result<Response, Error> {
    let t = web.language(lang);
    let [title, lead, again] = reason.texts();
    let title = t.text(title);
    page(status, &ClosedPage { t, frame: Frame::new(web, lang, &title, String::new()), title, lead, again })
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

    /// A browser at a site that an operator has closed or opened.
    async fn switch(browser: &Browser, closed: bool) {
        browser.house.worker.switch_signups(closed).await;
        browser.house.site.signups.read_switch().await.unwrap();
    }

    #[tokio::test]
    async fn closed_by_an_operator_it_says_so_in_every_language() {
        let mut browser = Browser::new().await;
        switch(&browser, true).await;
        let web = browser.house.web();
        for lang in web.langs() {
            let answer = browser.get(&format!("/{}", web.tag(lang))).await;
            answer.assert_sound(&web, lang);
            assert_eq!(answer.status, 200);
            assert_eq!(answer.one("h1"), web.language(lang).text("closed-off-title"));
            assert_eq!(answer.all("form[method=post]").len(), 0);
            assert!(answer.one("main").contains("help@example.edu"));
        }
        switch(&browser, false).await;
        assert_eq!(browser.get("/en").await.all("#email").len(), 1);
    }

    #[tokio::test]
    async fn a_form_that_was_closed_meanwhile_keeps_what_was_typed() {
        let mut browser = Browser::new().await;
        let recorded = browser.get("/de").await.attribute("input[name=form]", "value");
        let token = browser.get("/de").await.attribute("input[name=form]", "value");
        let fields = |token| {
            [
                ("form", token),
                ("email", "st999999@example.edu"),
                ("first_name", "Augusta"),
                ("last_name", "King"),
                ("consent_microsoft", "yes"),
                ("consent_terms", "yes"),
            ]
        };
        let status = browser.post("/de", &fields(&recorded)).await;
        assert_eq!(status.status, 303);
        switch(&browser, true).await;
        let again = browser.post("/de", &fields(&recorded)).await;
        assert_eq!((again.status, again.header("location")), (303, status.header("location")));

        let web = browser.house.web();
        let german = web.langs().find(|lang| web.tag(*lang) == "de").unwrap();
        let refused = browser.post("/de", &fields(&token)).await;
        refused.assert_sound(&web, german);
        assert_eq!(refused.status, 409);
        assert_eq!(refused.one(".summary p"), web.language(german).text("error-closed-kept"));
        assert_eq!(refused.attribute("#first_name", "value"), "Augusta");
        assert_eq!(refused.attribute("#email", "value"), "st999999@example.edu");
        switch(&browser, false).await;
        assert_eq!(
            browser.post("/de", &fields(&token)).await.status,
            303,
            "the form that came back can be sent"
        );
    }
}
