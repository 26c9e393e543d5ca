//! For the tests of the pages: a whole site, and a browser that sends requests to its router.

#![allow(clippy::unwrap_used)]

mod answer;
mod browser;

use std::sync::Arc;

use super::{Assets, Proxies, RateLimits, Site, state::Web};
use crate::{
    config::{self, Config},
    domain::{Clock, Entropy, Timestamp},
    metrics::Metrics,
    signup::testing as signups,
    texts::Texts,
};

pub(super) use answer::{Answer, read};
pub(super) use browser::Browser;

/// An address that the tests' profile admits.
pub(super) const STUDENT: &str = "st123456@example.edu";

const CONFIG: &str = r#"
secret_key = "Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9yIG1vcmU"
support_email = "help@example.edu"

[server]
public_url = "https://accounts.example.edu/"

[site]
name = "Example University"
email_example = "st123456@example.edu"
$SITE

[tenants.main]
tenant_id = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
client_id = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"
certificate_path = "$DIR/certificate.pem"
key_path = "$DIR/key.pem"
reset_passwords = true

[[profiles]]
name = "students"
email = 'st\d{6}@example\.edu'
tenant = "main"
domain = "students.example.edu"

[mail]
from = "Accounts <accounts@example.edu>"

[mail.smtp]
host = "smtp.example.edu"
"#;

const UNLIMITED: &str = r#"[limits]
submissions_per_network = "off"
mails_per_address = []
submissions_in_total = "off"
codes_per_network = "off"
pages_per_network = "off""#;

const NO_WAIT: &str = "[bots]\nmin_time = \"0s\"\n";

/// A site over a database of its own, with everything below it but the worker, whose part the test takes.
pub(super) struct House {
    pub site: Site,
    pub worker: signups::Hands,
}

impl House {
    /// A site with the usual settings.
    pub(super) async fn new() -> Self {
        Self::with("").await
    }

    /// A site with these settings of `[signup]`.
    pub(super) async fn with(signup: &str) -> Self {
        Self::guarded(signup, "min_time = \"0s\"").await
    }

    /// A site with these settings of `[signup]` and `[bots]`.
    pub(super) async fn guarded(signup: &str, bots: &str) -> Self {
        Self::of(read_config("", &format!("{UNLIMITED}\n[signup]\n{signup}\n[bots]\n{bots}\n"))).await
    }

    /// A site with these settings of `[site]`.
    pub(super) async fn with_site(site: &str) -> Self {
        Self::of(read_config(site, &format!("{UNLIMITED}\n{NO_WAIT}"))).await
    }

    /// A site with these limits, each in a line of its own, and no others.
    pub(super) async fn limited(limits: &str) -> Self {
        Self::limited_and(limits, "").await
    }

    /// The same with further sections.
    pub(super) async fn limited_and(limits: &str, sections: &str) -> Self {
        let is_other = |line: &&str| !limits.contains(line.split(' ').next().unwrap());
        let others: Vec<_> = UNLIMITED.lines().filter(is_other).collect();
        Self::of(read_config("", &format!("{}\n{limits}\n{NO_WAIT}\n{sections}\n", others.join("\n")))).await
    }

    /// A site with these settings of `[server]` and no other: not even the address that people use.
    pub(super) async fn behind(server: &str) -> Self {
        let public_url = "public_url = \"https://accounts.example.edu/\"";
        let config = CONFIG.replace(public_url, server);
        Self::of(read_of(&config, "", &format!("{UNLIMITED}\n{NO_WAIT}"))).await
    }

    /// A site whose one profile gives this licence, and which takes no signups while it has no seat.
    pub(super) async fn closing(licence: &str) -> Self {
        let domain = "domain = \"students.example.edu\"";
        let licensed = format!("{domain}\nusage_location = \"DE\"\nlicences = [\"{licence}\"]");
        let sections = format!("{UNLIMITED}\n{NO_WAIT}\n[seats]\nwatch = true\nwhen_none = \"close\"\n");
        Self::of(read_of(&CONFIG.replace(domain, &licensed), "", &sections)).await
    }

    async fn of(config: Config) -> Self {
        let (clock, entropy) = (Clock::manual(Timestamp::from_millis(1_795_000_000_000)), Entropy::seeded(7));
        let key = config.secret_key.clone();
        let config = Arc::new(config);
        let (signups, worker) = signups::signups(Arc::clone(&config), clock.clone(), entropy.clone()).await;
        let texts = Texts::embedded().unwrap();
        let assets = Assets::read(&config.site).unwrap();
        let metrics = Metrics::off();
        let rate_limits = Arc::new(RateLimits::new(&config, &clock, &metrics));
        let proxies = Arc::new(Proxies::of(&config.server));
        let site =
            Site { signups, texts, assets, config, key, clock, entropy, rate_limits, proxies, metrics };
        Self { site, worker }
    }

    /// The shared state of a router.
    pub(super) fn web(&self) -> Web {
        let base = self.site.config.server.base_path.clone().unwrap_or_default();
        Web::below(self.site.clone(), base)
    }
}

fn read_config(site: &str, sections: &str) -> Config {
    read_of(CONFIG, site, sections)
}

fn read_of(config: &str, site: &str, sections: &str) -> Config {
    config::testing::read(&format!("{}\n{sections}", config.replace("$SITE", site)))
}
