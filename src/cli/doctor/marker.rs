//! The way in which new accounts are marked as their signup's, according to the tenant's refusals on record.

use super::finding::{Area, Finding};
use crate::{
    app::{self, Parts},
    config::{Config, Tenant},
    domain::TenantAlias,
    graph::{Graph, MarkerMethod},
    signup::MARKER_REFUSAL_HOLDS,
    store::{RefusedMarker, Store},
};

pub(super) async fn check(config: &Config, store: &Store, parts: &Parts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (alias, tenant) in &config.tenants {
        findings.extend(check_tenant(config, (alias, tenant), store, parts).await);
    }
    findings
}

/// Nothing is said of a tenant whose client cannot be made, nor where the record cannot be read: other checks do that.
async fn check_tenant(
    config: &Config,
    (alias, tenant): (&TenantAlias, &Tenant),
    store: &Store,
    parts: &Parts,
) -> Option<Finding> {
    let graph = app::tenant_graph(config, alias, tenant, parts).ok()?;
    let since = parts.clock.now().minus(MARKER_REFUSAL_HOLDS);
    let refused = store.refused_markers(alias, since).await.ok()?;
    graph.refuses_markers(refused.iter().map(|one| one.property.as_str()));
    Some(judge(&graph, &refused).of_tenant(alias))
}

fn judge(graph: &Graph, refused: &[RefusedMarker]) -> Finding {
    let attribute = graph.marker_attribute();
    let reasons: Vec<_> = refused
        .iter()
        .map(|one| format!("{} was refused at {} ({})", one.property, one.refused_at, one.reason))
        .collect();
    let reasons = reasons.join("; ");
    match graph.marker_method() {
        MarkerMethod::ExtensionAttribute => {
            Finding::ok(Area::Marker, format!("new accounts are marked in {attribute}"))
        }
        MarkerMethod::EmployeeId => Finding::hint(
            Area::Marker,
            format!("new accounts are marked in employeeId: {reasons}"),
            "nothing has to be done; leave employeeId out of the tenant's profiles",
        ),
        MarkerMethod::ExtensionAttributeAfterwards => Finding::hint(
            Area::Marker,
            format!("new accounts are marked in {attribute} right after their creation: {reasons}"),
            "an answer that is lost in between may need a person; where a profile sets employeeId, another attribute for it leaves employeeId to the marker",
        ),
    }
}
