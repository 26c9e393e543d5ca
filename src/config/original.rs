//! The environment of MS365-Accountcreator, so that its deployments keep working. Every setting of our own overrides
//! it, and it overrides only the defaults.

use std::fmt;

use ::config::{ConfigError, Map, Source, Value, ValueKind};

use super::{environment::ORIGIN, show::Settings, source::DEFAULT_ORIGIN};

/// A variable of MS365-Accountcreator's that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inherited {
    /// Its name.
    pub variable: &'static str,
    /// The key, variable or command to use instead.
    pub instead: &'static str,
    /// True if the variable has an effect here.
    pub in_force: bool,
}

const DATABASE: &str = "SQLALCHEMY_DATABASE_URI";
const SECRET: &str = "JWT_SECRET_KEY";
const PROXIES: &str = "REVERSE_PROXY_COUNT";
const MODE: &str = "MODE";
const FILE: &str = "CONFIG_FILE";

/// The variables that are settings here, and the keys that say the same.
const SETTINGS: [(&str, &str); 4] = [
    (DATABASE, "database.url"),
    (SECRET, "secret_key_file"),
    (PROXIES, "server.proxy_hops"),
    (MODE, "log.filter and graph.dry_run"),
];

/// A setting of ours that says the same in another way: where it is set, the old variable would add to what it grants.
const OTHER_WAYS: [(&str, &str); 1] = [("proxy_hops", "trusted_proxies")];

/// The settings for the original's debug mode: more is logged, and nothing is created in the tenant.
const DEBUG: [(&str, &str, &str); 2] = [
    ("log", "filter", "info,accountcreator=debug,sqlx::postgres::notice=warn"),
    ("graph", "dry_run", "true"),
];

/// One setting: its variable, its section (`None` at the top) and key, and its text.
#[derive(Clone)]
struct Setting(&'static str, Option<&'static str>, &'static str, String);

/// The settings in the original's variables.
#[derive(Clone, Default)]
pub(super) struct Original {
    settings: Vec<Setting>,
    file: Option<String>,
}

impl Original {
    pub(super) fn new(variables: &[(String, String)]) -> Self {
        let value = |name: &str| Some(variables.iter().find(|(known, _)| known == name)?.1.as_str());
        let mut settings = Vec::new();
        if let Some(url) = value(DATABASE).and_then(database) {
            settings.push(Setting(DATABASE, Some("database"), "url", url));
        }
        if let Some(secret) = value(SECRET) {
            settings.push(Setting(SECRET, None, "secret_key", secret.to_owned()));
        }
        if let Some(count) = value(PROXIES) {
            settings.push(Setting(PROXIES, Some("server"), "proxy_hops", count.to_owned()));
        }
        if value(MODE).is_some_and(|mode| mode.eq_ignore_ascii_case("debug")) {
            let debug = DEBUG.map(|(section, key, text)| Setting(MODE, Some(section), key, text.to_owned()));
            settings.extend(debug);
        }
        Self { settings, file: value(FILE).map(ToOwned::to_owned) }
    }

    /// The file of `CONFIG_FILE`, where it is one of ours: the original's is Python.
    pub(super) fn file(&self) -> Option<&str> {
        self.file.as_deref().filter(|file| file.ends_with(".toml"))
    }

    /// The variables to report: those in effect, and `CONFIG_FILE` if it is set.
    pub(super) fn inherited(&self, effective: &Settings) -> Vec<Inherited> {
        let is_source = |variable: &str| {
            let origin = format!("{ORIGIN}{variable}");
            effective.all.iter().any(|setting| setting.origin.as_ref() == Some(&origin))
        };
        let set = SETTINGS.into_iter().filter(|(variable, _)| is_source(variable));
        let set = set.map(|(variable, instead)| Inherited { variable, instead, in_force: true });
        let file = self.file.as_ref().map(|_| match self.file() {
            Some(_) => Inherited { variable: FILE, instead: "ACCOUNTCREATOR_CONFIG", in_force: true },
            None => Inherited {
                variable: FILE,
                instead: "`accountcreator import original`, which converts that file",
                in_force: false,
            },
        });
        set.chain(file).collect()
    }
}

/// Without the values, of which one is a secret.
impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.settings.iter().map(|Setting(variable, ..)| variable)).finish()
    }
}

impl Source for Original {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let mut tree = Value::new(None, Map::<String, Value>::new());
        self.collect_to(&mut tree)?;
        tree.into_table()
    }

    /// Adds the settings last; they override only the defaults.
    fn collect_to(&self, tree: &mut Value) -> Result<(), ConfigError> {
        for Setting(variable, section, key, text) in &self.settings {
            let origin = format!("{ORIGIN}{variable}");
            let ValueKind::Table(root) = &mut tree.kind else { continue };
            let table = match section {
                None => root,
                Some(section) => {
                    let empty = || Value::new(Some(&origin), Map::<String, Value>::new());
                    match &mut root.entry((*section).to_owned()).or_insert_with(empty).kind {
                        ValueKind::Table(table) => table,
                        _ => continue,
                    }
                }
            };
            let is_own = |value: &Value| value.origin() != Some(DEFAULT_ORIGIN);
            let is_set = |key: &str| table.get(key).is_some_and(is_own);
            let in_file = format!("{key}_file");
            let other_way = OTHER_WAYS.iter().any(|(known, other)| known == key && is_set(other));
            if !is_set(key) && !other_way && !table.contains_key(&in_file) {
                table.insert((*key).to_owned(), Value::new(Some(&origin), text.clone()));
            }
        }
        Ok(())
    }
}

/// The text for `database.url`; what cannot be converted stays as it is, and is a fault where it is used.
fn database(uri: &str) -> Option<String> {
    match database_url(uri) {
        Some(url) => Some(url),
        None if uri.starts_with("sqlite") => None,
        None => Some(uri.to_owned()),
    }
}

/// The database for an address as SQLAlchemy writes it. For an SQLite file it is a file of its own in the same folder,
/// so that the original's stays as it is; `None` for a database in memory, or of another kind.
///
/// Forms: <https://docs.sqlalchemy.org/en/20/core/engines.html#database-urls>.
#[must_use]
pub fn database_url(uri: &str) -> Option<String> {
    const FILE: &str = "accountcreator.db";
    const OTHER_FILE: &str = "accountcreator-signups.db";
    let (scheme, rest) = uri.trim().split_once("://")?;
    let (kind, _driver) = scheme.split_once('+').unwrap_or((scheme, ""));
    match kind {
        "sqlite" => {
            let path = rest.strip_prefix('/')?.split('?').next()?;
            if path.is_empty() || path == ":memory:" || path.starts_with("file:") {
                return None;
            }
            let (folder, name) = path
                .rsplit_once('/')
                .map_or(("", path), |(_, name)| (&path[..path.len() - name.len()], name));
            let own = if name == FILE { OTHER_FILE } else { FILE };
            Some(format!("sqlite://{}{own}", folder.replace('%', "%25")))
        }
        "postgres" | "postgresql" if !rest.is_empty() => Some(format!("postgres://{rest}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("sqlite:////app-mnt/database.sqlite", Some("sqlite:///app-mnt/accountcreator.db"))]
    #[case("sqlite:///database.sqlite", Some("sqlite://accountcreator.db"))]
    #[case("sqlite:///data/database.sqlite?timeout=5", Some("sqlite://data/accountcreator.db"))]
    #[case("sqlite+pysqlite:////a%b/x.db", Some("sqlite:///a%25b/accountcreator.db"))]
    #[case("sqlite:////srv/accountcreator.db", Some("sqlite:///srv/accountcreator-signups.db"))]
    #[case(
        "postgresql+psycopg2://u:p%40@db:5433/name?sslmode=require",
        Some("postgres://u:p%40@db:5433/name?sslmode=require")
    )]
    #[case("postgresql://db/name", Some("postgres://db/name"))]
    #[case("postgres://db/name", Some("postgres://db/name"))]
    #[case("sqlite://", None)]
    #[case("sqlite:///:memory:", None)]
    #[case("mysql+pymysql://u:p@db/name", None)]
    #[case("postgresql://", None)]
    #[case("nonsense", None)]
    fn an_address_of_sqlalchemys_is_converted(#[case] uri: &str, #[case] url: Option<&str>) {
        assert_eq!(database_url(uri).as_deref(), url);
    }
}
