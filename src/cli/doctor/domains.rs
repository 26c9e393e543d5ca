//! The domains of new accounts: verified in the tenant.

use std::collections::BTreeSet;

use super::{
    finding::{Area, Finding},
    tenant::unseen,
};
use crate::{
    domain::{Profile, UpnDomain},
    graph::{Graph, Permission},
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
    match graph.is_verified(domain).await {
        Ok(Some(true)) => Finding::ok(Area::Domain, format!("{domain} is verified")),
        Ok(Some(false)) => Finding::failure(
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
