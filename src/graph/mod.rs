//! The client of one tenant: Microsoft Graph, by an application that signs in with a certificate.
//!
//! Nothing is retried here, except that a refused token is fetched anew once: the worker retries, durably.
//! Names never become part of an address by pasting: path segments and queries are percent-encoded, and
//! quotes in OData literals doubled. The environment's `HTTPS_PROXY` and `NO_PROXY` are followed.

mod assertion;
mod batch;
mod classify;
mod credential;
mod current_user;
mod dry_run;
mod entitlements;
mod entra_error;
mod error;
mod http;
mod inspect;
mod lenient;
mod marker;
mod names;
mod new_user;
mod operation;
mod passwords;
mod permission;
mod remedy;
mod retry_after;
mod setup;
mod token;
mod users;
mod wire;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use self::{
    assertion::{Signer, Signers},
    http::Http,
    marker::Marker,
    token::Tokens,
    wire::Wire,
};
pub use self::{
    credential::Certificate,
    current_user::CurrentUser,
    entitlements::{Item, ItemResult},
    error::{Error, ErrorKind},
    inspect::{DomainFacts, GroupFacts, Obstacle, Subscription},
    marker::MarkerMethod,
    names::Namesakes,
    operation::Operation,
    passwords::ResetError,
    permission::{GRAPH_APP_ID, Permission},
    remedy::remedy_for,
    setup::SetupError,
    users::{CreateError, FoundUser, NewUser, Owner},
};
use crate::{
    domain::{AssertionKind, Clock, Entropy, TenantAlias},
    metrics::Metrics,
};

/// A private key and the certificate that is registered for it, both PEM.
#[derive(Debug)]
pub struct Identity {
    /// The application's private key: RSA, PKCS#8 or PKCS#1.
    pub key_pem: SecretString,
    /// Its certificate; a chain may follow.
    pub certificate_pem: String,
}

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
    /// By what the application proves itself.
    pub identity: Identity,
    /// What it proves itself by once Entra does not accept that any more.
    pub next_identity: Option<Identity>,
    /// How assertions are signed.
    pub assertion: AssertionKind,
    /// Whom assertions are for: the token endpoint as Entra knows it.
    pub assertion_audience: String,
    /// Which of the extension attributes 1 to 15 marks the users created here.
    pub marker_attribute: u8,
    /// Whether no profile of the tenant sets `employeeId`, so that it may hold the marker instead.
    pub employee_id_is_free: bool,
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
    marker: Marker,
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
        let signers = settings.signers()?;
        let now = clock.now();
        if let Some(Err(error)) = signers.in_order(now).first().map(|(_, first)| first.certificate.check(now))
        {
            tracing::error!(tenant = %settings.alias, %error, "Entra will refuse the tenant's certificate");
        }
        let wire = Wire::new(&settings, clock, entropy, metrics)?;
        let tokens = Tokens::new(wire.clone(), token_url, settings.scope, signers);
        Ok(Self(Arc::new(Inner {
            http: Http::new(wire, tokens, base),
            marker: Marker::new(settings.marker_attribute, settings.employee_id_is_free),
            dry_run: settings.dry_run,
        })))
    }

    /// The certificates the application signs in with: the current one, and the next one where there is one.
    pub fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.0.http.tokens.certificates()
    }

    fn http(&self) -> &Http {
        &self.0.http
    }

    fn marker(&self) -> &Marker {
        &self.0.marker
    }

    fn is_dry(&self) -> bool {
        self.0.dry_run
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let certificates: Vec<_> = self.certificates().map(Certificate::sha1).collect();
        f.debug_struct("Graph").field("certificates", &certificates).finish_non_exhaustive()
    }
}

impl Settings {
    fn signers(&self) -> Result<Signers, SetupError> {
        let mut signers = vec![self.signer(&self.identity)?];
        if let Some(next) = &self.next_identity {
            signers.push(self.signer(next).map_err(|error| SetupError::Next(Box::new(error)))?);
        }
        Ok(Signers::new(signers))
    }

    fn signer(&self, identity: &Identity) -> Result<Signer, SetupError> {
        let (key, certificate) =
            credential::read(identity.key_pem.expose_secret(), &identity.certificate_pem)?;
        let (client_id, audience) = (self.client_id.clone(), self.assertion_audience.clone());
        Ok(Signer::new(key, certificate, self.assertion, client_id, audience))
    }
}
