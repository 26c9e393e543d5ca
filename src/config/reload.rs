//! Keys of the configuration that a reload puts into force; all others wait for a restart.

use std::collections::{BTreeMap, BTreeSet};

use secrecy::ExposeSecret;

use super::{Config, MailTransport, SmtpLogin, Tenant, show::Setting};

/// The keys that a reload puts into force; `*` is a name of the operator's choice. All others wait for a restart.
///
/// [`Config::reloaded`] takes over their values.
const ON_RELOAD: [&str; 14] = [
    "log.filter",
    "texts.dir",
    "site.logo",
    "site.favicon",
    "site.static_dir",
    "mail.smtp.user",
    "mail.smtp.password",
    "mail.smtp.password_file",
    "mail.smtp.ca_file",
    "tenants.*.certificate_path",
    "tenants.*.key_path",
    "tenants.*.next_certificate_path",
    "tenants.*.next_key_path",
    "tenants.*.ca_file",
];

/// Sections whose keys are put into force together or not at all: a password is for its server, a certificate for its
/// application.
const TOGETHER: [&str; 2] = ["mail", "tenants.*"];

/// Returns whether a reload puts a change of this key into force.
pub(super) fn is_on_reload(key: &str) -> bool {
    ON_RELOAD.iter().any(|pattern| matches(pattern, key))
}

impl Config {
    /// This configuration with all that a reload puts into force of `new`, and the keys whose change waits for a
    /// restart.
    #[must_use]
    pub fn reloaded(&self, new: &Self) -> (Self, Vec<String>) {
        let waiting = waiting(&self.changes(new));
        let waits = |section: &str| waiting.iter().any(|key| is_below(key, section));
        let mut config = self.clone();
        config.log.filter.clone_from(&new.log.filter);
        config.texts.dir.clone_from(&new.texts.dir);
        config.site.take_files(&new.site);
        if !waits("mail") {
            config.take_mail_login(new);
        }
        for (alias, tenant) in &mut config.tenants {
            if let Some(new) = new.tenants.get(alias).filter(|_| !waits(&format!("tenants.{alias}"))) {
                tenant.take_credentials(new);
            }
        }
        if self.database.url_without_password() == new.database.url_without_password() {
            config.database.url = new.database.url.clone();
        }
        config.settings.take(&new.settings, &waiting);
        (config, waiting)
    }

    /// The keys whose values differ.
    fn changes(&self, new: &Self) -> BTreeSet<String> {
        let mut changes: BTreeSet<_> = self.settings.changes(&new.settings).into_iter().collect();
        // A reload uses a new password of the database for the connections to come.
        if self.database.url_without_password() == new.database.url_without_password() {
            changes.remove("database.url");
        }
        changes
    }

    fn take_mail_login(&mut self, new: &Self) {
        let (MailTransport::Smtp(mine), MailTransport::Smtp(new)) =
            (&mut self.mail.transport, &new.mail.transport)
        else {
            return;
        };
        let is_by_token = |login: &Option<SmtpLogin>| matches!(login, Some(SmtpLogin::Xoauth2 { .. }));
        if !is_by_token(&mine.login) && !is_by_token(&new.login) {
            mine.login.clone_from(&new.login);
        }
        mine.ca_file.clone_from(&new.ca_file);
    }
}

impl Tenant {
    fn take_credentials(&mut self, new: &Self) {
        self.identity.clone_from(&new.identity);
        self.next_identity.clone_from(&new.next_identity);
        self.ca_pem.clone_from(&new.ca_pem);
    }

    /// Returns whether both sign in by the same certificates and trust the same authorities.
    #[must_use]
    pub fn has_credentials_of(&self, other: &Self) -> bool {
        let pems = |tenant: &Self| -> Vec<(String, String)> {
            let identities = tenant.identities();
            let pem = |identity: &super::Identity| {
                (identity.certificate_pem.clone(), identity.key_pem.expose_secret().to_owned())
            };
            identities.map(|(_, identity)| pem(identity)).collect()
        };
        self.ca_pem == other.ca_pem && pems(self) == pems(other)
    }
}

/// Of these changed keys, those that wait for a restart: each on its own account, or with its section.
fn waiting(changes: &BTreeSet<String>) -> Vec<String> {
    let section = |key: &str| TOGETHER.iter().find_map(|pattern| below(pattern, key));
    let held: BTreeSet<_> =
        changes.iter().filter(|key| !is_on_reload(key)).filter_map(|key| section(key)).collect();
    let waits =
        |key: &&String| !is_on_reload(key) || section(key).is_some_and(|section| held.contains(&section));
    changes.iter().filter(waits).cloned().collect()
}

fn matches(pattern: &str, key: &str) -> bool {
    below(pattern, key).is_some_and(|found| found == key)
}

/// The beginning of the key, up to what the pattern describes.
fn below(pattern: &str, key: &str) -> Option<String> {
    let steps: Vec<_> = key.split('.').collect();
    let wanted: Vec<_> = pattern.split('.').collect();
    let fits = steps.len() >= wanted.len()
        && wanted.iter().zip(&steps).all(|(wanted, step)| *wanted == "*" || wanted == step);
    fits.then(|| steps[..wanted.len()].join("."))
}

fn is_below(key: &str, section: &str) -> bool {
    key.strip_prefix(section).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

impl super::show::Settings {
    /// The keys whose values differ; of a list of tables the list alone, since its items have no names.
    fn changes(&self, new: &Self) -> Vec<String> {
        let (mine, theirs) = (self.by_key(), new.by_key());
        let keys: BTreeSet<_> = mine.keys().chain(theirs.keys()).collect();
        let changed = keys.into_iter().filter(|key| {
            let (mine, theirs) = (mine.get(*key), theirs.get(*key));
            let shown = |found: Option<&Vec<&Setting>>| -> Vec<_> {
                found.into_iter().flatten().map(|setting| (setting.key(), setting.shown.clone())).collect()
            };
            shown(mine) != shown(theirs)
        });
        let secrets = || self.secrets.keys().chain(new.secrets.keys());
        let is_secret = |key: &str| secrets().any(|secret| secret == key || key == format!("{secret}_file"));
        let plain = changed.filter(|key| !is_secret(key)).cloned();
        let secret = secrets().filter(|key| {
            let value =
                |settings: &Self| settings.secrets.get(*key).map(|secret| secret.expose_secret().to_owned());
            value(self) != value(new)
        });
        plain.chain(secret.cloned()).collect()
    }

    fn by_key(&self) -> BTreeMap<String, Vec<&Setting>> {
        let mut all = BTreeMap::<_, Vec<_>>::new();
        for setting in self.all.iter().filter(|setting| setting.is_set()) {
            let key = setting.key();
            let name = key.split('[').next().unwrap_or_default();
            all.entry(name.to_owned()).or_default().push(setting);
        }
        all
    }

    /// Takes over the new settings, except for the keys that wait.
    fn take(&mut self, new: &Self, waiting: &[String]) {
        let waits = |key: &str| {
            let name = key.split('[').next().unwrap_or_default();
            waiting.iter().any(|waiting| waiting == name)
        };
        let kept: Vec<_> = self.all.drain(..).filter(|setting| waits(&setting.key())).collect();
        self.all = new.all.iter().filter(|setting| !waits(&setting.key())).cloned().chain(kept).collect();
        self.secrets.retain(|key, _| waits(key));
        for (key, secret) in &new.secrets {
            if !waits(key) {
                self.secrets.insert(key.clone(), secret.clone());
            }
        }
    }
}
