//! The page of the link that confirms an address: the open requests for that address. Opening it changes nothing:
//! programs that scan mails open links. Its buttons confirm one request, which closes the others, or refuse all.

use askama::Template;
use axum::{extract::State, http::StatusCode, response::Response};
use serde::Deserialize;

use super::{
    super::{
        body::Form,
        client::Client,
        error::Error,
        state::{Lang, Shared, Web},
    },
    Capability,
    frame::Frame,
    page, see_other,
    status::address,
    view,
};
use crate::{
    domain::{ConfirmationLink, SignupId, Timestamp},
    signup::{Confirmation, OpenRequest, OpenedLink},
    texts::Language,
};

#[derive(Template)]
#[template(path = "link.html")]
struct LinkPage<'a> {
    t: &'a Language,
    frame: Frame<'a>,
    title: String,
    content: Content,
}

/// The content of the page.
enum Content {
    /// One request: its reader confirms or refuses it.
    One(Request),
    /// Several requests: its reader picks one or refuses all.
    Several(Vec<Request>),
    /// All requests were closed.
    NoneOpen,
    /// The link is not valid.
    Gone,
}

/// A request in words. Its name was typed by the sender of the form: the template isolates it.
struct Request {
    id: SignupId,
    name: String,
    /// In two parts: a narrow page breaks it at the `@`.
    username: Option<(String, String)>,
    asked: String,
    /// The name of its language in that language, and its tag.
    language: (String, String),
}

impl Request {
    fn new(web: &Web, t: &Language, request: &OpenRequest, now: Timestamp) -> Self {
        let username = request.username.as_deref().and_then(|username| username.split_once('@'));
        let language = web.site.texts.language(&request.locale);
        Self {
            id: request.id,
            name: request.name.display(),
            username: username.map(|(user, domain)| (user.to_owned(), domain.to_owned())),
            asked: view::age(t, request.asked_at, now),
            language: (language.name(), language.locale().to_string()),
        }
    }
}

impl<'a> LinkPage<'a> {
    fn new(web: &'a Web, lang: Lang, link: &ConfirmationLink, content: Content) -> Self {
        let t = web.language(lang);
        let title = t.text(match content {
            Content::One(_) => "link-title",
            Content::Several(_) => "link-list-title",
            Content::NoneOpen => "link-refused-title",
            Content::Gone => "link-gone-title",
        });
        let frame = Frame::new(web, lang, &title, format!("/confirm/{}", link.encoded()));
        Self { t, frame, title, content }
    }

    fn answer(&self) -> Result<Response, Error> {
        let status = match self.content {
            Content::One(_) | Content::Several(_) => StatusCode::OK,
            Content::NoneOpen | Content::Gone => StatusCode::GONE,
        };
        page(status, self)
    }
}

/// Shows the requests.
pub(in crate::http) async fn show(
    State(web): State<Shared>,
    lang: Lang,
    Capability(link): Capability<ConfirmationLink>,
) -> Result<Response, Error> {
    let opened = web.site.signups.open_link(&link).await?;
    present(&web, lang, &link, &opened)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::http) struct Chosen {
    request: String,
}

/// Confirms the request that was chosen.
pub(in crate::http) async fn confirm(
    State(web): State<Shared>,
    lang: Lang,
    Capability(link): Capability<ConfirmationLink>,
    client: Client,
    Form(chosen): Form<Chosen>,
) -> Result<Response, Error> {
    web.site.rate_limits.code(client)?;
    let chosen = match chosen.request.as_str() {
        "" => None,
        id => Some(id.parse().map_err(|_| Error::BadRequest("the chosen request is no id"))?),
    };
    match web.site.signups.confirm_by_link(&link, chosen).await? {
        // The request's page also offers a new code where the time of the old one is over.
        Confirmation::Confirmed(token)
        | Confirmation::AlreadyConfirmed(token)
        | Confirmation::Voided(token)
        | Confirmation::Expired(token) => Ok(see_other(&address(&web, lang, &token))),
        Confirmation::Unknown | Confirmation::WrongCode { .. } | Confirmation::TooManyWrong => {
            LinkPage::new(&web, lang, &link, Content::Gone).answer()
        }
    }
}

/// Refuses all requests; the page of the link then says so.
pub(in crate::http) async fn refuse(
    State(web): State<Shared>,
    lang: Lang,
    Capability(link): Capability<ConfirmationLink>,
    client: Client,
) -> Result<Response, Error> {
    web.site.rate_limits.code(client)?;
    match web.site.signups.refuse_by_link(&link).await? {
        OpenedLink::Unknown => LinkPage::new(&web, lang, &link, Content::Gone).answer(),
        _ => Ok(back_to(&web, lang, &link)),
    }
}

/// Redirects to the page when the address of the button that refuses is opened.
pub(in crate::http) async fn back(
    State(web): State<Shared>,
    lang: Lang,
    Capability(link): Capability<ConfirmationLink>,
) -> Response {
    back_to(&web, lang, &link)
}

fn back_to(web: &Web, lang: Lang, link: &ConfirmationLink) -> Response {
    see_other(&web.path(&format!("/{}/confirm/{}", web.tag(lang), link.encoded())))
}

fn present(web: &Web, lang: Lang, link: &ConfirmationLink, opened: &OpenedLink) -> Result<Response, Error> {
    let content = match opened {
        OpenedLink::Requests(requests) => requests_in_words(web, lang, requests),
        OpenedLink::NoneOpen => Content::NoneOpen,
        OpenedLink::Unknown => Content::Gone,
        OpenedLink::AlreadyConfirmed(token) | OpenedLink::Expired(token) => {
            return Ok(see_other(&address(web, lang, token)));
        }
    };
    LinkPage::new(web, lang, link, content).answer()
}

fn requests_in_words(web: &Web, lang: Lang, requests: &[OpenRequest]) -> Content {
    let (t, now) = (web.language(lang), web.site.clock.now());
    let mut requests: Vec<_> = requests.iter().map(|one| Request::new(web, t, one, now)).collect();
    match requests.pop() {
        None => Content::NoneOpen,
        Some(only) if requests.is_empty() => Content::One(only),
        Some(last) => {
            requests.push(last);
            Content::Several(requests)
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::{
        domain::{Entropy, PersonName, StatusToken},
        http::testing::{Answer, Browser, House},
    };

    #[tokio::test]
    async fn every_face_renders_in_every_language() {
        let web = House::new().await.web();
        let entropy = Entropy::seeded(1);
        let link = ConfirmationLink::of(SignupId::random(&entropy), 1, &web.site.key);
        let request = || OpenRequest {
            id: SignupId::random(&entropy),
            name: PersonName::from_stored("محمد", "O'Brien & Söhne").unwrap(),
            username: Some("ada.lovelace@students.example.edu".to_owned()),
            locale: "ar".parse().unwrap(),
            asked_at: web.site.clock.now().minus(Duration::from_hours(49)),
        };
        for lang in web.langs() {
            for (requests, buttons) in [(0, 0), (1, 2), (3, 4)] {
                let requests: Vec<_> = (0..requests).map(|_| request()).collect();
                let content = requests_in_words(&web, lang, &requests);
                let answer = Answer::of(LinkPage::new(&web, lang, &link, content).render().unwrap());
                answer.assert_sound(&web, lang);
                assert_eq!(answer.all("main button").len(), buttons);
                assert_eq!(answer.all("h2 bdi"), vec!["محمد O'Brien & Söhne"; requests.len()]);
                let described = answer.all("main button[aria-describedby]").len();
                assert_eq!(described, buttons, "each button says what it is for");
            }
            let answer = Answer::of(LinkPage::new(&web, lang, &link, Content::Gone).render().unwrap());
            answer.assert_sound(&web, lang);
            assert!(answer.all("main form").is_empty());
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
        let mut browser = Browser::at(House::with("confirm_email = true\nconfirm_within = \"1h\"").await);
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

        let page = browser.get(&link).await;
        assert_eq!(page.attribute("main form", "action"), link);
        assert_eq!(page.one("h2"), "Ada Lovelace");
        assert!(page.text.contains("ada.lovelace<wbr>@students.example.edu"), "{}", page.text);
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
    #[tokio::test]
    async fn of_several_requests_one_is_chosen_and_the_others_lead_back_to_the_form() {
        let mut browser = Browser::at(House::with("confirm_email = true").await);
        let mine = browser.sign_up(&[]).await.header("location");
        browser.forget_cookies();
        let theirs =
            browser.sign_up(&[("first_name", "Eve"), ("last_name", "Adams")]).await.header("location");
        let link = link_to(&browser, &theirs, 1);
        let page = browser.get(&link).await;
        page.assert_sound(&browser.web, Lang(0));
        assert_eq!((page.status, page.one("h1").as_str()), (200, "Which request is yours?"));
        let mut names = page.all("h2");
        names.sort();
        assert_eq!(names, ["Ada Lovelace", "Eve Adams"]);

        let id = |signup: &str| {
            let token: StatusToken = signup.rsplit('/').next().unwrap().parse().unwrap();
            token.verify(&browser.house.site.key).unwrap().to_string()
        };
        let (my_id, unknown) = (id(&mine), SignupId::random(&Entropy::seeded(9)).to_string());
        assert_eq!(browser.post(&link, &[("request", &unknown)]).await.status, 410);
        assert_eq!(browser.post(&link, &[("request", "x")]).await.status, 400);
        assert_eq!(browser.post(&link, &[("request", &my_id)]).await.header("location"), mine);
        assert_eq!(browser.get(&mine).await.one("h1"), "Your account is on its way");
        let closed = browser.get(&theirs).await;
        closed.assert_sound(&browser.web, Lang(0));
        assert_eq!(closed.one("h1"), "This request is closed");
        assert_eq!(closed.attribute("main a.button", "href"), "/en");
        assert!(closed.all("form").is_empty() && !closed.text.contains("Eve"));
        assert_eq!(browser.get(&link).await.status, 410, "nothing is open any more");
        assert_eq!(browser.post(&link, &[]).await.header("location"), theirs);
        let code = browser.post(&format!("{theirs}/code"), &[("code", "123456")]).await;
        assert_eq!(code.header("location"), theirs);
    }

    #[tokio::test]
    async fn all_requests_can_be_refused() {
        let mut browser = Browser::at(House::with("confirm_email = true").await);
        let one = browser.sign_up(&[]).await.header("location");
        let link = link_to(&browser, &one, 1);
        let refuse = format!("{link}/refuse");
        assert_eq!(browser.get(&refuse).await.header("location"), link, "opening it refuses nothing");
        assert_eq!(browser.get(&one).await.one("h1"), "Confirm your address");
        assert_eq!(browser.post(&refuse, &[]).await.header("location"), link);
        let page = browser.get(&link).await;
        assert_eq!((page.status, page.one("h1").as_str()), (410, "No request is open"));
        assert_eq!(browser.get(&one).await.one("h1"), "This request is closed");
        assert_eq!(browser.post(&refuse, &[]).await.header("location"), link, "once more is no error");
        let unknown = link_to(&browser, &one, 7);
        assert_eq!(browser.post(&format!("{unknown}/refuse"), &[]).await.status, 410);
    }
}
