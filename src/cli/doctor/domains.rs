//! The domains of new accounts: verified in the tenant, and managed there.

use std::collections::BTreeSet;

use super::{
    finding::{Area, Finding},
    tenant::unseen,
};
use crate::{
    domain::{Profile, UpnDomain},
    graph::{DomainFacts, Graph, Permission},
};

pub(super) async fn check(graph: &Graph, profiles: &[&Profile]) -> Vec<Finding> {
    let domains: BTreeSet<String> = profiles.iter().map(|profile| profile.domain.to_string()).collect();
    let mut findings = Vec::new();
    for domain in domains.iter().filter_map(|domain| domain.parse().ok()) {
        findings.push(look(graph, &domain).await);
    }
    findings
}

async fn look(graph: &Graph, domain: &UpnDomain) -> Finding {
    match graph.domain(domain).await {
        Ok(Some(DomainFacts { is_federated: true, .. })) => Finding::failure(
            Area::Domain,
            format!("{domain} is federated: another directory keeps its users, and none can be created here"),
            "take a managed domain for the profile, such as the tenant's onmicrosoft.com domain, or convert this one to \
             managed",
        ),
        Ok(Some(DomainFacts { is_verified: true, .. })) => {
            Finding::ok(Area::Domain, format!("{domain} is verified"))
        }
        Ok(Some(_)) => Finding::failure(
            Area::Domain,
            format!("{domain} is not verified"),
            "finish its verification in the admin center, under Domain names",
        ),
        Ok(None) => Finding::failure(
            Area::Domain,
            format!("{domain} is none of the tenant's domains"),
            "correct the profile's domain, or add it in the admin center under Domain names and verify it",
        ),
        Err(error) => unseen(Area::Domain, &domain.to_string(), &error, Permission::Domains),
    }
}
