//! The page of the link that confirms an address. Opening it changes nothing: programs that scan mails open
//! links. Its button does.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};

use super::{
    super::{
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
) -> Result<Response, Error> {
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
        | Confirmation::Expired(token) => Ok(see_other(&address(web.tag(lang), &token))),
        _ => LinkPage::new(web, lang, link, false).answer(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::{
        domain::{Entropy, SignupId},
        http::testing::{self, Answer, Browser},
    };

    #[test]
    fn both_faces_render_in_every_language() {
        let web = testing::web();
        let link = ConfirmationLink::of(SignupId::random(&Entropy::seeded(1)), 1, &web.site.key);
        for lang in web.langs() {
            for valid in [true, false] {
                let answer = Answer::of(LinkPage::new(&web, lang, &link, valid).render().unwrap());
                answer.assert_sound(&web, lang);
                assert_eq!(answer.all("main form").len(), usize::from(valid));
            }
        }
    }

    #[tokio::test]
    async fn opening_changes_nothing_and_the_button_confirms() {
        let mut browser = Browser::at(testing::site(true));
        let signup = browser.sign_up(&[]).await.header("location");
        let token: crate::domain::StatusToken = signup.rsplit('/').next().unwrap().parse().unwrap();
        let id = token.verify(&browser.site.key).unwrap();
        let link = format!("/en/confirm/{}", ConfirmationLink::of(id, 1, &browser.site.key).encoded());

        assert_eq!(browser.get(&link).await.attribute("main form", "action"), link);
        assert_eq!(browser.get(&signup).await.one("h1"), "Confirm your address");
        assert_eq!(browser.post(&link, &[]).await.header("location"), signup);
        assert_eq!(browser.get(&signup).await.one("h1"), "Your account is on its way");

        let old = format!("/en/confirm/{}", ConfirmationLink::of(id, 7, &browser.site.key).encoded());
        assert_eq!(browser.get(&old).await.status, 410);
        assert_eq!(browser.post(&old, &[]).await.status, 410);
        assert_eq!(browser.get("/en/confirm/x").await.status, 404);
    }
}
