//! Licences: the subscriptions with their seats, and their assignment to users.
//!
//! <https://learn.microsoft.com/graph/api/user-assignlicense>

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::entity::{Action, Entity, Kind, LONG, Made, Property, Request, Scope, guid};
use super::errors::GraphError;
use super::operations::{entity_body, named};
use super::users::{USERS, find};
use crate::sandbox::directory::{Directory, License, Sku, User};
use crate::sandbox::lock;
use crate::sandbox::operation::Operation as O;
use crate::sandbox::world::World;
use Action::{List, Run};

pub(super) static SUBSCRIBED_SKUS: Entity = Entity {
    read: &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    storage: &Made(|scope| scope.directory.skus.iter().map(|sku| sku_view(scope.world, sku)).collect()),
    ..Entity::new(
        "subscribedSku",
        "subscribedSkus",
        &[
            Property::shown("accountId", Kind::Guid).read_only(),
            Property::shown("accountName", Kind::Text(LONG)).read_only(),
            Property::shown("appliesTo", Kind::Text(LONG)).read_only(),
            Property::shown("capabilityStatus", Kind::Text(LONG)).read_only(),
            Property::shown("consumedUnits", Kind::Number).read_only(),
            Property::shown("id", Kind::Text(LONG)).read_only(),
            Property::shown("prepaidUnits", Kind::Object).read_only(),
            Property::shown("servicePlans", Kind::Array).read_only(),
            Property::shown("skuId", Kind::Guid).read_only(),
            Property::shown("skuPartNumber", Kind::Text(LONG)).read_only(),
            Property::shown("subscriptionIds", Kind::Array).read_only(),
        ],
        &[Request::new("GET", "/subscribedSkus", O::ListSkus, List).cost(3)],
    )
};

pub(super) static LICENSE_DETAILS: Entity = Entity {
    read: &["User.Read.All", "User.ReadWrite.All", "Directory.Read.All"],
    write: &["LicenseAssignment.ReadWrite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"],
    parent: Some(&USERS),
    storage: &Made(details),
    ..Entity::new(
        "licenseDetails",
        "users/licenseDetails",
        &[
            Property::shown("id", Kind::Text(LONG)).read_only(),
            Property::shown("servicePlans", Kind::Array).read_only(),
            Property::shown("skuId", Kind::Guid).read_only(),
            Property::shown("skuPartNumber", Kind::Text(LONG)).read_only(),
        ],
        &[
            Request::new("GET", "/users/{id}/licenseDetails", O::LicenseDetails, List),
            Request::new("POST", "/users/{id}/assignLicense", O::AssignLicense, Run(assign)),
        ],
    )
};

fn sku_view(world: &World, sku: &Sku) -> Value {
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
        "prepaidUnits": {
            "enabled": world.number(sku.enabled),
            "suspended": world.number(0),
            "warning": world.number(0),
            "lockedOut": world.number(0),
        },
    })
}

fn details(scope: Scope<'_>) -> Vec<Value> {
    let Ok(user) = find(scope.world, scope.directory, scope.parent) else { return Vec::new() };
    let details = user.licenses.iter().map(|license| {
        let sku = scope.directory.skus.iter().find(|sku| sku.id == license.sku);
        json!({
            "id": license.sku.simple().to_string(),
            "skuId": license.sku,
            "skuPartNumber": sku.map(|sku| sku.part_number.as_str()),
        })
    });
    details.collect()
}

/// `POST /users/{id}/assignLicense`
fn assign(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let (add, remove) = parse(call)?;
    let mut directory = lock(&world.directory);
    let user = find(world, &directory, call.key(0))?;
    let id = user.id;
    check(&directory, user, &add, &remove)?;
    directory.license(id, &add, &remove);
    let user = named(world, call, &USERS, &directory)?;
    Ok(Answer::ok(entity_body(call, &USERS, &user, None)))
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
