//! The client of one tenant: Microsoft Graph, called as the application of [`entra`].
//!
//! Nothing is retried here, except that a refused token is replaced once: the worker retries, durably.
//! Names are never pasted into an address: path segments and queries are percent-encoded, and quotes in OData
//! literals doubled.

mod batch;
mod classify;
mod current_user;
mod dry_run;
mod entitlements;
mod error;
mod http;
mod inspect;
mod marker;
mod names;
mod new_user;
mod passwords;
mod permission;
mod remedy;
mod users;

#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc};

pub use self::{
    current_user::CurrentUser,
    entitlements::{Item, ItemResult},
    error::{Error, ErrorKind},
    inspect::{DomainFacts, GroupFacts, GroupNaming, Obstacle, SelfSignUp, Subscription},
    marker::MarkerMethod,
    names::Namesakes,
    passwords::ResetError,
    permission::{GRAPH_APP_ID, Permission},
    remedy::remedy_for,
    users::{CreateError, FoundUser, NewUser, Owner},
};
use self::{http::Http, marker::Marker};
use crate::entra::{self, Application, Certificate};

/// How a tenant's Graph is reached, and how its users are marked.
#[derive(Debug)]
pub struct Settings {
    /// Graph's address, up to and including `/v1.0`.
    pub graph_url: String,
    /// What the token is for: Graph's address with `/.default`.
    pub scope: String,
    /// Which of the extension attributes 1 to 15 marks the users created here.
    pub marker_attribute: u8,
    /// Whether no profile of the tenant sets `employeeId`, so that it may hold the marker instead.
    pub employee_id_is_free: bool,
    /// Send nothing, only log.
    pub dry_run: bool,
}

/// Why a client cannot be made of the settings, and what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The application, its certificate or an address cannot be used.
    #[error(transparent)]
    Application(#[from] entra::SetupError),
    /// No such extension attribute.
    #[error("there is no extension attribute {0}: choose one from 1 to 15")]
    MarkerAttribute(u8),
}

/// The client of one tenant. Clones share the token and the connections.
#[derive(Clone)]
pub struct Graph(Arc<Inner>);

struct Inner {
    http: Http,
    application: Application,
    marker: Marker,
    dry_run: bool,
}

impl Graph {
    /// A client that calls as this application. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn new(application: Application, settings: &Settings) -> Result<Self, SetupError> {
        if !(1..=15).contains(&settings.marker_attribute) {
            return Err(SetupError::MarkerAttribute(settings.marker_attribute));
        }
        let base = entra::parse_url(&settings.graph_url, "graph_url")?;
        Ok(Self(Arc::new(Inner {
            http: Http::new(application.service(&settings.scope), base),
            application,
            marker: Marker::new(settings.marker_attribute, settings.employee_id_is_free),
            dry_run: settings.dry_run,
        })))
    }

    /// The certificates the application signs in with: the current one, and the next one where there is one.
    #[must_use]
    pub fn certificates(&self) -> Vec<Certificate> {
        self.0.application.certificates()
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
        let all = self.certificates();
        let certificates: Vec<_> = all.iter().map(Certificate::sha1).collect();
        f.debug_struct("Graph").field("certificates", &certificates).finish_non_exhaustive()
    }
}
