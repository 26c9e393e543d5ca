//! The tenants of a configuration: a client for each.

use std::collections::BTreeMap;

use super::{BuildError, Parts};
use crate::{
    config::{self, Config},
    domain::{Attribute, TenantAlias},
    entra::{self, Application, Renewal},
    graph::{self, Graph},
    metrics::Metrics,
};

/// The application of each tenant.
pub(super) type Applications = BTreeMap<TenantAlias, Application>;

pub(super) fn applications(
    config: &Config,
    parts: &Parts,
    metrics: &Metrics,
) -> Result<Applications, BuildError> {
    let build = |(alias, tenant): (&TenantAlias, &config::Tenant)| {
        let application = application(config, alias, tenant, parts, metrics);
        let application = application.map_err(|error| refused(alias, error))?;
        Ok((alias.clone(), application))
    };
    config.tenants.iter().map(build).collect()
}

pub(super) fn build(
    config: &Config,
    applications: &Applications,
) -> Result<BTreeMap<TenantAlias, Graph>, BuildError> {
    let build = |(alias, application): (&TenantAlias, &Application)| {
        let settings = graph_settings(config, alias, &config.tenants[alias]);
        let graph = Graph::new(application.clone(), &settings).map_err(|error| refused(alias, error))?;
        Ok((alias.clone(), graph))
    };
    applications.iter().map(build).collect()
}

fn refused(alias: &TenantAlias, error: impl Into<graph::SetupError>) -> BuildError {
    BuildError::Tenant { alias: alias.clone(), source: error.into() }
}

/// The client of one tenant. Nothing is sent yet.
///
/// # Errors
/// [`graph::SetupError`] says what to change.
pub fn tenant_graph(
    config: &Config,
    alias: &TenantAlias,
    tenant: &config::Tenant,
    parts: &Parts,
) -> Result<Graph, graph::SetupError> {
    let application = application(config, alias, tenant, parts, &Metrics::off())?;
    Graph::new(application, &graph_settings(config, alias, tenant))
}

pub(super) fn application(
    config: &Config,
    alias: &TenantAlias,
    tenant: &config::Tenant,
    parts: &Parts,
    metrics: &Metrics,
) -> Result<Application, entra::SetupError> {
    let settings = application_settings(config, alias, tenant);
    Application::new(&settings, parts.clock.clone(), parts.entropy.clone(), metrics)
}

/// The certificates of a tenant, for its application; `None` where there is no such application.
pub(super) fn renewal(
    config: &Config,
    alias: &TenantAlias,
    tenant: &config::Tenant,
    applications: &Applications,
) -> Result<Option<Renewal>, BuildError> {
    let Some(application) = applications.get(alias) else { return Ok(None) };
    let settings = application_settings(config, alias, tenant);
    application.prepare_renewal(&settings).map(Some).map_err(|error| refused(alias, error))
}

fn application_settings(config: &Config, alias: &TenantAlias, tenant: &config::Tenant) -> entra::Settings {
    let identity = |identity: &config::Identity| entra::Identity {
        key_pem: identity.key_pem.clone(),
        certificate_pem: identity.certificate_pem.clone(),
    };
    entra::Settings {
        alias: alias.clone(),
        token_url: tenant.token_url.clone(),
        client_id: tenant.client_id.clone(),
        identity: identity(&tenant.identity),
        next_identity: tenant.next_identity.as_ref().map(identity),
        assertion: tenant.assertion,
        assertion_audience: tenant.assertion_audience.clone(),
        timeout: config.graph.timeout,
        connect_timeout: config.graph.connect_timeout,
        ca_pem: tenant.ca_pem.clone(),
    }
}

fn graph_settings(config: &Config, alias: &TenantAlias, tenant: &config::Tenant) -> graph::Settings {
    let mut of_tenant = config.profiles.iter().filter(|profile| profile.tenant == *alias);
    let sets_employee_id = |attribute: &Attribute| attribute.name == "employeeId";
    graph::Settings {
        graph_url: tenant.graph_url.clone(),
        scope: tenant.scope.clone(),
        marker_attribute: tenant.marker_attribute,
        employee_id_is_free: !of_tenant.any(|profile| profile.attributes.iter().any(sets_employee_id)),
        dry_run: config.graph.dry_run,
    }
}
