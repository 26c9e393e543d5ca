//! One tenant, from the certificate on: each step needs the ones before it.

use super::{
    certificate, clock, domains,
    finding::{Area, Finding, told},
    groups, licences, permissions, policies, token,
};
use crate::{
    app::{self, Parts},
    cli::{exchange::Exchange, needs},
    config::{Config, Tenant},
    domain::{Profile, TenantAlias},
    graph::{Error, ErrorKind, Graph, Permission},
};

/// The areas that can only be checked with a token.
const INSIDE: [Area; 5] = [Area::Permissions, Area::Domain, Area::Group, Area::Licence, Area::Policy];

pub(super) async fn check_all(config: &Config, parts: &Parts) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (alias, tenant) in &config.tenants {
        let found = check(config, alias, tenant, parts).await;
        findings.extend(found.into_iter().map(|finding| finding.of_tenant(alias)));
    }
    findings
}

async fn check(config: &Config, alias: &TenantAlias, tenant: &Tenant, parts: &Parts) -> Vec<Finding> {
    let mut findings = certificate::check(tenant, parts.clock.now());
    if findings.iter().any(Finding::is_failure) {
        findings.extend(unreached(&[&[Area::Clock, Area::Token], INSIDE.as_slice()].concat(), "certificate"));
        return findings;
    }
    let graph = match app::tenant_graph(config, alias, tenant, parts) {
        Ok(graph) => graph,
        Err(error) => {
            let remedy = "correct the tenant's section of the configuration";
            findings.push(Finding::failure(Area::Configuration, told(&error), remedy));
            return findings;
        }
    };
    let clock = clock::check(&graph, &parts.clock).await;
    let clock_is_wrong = clock.is_failure();
    findings.push(clock);
    match graph.granted().await {
        Ok(granted) => {
            findings.extend(each_certificate(config, alias, tenant, parts).await);
            let exchange = Exchange::of(config).filter(|exchange| exchange.alias == alias);
            let needs = needs::of(config, alias);
            findings.extend(permissions::check(&needs, exchange.as_ref(), granted.as_ref()));
            findings.extend(look_inside(config, alias, &graph).await);
        }
        Err(error) => {
            findings.push(token::refused(tenant, &error, clock_is_wrong));
            findings.extend(unreached(&INSIDE, "token"));
        }
    }
    findings
}

/// Checks whether Entra accepts each of the certificates; that it accepts one is known.
async fn each_certificate(
    config: &Config,
    alias: &TenantAlias,
    tenant: &Tenant,
    parts: &Parts,
) -> Vec<Finding> {
    if tenant.next_identity.is_none() {
        return vec![token::obtained("current")];
    }
    let mut findings = Vec::new();
    for (role, identity) in tenant.identities() {
        let alone = Tenant { identity: identity.clone(), next_identity: None, ..tenant.clone() };
        // That a client can be made of both is known, too.
        let Ok(graph) = app::tenant_graph(config, alias, &alone, parts) else { continue };
        findings.push(match graph.granted().await {
            Ok(_) => token::obtained(role),
            Err(error) => token::one_refused(tenant, role, identity, &error),
        });
    }
    findings
}

async fn look_inside(config: &Config, alias: &TenantAlias, graph: &Graph) -> Vec<Finding> {
    let profiles: Vec<&Profile> = config.profiles.iter().filter(|profile| profile.tenant == *alias).collect();
    let (domains, groups, licences, policies) = tokio::join!(
        domains::check(graph, &profiles),
        groups::check(graph, &profiles),
        licences::check(graph, &profiles),
        policies::check(graph)
    );
    [domains, groups, licences, policies].concat()
}

fn unreached(areas: &[Area], cause: &str) -> Vec<Finding> {
    let skipped = |area: &Area| {
        Finding::skipped(*area, "it was not looked at", format!("mend what is said of the {cause} first"))
    };
    areas.iter().map(skipped).collect()
}

/// A finding on something that cannot be seen. A permission that only serves to see it is not needed for signups.
pub(super) fn unseen(area: Area, what: &str, error: &Error, permission: Permission) -> Finding {
    if error.kind == ErrorKind::Forbidden {
        let name = permission.name();
        return Finding::skipped(
            area,
            format!("{what} cannot be looked at without {name}"),
            format!("check it by hand, or grant {name} ({}) for this check", permission.app_role()),
        );
    }
    let request = error.request_id.as_ref().map(|id| format!(", and name the request {id}"));
    Finding::failure(
        area,
        format!("{what} cannot be looked at: {}", told(error)),
        format!("try again in a while; if it stays so, ask Microsoft{}", request.unwrap_or_default()),
    )
}
