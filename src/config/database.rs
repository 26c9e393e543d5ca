//! `[database]`: where signups are kept.

use secrecy::{ExposeSecret, SecretString};

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

fn is_database(url: &str) -> bool {
    let schemes = ["sqlite://", "postgres://", "postgresql://"];
    schemes.iter().any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
}
