//! The description of the API for people: a page of our own, made of the same document that programs get. It works
//! without JavaScript and under the site's policy, while the customary viewers weigh more than a megabyte and need
//! scripts and styles that the policy forbids.

mod reading;

use askama::Template;
use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};

use self::reading::{Group, Schema};
use super::{
    super::{
        error::Error,
        state::{Shared, Web},
    },
    at, openapi,
};
use crate::signup::KEYS_HOLD;

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const ENGLISH: HeaderValue = HeaderValue::from_static("en");

#[derive(Template)]
#[template(path = "api.html")]
struct DocsPage<'a> {
    site: &'a str,
    support: &'a str,
    sheets: [&'a str; 2],
    logo: &'a str,
    icon: (&'a str, &'a str),
    home: String,
    document: String,
    text: String,
    hours: u64,
    groups: Vec<Group>,
    schemas: Vec<Schema>,
}

/// The page; it is the same for all visitors.
pub(in crate::http) async fn show(State(web): State<Shared>) -> Result<Response, Error> {
    let page = web.api_page.get_or_init(|| render(&web).ok());
    let page = page.clone().ok_or(Error::Render(askama::Error::Fmt))?;
    Ok(([(header::CONTENT_TYPE, HTML), (header::CONTENT_LANGUAGE, ENGLISH)], page).into_response())
}

fn render(web: &Web) -> Result<String, askama::Error> {
    let document = serde_json::to_value(openapi::document(web)).map_err(|_| askama::Error::Fmt)?;
    let assets = &web.site.assets;
    let page = DocsPage {
        site: &web.config().site.name,
        support: web.config().support_email.as_str(),
        sheets: [assets.address("style.css"), assets.address("api.css")],
        logo: assets.logo(),
        icon: assets.favicon(),
        home: at(web, "/"),
        document: at(web, "/api/openapi.json"),
        text: reading::text(&document["info"], "description"),
        hours: KEYS_HOLD.as_secs() / 3600,
        groups: reading::groups(&document, |path| at(web, path)),
        schemas: reading::schemas(&document),
    };
    page.render()
}

#[cfg(test)]
mod tests {
    use crate::http::testing::Browser;

    #[tokio::test]
    async fn the_page_names_every_operation_every_status_and_every_schema() {
        let mut browser = Browser::new().await;
        let page = browser.get("/api/redoc").await;
        assert_eq!((page.status, page.header("content-language").as_str()), (200, "en"));
        let english = browser.web.langs().next().expect("there is a language");
        page.assert_sound(&browser.web, english);
        let operations = page.all("article h3 code");
        assert_eq!(operations.len(), 7, "{operations:?}");
        assert!(operations.contains(&"POST /api/v2/signups".to_owned()), "{operations:?}");
        let statuses = page.all("#post-api-v2-signups .answers dt");
        assert_eq!(statuses, ["201", "400", "403", "409", "413", "415", "422", "429", "500", "503"]);
        let example = page.one("#post-api-v2-signups pre");
        assert!(example.contains("curl") && example.contains("https://accounts.example.edu/api/v2/signups"));
        assert!(example.contains("\"firstName\": \"Ada\""), "{example}");
        for name in ["Problem", "NewSignup", "Signup", "Message", "FieldMessages"] {
            assert!(!page.one(&format!("#schema-{name} h3")).is_empty());
        }
        let targets = page.all("a[href^='#schema-']").len();
        assert!(targets > 10, "types lead to their tables");
        for kind in ["invalid-fields", "no-licences", "signups-closed", "key-of-another-request"] {
            page.one(&format!("#{kind}"));
        }
        for address in ["/api/redoc/", "/api/swagger-ui", "/api/swagger-ui/"] {
            assert_eq!(browser.get(address).await.text, page.text);
        }
    }

    #[tokio::test]
    async fn links_within_the_page_lead_somewhere() {
        let page = Browser::new().await.get("/api/redoc").await;
        let html = scraper::Html::parse_document(&page.text);
        let links = scraper::Selector::parse("a[href^='#']").expect("a selector");
        let mut count = 0;
        for link in html.select(&links) {
            let target = link.attr("href").unwrap_or_default();
            assert!(page.text.contains(&format!("id=\"{}\"", &target[1..])), "{target} leads nowhere");
            count += 1;
        }
        assert!(count > 20);
    }
}
