//! The audiences that an assertion may name, and the resources that a scope may name.

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

/// The hosts by which programs that know only Microsoft's public cloud reach this tenant, through a proxy that connects
/// them with it.
pub(in crate::sandbox) const MICROSOFT_HOSTS: [&str; 10] = [
    AUTHORITIES[0],
    AUTHORITIES[1],
    AUTHORITIES[2],
    GRAPHS[0],
    GRAPHS[1],
    GRAPHS[2],
    GRAPHS[3],
    AZURES[0],
    AZURES[2],
    AZURES[4],
];

/// Graph's application id, the same in every tenant.
pub(in crate::sandbox) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

/// Exchange's hosts in Microsoft's clouds.
const EXCHANGES: [&str; 5] = [
    "outlook.office365.com",
    "outlook.office.com",
    "outlook.office365.us",
    "outlook-dod.office365.us",
    "partner.outlook.cn",
];

/// The hosts of Azure's resource manager, and those that its tokens are for.
const AZURES: [&str; 6] = [
    "management.azure.com",
    "management.core.windows.net",
    "management.usgovcloudapi.net",
    "management.core.usgovcloudapi.net",
    "management.chinacloudapi.cn",
    "management.core.chinacloudapi.cn",
];

/// Exchange's application id, the same in every tenant.
const EXCHANGE_APP_ID: &str = "00000002-0000-0ff1-ce00-000000000000";

/// The application permissions that are Exchange's and not Graph's.
const EXCHANGE_PERMISSIONS: [&str; 4] =
    ["SMTP.SendAsApp", "IMAP.AccessAsApp", "POP.AccessAsApp", "Exchange.ManageAsApp"];

/// Returns whether the audience of an assertion is this tenant's token endpoint: under one of Microsoft's names, or
/// under the one the request came to.
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

/// The resource that a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Resource {
    Graph,
    Exchange,
    /// Azure's resource manager, where the Azure command line looks for subscriptions.
    Azure,
}

impl Resource {
    /// The resource under its address in any of Microsoft's clouds, or under its application id.
    pub fn named(name: &str) -> Option<Self> {
        let is = |known: &str| known.eq_ignore_ascii_case(split(name).map_or(name, |(host, _)| host));
        if is(GRAPH_APP_ID) || GRAPHS.into_iter().any(is) {
            return Some(Self::Graph);
        }
        if is(EXCHANGE_APP_ID) || EXCHANGES.into_iter().any(is) {
            return Some(Self::Exchange);
        }
        AZURES.into_iter().any(is).then_some(Self::Azure)
    }

    /// The resource under any of its names. Graph may also be named by the host under which the client reaches it.
    pub fn reached_as(name: &str, own_host: &str) -> Option<Self> {
        let is_own = split(name).is_some_and(|(host, _)| own_host.eq_ignore_ascii_case(host));
        if is_own { Some(Self::Graph) } else { Self::named(name) }
    }

    /// The audience of its tokens.
    pub fn audience(self) -> &'static str {
        match self {
            Self::Graph => "https://graph.microsoft.com",
            Self::Exchange => "https://outlook.office365.com",
            Self::Azure => "https://management.core.windows.net/",
        }
    }

    /// Returns whether an application permission is one of this resource.
    pub fn has_permission(self, name: &str) -> bool {
        match self {
            Self::Graph => !EXCHANGE_PERMISSIONS.contains(&name),
            Self::Exchange => EXCHANGE_PERMISSIONS.contains(&name),
            Self::Azure => false,
        }
    }
}

/// Host and path of an address.
fn split(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    if scheme != "https" && scheme != "http" {
        return None;
    }
    Some(rest.split_once('/').unwrap_or((rest, "")))
}
