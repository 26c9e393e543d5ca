//! What the tenant is: its domains and its name.

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
