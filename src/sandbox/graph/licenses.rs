//! Licences: assign and remove them, count the seats.
//!
//! <https://learn.microsoft.com/graph/api/user-assignlicense>

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::query::{Query, page, pick};
use super::users::{entity, find};
use crate::sandbox::directory::{Directory, License, Sku, User};
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// `POST /users/{id}/assignLicense`
pub(super) fn assign(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let (add, remove) = parse(call)?;
    let mut directory = lock(&world.directory);
    let user = find(&directory, world, call)?;
    let id = user.id;
    check(&directory, user, &add, &remove)?;
    directory.license(id, &add, &remove);
    let user = find(&directory, world, call)?;
    Ok(Answer::ok(entity(call, user, None)?))
}

fn parse(call: &Call<'_>) -> Result<(Vec<License>, Vec<Uuid>), GraphError> {
    let body = call.object()?;
    if let Some(unknown) = body.keys().find(|k| *k != "addLicenses" && *k != "removeLicenses") {
        let text = format!(
            "The parameter '{unknown}' in the request payload is not a valid parameter for the operation 'assignLicense'."
        );
        return Err(GraphError::malformed(text));
    }
    let list = |name: &str| {
        body.get(name).and_then(Value::as_array).ok_or_else(|| {
            GraphError::bad_request("One or more parameters of the operation 'assignLicense' are missing from the request payload. The missing parameters are: ".to_owned() + name + ".")
        })
    };
    let add = list("addLicenses")?.iter().map(license).collect::<Result<_, _>>()?;
    let remove = list("removeLicenses")?.iter().map(guid).collect::<Result<_, _>>()?;
    Ok((add, remove))
}

fn license(value: &Value) -> Result<License, GraphError> {
    let plans = match value.get("disabledPlans").and_then(Value::as_array) {
        Some(plans) => plans.iter().map(guid).collect::<Result<_, _>>()?,
        None => Vec::new(),
    };
    Ok(License { sku: guid(&value["skuId"])?, disabled_plans: plans })
}

fn guid(value: &Value) -> Result<Uuid, GraphError> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| GraphError::wrong_type("Edm.Guid"))
}

fn check(directory: &Directory, user: &User, add: &[License], remove: &[Uuid]) -> Result<(), GraphError> {
    let holds = |sku: Uuid| user.licenses.iter().any(|held| held.sku == sku);
    if remove.iter().any(|sku| !holds(*sku)) {
        let text = "User does not have a corresponding license.";
        return Err(GraphError::bad_request(text));
    }
    for license in add {
        let sku = directory.skus.iter().find(|sku| sku.id == license.sku);
        let sku = sku.ok_or_else(|| {
            let text = format!("License {} does not correspond to a valid company License.", license.sku);
            GraphError::bad_request(text)
        })?;
        if user.text("usageLocation").is_none() {
            let text = "License assignment cannot be done for user with invalid usage location.";
            return Err(GraphError::bad_request(text));
        }
        if !holds(sku.id) && sku.consumed >= sku.enabled {
            let text = format!("Subscription with SKU {} does not have any available licenses.", sku.id);
            return Err(GraphError::bad_request(text));
        }
    }
    Ok(())
}

/// `GET /users/{id}/licenseDetails`
pub(super) fn details(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let directory = lock(&world.directory);
    let user = find(&directory, world, call)?;
    let details = user.licenses.iter().map(|license| {
        let sku = directory.skus.iter().find(|sku| sku.id == license.sku);
        json!({
            "id": license.sku.simple().to_string(),
            "skuId": license.sku,
            "skuPartNumber": sku.map(|sku| sku.part_number.as_str()),
            "servicePlans": [],
        })
    });
    Ok(page(call, &query, "users/licenseDetails", details))
}

/// `GET /subscribedSkus`
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let directory = lock(&world.directory);
    let skus = directory.skus.iter().map(|sku| pick(view(world, sku), query.select.as_deref()));
    Ok(page(call, &query, "subscribedSkus", skus))
}

fn view(world: &World, sku: &Sku) -> Value {
    let tenant = world.tenant.tenant_id;
    json!({
        "accountId": tenant,
        "accountName": world.tenant.display_name,
        "appliesTo": "User",
        "capabilityStatus": if sku.enabled > 0 { "Enabled" } else { "LockedOut" },
        "consumedUnits": world.number(sku.consumed),
        "id": format!("{tenant}_{}", sku.id),
        "skuId": sku.id,
        "skuPartNumber": sku.part_number,
        "subscriptionIds": [],
        "prepaidUnits": {
            "enabled": world.number(sku.enabled),
            "suspended": world.number(0),
            "warning": world.number(0),
            "lockedOut": world.number(0),
        },
        "servicePlans": [],
    })
}
