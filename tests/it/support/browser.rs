//! A visitor: fetches pages, keeps cookies, fills in forms, follows redirects.

use std::{collections::BTreeMap, net::SocketAddr};

use reqwest::{Client, Response, StatusCode, header, redirect};
use scraper::{Html, Selector};

/// Someone who signs up.
#[derive(Clone, Debug)]
pub struct Student {
    pub email: String,
    pub first: String,
    pub last: String,
}

impl Student {
    pub fn new(number: u32, first: &str, last: &str) -> Self {
        Self {
            email: format!("st{number:06}@stud.example.edu"),
            first: first.to_owned(),
            last: last.to_owned(),
        }
    }

    pub fn fields(&self) -> Vec<(&str, &str)> {
        vec![
            ("email", self.email.as_str()),
            ("first_name", self.first.as_str()),
            ("last_name", self.last.as_str()),
            ("consent_microsoft", "yes"),
            ("consent_terms", "yes"),
        ]
    }
}

/// A page as it arrived.
#[derive(Clone, Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub path: String,
    pub body: String,
}

impl Page {
    pub fn html(&self) -> Html {
        Html::parse_document(&self.body)
    }

    /// The text of all elements that match, blanks folded.
    pub fn texts(&self, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        let fold = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.html().select(&selector).map(|element| fold(element.text().collect())).collect()
    }

    pub fn has(&self, selector: &str) -> bool {
        self.html().select(&Selector::parse(selector).unwrap()).next().is_some()
    }

    pub fn value_of(&self, selector: &str, attribute: &str) -> Option<String> {
        let selector = Selector::parse(selector).unwrap();
        let html = self.html();
        html.select(&selector).next().and_then(|element| element.value().attr(attribute)).map(str::to_owned)
    }
}

/// One visitor's browser.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    origin: String,
    /// What a proxy says of where this browser is, by header.
    forwarded: Option<(&'static str, String)>,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        let client = Client::builder().redirect(redirect::Policy::none()).no_proxy().build().unwrap();
        Self {
            client,
            address,
            cookies: BTreeMap::new(),
            origin: format!("http://{address}"),
            forwarded: None,
        }
    }

    /// The site has moved there; the cookies stay.
    pub fn moved_to(mut self, address: SocketAddr) -> Self {
        self.origin = format!("http://{address}");
        self.address = address;
        self
    }

    /// A page of another site makes this browser send what follows.
    pub fn on_the_site(mut self, origin: &str) -> Self {
        origin.clone_into(&mut self.origin);
        self
    }

    /// Whatever this browser sends comes with a header that proxies set.
    pub fn forwarded(mut self, header: &'static str, value: &str) -> Self {
        self.forwarded = Some((header, value.to_owned()));
        self
    }

    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.client.get(self.url(path));
        self.send(request).await
    }

    /// Sends the page's first form with its hidden fields and these, and follows where it leads.
    pub async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let answer = self.submit_only(page, fields).await;
        self.follow(answer).await
    }

    /// Like [`Self::submit`], without following.
    pub async fn submit_only(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        self.submit_form(page, "form", fields).await
    }

    pub async fn submit_form(&mut self, page: &Page, form: &str, fields: &[(&str, &str)]) -> Page {
        let action =
            page.value_of(form, "action").unwrap_or_else(|| panic!("no form {form} in {}", page.body));
        let hidden = hidden_fields(page, form);
        let mut all: Vec<(&str, &str)> =
            hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend_from_slice(fields);
        self.post(&action, &all).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let request = self.client.post(self.url(path)).form(fields);
        self.send(request).await
    }

    /// A body of one's own making.
    pub async fn post_raw(&mut self, path: &str, content_type: &str, body: Vec<u8>) -> Page {
        let request = self.client.post(self.url(path)).header(header::CONTENT_TYPE, content_type).body(body);
        self.send(request).await
    }

    pub async fn follow(&mut self, mut page: Page) -> Page {
        while page.status.is_redirection() {
            let target = page.headers[header::LOCATION].to_str().unwrap().to_owned();
            page = self.open(&target).await;
        }
        page
    }

    fn url(&self, path: &str) -> String {
        if path.starts_with("http://") { path.to_owned() } else { format!("http://{}{path}", self.address) }
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = request.header(header::ORIGIN, &self.origin);
        if let Some((name, value)) = &self.forwarded {
            request = request.header(*name, value);
        }
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let answer = request.send().await.unwrap();
        self.keep_cookies(&answer);
        Page {
            status: answer.status(),
            headers: answer.headers().clone(),
            path: answer.url().path().to_owned(),
            body: answer.text().await.unwrap(),
        }
    }

    fn keep_cookies(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

fn hidden_fields(page: &Page, form: &str) -> Vec<(String, String)> {
    let selector = Selector::parse(&format!("{form} input[type=hidden]")).unwrap();
    let attribute =
        |element: scraper::ElementRef<'_>, name: &str| element.value().attr(name).unwrap_or("").to_owned();
    page.html()
        .select(&selector)
        .map(|element| (attribute(element, "name"), attribute(element, "value")))
        .collect()
}
