//! For the tests of the pages: a site, and a browser that talks to its router.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, header},
    response::Response,
};
use http_body_util::BodyExt;
use scraper::{Html, Selector};
use tower::ServiceExt;

use super::{
    Site, router,
    web::{Lang, Shared, Web},
};
use crate::{
    config,
    domain::{Clock, Email, EmailRule, Entropy, Profile, Profiles, SecretKey, Timestamp, UsernameTemplate},
    signup::{Signups, StoreError},
    texts::Texts,
};

/// An address that the tests' profile admits.
pub(super) const STUDENT: &str = "st123456@example.edu";

/// A site in memory at `https://accounts.example.edu`.
pub(super) fn site(confirm_email: bool) -> Site {
    let key = SecretKey::new("a secret of the tests, long enough to be taken").unwrap();
    let (clock, entropy) = (Clock::manual(Timestamp::from_millis(1_795_000_000_000)), Entropy::seeded(7));
    let config = config::Config {
        server: config::Server {
            public_url: Some("https://accounts.example.edu/".to_owned()),
            request_timeout: Duration::from_secs(5),
        },
        signup: config::Signup { confirm_email },
        support_email: Email::parse("help@example.edu").unwrap(),
        site: config::Site { name: "Example University".to_owned(), email_example: Some(STUDENT.to_owned()) },
    };
    let signups = Signups::in_memory(profiles(), confirm_email, key.clone(), clock.clone(), entropy.clone());
    let texts = Texts::embedded().unwrap();
    Site { signups, texts, config: Arc::new(config), key, clock, entropy }
}

fn profiles() -> Profiles {
    Profiles::new(vec![Profile {
        name: "students".parse().unwrap(),
        rule: r"st\d{6}@example\.edu".parse::<EmailRule>().unwrap(),
        tenant: "main".parse().unwrap(),
        domain: "students.example.edu".parse().unwrap(),
        licences: Vec::new(),
        groups: Vec::new(),
        usage_location: None,
        attributes: Vec::new(),
        username: UsernameTemplate::default(),
    }])
}

/// What the store says when it does not answer.
pub(super) const fn store_error() -> StoreError {
    StoreError
}

/// The shared state of a site's router.
pub(super) fn web() -> Shared {
    Arc::new(Web::new(site(false)))
}

/// A browser: it keeps cookies and says where its requests come from.
pub(super) struct Browser {
    router: Router,
    headers: Vec<(String, String)>,
    cookies: BTreeMap<String, String>,
    pub site: Site,
}

/// An answer as a browser has it.
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Browser {
    pub(super) fn new() -> Self {
        Self::at(site(false))
    }

    pub(super) fn at(site: Site) -> Self {
        let headers = vec![("sec-fetch-site".to_owned(), "same-origin".to_owned())];
        Self { router: router(site.clone()), headers, cookies: BTreeMap::new(), site }
    }

    /// Sends this header with every request.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(key, _)| key != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn forget_cookies(&mut self) {
        self.cookies.clear();
    }

    pub(super) async fn get(&mut self, address: &str) -> Answer {
        self.send("GET", address, "").await
    }

    /// Sends a form's fields.
    pub(super) async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", address, body).await
    }

    /// Sends any body as a form.
    pub(super) async fn send(&mut self, method: &str, address: &str, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(address);
        if method == "POST" && !self.headers.iter().any(|(name, _)| name == "content-type") {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header(header::COOKIE, cookies.join("; ")).body(body.into()).unwrap();
        let answer = read(self.router.clone().oneshot(request).await.unwrap()).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Opens the form and sends it with these fields, over a form that is filled in without fault.
    pub(super) async fn sign_up(&mut self, fields: &[(&str, &str)]) -> Answer {
        let form = self.get("/en").await;
        let token = form.attribute("input[name=form]", "value");
        let mut filled = BTreeMap::from([
            ("form", token.as_str()),
            ("email", STUDENT),
            ("first_name", "Ada"),
            ("last_name", "Lovelace"),
            ("consent_microsoft", "yes"),
            ("consent_terms", "yes"),
        ]);
        filled.extend(fields.iter().copied());
        self.post("/en", &filled.into_iter().collect::<Vec<_>>()).await
    }
}

/// Reads a response to its end.
pub(super) async fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text }
}

impl Answer {
    /// A page that was rendered without a request.
    pub(super) fn of(text: String) -> Self {
        Self { status: 200, headers: HeaderMap::new(), text }
    }

    pub(super) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The texts of all elements that the selector finds.
    pub(super) fn all(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        let found = page.select(&selector);
        found.map(|e| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    /// The text of the one element that the selector finds.
    pub(super) fn one(&self, selector: &str) -> String {
        let mut found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in {}", self.text);
        found.remove(0)
    }

    /// An attribute of the first element that the selector finds.
    pub(super) fn attribute(&self, selector: &str, name: &str) -> String {
        let page = Html::parse_document(&self.text);
        let found = page.select(&Selector::parse(selector).unwrap()).next();
        let found = found.unwrap_or_else(|| panic!("{selector} in {}", self.text));
        found.attr(name).map(str::to_owned).unwrap_or_default()
    }

    /// What holds for every page: its language, one headline, a title, no text left unfilled, no inline
    /// script or style, no id twice, and every reference to an id leads somewhere.
    pub(super) fn assert_sound(&self, web: &Web, lang: Lang) {
        let page = Html::parse_document(&self.text);
        assert_eq!(page.errors, Vec::<std::borrow::Cow<'_, str>>::new(), "{}", self.text);
        assert_eq!(self.attribute("html", "lang"), web.tag(lang));
        assert_eq!(self.attribute("html", "dir"), web.language(lang).dir());
        assert!(!self.one("h1").is_empty() && !self.one("title").is_empty());
        for unfilled in ["{ $", "{$", "{{", "{%"] {
            assert!(!self.text.contains(unfilled), "{}", self.text);
        }
        assert!(self.all("script:not([src]), style, [style], [onclick]").is_empty());
        let any = Selector::parse("[id]").unwrap();
        let mut ids: Vec<_> = page.select(&any).filter_map(|e| e.attr("id")).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "an id is there twice: {}", self.text);
        for (selector, name) in [
            ("[for]", "for"),
            ("[aria-describedby]", "aria-describedby"),
            ("[aria-labelledby]", "aria-labelledby"),
        ] {
            for element in page.select(&Selector::parse(selector).unwrap()) {
                for id in element.attr(name).unwrap().split(' ') {
                    assert!(ids.contains(&id), "{name}={id:?} leads nowhere: {}", self.text);
                }
            }
        }
        for src in page.select(&Selector::parse("[src], link[rel=stylesheet]").unwrap()) {
            let address = src.attr("src").or(src.attr("href")).unwrap();
            assert!(address.starts_with("/static/"), "{address:?}");
        }
    }
}
