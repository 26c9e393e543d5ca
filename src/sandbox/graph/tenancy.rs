//! What the tenant is: its domains, its name, its applications and what they may do.

use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::permissions::APP_ROLES;
use super::query::{Query, collection, page, pick};
use crate::sandbox::clock::rfc3339;
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// Graph's application id, the same everywhere.
const GRAPH_APP: Uuid = uuid!("00000003-0000-0000-c000-000000000000");
/// The object id of Graph's service principal in this tenant.
const GRAPH_PRINCIPAL: Uuid = uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000003");

/// `GET /domains` and `GET /domains/{name}`
pub(super) fn domains(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let select = query.select.as_deref();
    let name = &call.route.object;
    let (verified, unverified) = (&world.tenant.domains, &world.tenant.unverified_domains);
    let domains = verified.iter().chain(unverified).enumerate();
    if name.is_empty() {
        let domains = domains.map(|(place, name)| pick(domain(world, place, name), select));
        return Ok(page(call, &query, "domains", domains));
    }
    let mut named = domains.filter(|(_, domain)| domain.eq_ignore_ascii_case(name));
    let (place, name) = named.next().ok_or_else(|| GraphError::not_found(name))?;
    Ok(Answer::ok(pick(domain(world, place, name), select)))
}

/// A domain, where those that are not verified come last.
fn domain(world: &World, place: usize, name: &str) -> Value {
    json!({
        "authenticationType": if world.is_federated(name) { "Federated" } else { "Managed" },
        "availabilityStatus": null,
        "id": name,
        "isAdminManaged": true,
        "isDefault": place == 0,
        "isInitial": place == 0,
        "isRoot": true,
        "isVerified": place < world.tenant.domains.len(),
        "passwordNotificationWindowInDays": 14,
        "passwordValidityPeriodInDays": 2_147_483_647,
        "state": null,
        "supportedServices": ["Email", "OfficeCommunicationsOnline"],
    })
}

/// `GET /organization`
pub(super) fn organization(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let domains: Vec<Value> = world
        .tenant
        .domains
        .iter()
        .enumerate()
        .map(|(place, name)| {
            json!({
                "capabilities": "Email, OfficeCommunicationsOnline",
                "isDefault": place == 0,
                "isInitial": place == 0,
                "name": name,
                "type": "Managed",
            })
        })
        .collect();
    let organization = json!({
        "id": world.tenant.tenant_id,
        "displayName": world.tenant.display_name,
        "tenantType": "AAD",
        "onPremisesSyncEnabled": null,
        "technicalNotificationMails": [],
        "verifiedDomains": domains,
    });
    let picked = pick(organization, query.select.as_deref());
    Ok(page(call, &query, "organization", std::iter::once(picked)))
}

/// `GET /servicePrincipals`: the application's own and Graph's.
pub(super) fn service_principals(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let key = &call.route.object;
    let all = [own_principal(world), graph_principal()];
    if key.is_empty() {
        return collection(call, &query, ("servicePrincipals", "servicePrincipal"), all.into_iter());
    }
    let mut named = all.into_iter().filter(|one| one["id"] == json!(key));
    let one = named.next().ok_or_else(|| GraphError::not_found(key))?;
    Ok(Answer::ok(pick(one, query.select.as_deref())))
}

fn own_principal(world: &World) -> Value {
    json!({
        "id": world.tenant.service_principal_id(),
        "appId": world.tenant.client_id,
        "displayName": "Account creation",
        "servicePrincipalType": "Application",
        "accountEnabled": true,
        "appRoles": [],
    })
}

fn graph_principal() -> Value {
    let roles = APP_ROLES.map(|(name, id)| {
        json!({ "id": id, "value": name, "isEnabled": true, "allowedMemberTypes": ["Application"] })
    });
    json!({
        "id": GRAPH_PRINCIPAL,
        "appId": GRAPH_APP,
        "displayName": "Microsoft Graph",
        "servicePrincipalType": "Application",
        "accountEnabled": true,
        "appRoles": roles,
    })
}

/// `GET /servicePrincipals/{id}/appRoleAssignments`
pub(super) fn app_roles(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let principal = world.tenant.service_principal_id();
    let key = &call.route.object;
    if key.parse() != Ok(principal) {
        return Err(GraphError::not_found(key));
    }
    let directory = lock(&world.directory);
    let granted =
        APP_ROLES.iter().filter(|(name, _)| directory.granted.iter().any(|granted| granted == name));
    let assignments = granted.map(|(_, role)| {
        json!({
            "id": role.replace('-', ""),
            "createdDateTime": rfc3339(0),
            "appRoleId": role,
            "principalDisplayName": "Account creation",
            "principalId": principal,
            "principalType": "ServicePrincipal",
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": GRAPH_PRINCIPAL,
        })
    });
    Ok(page(call, &query, "appRoleAssignments", assignments))
}
