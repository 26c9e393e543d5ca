//! The form as it is sent, and what becomes of it.

use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    super::{
        body::Fields,
        error::{Error, Page, Raised},
        form_token::{self, Refused},
        visitor::Visitor,
        web::{Lang, Shared, Web},
    },
    draft::Draft,
    faults::{Fault, Field},
    form::FormPage,
    page, see_other, status,
};
use crate::signup::{Request, RequestError, StoreError};

/// Takes the form: on to the status page, or the form again with what was typed.
pub(in crate::http) async fn submit(
    State(web): State<Shared>,
    lang: Lang,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Error> {
    let draft = Draft::read(&fields)?;
    let request = match parse(&web, lang, visitor, &draft) {
        Ok(request) => request,
        Err(refusal) => return again(&web, lang, visitor, &draft, refusal),
    };
    match web.site.signups.request(request).await {
        Ok(requested) => Ok(see_other(&status::address(web.tag(lang), &requested.status))),
        Err(error) => again(&web, lang, visitor, &draft, error.into()),
    }
}

/// Why the form comes back.
enum Refusal {
    Token(Refused),
    Faults(Vec<Fault>),
    NotRecorded(StoreError),
}

fn parse(web: &Web, lang: Lang, visitor: Visitor, draft: &Draft) -> Result<Request, Refusal> {
    let key = &web.site.key;
    let shown = form_token::check(&draft.token, key, web.site.clock.now(), visitor.0.as_ref())
        .map_err(Refusal::Token)?;
    let (email, name) = draft.parse().map_err(Refusal::Faults)?;
    let locale = web.language(lang).locale().clone();
    Ok(Request { form: shown.nonce(&email, &name, key), email, name, locale })
}

/// The form with what was typed and what to do about it.
fn again(
    web: &Web,
    lang: Lang,
    visitor: Visitor,
    draft: &Draft,
    refusal: Refusal,
) -> Result<Response, Error> {
    let site = &web.site;
    let (secret, cookie) = visitor.or_new(web, &site.entropy);
    let mut token = String::new();
    if matches!(refusal, Refusal::Token(_)) {
        form_token::write(&mut token, &site.key, &site.clock, &site.entropy, &secret);
    } else {
        token.push_str(&draft.token);
    }
    let shown = FormPage::new(web, lang, draft, &token).refused(refusal.faults(), refusal.notice());
    let mut response = page(refusal.status(), &shown)?;
    if let Some(cookie) = cookie {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    if let Refusal::NotRecorded(error) = refusal {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
        let error = Error::Unavailable(error).into();
        response.extensions_mut().insert(Raised { error, page: Page::Shown });
    }
    Ok(response)
}

impl Refusal {
    const fn status(&self) -> StatusCode {
        match self {
            Self::Token(Refused::Foreign) => StatusCode::FORBIDDEN,
            Self::Token(Refused::Expired) | Self::Faults(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::NotRecorded(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn faults(&self) -> &[Fault] {
        match self {
            Self::Faults(faults) => faults,
            _ => &[],
        }
    }

    const fn notice(&self) -> Option<&'static str> {
        match self {
            Self::Token(Refused::Expired) => Some("error-form-expired"),
            Self::Token(Refused::Foreign) => Some("error-form-foreign"),
            Self::NotRecorded(_) => Some("error-not-recorded"),
            Self::Faults(_) => None,
        }
    }
}

impl From<RequestError> for Refusal {
    fn from(error: RequestError) -> Self {
        let fault = match error {
            RequestError::NotAdmitted => Fault::new(Field::Email, "error-email-not-admitted"),
            RequestError::AlreadyRegistered => Fault::new(Field::Email, "error-email-registered"),
            RequestError::NoUsername => Fault::new(Field::FirstName, "error-name-no-username"),
            RequestError::ReservedName => Fault::new(Field::FirstName, "error-name-reserved"),
            RequestError::Store(error) => return Self::NotRecorded(error),
        };
        Self::Faults(vec![fault])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use super::*;
    use crate::http::testing::{self, Browser, STUDENT};

    #[tokio::test]
    async fn a_form_without_fault_leads_to_its_signup() {
        let mut browser = Browser::new();
        let sent = browser.sign_up(&[]).await;
        assert_eq!(sent.status, 303);
        assert_eq!(sent.header("cache-control"), "no-store");
        let page = browser.get(&sent.header("location")).await;
        assert_eq!((page.status, page.one("h1").as_str()), (200, "Your account is on its way"));
    }

    #[tokio::test]
    async fn sent_twice_is_one_request_and_corrected_another() {
        let mut browser = Browser::new();
        let form = browser.get("/en").await;
        let token = form.attribute("input[name=form]", "value");
        let mut locations = Vec::new();
        for email in ["st123456@example.edu", "ST123456@example.edu ", "st123457@example.edu"] {
            locations.push(browser.sign_up(&[("form", &token), ("email", email)]).await.header("location"));
        }
        assert_eq!(locations[0], locations[1]);
        assert_ne!(locations[0], locations[2]);
    }

    #[tokio::test]
    async fn faults_are_listed_and_what_was_typed_stays() {
        let answer = Browser::new()
            .sign_up(&[
                ("email", "someone@example.com\u{202e}"),
                ("last_name", "<b>&\""),
                ("consent_terms", ""),
            ])
            .await;
        answer.assert_sound(&testing::web(), Lang(0));
        assert_eq!((answer.status, answer.header("cache-control").as_str()), (422, "no-store"));
        assert!(answer.one("title").starts_with("Error: "));
        assert_eq!(answer.one(".summary h2"), "There are 3 problems");
        assert_eq!(answer.attribute(".summary", "autofocus"), "");
        let links: Vec<_> = answer.all(".summary a");
        assert_eq!(links.len(), 3);
        assert_eq!(answer.attribute(".summary li:nth-child(2) a", "href"), "#last_name");
        assert_eq!(answer.attribute("#email", "value"), "someone@example.com");
        assert_eq!(answer.attribute("#email", "aria-describedby"), "email-hint email-error");
        assert_eq!(answer.attribute("#email", "aria-invalid"), "true");
        assert_eq!(answer.attribute("#first_name", "aria-invalid"), "");
        assert_eq!(answer.attribute("#last_name", "value"), "<b>&\"");
        assert!(answer.one("#consent_terms-error").starts_with("Error: Tick this box"));
        assert_eq!(answer.all("#consent_microsoft[checked]").len(), 1);
        assert_eq!(answer.all("#consent_terms[checked]").len(), 0);
    }

    #[tokio::test]
    async fn an_address_that_no_profile_admits_is_a_fault_of_its_field() {
        let answer = Browser::new().sign_up(&[("email", "someone@example.com")]).await;
        assert_eq!(answer.status, 422);
        assert_eq!(answer.one(".summary h2"), "There is a problem");
        assert!(answer.one("#email-error").contains("help@example.edu"));
    }

    #[tokio::test]
    async fn a_form_that_is_not_ours_comes_back_renewed() {
        let mut browser = Browser::new();
        let stale = browser.get("/en").await.attribute("input[name=form]", "value");
        browser.forget_cookies();
        for token in [stale.as_str(), "", "nonsense"] {
            let answer = browser.sign_up(&[("form", token)]).await;
            assert_eq!(answer.status, 403, "{token:?}");
            answer.assert_sound(&testing::web(), Lang(0));
            assert_eq!(answer.attribute("#first_name", "value"), "Ada");
            let fresh = answer.attribute("input[name=form]", "value");
            assert_eq!(browser.sign_up(&[("form", &fresh)]).await.status, 303);
        }
    }

    #[tokio::test]
    async fn without_cookies_the_form_says_so() {
        let mut browser = Browser::new();
        let token = browser.get("/en").await.attribute("input[name=form]", "value");
        browser.forget_cookies();
        let answer = browser.post("/en", &[("form", &token), ("email", STUDENT)]).await;
        assert_eq!(answer.status, 403);
        assert!(answer.one(".summary p").contains("cookies"));
        assert!(answer.header("set-cookie").starts_with("__Host-visitor="));
        assert_eq!(answer.attribute("#email", "value"), STUDENT);
    }

    #[tokio::test]
    async fn a_form_that_was_open_for_days_is_renewed() {
        let mut browser = Browser::new();
        let token = browser.get("/en").await.attribute("input[name=form]", "value");
        browser.site.clock.advance(Duration::from_secs(25 * 60 * 60));
        let answer = browser.sign_up(&[("form", &token)]).await;
        assert_eq!(answer.status, 422);
        assert!(answer.one(".summary p").contains("renewed"));
        let fresh = answer.attribute("input[name=form]", "value");
        assert_eq!(browser.sign_up(&[("form", &fresh)]).await.status, 303);
    }

    #[tokio::test]
    async fn another_site_cannot_send_it() {
        let mut browser = Browser::new().with("sec-fetch-site", "cross-site");
        let answer = browser.sign_up(&[]).await;
        assert_eq!((answer.status, answer.one("h1").as_str()), (403, "This was sent from another page"));
    }

    #[test]
    fn a_request_that_is_not_recorded_keeps_form_and_token() {
        let web = testing::web();
        let draft = Draft { token: "t".repeat(form_token::CHARS), email: STUDENT.into(), ..Draft::default() };
        for (error, status) in [
            (RequestError::Store(testing::store_error()), 503),
            (RequestError::NoUsername, 422),
            (RequestError::ReservedName, 422),
            (RequestError::AlreadyRegistered, 422),
        ] {
            let response = again(&web, Lang(0), Visitor(None), &draft, error.into()).unwrap();
            assert_eq!(response.status(), status);
            let logged = response.extensions().get::<Raised>().map(|raised| raised.page == Page::Shown);
            assert_eq!(logged, (status == 503).then_some(true));
        }
    }

    #[tokio::test]
    async fn no_input_breaks_it() {
        let long = "x".repeat(10_000);
        let mail = format!("{long}@example.edu");
        let hostile: &[(&str, &str)] = &[
            ("email", &mail),
            ("email", "st123456@example.edu\r\nBcc: all@example.edu"),
            ("email", "\0"),
            ("email", "<script>alert(1)</script>@example.edu"),
            ("first_name", &long),
            ("first_name", "a\0b"),
            ("first_name", "\u{202e}gnp.exe"),
            ("first_name", "\u{1F600}"),
            ("last_name", "\u{1F600}\u{1F600}"),
            ("last_name", "a\nb"),
            ("last_name", "\u{FFFD}"),
            ("consent_terms", "no"),
        ];
        for (name, value) in hostile {
            let answer = Browser::new().sign_up(&[(name, value)]).await;
            answer.assert_sound(&testing::web(), Lang(0));
            assert_eq!(answer.status, 422, "{name}={value:.40}");
            assert_eq!(answer.all(".summary a").len(), 1, "{name}={value:.40}");
        }
    }

    #[tokio::test]
    async fn no_body_breaks_it() {
        let mut browser = Browser::new();
        let token = browser.get("/en").await.attribute("input[name=form]", "value");
        let form = |rest: &str| format!("form={token}&{rest}").into_bytes();
        for (body, status) in [
            (Vec::new(), 403),
            (form(""), 422),
            (form("email=%FF%FE%00&first_name=%C3%28&last_name=\u{fffd}"), 422),
            ([form("email=").as_slice(), &[0xFF, 0x00, 0xC0]].concat(), 422),
            (form("email=a&email=b"), 400),
            (form(&format!("email={}", "x".repeat(70_000))), 413),
            (vec![b'x'; 10 * 1024 * 1024], 413),
            (b"&&&===;;;%%%".to_vec(), 403),
        ] {
            let answer = browser.send("POST", "/en", body).await;
            answer.assert_sound(&testing::web(), Lang(0));
            assert_eq!(answer.status, status, "{}", answer.one("h1"));
        }
        for kind in ["application/json", "multipart/form-data; boundary=x", "", "text/plain"] {
            let answer = Browser::new().with("content-type", kind).send("POST", "/de", "x").await;
            assert_eq!(answer.status, 415, "{kind}");
            assert_eq!(answer.attribute("html", "lang"), "de");
        }
    }
}
