//! An answer as a browser has it, and what holds for every page.

#![allow(clippy::unwrap_used)]

use std::borrow::Cow;

use axum::{http::HeaderMap, response::Response};
use http_body_util::BodyExt;
use scraper::{Html, Selector};

use super::super::state::{Lang, Web};

/// An answer as a browser has it.
pub(in crate::http) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

/// Reads a response to its end.
pub(in crate::http) async fn read(response: Response) -> Answer {
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, text }
}

impl Answer {
    /// A page that was rendered without a request.
    pub(in crate::http) fn of(text: String) -> Self {
        Self { status: 200, headers: HeaderMap::new(), text }
    }

    pub(in crate::http) fn header(&self, name: &str) -> String {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// The texts of all elements that the selector finds.
    pub(in crate::http) fn all(&self, selector: &str) -> Vec<String> {
        let page = Html::parse_document(&self.text);
        let selector = Selector::parse(selector).unwrap();
        let found = page.select(&selector);
        found.map(|e| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }

    /// The text of the one element that the selector finds.
    pub(in crate::http) fn one(&self, selector: &str) -> String {
        let mut found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} in {}", self.text);
        found.remove(0)
    }

    /// An attribute of the first element that the selector finds.
    pub(in crate::http) fn attribute(&self, selector: &str, name: &str) -> String {
        let page = Html::parse_document(&self.text);
        let found = page.select(&Selector::parse(selector).unwrap()).next();
        let found = found.unwrap_or_else(|| panic!("{selector} in {}", self.text));
        found.attr(name).map(str::to_owned).unwrap_or_default()
    }

    /// The address for help is a link wherever it is written. In the summary of faults the text itself is a link, to
    /// the field, where the address is linked once more.
    fn assert_support_is_linked(&self, page: &Html, support: &str) {
        let written = page.tree.nodes().filter(|node| {
            node.value().as_text().is_some_and(|text| text.contains(support))
                && !node
                    .ancestors()
                    .any(|above| above.value().as_element().is_some_and(|e| e.name() == "title"))
        });
        for node in written {
            let mut above = node.ancestors().filter_map(|above| above.value().as_element());
            let is_linked = above.any(|e| e.name() == "a" && e.attr("href").is_some());
            assert!(is_linked, "{support} is no link: {}", self.text);
        }
    }

    /// Checks what holds for every page: its language, one headline, a title, no text left unfilled, no inline script
    /// or style, no id twice, and every reference to an id leads to an element.
    pub(in crate::http) fn assert_sound(&self, web: &Web, lang: Lang) {
        let page = Html::parse_document(&self.text);
        assert_eq!(page.errors, Vec::<Cow<'_, str>>::new(), "{}", self.text);
        assert_eq!(self.attribute("html", "lang"), web.tag(lang));
        assert_eq!(self.attribute("html", "dir"), web.language(lang).dir());
        assert!(!self.one("h1").is_empty() && !self.one("title").is_empty());
        for unfilled in ["{ $", "{$", "{{", "{%"] {
            assert!(!self.text.contains(unfilled), "{}", self.text);
        }
        assert!(self.all("script:not([src]), style, [style], [onclick]").is_empty());
        self.assert_support_is_linked(&page, web.config().support_email.as_str());
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
            assert!(address.starts_with(&web.path("/static/")), "{address:?}");
        }
    }
}
