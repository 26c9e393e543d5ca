//! `[database]`: the database of the signups.

use std::borrow::Cow;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::section::Section;

/// The database of the signups.
#[derive(Debug, Clone)]
pub struct Database {
    /// `sqlite://file` or `postgres://…`; it may hold a password.
    pub url: SecretString,
    /// True if `serve` runs pending migrations.
    pub migrate_on_start: bool,
    /// The most connections that are kept.
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
    /// The address without its password, if it has one. A new password alone is put into force by a reload.
    pub(super) fn url_without_password(&self) -> String {
        let text = self.url.expose_secret();
        let Ok(mut url) = text.parse::<Url>() else { return text.to_owned() };
        // The address of a file has no password.
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
