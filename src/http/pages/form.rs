//! The form as it is shown.

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};

use super::{
    super::{
        client::Client,
        encoding::{Accepted, Encoding, mark},
        error::Error,
        form_token,
        prepared::Prepared,
        refusal::{Field, FieldError},
        state::{Lang, Shared, Web},
        visitor::Visitor,
    },
    HTML,
    closed::{Closed, closed},
    draft::{Draft, TRAP},
    frame::Frame,
    kept,
};
use crate::{
    domain::{Email, OneName},
    texts::Language,
};

#[derive(Template)]
#[template(path = "form.html")]
pub(super) struct FormPage<'a> {
    t: &'a Language,
    frame: Frame<'a>,
    draft: &'a Draft,
    token: &'a str,
    faults: &'a [FieldError],
    notice: Option<String>,
    pattern: Option<String>,
    email_example: Option<&'a str>,
    email_max: usize,
    confirms: bool,
    /// The usernames to pick from; empty where there is nothing to pick.
    choices: Vec<String>,
    /// True if one of the two fields for the name may be left empty.
    one_name: bool,
    /// The sentences on what is kept, and for how long.
    kept: Vec<String>,
    /// True if there is the field that people do not see.
    trap: bool,
    /// True if the browser is asked for a proof of work.
    works: bool,
}

impl<'a> FormPage<'a> {
    pub(super) fn new(web: &'a Web, lang: Lang, works: bool, draft: &'a Draft, token: &'a str) -> Self {
        let t = web.language(lang);
        Self {
            t,
            frame: Frame::new(web, lang, &t.text("form-title"), String::new()).around_form("signup"),
            draft,
            token,
            faults: &[],
            notice: None,
            pattern: web.site.signups.profiles().browser_pattern(),
            email_example: web.config().site.email_example.as_deref(),
            email_max: Email::MAX_CHARS,
            confirms: web.config().signup.confirm_email,
            choices: draft.choices(&web.site.signups),
            one_name: web.site.signups.names().one_name == OneName::Allow,
            kept: kept::sentences(t, &web.site.config),
            trap: true,
            works,
        }
    }

    /// The form that comes back: with its faults, or with a notice on the form as a whole.
    pub(super) fn refused(mut self, faults: &'a [FieldError], notice: Option<String>) -> Self {
        self.frame = self.frame.with_faults();
        self.faults = faults;
        self.notice = notice;
        self
    }

    /// Without the field that people do not see: a browser that filled it in once might do so again.
    pub(super) const fn without_trap(mut self) -> Self {
        self.trap = false;
        self
    }

    /// The faults in the order of the fields, as the language has them.
    fn faults_in_order(&self) -> Vec<&FieldError> {
        let mut faults: Vec<_> = self.faults.iter().collect();
        if self.t.family_name_first() {
            faults.sort_by_key(|fault| match fault.field {
                Field::Email => 0,
                Field::LastName => 1,
                Field::FirstName => 2,
                Field::Username => 3,
                Field::ConsentMicrosoft | Field::ConsentTerms => 4,
            });
        }
        faults
    }

    /// The number of faults that the summary counts.
    fn count(&self) -> String {
        self.faults.len().max(1).to_string()
    }

    fn email_hint(&self) -> String {
        match self.email_example {
            Some(example) => self.t.text_with("form-email-hint-example", &[("example", example)]),
            None => self.t.text("form-email-hint"),
        }
    }

    /// The fault of this field, if it has one.
    fn fault(&self, name: &str) -> Option<String> {
        let fault = self.faults.iter().find(|fault| fault.field.name() == name)?;
        Some(fault.say(self.t, self.frame.support()))
    }

    /// The ids of what describes this field: its hint, and its fault where there is one.
    fn described(&self, name: &str, hint: &str) -> String {
        match self.fault(name) {
            Some(_) => format!("{hint} {name}-error").trim_start().to_owned(),
            None => hint.to_owned(),
        }
    }
}

/// A token for a form whose own is not taken, with the cookie to set.
pub(super) fn renew(web: &Web, visitor: Visitor) -> (String, HeaderValue) {
    let site = &web.site;
    let (secret, cookie) = visitor.renewed(&site.entropy);
    let mut token = String::new();
    // The fields are filled in already: this form may be sent at once.
    let shown = site.clock.now().minus(web.config().bots.min_time);
    form_token::write(&mut token, &site.key, shown, &site.entropy, &secret);
    (token, cookie)
}

/// The empty form, rendered and compressed once for each language, with and without a request for a proof of work. Only
/// the token differs between answers.
///
/// # Panics
/// Panics if the template has no place for the token, which a test rules out.
fn prepared(web: &Web, lang: Lang, works: bool) -> &Prepared {
    web.form(lang, works).get_or_init(|| {
        let place = "-".repeat(form_token::CHARS);
        let draft = Draft::default();
        let html = FormPage::new(web, lang, works, &draft, &place).render().expect("the form renders");
        let prepared = Prepared::new(&html, &place);
        assert!(prepared.holes() > 0, "the form has a place for its token");
        prepared
    })
}

/// Renders the form in all languages as it is usually shown. The other variant is rendered when it is first needed.
pub(in crate::http) fn prepare(web: &Web) {
    let works = web.proof_cost().is_some() && web.config().bots.proof_of_work;
    for lang in web.langs() {
        prepared(web, lang, works);
    }
}

/// A browser may keep the form while it is open in a tab, so that going back finds what was typed, under the same
/// token. It holds no one's data, and the token is of no use in another browser.
const KEPT_FOR_GOING_BACK: HeaderValue = HeaderValue::from_static("private, no-cache");

/// Shows the form.
pub(in crate::http) async fn show(
    State(web): State<Shared>,
    lang: Lang,
    visitor: Visitor,
    client: Client,
    accepted: Accepted,
) -> Result<Response, Error> {
    let site = &web.site;
    if let Some(reason) = Closed::now(&web) {
        return closed(&web, lang, reason, StatusCode::OK);
    }
    let (visitor, cookie) = visitor.renewed(&site.entropy);
    let mut token = String::with_capacity(form_token::CHARS);
    form_token::write(&mut token, &site.key, site.clock.now(), &site.entropy, &visitor);
    let form = prepared(&web, lang, web.asks_for_proof(client));
    let encoding = accepted.best(false, true);
    let body = match encoding {
        Encoding::Gzip => form.gzip(&token).into(),
        _ => form.plain(&token).into(),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.reserve(12);
    headers.insert(header::CONTENT_TYPE, HTML);
    headers.insert(header::CACHE_CONTROL, KEPT_FOR_GOING_BACK);
    if encoding == Encoding::Gzip {
        mark(headers, encoding);
    }
    headers.insert(header::SET_COOKIE, cookie);
    Ok(response)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::http::testing::{Answer, Browser, House, STUDENT};

    #[tokio::test]
    async fn the_form_renders_in_every_language() {
        let mut browser = Browser::new().await;
        let web = browser.house.web();
        for lang in web.langs() {
            let answer = browser.get(&format!("/{}", web.tag(lang))).await;
            answer.assert_sound(&web, lang);
            assert_eq!(answer.status, 200);
            assert!(answer.one("h1").contains("Microsoft"));
            assert!(answer.one("#email-hint").contains(STUDENT));
            assert_eq!(answer.all("nav input").len(), web.langs().count());
            assert_eq!(answer.attribute("nav [aria-current]", "value"), web.language(lang).name());
            assert_eq!(answer.all("[aria-hidden] label").len(), 1);
            assert_eq!(answer.all("label").len(), 6);
            assert_eq!(answer.one("footer a"), "help@example.edu");
            assert!(answer.one("footer p").len() > answer.one("footer a").len());
        }
    }

    #[tokio::test]
    async fn what_people_agree_to_is_linked_beside_the_box() {
        let links =
            "terms_url = \"https://example.edu/{lang}/terms\"\nimprint_url = \"https://example.edu/\"";
        let mut browser = Browser::at(House::with_site(links).await);
        let answer = browser.get("/de").await;
        assert_eq!(answer.all("form .links a").len(), 1);
        assert_eq!(answer.attribute("form .links a", "href"), "https://example.edu/de/terms");
        assert_eq!(answer.all("footer .links a").len(), 2);
        assert!(Browser::new().await.get("/de").await.all(".links").is_empty());
    }

    #[tokio::test]
    async fn its_headers_keep_it_to_itself() {
        let mut browser = Browser::new().await;
        let answer = browser.get("/en").await;
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "same-origin");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; "));
        assert!(answer.header("strict-transport-security").starts_with("max-age="));
        let cookie = answer.header("set-cookie");
        assert!(cookie.starts_with("__Host-visitor="), "{cookie}");
        let lasts = form_token::GOOD_FOR.as_secs();
        assert!(cookie.contains(&format!("; Max-Age={lasts};")), "a restored tab has it again: {cookie}");
        let again = browser.get("/en").await.header("set-cookie");
        assert_eq!(again, cookie, "the same secret, for as long as the newer form");
    }

    #[tokio::test]
    async fn names_are_asked_in_the_order_of_the_language() {
        let mut browser = Browser::new().await;
        let web = browser.house.web();
        for lang in web.langs() {
            let tag = web.tag(lang);
            let order =
                if tag == "zh-Hans" { ["last_name", "first_name"] } else { ["first_name", "last_name"] };
            let answer = browser.get(&format!("/{tag}")).await;
            for (place, name) in (2..).zip(order) {
                let label = format!("form fieldset:first-of-type .field:nth-of-type({}) label", place - 1);
                assert_eq!(answer.attribute(&label, "for"), name, "{tag}");
            }
            let answer = browser
                .post(&format!("/{tag}"), &[("form", &answer.attribute("input[name=form]", "value"))])
                .await;
            for (place, name) in (2..).zip(order) {
                let link = format!(".summary li:nth-child({place}) a");
                assert_eq!(answer.attribute(&link, "href"), format!("#{name}"), "{tag}");
            }
        }
    }

    #[tokio::test]
    async fn what_is_kept_follows_the_configuration() {
        let kept = async |privacy: &str| {
            let mut browser = Browser::at(House::limited_and("", &format!("[privacy]\n{privacy}")).await);
            let answer = browser.get("/en").await;
            let said = answer.all(".about li").join(" ");
            let german = browser.get("/de").await.all(".about li").join(" ");
            (said, german)
        };
        let (usual, german) = kept("").await;
        for part in [
            "username are kept until you have them deleted",
            "It is deleted after 5 years.",
            "never confirmed is deleted after 15 days.",
            "already has an account is deleted after 30 days.",
            "without name and address, is deleted after one year.",
        ] {
            assert!(usual.contains(part), "{part}: {usual}");
        }
        assert!(german.contains("wird nach 15 Tagen gelöscht"), "{german}");
        let (other, german) = kept(
            "keep_finished = \"400d\"\nkeep_tombstones = \"off\"\nkeep_unconfirmed = \"14d 1h\"\n\
             keep_duplicates = \"off\"\nkeep_events = \"1h\"",
        )
        .await;
        for part in [
            "username are deleted after 400 days, counted from",
            "a code remains for good",
            "never confirmed is deleted after 16 days.",
            "already has an account is kept until you have it deleted.",
            "is deleted after one hour.",
        ] {
            assert!(other.contains(part), "{part}: {other}");
        }
        assert!(german.contains("werden nach 400 Tagen gelöscht"), "{german}");
    }

    #[tokio::test]
    async fn the_box_for_the_username_is_never_empty() {
        let mut browser = Browser::new().await;
        let web = browser.house.web();
        for lang in web.langs() {
            let answer = browser.get(&format!("/{}", web.tag(lang))).await;
            assert!(!answer.one("#preview").is_empty());
            assert_eq!(answer.one("#preview"), answer.attribute("#preview", "data-blank"));
        }
    }

    #[tokio::test]
    async fn the_browser_checks_the_pattern_where_there_is_one() {
        let web = House::new().await.web();
        let draft = Draft::default();
        let mut form = FormPage::new(&web, Lang(0), false, &draft, "token");
        form.pattern = Some(r#"st\d{6}@"x"#.to_owned());
        let answer = Answer::of(form.render().unwrap());
        assert_eq!(answer.attribute("#email", "pattern"), r#"st\d{6}@"x"#);
        assert!(answer.attribute("#email", "title").contains(STUDENT));
    }
}
