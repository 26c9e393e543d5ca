//! `[site]` and `[texts]`: what the pages are called, look like and say.

use std::{path::PathBuf, str::FromStr};

use url::Url;

use super::{
    Accent, Address, Fault, Faults, StaticFiles,
    section::{Section, Takes},
    static_files::StaticPaths,
};
use crate::domain::Locale;

/// The site's name, its languages, and its appearance in pages and mails.
#[derive(Debug, Clone)]
pub struct Site {
    /// The site's name.
    pub name: String,
    /// The languages offered; all available ones when empty.
    pub languages: Vec<Locale>,
    /// An address as the form shows it for an example.
    pub email_example: Option<String>,
    /// The colours, if not the built-in ones.
    pub accent: Option<Accent>,
    /// The inbox of the demo, which its pages link to; no key sets it.
    pub demo_inbox: Option<String>,
    /// The links at the foot of every page.
    pub links: Vec<(LinkKind, LinkAddress)>,
    paths: StaticPaths,
}

/// The subject of a link at the foot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// The people who run the site.
    Imprint,
    /// The handling of personal data.
    Privacy,
    /// The permitted use of the account.
    Terms,
    /// The accessibility of the site.
    Accessibility,
}

/// An address of the web, in which `{lang}` is replaced by the language of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkAddress(String);

/// The operator's own texts.
#[derive(Debug, Clone)]
pub struct Texts {
    /// The folder they are in.
    pub dir: Option<PathBuf>,
}

const SITE_NAME: Takes = Takes("the name of the site", "\"Example University\"");
const EMAIL_EXAMPLE: Takes = Takes("an address that a profile admits", "\"st123456@stud.example.edu\"");
const LANGUAGE: Takes = Takes("a language tag", "\"de\"");
const LOGO: Takes = Takes("the path of an SVG, PNG or WebP file", "\"/etc/accountcreator/logo.svg\"");
const FAVICON: Takes = Takes("the path of an SVG, PNG or ICO file", "\"/etc/accountcreator/favicon.svg\"");
const STATIC_DIR: Takes = Takes("the path of a folder", "\"/etc/accountcreator/static\"");
const TEXTS_DIR: Takes = Takes("the path of a folder", "\"/etc/accountcreator/texts\"");
const LINK: Takes = Takes("a web address", "\"https://www.example.edu/{lang}/privacy\"");

const LINKS: [(&str, LinkKind); 4] = [
    ("imprint_url", LinkKind::Imprint),
    ("privacy_url", LinkKind::Privacy),
    ("terms_url", LinkKind::Terms),
    ("accessibility_url", LinkKind::Accessibility),
];

impl Site {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let name = section.parse("name", SITE_NAME);
        let languages = section.list("languages", LANGUAGE);
        let email_example =
            section.maybe("email_example", EMAIL_EXAMPLE).map(|Address(email)| email.as_str().to_owned());
        let accent = Accent::read(section);
        let paths = StaticPaths {
            logo: section.text("logo", LOGO).map(PathBuf::from),
            favicon: section.text("favicon", FAVICON).map(PathBuf::from),
            folder: section.text("static_dir", STATIC_DIR).map(PathBuf::from),
        };
        for fault in paths.read().1 {
            section.fault(fault.key, fault.problem, fault.remedy);
        }
        let link = |(key, kind)| section.maybe(key, LINK).map(|address| (kind, address));
        let links = LINKS.into_iter().filter_map(link).collect();
        Some(Self {
            name: name?,
            languages: languages?,
            email_example,
            demo_inbox: None,
            accent,
            links,
            paths,
        })
    }

    /// Takes the paths of the operator's files from a site that was read again.
    pub(super) fn take_files(&mut self, new: &Self) {
        self.paths.clone_from(&new.paths);
    }

    /// Reads the operator's files as they are now.
    ///
    /// # Errors
    /// All [`Faults`] at once.
    pub fn static_files(&self) -> Result<StaticFiles, Faults> {
        let (files, faults) = self.paths.read();
        if faults.is_empty() {
            return Ok(files);
        }
        let fault = |fault: super::static_files::FileFault| Fault {
            key: format!("site.{}", fault.key),
            problem: fault.problem,
            remedy: fault.remedy,
            origin: None,
        };
        Err(Faults(faults.into_iter().map(fault).collect()))
    }
}

impl Texts {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        Some(Self { dir: section.text("dir", TEXTS_DIR).map(PathBuf::from) })
    }
}

impl LinkAddress {
    const PLACE: &'static str = "{lang}";

    /// The address for pages in this language.
    #[must_use]
    pub fn in_language(&self, tag: &str) -> String {
        self.0.replace(Self::PLACE, tag)
    }
}

impl FromStr for LinkAddress {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let example = text.replace(Self::PLACE, "en");
        let url: Url = example.parse().map_err(|_| ())?;
        let is_plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && !example.contains(['{', '}', ' ']);
        if is_plain { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}
