//! Domains, name and policies of the tenant.

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::query::{Query, page, pick};
use crate::sandbox::world::World;

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

/// `GET /policies/authorizationPolicy` and `GET /policies/identitySecurityDefaultsEnforcementPolicy`
pub(super) fn policy(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let policies = &world.tenant.policies;
    let policy = if call.route.object == "authorizationPolicy" {
        json!({
            "allowEmailVerifiedUsersToJoinOrganization": policies.self_sign_up,
            "allowInvitesFrom": "everyone",
            "allowedToSignUpEmailBasedSubscriptions": policies.self_sign_up,
            "allowedToUseSSPR": true,
            "blockMsolPowerShell": false,
            "defaultUserRolePermissions": {
                "allowedToCreateApps": true,
                "allowedToCreateSecurityGroups": true,
                "allowedToReadOtherUsers": true,
            },
            "displayName": "Authorization Policy",
            "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
            "id": "authorizationPolicy",
        })
    } else {
        json!({
            "displayName": "Security Defaults",
            "id": "00000000-0000-0000-0000-000000000005",
            "isEnabled": policies.security_defaults,
        })
    };
    Ok(Answer::ok(pick(policy, query.select.as_deref())))
}

/// `GET /groupSettings`: the settings of the template Group.Unified, where any were made.
pub(super) fn group_settings(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let settings = world.tenant.policies.group_naming.iter().map(|pattern| {
        json!({
            "displayName": "Group.Unified",
            "id": "5a4db0e5-7e4a-4c0e-9b5e-000000000062",
            "templateId": "62375ab9-6b52-47ed-826b-58e47e0e304b",
            "values": [
                { "name": "PrefixSuffixNamingRequirement", "value": pattern },
                { "name": "CustomBlockedWordsList", "value": "CEO,Payroll" },
            ],
        })
    });
    let settings = settings.map(|setting| pick(setting, query.select.as_deref()));
    Ok(page(call, &query, "groupSettings", settings))
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
