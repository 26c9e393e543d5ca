//! `[database]`: where signups are kept.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::section::Section;

/// Where signups are kept.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite://file` or `postgres://…`; it may hold a password.
    pub url: SecretString,
    /// Whether `serve` runs pending migrations.
    pub migrate_on_start: bool,
    /// How many connections are kept at most.
    pub max_connections: u32,
}

impl Database {
    /// Creates a section whose migrations are run by hand.
    #[must_use]
    pub fn new(url: impl Into<SecretString>, max_connections: u32) -> Self {
        Self { url: url.into(), migrate_on_start: false, max_connections }
    }

    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let url = section.secret("url", "url_file");
        let migrate_on_start = section.flag("migrate_on_start");
        let max_connections = section.number("max_connections", 1..=1000);
        if let Some(url) = &url
            && !is_database(url.expose_secret())
        {
            section.fault(
                "url",
                "names no database that is supported",
                "write \"sqlite://accountcreator.db\" or \"postgres://user:password@host/database\"",
            );
        }
        Some(Self { url: url?, migrate_on_start: migrate_on_start?, max_connections: max_connections? })
    }
}

impl Database {
    /// The address as far as it is no password. A new password alone is put into force by a reload.
    pub(super) fn url_without_password(&self) -> String {
        let text = self.url.expose_secret();
        let Ok(mut url) = text.parse::<Url>() else { return text.to_owned() };
        // A file has none.
        let _ = url.set_password(None);
        let is_password = |(name, _): &(Cow<'_, str>, Cow<'_, str>)| name == "password";
        let query: Vec<_> =
            url.query_pairs().filter(|pair| !is_password(pair)).map(|(a, b)| format!("{a}={b}")).collect();
        url.set_query(Some(&query.join("&")));
        url.into()
    }
}

fn is_database(url: &str) -> bool {
    let schemes = ["sqlite://", "postgres://", "postgresql://"];
    schemes.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}
