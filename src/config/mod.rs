//! The configuration: defaults, files and environment, read once, checked as a whole, typed from then on.
//!
//! Later sources win: the embedded `config/default.toml`, `/etc/accountcreator/config.toml`, `config/local.toml`, the
//! file of `--config` or `ACCOUNTCREATOR_CONFIG`, variables such as `ACCOUNTCREATOR__SERVER__LISTEN`. Variables of
//! MS365-Accountcreator override the defaults alone.

mod accent;
mod agreement;
mod alerts;
mod api;
mod base_path;
mod bots;
mod database;
mod environment;
mod fault;
mod file;
mod kind;
mod limits;
mod listen;
mod mail;
mod metrics;
mod original;
mod pem_file;
mod privacy;
mod profile;
mod reference;
mod reload;
mod seats;
mod section;
mod server;
mod show;
mod signup;
mod site;
mod source;
mod static_files;
mod tenant;
mod value;
mod web_address;
mod words;
mod worker;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use ::config::Value;
use secrecy::ExposeSecret;

use crate::domain::{Email, EmailError, Profiles, SecretKey, TenantAlias};

pub use accent::{Accent, Shades};
pub use alerts::Alerts;
pub use api::Api;
pub use base_path::{BasePath, NoBasePath};
pub use bots::Bots;
pub use database::Database;
pub use fault::{Fault, Faults};
pub use file::{MAX_TEXT_BYTES, read_bytes, read_text};
pub use limits::{Limits, NetworkFactors, Rate};
pub use listen::{Listen, NoListen, SocketMode};
pub use mail::{GraphMail, Mail, MailTransport, Smtp, SmtpLogin, SmtpSecurity};
pub use metrics::Metrics;
pub use original::{Inherited, database_url};
pub use privacy::Privacy;
pub use reference::reference;
pub use seats::{Seats, WhenNone};
pub use server::{Log, LogFormat, Server};
pub use signup::{CONFIRMATION_IS_OFF, CONFIRMATION_REMEDY, Signup};
pub use site::{LinkAddress, LinkKind, Site, Texts};
pub use static_files::{StaticFile, StaticFiles};
pub use tenant::{Cloud, Identity, Tenant};
pub use worker::{Graph, Worker};

use section::{Findings, Section, Takes};
use show::{Setting, Settings, Shown};
use source::Sources;

/// The whole configuration; it is created only if it has no fault.
#[derive(Debug, Clone)]
pub struct Config {
    /// The settings of the server.
    pub server: Server,
    /// The database of the signups.
    pub database: Database,
    /// Seals passwords and signs addresses.
    pub secret_key: SecretKey,
    /// The directories in which accounts are created.
    pub tenants: BTreeMap<TenantAlias, Tenant>,
    /// The profiles: who may sign up, and what their accounts get.
    pub profiles: Profiles,
    /// The settings for sending mails.
    pub mail: Mail,
    /// The settings of signups: what a person is asked for and shown.
    pub signup: Signup,
    /// The retention periods.
    pub privacy: Privacy,
    /// The rate limits.
    pub limits: Limits,
    /// The protection against programs that sign up.
    pub bots: Bots,
    /// The interface for other programs.
    pub api: Api,
    /// The settings of the worker, which carries out signups.
    pub worker: Worker,
    /// The settings of calls to Microsoft Graph.
    pub graph: Graph,
    /// The address at which people get help.
    pub support_email: Email,
    /// The site's name, languages and appearance.
    pub site: Site,
    /// The operator's own texts.
    pub texts: Texts,
    /// The watch on free seats of licences.
    pub seats: Seats,
    /// The settings of the mails to admins when something needs a person.
    pub alerts: Alerts,
    /// The metrics for Prometheus.
    pub metrics: Metrics,
    /// The settings of the log.
    pub log: Log,
    /// The variables of MS365-Accountcreator that are set.
    pub inherited: Vec<Inherited>,
    settings: Settings,
}

/// Reads the configuration of this machine. `explicit` is the file of `--config`, `environment` all variables.
///
/// # Errors
/// All [`Faults`] at once.
pub fn load(
    explicit: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<Config, Faults> {
    Config::of(Sources::of_the_machine(explicit, environment))
}

/// Reads the database's settings, and whether sub-addresses are folded there (as by default where `[signup]` is at
/// fault), whatever else is at fault. A text, if one is given, overrides the defaults alone.
///
/// # Errors
/// All [`Faults`] of the files as a whole and of `[database]`.
pub fn load_database(
    explicit: Option<&Path>,
    beneath: Option<&str>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<(Database, bool), Faults> {
    let tree = Sources::of_the_machine(explicit, environment).merge_over(beneath)?;
    let signup = Section::root(tree.clone(), &mut Findings::default()).section("signup", Signup::read);
    let folds = signup.is_none_or(|signup| signup.fold_subaddresses);
    let mut findings = Findings::default();
    let database = Section::root(tree, &mut findings).section("database", Database::read);
    let database = database.filter(|_| findings.faults.is_empty()).ok_or(Faults(findings.faults))?;
    Ok((database, folds))
}

/// Reads the secret key, whatever else is at fault; otherwise as [`load_database`].
///
/// # Errors
/// All [`Faults`] of the files as a whole and of the key.
pub fn load_secret_key(
    explicit: Option<&Path>,
    beneath: Option<&str>,
    environment: impl Iterator<Item = (String, String)>,
) -> Result<SecretKey, Faults> {
    let tree = Sources::of_the_machine(explicit, environment).merge_over(beneath)?;
    let mut findings = Findings::default();
    let key = read_secret_key(&mut Section::root(tree, &mut findings));
    key.filter(|_| findings.faults.is_empty()).ok_or(Faults(findings.faults))
}

/// Reads a configuration from a text that is not on the disk yet, and variables that override it.
///
/// # Errors
/// All [`Faults`] at once.
pub fn from_text(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Config, Faults> {
    Config::read(source::merge_text(text, environment)?)
}

/// Reads a configuration from a text over the defaults, without the machine's files and variables.
///
/// # Errors
/// All [`Faults`] at once.
pub fn from_toml(text: &str) -> Result<Config, Faults> {
    Config::read(source::merge_text(text, std::iter::empty())?)
}

/// The path to which a sign-in of an admin returns.
pub const SIGN_IN_RETURN: &str = "/admin/sign-in/callback";

/// The danger of a key that was made up by a person.
pub const SECRET_IS_WEAK: &str = "the secret_key does not look random, so it might be guessed";
/// The remedy for it.
pub const SECRET_REMEDY: &str = "take what `openssl rand -base64 32` prints, and give this one as secret_key_previous as long as \
     something needs it";

const SUPPORT_EMAIL: Takes = Takes("an email address", "\"help@example.edu\"");

impl Config {
    /// The configuration in effect as TOML, secrets masked, each value with its source.
    #[must_use]
    pub fn show(&self) -> String {
        self.settings.to_string()
    }

    /// The address people see, without a slash at the end: the configured one, else where the server listens.
    #[must_use]
    pub fn public_url(&self) -> String {
        let Server { public_url, listen, base_path, .. } = &self.server;
        let here = || {
            let host = match listen {
                Listen::Tcp(address) => address.to_string(),
                Listen::Unix(_) => "localhost".to_owned(),
            };
            format!("http://{host}{}", base_path.as_ref().map(|base| base.join("")).unwrap_or_default())
        };
        public_url.clone().unwrap_or_else(here)
    }

    /// Settings that are valid and unsafe: the danger, and the remedy.
    #[must_use]
    pub fn warnings(&self) -> Vec<(&'static str, &'static str)> {
        let confirmation = (!self.signup.confirm_email).then_some((CONFIRMATION_IS_OFF, CONFIRMATION_REMEDY));
        let secret = (!self.secret_key.looks_random()).then_some((SECRET_IS_WEAK, SECRET_REMEDY));
        confirmation.into_iter().chain(secret).collect()
    }

    /// The files that hold a secret: those of keys such as `secret_key_file`, and those of the configuration in which a
    /// secret is written.
    #[must_use]
    pub fn files_with_secrets(&self) -> BTreeSet<PathBuf> {
        let has_password = !self.database.url.expose_secret().starts_with("sqlite:");
        let file = |setting: &Setting| match &setting.shown {
            Shown::Plain(toml::Value::String(path))
                if setting.name.ends_with("_file") && setting.name != "ca_file" =>
            {
                Some(PathBuf::from(path))
            }
            Shown::Secret if has_password || setting.key() != "database.url" => {
                setting.origin.as_ref().map(PathBuf::from)
            }
            _ => None,
        };
        self.settings.all.iter().filter_map(file).filter(|path| path.is_file()).collect()
    }

    fn of(sources: Sources) -> Result<Self, Faults> {
        let original = sources.original.clone();
        let config = Self::read(sources.merge()?)?;
        Ok(Self { inherited: original.inherited(&config.settings), ..config })
    }

    /// The address to which a sign-in of an admin returns; the app registration names it.
    #[must_use]
    pub fn sign_in_redirect(&self) -> String {
        self.public_url() + SIGN_IN_RETURN
    }

    fn read(tree: Value) -> Result<Self, Faults> {
        let mut findings = Findings::default();
        let mut root = Section::root(tree, &mut findings);
        let config = Self::read_sections(&mut root);
        root.finish();
        match config {
            Some(config) if findings.faults.is_empty() => Ok(Self { settings: findings.settings, ..config }),
            _ => Err(Faults(findings.faults)),
        }
    }

    fn read_sections(root: &mut Section<'_>) -> Option<Self> {
        let secret_key = read_secret_key(root);
        let support_email = root.parse("support_email", SUPPORT_EMAIL).map(|Address(email)| email);
        let server = root.section("server", Server::read);
        let site = root.section("site", Site::read);
        let texts = root.section("texts", Texts::read);
        let database = root.section("database", Database::read);
        let graph = root.section("graph", Graph::read);
        let tenants = root.named_sections("tenants", |tenant| Tenant::read(tenant, graph.as_ref()));
        let profiles = read_profiles(root, &tenants);
        let mail = root.section("mail", |mail| Mail::read(mail, &tenants));
        let signup = root.section("signup", Signup::read);
        let privacy = root.section("privacy", Privacy::read);
        let limits = root.section("limits", Limits::read);
        let bots = root.section("bots", Bots::read);
        let api = root.section("api", Api::read);
        let worker = root.section("worker", Worker::read);
        let seats = root.section("seats", Seats::read);
        let alerts = root.section("alerts", Alerts::read);
        let metrics = root.section("metrics", Metrics::read);
        let log = root.section("log", Log::read);
        agreement::check_example(root, site.as_ref(), profiles.as_ref());
        agreement::check_links(root, server.as_ref(), signup.as_ref(), bots.as_ref());
        if let (Some(privacy), Some(signup)) = (privacy, &signup) {
            privacy.check(root, signup);
        }
        if let (Some(api), Some(server)) = (&api, &server) {
            api.check(root, server);
        }
        agreement::check_patience(root, worker.as_ref(), graph.as_ref());
        Some(Self {
            tenants: read_aliases(root, tenants)?,
            server: server?,
            database: database?,
            secret_key: secret_key?,
            profiles: profiles?,
            mail: mail?,
            signup: signup?,
            privacy: privacy?,
            limits: limits?,
            bots: bots?,
            api: api?,
            worker: worker?,
            graph: graph?,
            support_email: support_email?,
            site: site?,
            texts: texts?,
            seats: seats?,
            alerts: alerts?,
            metrics: metrics?,
            log: log?,
            inherited: Vec::new(),
            settings: Settings::default(),
        })
    }
}

/// An email address as a key takes it. An operator's own addresses are not held to the rule for what visitors type.
struct Address(Email);

/// The same address may be written in several ways.
impl PartialEq for Address {
    fn eq(&self, other: &Self) -> bool {
        self.0.key() == other.0.key()
    }
}

impl std::str::FromStr for Address {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        Email::from_stored(text).map(Self)
    }
}

fn read_secret_key(root: &mut Section<'_>) -> Option<SecretKey> {
    let remedy =
        "write 32 random bytes, as `openssl rand -base64 32` prints them, or their file as `secret_key_file`";
    if !root.has("secret_key") && !root.has("secret_key_file") {
        root.fault("secret_key", "is missing", remedy);
    }
    let secret = root.secret("secret_key", "secret_key_file");
    let previous = root.secret("secret_key_previous", "secret_key_previous_file");
    let secret = secret?;
    let key = SecretKey::new(secret.expose_secret()).ok();
    if key.is_none() {
        root.fault("secret_key", "is too weak", remedy);
    }
    let key = key?;
    let Some(previous) = previous else { return Some(key) };
    match SecretKey::new(previous.expose_secret()) {
        Err(_) => {
            root.fault("secret_key_previous", "is too weak", "write what secret_key was, or leave it out");
            None
        }
        Ok(previous) if previous == key => {
            let remedy = "write the new key as secret_key and the one before as secret_key_previous";
            root.fault("secret_key_previous", "is the same as secret_key", remedy);
            None
        }
        Ok(previous) => Some(key.with_previous(&previous)),
    }
}

fn read_profiles(root: &mut Section<'_>, tenants: &profile::Tenants) -> Option<Profiles> {
    if !root.has("profiles") || root.is_empty_list("profiles") {
        let remedy = "write one or more [[profiles]] with name, email, tenant and domain";
        root.fault("profiles", "there is none, so nobody could sign up", remedy);
    }
    let mut names = BTreeSet::new();
    let profiles = root.sections("profiles", |section| profile::read(section, tenants, &mut names));
    Some(Profiles::new(profiles))
}

fn read_aliases(root: &mut Section<'_>, tenants: profile::Tenants) -> Option<BTreeMap<TenantAlias, Tenant>> {
    let read = |(name, tenant): (String, Option<Tenant>)| match name.parse::<TenantAlias>() {
        Ok(alias) => tenant.map(|tenant| (alias, tenant)),
        Err(error) => {
            root.fault(&format!("tenants.{name}"), error.to_string(), "write a shorter, plain alias");
            None
        }
    };
    let read: Vec<_> = tenants.into_iter().map(read).collect();
    read.into_iter().collect()
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
