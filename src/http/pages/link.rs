//! The page of the link that confirms an address. Opening it changes nothing: programs that scan mails open
//! links. Its button does.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    super::{
        client::Client,
        error::Error,
        web::{Lang, Shared, Web},
    },
    Capability,
    frame::Frame,
    page, see_other,
    status::address,
};
use crate::{domain::ConfirmationLink, signup::Confirmation, texts::Language};

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    t: &'a Language,
    frame: Frame<'a>,
    title: String,
    valid: bool,
}

impl<'a> LinkPage<'a> {
    fn new(web: &'a Web, lang: Lang, link: &ConfirmationLink, valid: bool) -> Self {
        let t = web.language(lang);
        let title = t.text(if valid { "link-title" } else { "link-gone-title" });
        let frame = Frame::new(web, lang, &title, format!("/confirm/{}", link.encoded()));
        Self { t, frame, title, valid }
    }

    fn answer(&self) -> Result<Response, Error> {
        page(if self.valid { StatusCode::OK } else { StatusCode::GONE }, self)
    }
}

/// Shows the button.
pub(in crate::http) async fn show(
    State(web): State<Shared>,
    lang: Lang,
    Capability(link): Capability<ConfirmationLink>,
) -> Result<Response, Error> {
    match web.site.signups.open_link(&link).await? {
        Confirmation::Confirmed(_) => LinkPage::new(&web, lang, &link, true).answer(),
        later => leave(&web, lang, &link, later),
    }
}

/// Confirms.
pub(in crate::http) async fn confirm(
    State(web): State<Shared>,
    lang: Lang,
    Capability(link): Capability<ConfirmationLink>,
    client: Client,
) -> Result<Response, Error> {
    web.site.rate_limits.code(client)?;
    let confirmation = web.site.signups.confirm_by_link(&link).await?;
    leave(&web, lang, &link, confirmation)
}

/// On to the signup's page, which also offers a new code where the old one's time is over.
fn leave(
    web: &Web,
    lang: Lang,
    link: &ConfirmationLink,
    confirmation: Confirmation,
) -> Result<Response, Error> {
    match confirmation {
        Confirmation::Confirmed(token)
        | Confirmation::AlreadyConfirmed(token)
        | Confirmation::Expired(token) => Ok(see_other(&address(web, lang, &token))),
        _ => LinkPage::new(web, lang, link, false).answer(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::{
        domain::{Entropy, SignupId, StatusToken},
        http::testing::{Answer, Browser, House},
    };

    #[tokio::test]
    async fn both_faces_render_in_every_language() {
        let web = House::new().await.web();
        let link = ConfirmationLink::of(SignupId::random(&Entropy::seeded(1)), 1, &web.site.key);
        for lang in web.langs() {
            for valid in [true, false] {
                let answer = Answer::of(LinkPage::new(&web, lang, &link, valid).render().unwrap());
                answer.assert_sound(&web, lang);
                assert_eq!(answer.all("main form").len(), usize::from(valid));
            }
        }
    }

    /// The link that the mail of this round has.
    fn link_to(browser: &Browser, signup: &str, round: u32) -> String {
        let key = &browser.house.site.key;
        let token: StatusToken = signup.rsplit('/').next().unwrap().parse().unwrap();
        let link = ConfirmationLink::of(token.verify(key).unwrap(), round, key);
        format!("/en/confirm/{}", link.encoded())
    }

    #[tokio::test]
    async fn a_link_whose_time_is_over_leads_to_a_new_code() {
        let mut browser = Browser::at(House::with("confirm_email = true").await);
        let signup = browser.sign_up(&[]).await.header("location");
        let link = link_to(&browser, &signup, 1);
        browser.house.site.clock.advance(Duration::from_secs(2 * 60 * 60));
        for opened in [browser.get(&link).await, browser.post(&link, &[]).await] {
            assert_eq!((opened.status, opened.header("location")), (303, signup.clone()));
        }
        let page = browser.get(&signup).await;
        assert_eq!(page.one("h1"), "Confirm your address");
        assert!(page.one(".notice").starts_with("This code is too old"), "{}", page.one(".notice"));

        let again = browser.post(&format!("{signup}/code/again"), &[]).await;
        assert_eq!(again.header("location"), format!("{signup}?mail=sent"));
        assert_eq!(browser.post(&link_to(&browser, &signup, 2), &[]).await.header("location"), signup);
        assert_eq!(browser.get(&signup).await.one("h1"), "Your account is on its way");
    }

    #[tokio::test]
    async fn opening_changes_nothing_and_the_button_confirms() {
        let mut browser = Browser::at(House::with("confirm_email = true").await);
        let signup = browser.sign_up(&[]).await.header("location");
        let link = link_to(&browser, &signup, 1);

        assert_eq!(browser.get(&link).await.attribute("main form", "action"), link);
        assert_eq!(browser.get(&signup).await.one("h1"), "Confirm your address");
        assert_eq!(browser.post(&link, &[]).await.header("location"), signup);
        assert_eq!(browser.get(&signup).await.one("h1"), "Your account is on its way");

        for opened_again in [browser.get(&link).await, browser.post(&link, &[]).await] {
            assert_eq!((opened_again.status, opened_again.header("location")), (303, signup.clone()));
        }

        let never_sent = link_to(&browser, &signup, 7);
        for refused in [browser.get(&never_sent).await, browser.post(&never_sent, &[]).await] {
            assert_eq!((refused.status, refused.one("h1").as_str()), (410, "This link is no longer valid"));
        }
        assert_eq!(browser.get("/en/confirm/x").await.status, 404);
    }
}
