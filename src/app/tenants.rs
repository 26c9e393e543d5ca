//! The tenants of a configuration: a client for each.

use std::collections::BTreeMap;

use super::{BuildError, Parts};
use crate::{
    config::{self, Config},
    domain::{Attribute, TenantAlias},
    graph::{self, Graph},
    metrics::Metrics,
    signup::Tenant,
};

pub(super) fn build(
    config: &Config,
    parts: &Parts,
    metrics: &Metrics,
) -> Result<BTreeMap<TenantAlias, Tenant>, BuildError> {
    let build = |(alias, tenant): (&TenantAlias, &config::Tenant)| {
        let settings = settings(config, alias, tenant);
        match Graph::counted(settings, parts.clock.clone(), parts.entropy.clone(), metrics) {
            Ok(graph) => Ok((alias.clone(), Tenant { graph })),
            Err(source) => Err(BuildError::Tenant { alias: alias.clone(), source }),
        }
    };
    config.tenants.iter().map(build).collect()
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
    Graph::new(settings(config, alias, tenant), parts.clock.clone(), parts.entropy.clone())
}

fn settings(config: &Config, alias: &TenantAlias, tenant: &config::Tenant) -> graph::Settings {
    let identity = |identity: &config::Identity| graph::Identity {
        key_pem: identity.key_pem.clone(),
        certificate_pem: identity.certificate_pem.clone(),
    };
    let mut of_tenant = config.profiles.iter().filter(|profile| profile.tenant == *alias);
    let sets_employee_id = |attribute: &Attribute| attribute.name == "employeeId";
    graph::Settings {
        alias: alias.clone(),
        token_url: tenant.token_url.clone(),
        scope: tenant.scope.clone(),
        client_id: tenant.client_id.clone(),
        graph_url: tenant.graph_url.clone(),
        identity: identity(&tenant.identity),
        next_identity: tenant.next_identity.as_ref().map(identity),
        assertion: tenant.assertion,
        assertion_audience: tenant.assertion_audience.clone(),
        marker_attribute: tenant.marker_attribute,
        employee_id_is_free: !of_tenant.any(|profile| profile.attributes.iter().any(sets_employee_id)),
        timeout: config.graph.timeout,
        connect_timeout: config.graph.connect_timeout,
        ca_pem: tenant.ca_pem.clone(),
        dry_run: config.graph.dry_run,
    }
}
