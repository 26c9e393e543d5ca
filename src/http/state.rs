//! The state that all requests share, prepared once when the router is built.

use std::sync::{Arc, OnceLock};

use axum::{extract::FromRef, http::Extensions};
use utoipa::openapi::OpenApi;

use super::{
    assets::Assets,
    client::{Client, ConnectionInfo, Proxies},
    headers::PageHeaders,
    limits::RateLimits,
    prepared::Prepared,
    request_id::RequestIds,
};
use crate::{
    config::{BasePath, Config},
    domain::{Clock, Entropy, SecretKey},
    metrics::Metrics,
    signup::Signups,
    texts::{Language, Texts},
};

/// The parts of the program that the pages need.
#[derive(Clone)]
pub struct Site {
    /// The operations.
    pub signups: Signups,
    /// The texts that people read.
    pub texts: Texts,
    /// The files that browsers load beside the pages.
    pub assets: Assets,
    /// The settings.
    pub config: Arc<Config>,
    /// Signs the forms.
    pub key: SecretKey,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// The rate limits.
    pub rate_limits: Arc<RateLimits>,
    /// The proxies that requests come by.
    pub proxies: Arc<Proxies>,
    /// The metrics in which requests are counted.
    pub metrics: Metrics,
}

/// The state of the router.
pub(super) type Shared = Arc<Web>;

pub(super) struct Web {
    pub site: Site,
    /// The path that the site is below.
    pub base: BasePath,
    /// Scheme and authority of the configured address, as an `Origin` header has them.
    pub origin: Option<String>,
    pub headers: PageHeaders,
    pub request_ids: RequestIds,
    /// The description of the API, made when it is first requested.
    pub api_document: OnceLock<OpenApi>,
    /// The page of that description.
    pub api_page: OnceLock<Option<String>>,
    languages: Vec<InLanguage>,
}

struct InLanguage {
    tag: String,
    language: Language,
    /// The empty form, without and with a request for a proof of work.
    forms: [OnceLock<Prepared>; 2],
}

/// One of the site's languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lang(pub usize);

impl Web {
    /// The site below this path.
    pub(super) fn below(site: Site, base: BasePath) -> Self {
        let origin = site.config.server.public_url.as_deref().and_then(origin_of);
        let languages: Vec<Language> = site.texts.languages().cloned().collect();
        let headers = PageHeaders::new(site.config.server.hsts);
        let request_ids = RequestIds::new(&site.entropy);
        let languages = languages
            .into_iter()
            .map(|language| InLanguage {
                tag: language.locale().to_string(),
                language,
                forms: Default::default(),
            })
            .collect();
        let (api_document, api_page) = Default::default();
        Self { site, base, origin, headers, request_ids, api_document, api_page, languages }
    }

    pub(super) fn config(&self) -> &Config {
        &self.site.config
    }

    /// The amount of work that a browser may be asked for; `None` where every address is confirmed anyway.
    pub(super) fn proof_cost(&self) -> Option<u32> {
        let config = self.config();
        let may_be_asked = config.bots.proof_of_work || config.limits.submissions_in_total.is_some();
        (may_be_asked && !config.signup.confirm_email).then_some(config.bots.proof_cost)
    }

    /// Returns whether the configured address is one of HTTPS.
    pub(super) fn uses_https(&self) -> bool {
        self.origin.as_deref().is_some_and(|origin| origin.starts_with("https:"))
    }

    /// Returns whether a request comes by HTTPS.
    pub(super) fn is_secure(&self, extensions: &Extensions) -> bool {
        extensions.get::<ConnectionInfo>().map_or_else(|| self.uses_https(), |info| info.secure)
    }

    /// Returns whether a form for this client asks the browser for a proof of work.
    pub(super) fn asks_for_proof(&self, client: Client) -> bool {
        let limits = &self.site.rate_limits;
        self.proof_cost().is_some() && (self.config().bots.proof_of_work || limits.is_proof_advised(client))
    }

    /// The address of a path of ours, such as `/en`: every address that leaves the program is made here.
    pub(super) fn path(&self, path: &str) -> String {
        self.base.join(path)
    }

    /// The path of ours that a request's path means, with the base path or, as proxies may strip it, without.
    ///
    /// A base path may have the name of a path of ours, such as `/en`: then the part after it decides.
    pub(super) fn route_of<'a>(&self, path: &'a str) -> &'a str {
        match self.base.below(path) {
            Some(below) if self.is_ours(below) || !self.is_ours(path) => below,
            _ => path,
        }
    }

    /// Returns whether a path begins as our routes do.
    fn is_ours(&self, path: &str) -> bool {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        ["static", "livez", "readyz", "challenge", "api"].contains(&first)
            || self.tags().any(|tag| tag == first)
    }

    /// The tags of all languages, as the addresses begin.
    pub(super) fn tags(&self) -> impl Iterator<Item = &str> {
        self.languages.iter().map(|one| one.tag.as_str())
    }

    /// All languages.
    pub(super) fn langs(&self) -> impl Iterator<Item = Lang> {
        (0..self.languages.len()).map(Lang)
    }

    pub(super) fn tag(&self, lang: Lang) -> &str {
        &self.languages[lang.0].tag
    }

    pub(super) fn language(&self, lang: Lang) -> &Language {
        &self.languages[lang.0].language
    }

    /// The place of the empty form, with or without a request for a proof of work.
    pub(super) fn form(&self, lang: Lang, works: bool) -> &OnceLock<Prepared> {
        &self.languages[lang.0].forms[usize::from(works)]
    }
}

fn origin_of(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    Some(format!("{scheme}://{authority}").to_ascii_lowercase())
}

impl FromRef<Shared> for Assets {
    fn from_ref(web: &Shared) -> Self {
        web.site.assets.clone()
    }
}
