//! Whom an assertion may be addressed to, and which resource a scope may name.

use crate::sandbox::world::World;

/// The identity platform's hosts in Microsoft's clouds.
/// <https://learn.microsoft.com/entra/identity-platform/authentication-national-cloud>
const AUTHORITIES: [&str; 5] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "sts.windows.net",
];

/// Graph's hosts in Microsoft's clouds. <https://learn.microsoft.com/graph/deployments>
const GRAPHS: [&str; 4] = [
    "graph.microsoft.com",
    "graph.microsoft.us",
    "dod-graph.microsoft.us",
    "microsoftgraph.chinacloudapi.cn",
];

/// Graph's application id, the same in every tenant.
pub(in crate::sandbox) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// Whether the audience of an assertion is this tenant's token endpoint: under one of
/// Microsoft's names, or under the one the request came to.
pub(super) fn is_token_endpoint(world: &World, audience: &str, own_host: &str) -> bool {
    let Some((host, path)) = split(audience) else {
        return false;
    };
    let known = AUTHORITIES.iter().any(|name| name.eq_ignore_ascii_case(host));
    if !known && !own_host.eq_ignore_ascii_case(host) {
        return false;
    }
    let (tenant, rest) = path.split_once('/').unwrap_or((path, ""));
    let rest = rest.trim_end_matches('/');
    world.is_tenant(tenant) && matches!(rest, "" | "v2.0" | "oauth2/v2.0/token" | "oauth2/token")
}

/// The resource of a `/.default` scope, if it is Graph under any of its names.
pub(super) fn is_graph_scope(scope: &str, own_host: &str) -> bool {
    let Some(resource) = scope.strip_suffix("/.default") else {
        return false;
    };
    if resource.eq_ignore_ascii_case(GRAPH_APP_ID) {
        return true;
    }
    split(resource).is_some_and(|(host, _)| {
        own_host.eq_ignore_ascii_case(host) || GRAPHS.iter().any(|name| name.eq_ignore_ascii_case(host))
    })
}

/// Host and path of an address.
fn split(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    if scheme != "https" && scheme != "http" {
        return None;
    }
    Some(rest.split_once('/').unwrap_or((rest, "")))
}
