//! The client of one tenant: Microsoft Graph, called as the application of [`entra`].
//!
//! Nothing is retried here, except that a refused token is replaced once: the worker retries, durably.
//! Names are never pasted into an address: path segments and queries are percent-encoded, and quotes in OData
//! literals doubled.

mod batch;
mod classify;
mod current_user;
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
use crate::{
    config,
    domain::Profiles,
    entra::{self, Application, Certificate, SetupError},
};

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
    /// Creates a client that calls as this application. The marker may be in `employeeId` if no profile of the tenant
    /// among `profiles` sets it. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SetupError`] says what to change.
    pub fn new(
        application: Application,
        tenant: &config::Tenant,
        graph: &config::Graph,
        profiles: &Profiles,
    ) -> Result<Self, SetupError> {
        let base = entra::parse_url(&tenant.graph_url, "graph_url")?;
        let marker = Marker::new(tenant.marker_attribute, application.tenant(), profiles);
        Ok(Self(Arc::new(Inner {
            http: Http::new(application.service(&tenant.scope), base),
            application,
            marker,
            dry_run: graph.dry_run,
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

    /// Returns whether nothing is sent (`graph.dry_run`): each call then logs what it would do and returns the ordinary
    /// result.
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
