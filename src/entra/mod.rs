//! The application at Entra: it signs in with a certificate and gets access tokens, one for each service of
//! Microsoft's that it calls. Used by Graph's client and by mail.
//!
//! Nothing is retried here, except that a refused token is replaced once. The environment's `HTTPS_PROXY` and
//! `NO_PROXY` are followed.

mod assertion;
mod certificate;
mod error;
pub(crate) mod lenient;
mod operation;
pub(crate) mod retry_after;
mod service;
mod setup;
mod token;
mod wire;

#[cfg(test)]
pub(crate) mod tests;

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use reqwest::Url;
use secrecy::ExposeSecret;

use self::assertion::{Signer, Signers};
pub use self::{
    certificate::Certificate,
    error::{Error, ErrorKind, remedy_for},
    operation::Operation,
    setup::SetupError,
    token::{Token, Tokens},
};
pub(crate) use self::{
    error::Source,
    service::{Call, Service, url_below},
    wire::{Reply, bounded},
};
use crate::{
    config::{self, Identity, Tenant},
    domain::{Clock, Entropy, TenantAlias},
    metrics::Metrics,
};
use wire::Wire;

/// The application in one tenant. Clones share its certificates, tokens and connections.
#[derive(Clone)]
pub struct Application(Arc<Inner>);

struct Inner {
    wire: Wire,
    token_url: Url,
    signers: Arc<ArcSwap<Signers>>,
    /// One cache for each scope that was asked for.
    tokens: Mutex<BTreeMap<String, Tokens>>,
}

impl Application {
    /// Creates the application of a tenant; `graph` has the time limits. Nothing is sent yet. A certificate that has
    /// ended is only logged, because the pages work without the tenant; [`Certificate::check`] is for a check of the
    /// configuration.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn new(
        alias: &TenantAlias,
        tenant: &Tenant,
        graph: &config::Graph,
        clock: Clock,
        entropy: Entropy,
        metrics: &Metrics,
    ) -> Result<Self, SetupError> {
        let token_url = parse_url(&tenant.token_url, "token_url")?;
        let signers = signers_of(tenant)?;
        let now = clock.now();
        if let Some(Err(error)) = signers.in_order(now).first().map(|(_, first)| first.certificate.check(now))
        {
            tracing::error!(tenant = %alias, %error, "Entra will refuse the tenant's certificate");
        }
        let wire = Wire::new(alias, tenant, graph, clock, entropy, metrics)?;
        let signers = Arc::new(ArcSwap::from_pointee(signers));
        Ok(Self(Arc::new(Inner { wire, token_url, signers, tokens: Mutex::default() })))
    }

    /// The tenant's name in the configuration.
    #[must_use]
    pub fn tenant(&self) -> &TenantAlias {
        &self.0.wire.tenant
    }

    /// The certificates the application signs in with: the current one, and the next one where there is one.
    #[must_use]
    pub fn certificates(&self) -> Vec<Certificate> {
        self.0.signers.load().certificates().cloned().collect()
    }

    /// Reads certificates, keys and authorities that are to replace the present ones.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn prepare_renewal(&self, tenant: &Tenant, graph: &config::Graph) -> Result<Renewal, SetupError> {
        let (signers, client) = (signers_of(tenant)?, Wire::client_for(tenant, graph)?);
        Ok(Renewal { application: self.clone(), signers, client })
    }

    /// The tokens for one service, which its scope names, such as `https://graph.microsoft.com/.default`. All who ask
    /// for the same scope share one token.
    #[must_use]
    pub fn tokens(&self, scope: &str) -> Tokens {
        let mut all = self.0.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let new = || {
            let (wire, url) = (self.0.wire.clone(), self.0.token_url.clone());
            Tokens::new(wire, url, scope.to_owned(), Arc::clone(&self.0.signers))
        };
        all.entry(scope.to_owned()).or_insert_with(new).clone()
    }

    /// Calls to the service of this scope.
    pub(crate) fn service(&self, scope: &str) -> Service {
        Service::new(self.0.wire.clone(), self.tokens(scope))
    }
}

/// Certificates, keys and authorities for an application, checked and not yet in force.
pub struct Renewal {
    application: Application,
    signers: Signers,
    client: reqwest::Client,
}

impl Renewal {
    /// Puts them into force: the next token is asked for with them. Tokens that hold are used on.
    pub fn put_into_force(self) {
        self.application.0.signers.store(Arc::new(self.signers));
        self.application.0.wire.exchange_client(self.client);
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.certificates();
        let certificates: Vec<_> = all.iter().map(Certificate::sha1).collect();
        f.debug_struct("Application").field("certificates", &certificates).finish_non_exhaustive()
    }
}

fn signers_of(tenant: &Tenant) -> Result<Signers, SetupError> {
    let mut signers = vec![signer_of(tenant, &tenant.identity)?];
    if let Some(next) = &tenant.next_identity {
        signers.push(signer_of(tenant, next).map_err(|error| SetupError::Next(Box::new(error)))?);
    }
    Ok(Signers::new(signers))
}

fn signer_of(tenant: &Tenant, identity: &Identity) -> Result<Signer, SetupError> {
    let (key, certificate) = certificate::read(identity.key_pem.expose_secret(), &identity.certificate_pem)?;
    let (client_id, audience) = (tenant.client_id.clone(), tenant.assertion_audience.clone());
    Ok(Signer::new(key, certificate, tenant.assertion, client_id, audience))
}

/// An absolute address that path segments can be added to.
pub(crate) fn parse_url(text: &str, setting: &'static str) -> Result<Url, SetupError> {
    match Url::parse(text.trim()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(SetupError::Url(setting)),
    }
}
