//! The client of one tenant: Microsoft Graph, by an application that signs in with a certificate.
//!
//! Nothing is retried here, except that a refused token is fetched anew once: the worker retries, durably.
//! Names never become part of an address by pasting: path segments and queries are percent-encoded, and
//! quotes in OData literals doubled. The environment's `HTTPS_PROXY` and `NO_PROXY` are followed.

mod assertion;
mod batch;
mod classify;
mod credential;
mod dry_run;
mod entitlements;
mod entra_error;
mod error;
mod http;
mod inspect;
mod names;
mod new_user;
mod operation;
mod passwords;
mod permission;
mod retry_after;
mod setup;
mod token;
mod users;
mod wire;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use self::{assertion::Signer, http::Http, token::Tokens, wire::Wire};
pub use self::{
    credential::Certificate,
    entitlements::{Item, ItemResult},
    error::{Error, ErrorKind},
    inspect::{GroupFacts, Obstacle, Subscription},
    operation::Operation,
    passwords::ResetError,
    permission::{GRAPH_APP_ID, Permission},
    setup::SetupError,
    users::{CreateError, FoundUser, NewUser},
};
use crate::{
    domain::{Clock, Entropy, TenantAlias},
    metrics::Metrics,
};

/// How a tenant is reached, and as whom.
#[derive(Debug)]
pub struct Settings {
    /// The tenant's name in the configuration, for the log.
    pub alias: TenantAlias,
    /// Entra's token endpoint of the tenant.
    pub token_url: String,
    /// What the token is for: Graph's address with `/.default`.
    pub scope: String,
    /// The application's id.
    pub client_id: String,
    /// Graph's address, up to and including `/v1.0`.
    pub graph_url: String,
    /// The application's private key: RSA, PKCS#8 or PKCS#1.
    pub key_pem: SecretString,
    /// The certificate that is registered for it; a chain may follow.
    pub certificate_pem: String,
    /// Whom assertions are for: the token endpoint as Entra knows it.
    pub assertion_audience: String,
    /// Which of the extension attributes 1 to 15 marks the users created here.
    pub marker_attribute: u8,
    /// The longest that one call may take.
    pub timeout: Duration,
    /// The longest that connecting may take.
    pub connect_timeout: Duration,
    /// Certificate authorities beside the system's, in PEM.
    pub ca_pem: Option<String>,
    /// Send nothing, only log.
    pub dry_run: bool,
}

/// The client of one tenant. Clones share the token and the connections.
#[derive(Clone)]
pub struct Graph(Arc<Inner>);

struct Inner {
    http: Http,
    certificate: Certificate,
    marker: String,
    dry_run: bool,
}

impl Graph {
    /// A client for these settings. Nothing is sent yet. A certificate that has ended is only warned of, for the
    /// pages can do without the tenant; [`Certificate::check`] tells a check of the configuration.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn new(settings: Settings, clock: Clock, entropy: Entropy) -> Result<Self, SetupError> {
        Self::counted(settings, clock, entropy, &Metrics::off())
    }

    /// The same, and its requests are counted.
    ///
    /// # Errors
    /// As [`Graph::new`].
    pub fn counted(
        settings: Settings,
        clock: Clock,
        entropy: Entropy,
        metrics: &Metrics,
    ) -> Result<Self, SetupError> {
        if !(1..=15).contains(&settings.marker_attribute) {
            return Err(SetupError::MarkerAttribute(settings.marker_attribute));
        }
        let base = http::parse_url(&settings.graph_url, "graph_url")?;
        let token_url = http::parse_url(&settings.token_url, "token_url")?;
        let (key, certificate) =
            credential::read(settings.key_pem.expose_secret(), &settings.certificate_pem)?;
        if let Err(error) = certificate.check(clock.now()) {
            tracing::error!(tenant = %settings.alias, %error, "Entra will refuse the tenant's certificate");
        }
        let wire = Wire::new(&settings, clock, entropy, metrics)?;
        let signer = Signer::new(key, &certificate, settings.client_id, settings.assertion_audience);
        let tokens = Tokens::new(wire.clone(), token_url, settings.scope, signer);
        Ok(Self(Arc::new(Inner {
            http: Http::new(wire, tokens, base),
            certificate,
            marker: format!("extensionAttribute{}", settings.marker_attribute),
            dry_run: settings.dry_run,
        })))
    }

    /// The certificate the application signs in with.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.0.certificate
    }

    fn http(&self) -> &Http {
        &self.0.http
    }

    /// The name of the attribute that marks our users.
    fn marker(&self) -> &str {
        &self.0.marker
    }

    fn is_dry(&self) -> bool {
        self.0.dry_run
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph").field("certificate", &self.0.certificate).finish_non_exhaustive()
    }
}
