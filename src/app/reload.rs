//! Reads again while the service runs: texts, static files, passwords and certificates.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use super::{
    BuildError, mailer_by,
    tenants::{self, Applications},
};
use crate::{
    config::{Config, Faults, MailTransport},
    entra::Renewal,
    http::{self, Assets, Served, Site},
    mail::Mailer,
    store::Store,
    texts::{CurrentTexts, Texts, TextsFaults},
};

/// Puts into force what has changed. Requests and mails that are under way end with what they began with.
#[derive(Clone)]
pub struct Reload {
    site: Site,
    served: Served,
    texts: CurrentTexts,
    /// Clients that use passwords and certificates.
    clients: Arc<Clients>,
    /// The configuration in force.
    running: Arc<Mutex<Config>>,
}

/// Clients of the tenants, the mail server and the database.
pub(super) struct Clients {
    pub applications: Applications,
    pub mailer: Mailer,
    pub store: Store,
}

/// The reason why the present files cannot be put into force.
#[derive(Debug, thiserror::Error)]
pub enum ReloadError {
    /// Texts at fault.
    #[error("the texts are at fault\n{0}")]
    Texts(TextsFaults),
    /// Static files at fault.
    #[error("the static files are at fault\n{0}")]
    Files(Faults),
}

impl Reload {
    pub(super) fn new(site: Site, clients: Clients) -> Self {
        let served = Served::new(http::router(site.clone()));
        let texts = CurrentTexts::new(site.texts.clone());
        let running = Arc::new(Mutex::new(Config::clone(&site.config)));
        Self { site, served, texts, clients: Arc::new(clients), running }
    }

    /// The router in force.
    pub(super) fn served(&self) -> Served {
        self.served.clone()
    }

    /// The texts in force.
    pub(super) fn texts(&self) -> CurrentTexts {
        self.texts.clone()
    }

    /// Reads texts and static files as they are now. Either all of them are put into force, or nothing is.
    ///
    /// # Errors
    /// [`BuildError`] has every fault; then all stays as it was.
    pub fn now(&self) -> Result<(), BuildError> {
        let config = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        self.take(&config).map(drop)
    }

    /// Puts into force what a reload may change of a configuration that was read again, with the texts and static files
    /// as they are now. Returns the keys whose change waits for a restart.
    ///
    /// # Errors
    /// [`BuildError`] has every fault; then all stays as it was.
    pub fn take(&self, new: &Config) -> Result<Vec<String>, BuildError> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        let (config, waiting) = running.reloaded(new);
        let (texts, assets) = read(&config)?;
        let renewals = self.clients.renewals(&running, &config)?;
        let mailer = match config.mail.transport {
            MailTransport::Smtp(_) => Some(mailer_by(&config, &self.clients.applications)?),
            // These have no password, and Graph's counts what it has sent.
            MailTransport::Graph(_) | MailTransport::File { .. } => None,
        };
        self.clients.store.renew_login(&config.database)?;
        if let Some(mailer) = mailer {
            self.clients.mailer.exchange(&mailer);
        }
        renewals.into_iter().for_each(Renewal::put_into_force);
        self.served.exchange(http::router(Site { texts: texts.clone(), assets, ..self.site.clone() }));
        self.texts.set(texts);
        *running = config;
        Ok(waiting)
    }
}

impl Clients {
    /// The certificates of the tenants whose credentials have changed.
    fn renewals(&self, old: &Config, new: &Config) -> Result<Vec<Renewal>, BuildError> {
        let old: BTreeMap<_, _> = old.tenants.iter().collect();
        let is_new = |(alias, tenant): &(&_, &crate::config::Tenant)| {
            old.get(alias).is_some_and(|old| !old.has_credentials_of(tenant))
        };
        let renewal = |(alias, tenant)| tenants::renewal(new, alias, tenant, &self.applications);
        new.tenants.iter().filter(is_new).filter_map(|one| renewal(one).transpose()).collect()
    }
}

/// Reads what an operator may change: at the start, and again whenever it is asked for.
pub(super) fn read(config: &Config) -> Result<(Texts, Assets), ReloadError> {
    let texts = Texts::read(config.texts.dir.as_deref()).map_err(ReloadError::Texts)?;
    let texts = texts.offering(&config.site.languages).map_err(|fault| ReloadError::Texts(fault.into()))?;
    let assets = Assets::read(&config.site).map_err(ReloadError::Files)?;
    Ok((texts, assets))
}
