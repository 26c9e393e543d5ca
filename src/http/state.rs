//! The state that all requests share, prepared once when the router is built.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

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
    config::{self, BasePath, Config, LinkAddress, LinkKind},
    domain::{Clock, Email, Entropy, SecretKey},
    metrics::Metrics,
    signup::Signups,
    texts::{Language, Texts},
};

/// What the pages need of the rest of the house.
#[derive(Clone)]
pub struct Site {
    /// The operations.
    pub signups: Signups,
    /// What people read.
    pub texts: Texts,
    /// What browsers load beside the pages.
    pub assets: Assets,
    /// The settings.
    pub config: Arc<Config>,
    /// Signs the forms.
    pub key: SecretKey,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// How often what may be done.
    pub rate_limits: Arc<RateLimits>,
    /// Whom requests come by.
    pub proxies: Arc<Proxies>,
    /// Where requests are counted.
    pub metrics: Metrics,
}

/// The state of the router.
pub(super) type Shared = Arc<Web>;

pub(super) struct Web {
    pub site: Site,
    /// Below which path the site is.
    pub base: BasePath,
    pub settings: Settings,
    pub headers: PageHeaders,
    pub request_ids: RequestIds,
    /// The description of the API, made when it is asked for the first time.
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

/// Which of the site's languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lang(pub usize);

/// What the pages read from the configuration, and nothing else does.
pub(super) struct Settings {
    pub site_name: String,
    pub support: Email,
    /// The sender of the mails, as mail programs show it.
    pub mail_sender: String,
    pub links: Vec<(LinkKind, LinkAddress)>,
    pub email_example: Option<String>,
    /// The inbox of the demo, where this is one.
    pub demo_inbox: Option<String>,
    pub confirm_email: bool,
    /// The least time between showing and sending the form.
    pub min_time: Duration,
    /// How much work a browser may be asked for; none where every address is confirmed anyway.
    pub proof_cost: Option<u32>,
    /// Whether every form needs it, and not only those beyond `limits.submissions_in_total`.
    pub proof_always: bool,
    pub request_timeout: Duration,
    pub body_limit: usize,
    /// Scheme and authority as an `Origin` header has them.
    pub origin: Option<String>,
    pub api: config::Api,
}

impl Settings {
    fn of(config: &Config) -> Self {
        let origin = config.server.public_url.as_deref().and_then(|url| {
            let (scheme, rest) = url.split_once("://")?;
            let authority = rest.split(['/', '?', '#']).next()?;
            Some(format!("{scheme}://{authority}").to_ascii_lowercase())
        });
        Self {
            site_name: config.site.name.clone(),
            support: config.support_email.clone(),
            mail_sender: config.mail.shown_sender.clone(),
            links: config.site.links.clone(),
            email_example: config.site.email_example.clone(),
            demo_inbox: config.site.demo_inbox.clone(),
            confirm_email: config.signup.confirm_email,
            min_time: config.bots.min_time,
            proof_cost: Self::proof_cost(config),
            proof_always: config.bots.proof_of_work,
            request_timeout: config.server.request_timeout,
            body_limit: config.server.body_limit,
            origin,
            api: config.api.clone(),
        }
    }

    fn proof_cost(config: &Config) -> Option<u32> {
        let may_be_asked = config.bots.proof_of_work || config.limits.submissions_in_total.is_some();
        (may_be_asked && !config.signup.confirm_email).then_some(config.bots.proof_cost)
    }

    /// Whether visitors come by HTTPS.
    pub(super) fn secure(&self) -> bool {
        self.origin.as_deref().is_some_and(|origin| origin.starts_with("https:"))
    }
}

impl Web {
    /// The site below this path.
    pub(super) fn below(site: Site, base: BasePath) -> Self {
        let settings = Settings::of(&site.config);
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
        Self { site, base, settings, headers, request_ids, api_document, api_page, languages }
    }

    /// Returns whether a request comes by HTTPS.
    pub(super) fn is_secure(&self, extensions: &Extensions) -> bool {
        extensions.get::<ConnectionInfo>().map_or_else(|| self.settings.secure(), |info| info.secure)
    }

    /// Whether a form for this client asks the browser for a proof of work.
    pub(super) fn asks_for_proof(&self, client: Client) -> bool {
        let limits = &self.site.rate_limits;
        self.settings.proof_cost.is_some() && (self.settings.proof_always || limits.is_proof_advised(client))
    }

    /// The address of a path of ours, such as `/en`: every address that leaves the program is made here.
    pub(super) fn path(&self, path: &str) -> String {
        self.base.join(path)
    }

    /// The path of ours that a request's path means, with the base path or, as proxies may strip it, without.
    ///
    /// A base path may have the name of a path of ours, such as `/en`: then what comes after it tells.
    pub(super) fn route_of<'a>(&self, path: &'a str) -> &'a str {
        match self.base.below(path) {
            Some(below) if self.is_ours(below) || !self.is_ours(path) => below,
            _ => path,
        }
    }

    /// Whether a path begins as our routes do.
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

impl FromRef<Shared> for Assets {
    fn from_ref(web: &Shared) -> Self {
        web.site.assets.clone()
    }
}
