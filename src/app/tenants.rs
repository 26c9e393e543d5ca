//! The tenants of a configuration: a client for each.

use std::collections::BTreeMap;

use super::{BuildError, Parts};
use crate::{
    config::{self, Config},
    domain::TenantAlias,
    entra::{Application, Renewal, SetupError},
    graph::Graph,
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
        let graph = Graph::new(application.clone(), &config.tenants[alias], &config.graph, &config.profiles);
        let graph = graph.map_err(|error| refused(alias, error))?;
        Ok((alias.clone(), graph))
    };
    applications.iter().map(build).collect()
}

fn refused(alias: &TenantAlias, source: SetupError) -> BuildError {
    BuildError::Tenant { alias: alias.clone(), source }
}

/// The client of one tenant. Nothing is sent yet.
///
/// # Errors
/// [`SetupError`] says what to change.
pub fn tenant_graph(
    config: &Config,
    alias: &TenantAlias,
    tenant: &config::Tenant,
    parts: &Parts,
) -> Result<Graph, SetupError> {
    let application = application(config, alias, tenant, parts, &Metrics::off())?;
    Graph::new(application, tenant, &config.graph, &config.profiles)
}

pub(super) fn application(
    config: &Config,
    alias: &TenantAlias,
    tenant: &config::Tenant,
    parts: &Parts,
    metrics: &Metrics,
) -> Result<Application, SetupError> {
    let (clock, entropy) = (parts.clock.clone(), parts.entropy.clone());
    Application::new(alias, tenant, &config.graph, clock, entropy, metrics)
}

/// The certificates of a tenant, for its application; `None` where there is no such application.
pub(super) fn renewal(
    config: &Config,
    alias: &TenantAlias,
    tenant: &config::Tenant,
    applications: &Applications,
) -> Result<Option<Renewal>, BuildError> {
    let Some(application) = applications.get(alias) else { return Ok(None) };
    application.prepare_renewal(tenant, &config.graph).map(Some).map_err(|error| refused(alias, error))
}
