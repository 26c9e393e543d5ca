//! The parts that all pages have around their content.

use askama::filters::{Html, Safe, escape};

use super::super::state::{Lang, Web};
use crate::{config::LinkKind, texts::Language};

/// The frame of one page.
pub(super) struct Frame<'a> {
    web: &'a Web,
    lang: Lang,
    /// The title that the browser's tab shows.
    pub title: String,
    /// The address without its language, so that the switcher leads to the same page.
    rest: String,
    /// The id of the form that the switcher takes along, so that nothing typed is lost.
    pub form: Option<&'static str>,
}

/// One entry of the language switcher.
pub(super) struct Switch<'a> {
    pub address: String,
    pub tag: &'a str,
    pub name: String,
    pub current: bool,
}

/// A link at the foot.
pub(super) struct FootLink {
    pub address: String,
    pub label: String,
}

/// The icon of the browser's tab.
pub(super) struct Icon<'a> {
    pub address: String,
    pub kind: &'a str,
}

impl<'a> Frame<'a> {
    /// The frame of a page titled `title`; `rest` is its address after the language.
    pub(super) fn new(web: &'a Web, lang: Lang, title: &str, rest: String) -> Self {
        let t = web.language(lang);
        let title = t.text_with("page-title", &[("title", title), ("site", &web.config().site.name)]);
        Self { web, lang, title, rest, form: None }
    }

    /// The same for a page that is a form.
    pub(super) const fn around_form(mut self, id: &'static str) -> Self {
        self.form = Some(id);
        self
    }

    /// The same for a page that reports faults: screen readers read the title first.
    pub(super) fn with_faults(mut self) -> Self {
        self.title = self.t().text_with("page-title-error", &[("title", &self.title)]);
        self
    }

    pub(super) fn t(&self) -> &'a Language {
        self.web.language(self.lang)
    }

    pub(super) fn tag(&self) -> &'a str {
        self.web.tag(self.lang)
    }

    pub(super) fn site(&self) -> &'a str {
        &self.web.config().site.name
    }

    pub(super) fn support(&self) -> &'a str {
        self.web.config().support_email.as_str()
    }

    /// The sender of the mails, as mail programs show it.
    pub(super) fn sender(&self) -> &'a str {
        &self.web.config().mail.shown_sender
    }

    /// The words around the sender of the mails.
    pub(super) fn mail_sender(&self) -> (String, String) {
        self.t().text_around("status-no-mail-sender", "sender")
    }

    /// Returns whether the name of the site needs small letters to fit into two lines on a phone.
    pub(super) fn has_long_name(&self) -> bool {
        self.site().chars().count() > 30
    }

    /// The text as HTML, with each support address in it a link.
    pub(super) fn linked(&self, text: &str) -> Safe<String> {
        let address = escaped(self.support());
        let link = format!("<a href=\"mailto:{address}\">{address}</a>");
        Safe(escaped(text).replace(&address, &link))
    }

    /// A message with the support address as a link.
    pub(super) fn linked_text(&self, id: &str) -> Safe<String> {
        self.linked(&self.t().text_with(id, &[("support", self.support())]))
    }

    /// The address of a path of ours.
    pub(super) fn path(&self, path: &str) -> String {
        self.web.path(path)
    }

    /// The address of the form.
    pub(super) fn home(&self) -> String {
        self.path(&format!("/{}", self.tag()))
    }

    pub(super) fn asset(&self, name: &str) -> String {
        self.path(self.web.site.assets.address(name))
    }

    pub(super) fn logo(&self) -> String {
        self.path(self.web.site.assets.logo())
    }

    pub(super) fn icon(&self) -> Icon<'a> {
        let (address, kind) = self.web.site.assets.favicon();
        Icon { address: self.path(address), kind }
    }

    pub(super) fn has_links(&self) -> bool {
        !self.web.config().site.links.is_empty()
    }

    pub(super) fn links(&self) -> impl Iterator<Item = FootLink> {
        self.links_to(|_| true)
    }

    /// The links to what people should have read before they agree.
    pub(super) fn consent_links(&self) -> impl Iterator<Item = FootLink> {
        self.links_to(|kind| matches!(kind, LinkKind::Terms | LinkKind::Privacy))
    }

    fn links_to(&self, wanted: impl Fn(LinkKind) -> bool) -> impl Iterator<Item = FootLink> {
        self.web.config().site.links.iter().filter(move |(kind, _)| wanted(*kind)).map(|(kind, address)| {
            FootLink { address: address.in_language(self.tag()), label: self.t().text(label(*kind)) }
        })
    }

    /// The address of this page.
    pub(super) fn address(&self) -> String {
        self.address_in(self.lang)
    }

    fn address_in(&self, lang: Lang) -> String {
        self.path(&format!("/{}{}", self.web.tag(lang), self.rest))
    }

    /// Scheme and host of the site where they are configured: search engines want whole addresses.
    pub(super) fn origin(&self) -> &'a str {
        self.web.origin.as_deref().unwrap_or_default()
    }

    /// Returns whether there is more than one language.
    pub(super) fn has_choice(&self) -> bool {
        self.web.langs().nth(1).is_some()
    }

    pub(super) fn switches(&self) -> impl Iterator<Item = Switch<'a>> {
        self.web.langs().map(|lang| Switch {
            address: self.address_in(lang),
            tag: self.web.tag(lang),
            name: self.web.language(lang).name(),
            current: lang == self.lang,
        })
    }
}

fn escaped(text: &str) -> String {
    let Ok(text) = escape(text, Html);
    text.to_string()
}

const fn label(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Imprint => "page-imprint",
        LinkKind::Privacy => "page-privacy",
        LinkKind::Terms => "page-terms",
        LinkKind::Accessibility => "page-accessibility",
    }
}
