//! A student's browser: opens the form, keeps its cookie, sends what is in its fields.

use std::time::Duration;

use anyhow::{Context, Result};
use reqwest::{
    StatusCode, Url,
    header::{COOKIE, LOCATION, SET_COOKIE},
    redirect::Policy,
};
use scraper::{ElementRef, Html, Selector};

/// What a student types.
#[derive(Clone, Debug)]
pub struct Entry {
    pub email: String,
    pub first_name: String,
    pub last_name: String,
}

/// A number as letters, `a` for 0 to `j` for 9: names have no digits.
pub fn in_letters(number: &impl ToString) -> String {
    let letter = |digit: u8| char::from(digit - b'0' + b'a');
    number.to_string().bytes().map(letter).collect()
}

/// A form as it was shown once.
#[derive(Clone)]
pub struct Form {
    action: Url,
    cookies: String,
    inputs: Vec<Input>,
}

#[derive(Clone)]
struct Input {
    name: String,
    meaning: Meaning,
}

#[derive(Clone)]
enum Meaning {
    Email,
    FirstName,
    LastName,
    /// A hidden field, or a box that is ticked.
    Fixed(String),
}

/// What the server says to a form that was sent.
#[derive(Debug)]
pub enum Answer {
    /// Taken: this is the address of the status page.
    Taken(Url),
    /// Anything else.
    Refused(StatusCode),
}

/// A page as it was shown once.
pub struct Page {
    pub status: StatusCode,
    address: Url,
    document: String,
}

/// A form of a page, as it is sent without anything typed.
pub struct Press {
    action: Url,
    fields: Vec<(String, String)>,
}

/// A browser at one of our servers.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    home: Url,
}

impl Browser {
    /// A browser that keeps its connections and follows no redirect by itself.
    pub fn at(address: &str) -> Result<Self> {
        let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none());
        let http = builder.timeout(Duration::from_secs(20)).build()?;
        Ok(Self::with(http, format!("http://{address}/en").parse()?))
    }

    /// A browser of the test's own making, which opens this form.
    pub fn with(http: reqwest::Client, home: Url) -> Self {
        Self { http, home }
    }

    /// Opens the page with the form.
    pub async fn open(&self) -> Result<Form> {
        let page = self.http.get(self.home.clone()).send().await?.error_for_status()?;
        let cookies = page.headers().get_all(SET_COOKIE).iter();
        let cookies = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        Form::read(&self.home, cookies, &page.text().await?)
    }

    /// Sends a form.
    pub async fn send(&self, form: &Form, entry: &Entry) -> Result<Answer> {
        let request = self.http.post(form.action.clone()).header(COOKIE, &form.cookies);
        let answer = request.form(&form.filled(entry)).send().await?;
        if answer.status() != StatusCode::SEE_OTHER {
            return Ok(Answer::Refused(answer.status()));
        }
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        Ok(Answer::Taken(form.action.join(location.context("a redirect has an address")?)?))
    }

    /// Opens a page.
    pub async fn show(&self, page: &Url) -> Result<Page> {
        let answer = self.http.get(page.clone()).send().await?;
        let (status, address) = (answer.status(), answer.url().clone());
        Ok(Page { status, address, document: answer.text().await? })
    }

    /// Sends a form of a page. Returns the status, and the address that the answer leads to.
    pub async fn press(&self, press: &Press) -> Result<(StatusCode, Option<Url>)> {
        let answer = self.http.post(press.action.clone()).form(&press.fields).send().await?;
        let location = answer.headers().get(LOCATION).and_then(|value| value.to_str().ok());
        let location = location.map(|location| press.action.join(location)).transpose()?;
        Ok((answer.status(), location))
    }
}

impl Page {
    /// The text of the heading.
    pub fn heading(&self) -> String {
        let headings = Selector::parse("h1").expect("a selector");
        let document = Html::parse_document(&self.document);
        document.select(&headings).flat_map(|heading| heading.text()).collect()
    }

    /// The form that is sent to an address below this page with this end, unless its button is disabled.
    pub fn form_to(&self, end: &str) -> Option<Press> {
        self.forms().into_iter().find(|form| form.action.path().ends_with(end))
    }

    /// The forms whose button can be pressed.
    fn forms(&self) -> Vec<Press> {
        let forms = Selector::parse("form[method=post]").expect("a selector");
        let fields = Selector::parse("input[type=hidden][name]").expect("a selector");
        let disabled = Selector::parse("button[disabled]").expect("a selector");
        let field = |input: ElementRef<'_>| {
            let name = input.attr("name").unwrap_or_default().to_owned();
            (name, input.attr("value").unwrap_or_default().to_owned())
        };
        let document = Html::parse_document(&self.document);
        let pressable = document.select(&forms).filter(|form| form.select(&disabled).next().is_none());
        let press = |form: ElementRef<'_>| {
            let action = self.address.join(form.attr("action").unwrap_or_default()).ok()?;
            Some(Press { action, fields: form.select(&fields).map(field).collect() })
        };
        pressable.filter_map(press).collect()
    }
}

impl Press {
    /// The same form with a further field.
    pub fn with(mut self, name: &str, value: String) -> Self {
        self.fields.push((name.to_owned(), value));
        self
    }
}

impl Form {
    fn read(page: &Url, cookies: String, html: &str) -> Result<Self> {
        let document = Html::parse_document(html);
        let forms = Selector::parse("form[method=post]").expect("a selector");
        let fields = Selector::parse("input[name]").expect("a selector");
        let form = document.select(&forms).next().context("the page has no form")?;
        let action = page.join(form.attr("action").unwrap_or_default())?;
        let inputs = form.select(&fields).filter_map(Input::read).collect();
        Ok(Self { action, cookies, inputs })
    }

    /// The address it is sent to, the cookies and the body: for those who send it themselves.
    pub fn sealed(&self, entry: &Entry) -> (&str, &str, String) {
        let mut body = Url::parse("form:").expect("a URL");
        body.query_pairs_mut().extend_pairs(self.filled(entry));
        (self.action.path(), &self.cookies, body.query().unwrap_or_default().to_owned())
    }

    fn filled<'a>(&'a self, entry: &'a Entry) -> Vec<(&'a str, &'a str)> {
        let value = |input: &'a Input| match &input.meaning {
            Meaning::Email => entry.email.as_str(),
            Meaning::FirstName => &entry.first_name,
            Meaning::LastName => &entry.last_name,
            Meaning::Fixed(value) => value,
        };
        self.inputs.iter().map(|input| (input.name.as_str(), value(input))).collect()
    }
}

impl Input {
    /// What a browser that fills forms by itself makes of a field. Honeypots and buttons are left out.
    fn read(element: ElementRef<'_>) -> Option<Self> {
        let name = element.attr("name")?.to_owned();
        let value = || Meaning::Fixed(element.attr("value").unwrap_or("on").to_owned());
        let meaning = match (element.attr("type").unwrap_or("text"), element.attr("autocomplete")) {
            ("email", _) | (_, Some("email")) => Meaning::Email,
            (_, Some("given-name")) => Meaning::FirstName,
            (_, Some("family-name")) => Meaning::LastName,
            ("hidden" | "checkbox", _) => value(),
            _ => return None,
        };
        Some(Self { name, meaning })
    }
}
