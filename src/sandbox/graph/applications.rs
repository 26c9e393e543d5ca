//! App registrations, service principals and the permissions they are granted, as far as setting an application up
//! needs them.
//!
//! <https://learn.microsoft.com/graph/api/resources/application>

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use uuid::{Uuid, uuid};

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::permissions::APP_ROLES;
use super::query::{Query, collection, page, pick};
use crate::sandbox::clock::rfc3339;
use crate::sandbox::directory::{Application, Credential, Directory};
use crate::sandbox::entra::audience::GRAPH_APP_ID;
use crate::sandbox::entra::certificate::Certificate;
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// The object id of Graph's service principal in this tenant.
const GRAPH_PRINCIPAL: Uuid = uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000004");

/// `GET /applications`
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let directory = lock(&world.directory);
    let applications = directory.applications.iter().map(|application| view(world, application, false));
    collection(call, &query, ("applications", "application"), applications)
}

/// `GET /applications/{id}`
pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let select = query.select.as_deref();
    // The certificates themselves are shown to those only who ask for them.
    let with_keys = select.is_some_and(|names| names.iter().any(|name| name == "keyCredentials"));
    let mut directory = lock(&world.directory);
    let mut body = view(world, find(&mut directory, call)?, with_keys);
    body["@odata.context"] = json!(call.context("applications/$entity"));
    Ok(Answer::ok(pick(body, select)))
}

/// `POST /applications`
pub(super) fn create(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let (id, app_id, now) = (world.random.uuid(), world.random.uuid(), world.clock.now_ms());
    let mut application = Application::new(id, app_id, now, Map::new());
    change(world, &mut application, call.object()?)?;
    if application.name().is_empty() {
        return Err(invalid("displayName"));
    }
    let mut body = view(world, &application, false);
    body["@odata.context"] = json!(call.context("applications/$entity"));
    lock(&world.directory).applications.push(application);
    let location = format!(
        "https://graph.microsoft.com/v2/{}/directoryObjects/{id}/Microsoft.DirectoryServices.Application",
        world.tenant.tenant_id
    );
    Ok(Answer::new(StatusCode::CREATED, Some(body)).header("location", location))
}

/// `PATCH /applications/{id}`
pub(super) fn update(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let mut directory = lock(&world.directory);
    let application = find(&mut directory, call)?;
    let mut changed = application.clone();
    change(world, &mut changed, call.object()?)?;
    *application = changed;
    Ok(Answer::no_content())
}

fn find<'a>(directory: &'a mut Directory, call: &Call<'_>) -> Result<&'a mut Application, GraphError> {
    let key = &call.route.object;
    let mut applications = directory.applications.iter_mut();
    applications.find(|one| key.parse() == Ok(one.id)).ok_or_else(|| GraphError::not_found(key))
}

fn view(world: &World, application: &Application, with_keys: bool) -> Value {
    let credentials = application.credentials.iter().map(|credential| credential_view(credential, with_keys));
    let mut view = json!({
        "id": application.id,
        "deletedDateTime": null,
        "appId": application.app_id,
        "createdDateTime": rfc3339(application.created_ms),
        "displayName": null,
        "description": null,
        "groupMembershipClaims": null,
        "identifierUris": [],
        "isFallbackPublicClient": null,
        "notes": null,
        "publisherDomain": world.tenant.domains.first(),
        "signInAudience": "AzureADandPersonalMicrosoftAccount",
        "tags": [],
        "api": { "acceptMappedClaims": null, "knownClientApplications": [], "oauth2PermissionScopes": [] },
        "appRoles": [],
        "keyCredentials": credentials.collect::<Vec<_>>(),
        "optionalClaims": null,
        "passwordCredentials": [],
        "publicClient": { "redirectUris": [] },
        "requiredResourceAccess": [],
        "spa": { "redirectUris": [] },
        "web": { "homePageUrl": null, "logoutUrl": null, "redirectUris": [] },
    });
    for (name, value) in &application.properties {
        match (view.get_mut(name), value) {
            (Some(Value::Object(default)), Value::Object(set)) => default.extend(set.clone()),
            _ => view[name] = value.clone(),
        }
    }
    view
}

fn credential_view(credential: &Credential, with_key: bool) -> Value {
    let certificate = &credential.certificate;
    let mut view = json!({
        "customKeyIdentifier": STANDARD.encode(&certificate.sha1),
        "displayName": null,
        "startDateTime": rfc3339(certificate.valid.start() * 1000),
        "endDateTime": rfc3339(certificate.valid.end().saturating_mul(1000)),
        "key": with_key.then(|| STANDARD.encode(&certificate.der)),
        "keyId": credential.key_id,
        "type": "AsymmetricX509Cert",
        "usage": "Verify",
    });
    for (name, value) in &credential.properties {
        view[name] = value.clone();
    }
    view
}

/// Puts the properties of a request into a registration.
fn change(world: &World, application: &mut Application, body: &Map<String, Value>) -> Result<(), GraphError> {
    for (name, value) in body {
        let is_valid = match name.as_str() {
            "@odata.type" => continue,
            "keyCredentials" => {
                application.credentials = credentials(world, &application.credentials, value)?;
                continue;
            }
            "displayName" => value.as_str().is_some_and(|text| (1..=256).contains(&text.chars().count())),
            "signInAudience" => matches!(
                value.as_str(),
                Some(
                    "AzureADMyOrg"
                        | "AzureADMultipleOrgs"
                        | "AzureADandPersonalMicrosoftAccount"
                        | "PersonalMicrosoftAccount"
                )
            ),
            "description" | "groupMembershipClaims" | "notes" => value.is_null() || value.is_string(),
            "isFallbackPublicClient" => value.is_null() || value.is_boolean(),
            "identifierUris" | "tags" => texts(value).is_some(),
            "requiredResourceAccess" => are_required(value),
            "appRoles" => are_roles(value, application.properties.get("appRoles"))?,
            "web" | "spa" | "publicClient" => has_redirects(value),
            "api" | "optionalClaims" => value.is_null() || value.is_object(),
            _ => {
                return Err(GraphError::bad_request(format!(
                    "The property '{name}' does not exist on type 'microsoft.graph.application'. Make sure to only use property names that are defined by the type."
                )));
            }
        };
        if !is_valid {
            return Err(invalid(name));
        }
        application.properties.insert(name.clone(), value.clone());
    }
    Ok(())
}

fn invalid(property: &str) -> GraphError {
    let mut error = GraphError::invalid_value(property);
    error.say(&format!("Invalid value specified for property '{property}' of resource 'Application'."));
    error
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn guid(object: &Value, name: &str) -> Option<Uuid> {
    object[name].as_str()?.parse().ok()
}

fn are_required(value: &Value) -> bool {
    let is_access = |access: &Value| {
        guid(access, "id").is_some() && matches!(access["type"].as_str(), Some("Role" | "Scope"))
    };
    value.as_array().is_some_and(|resources| {
        resources.iter().all(|resource| {
            let access = resource["resourceAccess"].as_array();
            guid(resource, "resourceAppId").is_some() && access.is_some_and(|list| list.iter().all(is_access))
        })
    })
}

/// Returns whether these are app roles, each with an id of its own. Those that are enabled cannot be left out.
fn are_roles(value: &Value, before: Option<&Value>) -> Result<bool, GraphError> {
    let Some(roles) = value.as_array() else { return Ok(false) };
    let ids: Option<Vec<Uuid>> = roles.iter().map(|role| guid(role, "id")).collect();
    let Some(mut ids) = ids else { return Ok(false) };
    let mut enabled =
        before.and_then(Value::as_array).into_iter().flatten().filter(|role| role["isEnabled"] == true);
    if enabled.any(|role| guid(role, "id").is_some_and(|id| !ids.contains(&id))) {
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "CannotDeleteOrUpdateEnabledEntitlement",
            "Permission (scope or role) cannot be deleted or updated unless disabled first.",
        ));
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    let is_role =
        |role: &Value| role["displayName"].is_string() && texts(&role["allowedMemberTypes"]).is_some();
    Ok(ids.len() == count && roles.iter().all(is_role))
}

/// Returns whether the addresses that a sign-in comes back to are of `https` or of this very machine.
///
/// <https://learn.microsoft.com/entra/identity-platform/reply-url>
fn has_redirects(value: &Value) -> bool {
    let Some(object) = value.as_object() else { return value.is_null() };
    let is_taken =
        |uri: &&str| uri.len() <= 256 && (uri.starts_with("https://") || uri.starts_with("http://localhost"));
    object.get("redirectUris").is_none_or(|uris| texts(uris).is_some_and(|uris| uris.iter().all(is_taken)))
}

/// The certificates after a change: the list replaces the former one. An entry without a `key` stands for the one that
/// has its `keyId`.
fn credentials(world: &World, before: &[Credential], value: &Value) -> Result<Vec<Credential>, GraphError> {
    let entries = value.as_array().ok_or_else(|| invalid("keyCredentials"))?;
    entries
        .iter()
        .map(|entry| credential(world, before, entry).ok_or_else(|| invalid("keyCredentials")))
        .collect()
}

fn credential(world: &World, before: &[Credential], entry: &Value) -> Option<Credential> {
    let key_id = guid(entry, "keyId");
    let Some(key) = entry.get("key").filter(|key| !key.is_null()) else {
        return before.iter().find(|credential| Some(credential.key_id) == key_id).cloned();
    };
    let is_certificate = entry["type"] == "AsymmetricX509Cert" && entry["usage"] == "Verify";
    let der = STANDARD.decode(key.as_str().filter(|_| is_certificate)?).ok()?;
    // A certificate is uploaded as DER, or as the text of its PEM file.
    let certificate = Certificate::from_der(&der)
        .or_else(|_| Certificate::from_pem(&String::from_utf8_lossy(&der)))
        .ok()?;
    let kept = |(name, _): &(&String, &Value)| {
        matches!(name.as_str(), "displayName" | "startDateTime" | "endDateTime")
    };
    let properties =
        entry.as_object()?.iter().filter(kept).map(|(name, value)| (name.clone(), value.clone()));
    Some(Credential {
        key_id: key_id.unwrap_or_else(|| world.random.uuid()),
        certificate,
        properties: properties.collect(),
    })
}

/// `GET /servicePrincipals` and `GET /servicePrincipals/{id}`
pub(super) fn principals(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let directory = lock(&world.directory);
    let all = directory.applications.iter().filter_map(principal_view).chain([graph_principal()]);
    let key = &call.route.object;
    if key.is_empty() {
        return collection(call, &query, ("servicePrincipals", "servicePrincipal"), all);
    }
    let mut named = all.filter(|one| one["id"] == json!(key));
    let one = named.next().ok_or_else(|| GraphError::not_found(key))?;
    Ok(Answer::ok(pick(one, query.select.as_deref())))
}

fn principal_view(application: &Application) -> Option<Value> {
    let id = application.principal?;
    Some(json!({
        "id": id,
        "appId": application.app_id,
        "displayName": application.name(),
        "servicePrincipalType": "Application",
        "accountEnabled": true,
        "appRoleAssignmentRequired": false,
        "appRoles": application.properties.get("appRoles").cloned().unwrap_or_else(|| json!([])),
    }))
}

fn graph_principal() -> Value {
    let roles = APP_ROLES.map(|(name, id)| {
        json!({ "id": id, "value": name, "isEnabled": true, "allowedMemberTypes": ["Application"] })
    });
    json!({
        "id": GRAPH_PRINCIPAL,
        "appId": GRAPH_APP_ID,
        "displayName": "Microsoft Graph",
        "servicePrincipalType": "Application",
        "accountEnabled": true,
        "appRoleAssignmentRequired": false,
        "appRoles": roles,
    })
}

/// `POST /servicePrincipals`
pub(super) fn create_principal(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let body = call.object()?;
    let app_id = body.get("appId").and_then(Value::as_str).ok_or_else(|| invalid("appId"))?;
    let id = world.random.uuid();
    let mut directory = lock(&world.directory);
    let application =
        app_id.parse().ok().and_then(|app_id| directory.application_mut(app_id)).ok_or_else(|| {
            GraphError::bad_request(format!(
                "The appId '{app_id}' of the service principal does not reference a valid application object."
            ))
        })?;
    if application.principal.is_some() {
        return Err(GraphError::new(
            StatusCode::CONFLICT,
            "Request_MultipleObjectsWithSameKeyValue",
            format!(
                "The service principal cannot be created, updated, or restored because the service principal name {app_id} is already in use."
            ),
        ));
    }
    application.principal = Some(id);
    let mut body = principal_view(application).unwrap_or_default();
    body["@odata.context"] = json!(call.context("servicePrincipals/$entity"));
    Ok(Answer::new(StatusCode::CREATED, Some(body)))
}

fn of_principal<'a>(directory: &'a mut Directory, id: &str) -> Result<&'a mut Application, GraphError> {
    let id_of = |application: &Application| application.principal;
    let mut applications = directory.applications.iter_mut();
    let found = id.parse().ok().and_then(|id| applications.find(|one| id_of(one) == Some(id)));
    found.ok_or_else(|| GraphError::not_found(id))
}

/// `GET /servicePrincipals/{id}/appRoleAssignments`
pub(super) fn assignments(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let mut directory = lock(&world.directory);
    let application = of_principal(&mut directory, &call.route.object)?;
    let granted =
        APP_ROLES.iter().filter(|(name, _)| application.granted.iter().any(|granted| granted == name));
    let assignments = granted.filter_map(|(_, role)| {
        Some(pick(assignment(application, application.principal?, role), query.select.as_deref()))
    });
    Ok(page(call, &query, "appRoleAssignments", assignments))
}

fn assignment(application: &Application, principal: Uuid, role: &str) -> Value {
    json!({
        "id": STANDARD.encode(format!("{principal}{role}")),
        "deletedDateTime": null,
        "createdDateTime": rfc3339(application.created_ms),
        "appRoleId": role,
        "principalDisplayName": application.name(),
        "principalId": principal,
        "principalType": "ServicePrincipal",
        "resourceDisplayName": "Microsoft Graph",
        "resourceId": GRAPH_PRINCIPAL,
    })
}

/// `POST /servicePrincipals/{id}/appRoleAssignedTo`, where the path names the resource
pub(super) fn grant(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let body = Value::Object(call.object()?.clone());
    let [principal, resource, role] =
        ["principalId", "resourceId", "appRoleId"].map(|name| guid(&body, name).ok_or_else(|| invalid(name)));
    let (principal, resource, role) = (principal?, resource?.to_string(), role?.to_string());
    if resource != GRAPH_PRINCIPAL.to_string() || !call.route.object.eq_ignore_ascii_case(&resource) {
        return Err(GraphError::not_found(&call.route.object));
    }
    let (name, role) = APP_ROLES.into_iter().find(|(_, id)| *id == role).ok_or_else(|| {
        GraphError::bad_request(format!(
            "Permission being assigned was not found on application '{GRAPH_APP_ID}'."
        ))
    })?;
    let mut directory = lock(&world.directory);
    let application = of_principal(&mut directory, &principal.to_string())?;
    if application.granted.iter().any(|granted| granted == name) {
        return Err(GraphError::bad_request("Permission being assigned already exists on the object"));
    }
    application.granted.push(name.to_owned());
    let mut body = assignment(application, principal, role);
    body["@odata.context"] = json!(call.context("appRoleAssignments/$entity"));
    Ok(Answer::new(StatusCode::CREATED, Some(body)))
}
