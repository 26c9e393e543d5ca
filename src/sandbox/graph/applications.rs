//! App registrations, service principals and the permissions they are granted: the part that is needed to set an
//! application up.
//!
//! <https://learn.microsoft.com/graph/api/resources/application>

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::{Uuid, uuid};

use super::entity::{
    Action, Change, Entity, Item, Items, Kind, LONG, Property, Request, Scope, Storage, TEXTS, merge, text,
};
use super::errors::GraphError;
use super::filter::Filter;
use crate::sandbox::clock::rfc3339;
use crate::sandbox::directory::{Application, Credential, Properties};
use crate::sandbox::entra::audience::GRAPH_APP_ID;
use crate::sandbox::entra::certificate::Certificate;
use crate::sandbox::operation::{APP_ROLES, Operation as O};
use crate::sandbox::world::World;
use Action::{Create, Get, List, Update};
use Kind::{Array, ArrayWhere, Choice, Complex, Flag, Guid, Name, Text, Texts};

/// The object id of Graph's service principal in this tenant.
const GRAPH_PRINCIPAL: Uuid = uuid!("5a4db0e5-7e4a-4c0e-9b5e-000000000004");

const READERS: &[&str] =
    &["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"];

pub(super) static APPLICATIONS: Entity = Entity {
    filterable: true,
    is_directory_object: true,
    read: READERS,
    write: &["Application.ReadWrite.All"],
    storage: &Applications,
    ..Entity::new(
        "application",
        "applications",
        &APPLICATION,
        &[
            Request::new("GET", "/applications", O::ListApplications, List),
            Request::new("POST", "/applications", O::CreateApplication, Create),
            Request::new("GET", "/applications/{id}", O::GetApplication, Get),
            Request::new("PATCH", "/applications/{id}", O::UpdateApplication, Update),
        ],
    )
};

pub(super) static SERVICE_PRINCIPALS: Entity = Entity {
    filterable: true,
    is_directory_object: true,
    read: READERS,
    write: &["Application.ReadWrite.All"],
    storage: &ServicePrincipals,
    ..Entity::new(
        "servicePrincipal",
        "servicePrincipals",
        &SERVICE_PRINCIPAL,
        &[
            Request::new("GET", "/servicePrincipals", O::ListServicePrincipals, List),
            Request::new("POST", "/servicePrincipals", O::CreateServicePrincipal, Create),
            Request::new("GET", "/servicePrincipals/{id}", O::ListServicePrincipals, Get),
        ],
    )
};

pub(super) static APP_ROLE_ASSIGNMENTS: Entity = Entity {
    read: READERS,
    write: &["AppRoleAssignment.ReadWrite.All"],
    parent: Some(&SERVICE_PRINCIPALS),
    storage: &Assignments,
    ..Entity::new(
        "appRoleAssignment",
        "appRoleAssignments",
        &[
            Property::shown("appRoleId", Guid).required(),
            Property::shown("createdDateTime", Text(64)).read_only(),
            Property::shown("deletedDateTime", Text(64)).read_only(),
            Property::shown("id", Text(LONG)).read_only(),
            Property::shown("principalDisplayName", Text(LONG)).read_only(),
            Property::shown("principalId", Guid).required(),
            Property::shown("principalType", Text(LONG)).read_only(),
            Property::shown("resourceDisplayName", Text(LONG)).read_only(),
            Property::shown("resourceId", Guid).required(),
        ],
        &[
            Request::new("GET", "/servicePrincipals/{id}/appRoleAssignments", O::ListAppRoles, List),
            // This path names the resource, not the principal.
            Request::new("POST", "/servicePrincipals/{id}/appRoleAssignedTo", O::GrantAppRole, Create),
        ],
    )
};

const APPLICATION: [Property; 41] = [
    Property::selectable("addIns", Array),
    Property::shown("api", Complex(&API)),
    Property::shown("appId", Guid).read_only(),
    Property::shown("appRoles", ArrayWhere(are_roles)),
    Property::selectable("applicationTemplateId", Text(64)).read_only(),
    Property::selectable("certification", Kind::Object).read_only(),
    Property::selectable("createdByAppId", Guid).read_only(),
    Property::shown("createdDateTime", Text(64)).read_only(),
    Property::selectable("defaultRedirectUri", Text(256)),
    Property::shown("deletedDateTime", Text(64)).read_only(),
    Property::shown("description", Text(LONG)),
    Property::selectable("disabledByMicrosoftStatus", Text(LONG)).read_only(),
    Property::shown("displayName", Name(256)).required(),
    Property::shown("groupMembershipClaims", Text(LONG)),
    Property::shown("id", Guid).read_only(),
    Property::shown("identifierUris", TEXTS),
    Property::selectable("info", Kind::Object),
    Property::selectable("isDeviceOnlyAuthSupported", Flag),
    Property::shown("isFallbackPublicClient", Flag),
    Property::shown("keyCredentials", Array),
    Property::selectable("logo", Text(LONG)),
    Property::selectable("nativeAuthenticationApisEnabled", Text(64)),
    Property::shown("notes", Text(LONG)),
    Property::selectable("oauth2RequirePostResponse", Flag),
    Property::shown("optionalClaims", Kind::Object),
    Property::selectable("parentalControlSettings", Kind::Object),
    Property::shown("passwordCredentials", Array).read_only(),
    Property::shown("publicClient", Complex(&REDIRECTS)),
    Property::shown("publisherDomain", Text(LONG)).read_only(),
    Property::selectable("requestSignatureVerification", Kind::Object),
    Property::shown("requiredResourceAccess", ArrayWhere(are_accesses)),
    Property::selectable("samlMetadataUrl", Text(LONG)),
    Property::selectable("serviceManagementReference", Text(LONG)),
    Property::selectable("servicePrincipalLockConfiguration", Kind::Object),
    Property::shown(
        "signInAudience",
        Choice(&[
            "AzureADMyOrg",
            "AzureADMultipleOrgs",
            "AzureADandPersonalMicrosoftAccount",
            "PersonalMicrosoftAccount",
        ]),
    ),
    Property::shown("spa", Complex(&REDIRECTS)),
    Property::shown("tags", TEXTS),
    Property::selectable("tokenEncryptionKeyId", Guid),
    Property::selectable("uniqueName", Text(LONG)).read_only(),
    Property::selectable("verifiedPublisher", Kind::Object).read_only(),
    Property::shown("web", Complex(&WEB)),
];

const API: [Property; 5] = [
    Property::shown("acceptMappedClaims", Flag),
    Property::shown("knownClientApplications", Array),
    Property::shown("oauth2PermissionScopes", Array),
    Property::when_set("preAuthorizedApplications", Array),
    Property::when_set("requestedAccessTokenVersion", Kind::Number),
];

const WEB: [Property; 5] = [
    Property::shown("homePageUrl", Text(256)),
    Property::when_set("implicitGrantSettings", Kind::Object),
    Property::shown("logoutUrl", Text(256)),
    Property::when_set("redirectUriSettings", Array),
    Property::shown("redirectUris", Texts(is_redirect)),
];

const REDIRECTS: [Property; 1] = [Property::shown("redirectUris", Texts(is_redirect))];

const SERVICE_PRINCIPAL: [Property; 31] = [
    Property::shown("accountEnabled", Flag),
    Property::selectable("addIns", Array),
    Property::selectable("alternativeNames", TEXTS),
    Property::selectable("appDescription", Text(LONG)).read_only(),
    Property::selectable("appDisplayName", Text(LONG)).read_only(),
    Property::shown("appId", Text(64)).required(),
    Property::selectable("appOwnerOrganizationId", Guid).read_only(),
    Property::shown("appRoleAssignmentRequired", Flag),
    Property::shown("appRoles", Array),
    Property::selectable("createdByAppId", Guid).read_only(),
    Property::selectable("deletedDateTime", Text(64)).read_only(),
    Property::selectable("description", Text(LONG)),
    Property::selectable("disabledByMicrosoftStatus", Text(LONG)).read_only(),
    Property::shown("displayName", Text(256)),
    Property::selectable("homepage", Text(LONG)),
    Property::shown("id", Guid).read_only(),
    Property::selectable("info", Kind::Object),
    Property::selectable("keyCredentials", Array),
    Property::selectable("loginUrl", Text(LONG)),
    Property::selectable("logoutUrl", Text(LONG)),
    Property::selectable("notes", Text(LONG)),
    Property::selectable("notificationEmailAddresses", TEXTS),
    Property::selectable("oauth2PermissionScopes", Array),
    Property::selectable("passwordCredentials", Array),
    Property::selectable("preferredSingleSignOnMode", Text(64)),
    Property::selectable("replyUrls", TEXTS),
    Property::selectable("servicePrincipalNames", TEXTS),
    Property::shown("servicePrincipalType", Text(64)),
    Property::selectable("signInAudience", Text(64)).read_only(),
    Property::selectable("tags", TEXTS),
    Property::selectable("verifiedPublisher", Kind::Object).read_only(),
];

/// The app registrations, whose certificates are read from what is uploaded.
struct Applications;

impl Storage for Applications {
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        let applications = scope.directory.applications.iter();
        Box::new(applications.map(move |application| view(scope.world, application, false)))
    }

    fn find<'a>(&self, scope: Scope<'a>, key: &str) -> Option<Item<'a>> {
        // The certificates themselves are shown where they are selected, and not in lists.
        let mut options = scope.call.query.iter();
        let with_keys =
            options.any(|(name, value)| name.ends_with("select") && value.contains("keyCredentials"));
        let id: Uuid = key.parse().ok()?;
        let found = scope.directory.applications.iter().find(|application| application.id == id);
        found.map(|application| view(scope.world, application, with_keys))
    }

    fn insert<'a>(&self, change: Change<'a>, properties: Properties) -> Result<Item<'a>, GraphError> {
        let (random, now) = (&change.world.random, change.world.clock.now_ms());
        let mut application = Application::new(random.uuid(), random.uuid(), now, Properties::new());
        apply(change.world, &mut application, properties)?;
        let item = view(change.world, &application, false);
        change.directory.applications.push(application);
        Ok(item)
    }

    fn update(&self, change: Change<'_>, key: &str, properties: Properties) -> Result<(), GraphError> {
        let mut applications = change.directory.applications.iter_mut();
        let application = applications.find(|application| key.parse() == Ok(application.id));
        let application = application.ok_or_else(|| GraphError::not_found(key))?;
        let mut changed = application.clone();
        apply(change.world, &mut changed, properties)?;
        *application = changed;
        Ok(())
    }
}

fn view(world: &World, application: &Application, with_keys: bool) -> Item<'static> {
    let credentials = application.credentials.iter().map(|credential| credential_view(credential, with_keys));
    let mut view = application.properties.clone();
    let computed = [
        ("id", json!(application.id)),
        ("appId", json!(application.app_id)),
        ("createdDateTime", json!(rfc3339(application.created_ms))),
        ("keyCredentials", credentials.collect()),
        ("publisherDomain", json!(world.tenant.domains.first())),
    ];
    view.extend(computed.map(|(name, value)| (name.to_owned(), value)));
    view.entry("signInAudience").or_insert_with(|| json!("AzureADandPersonalMicrosoftAccount"));
    Item::Made(Box::new(view))
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

/// Puts checked properties into a registration.
fn apply(world: &World, application: &mut Application, mut properties: Properties) -> Result<(), GraphError> {
    if let Some(entries) = properties.remove("keyCredentials") {
        application.credentials = credentials(world, &application.credentials, &entries)?;
    }
    let roles = |properties: &Properties| properties.get("appRoles").and_then(Value::as_array).cloned();
    if let (Some(before), Some(after)) = (roles(&application.properties), roles(&properties)) {
        keep_enabled(&before, &after)?;
    }
    merge(&mut application.properties, properties);
    Ok(())
}

fn invalid(property: &str) -> GraphError {
    GraphError::invalid_value("Application", property)
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

fn guid(object: &Value, name: &str) -> Option<Uuid> {
    object[name].as_str()?.parse().ok()
}

fn are_accesses(resources: &[Value]) -> bool {
    let is_access = |access: &Value| {
        guid(access, "id").is_some() && matches!(access["type"].as_str(), Some("Role" | "Scope"))
    };
    resources.iter().all(|resource| {
        let access = resource["resourceAccess"].as_array();
        guid(resource, "resourceAppId").is_some() && access.is_some_and(|list| list.iter().all(is_access))
    })
}

/// Returns whether these are app roles, each with an id of its own.
fn are_roles(roles: &[Value]) -> bool {
    let mut ids = role_ids(roles);
    ids.sort_unstable();
    ids.dedup();
    let is_role =
        |role: &Value| role["displayName"].is_string() && texts(&role["allowedMemberTypes"]).is_some();
    ids.len() == roles.len() && roles.iter().all(is_role)
}

fn role_ids(roles: &[Value]) -> Vec<Uuid> {
    roles.iter().filter_map(|role| guid(role, "id")).collect()
}

/// Refuses to leave out roles that are enabled.
fn keep_enabled(before: &[Value], after: &[Value]) -> Result<(), GraphError> {
    let ids = role_ids(after);
    let mut enabled = before.iter().filter(|role| role["isEnabled"] == true);
    if enabled.any(|role| guid(role, "id").is_some_and(|id| !ids.contains(&id))) {
        return Err(GraphError::new(
            StatusCode::BAD_REQUEST,
            "CannotDeleteOrUpdateEnabledEntitlement",
            "Permission (scope or role) cannot be deleted or updated unless disabled first.",
        ));
    }
    Ok(())
}

/// Returns whether an address that a sign-in comes back to uses `https` or is on this machine.
///
/// <https://learn.microsoft.com/entra/identity-platform/reply-url>
fn is_redirect(uri: &str) -> bool {
    uri.len() <= 256 && (uri.starts_with("https://") || uri.starts_with("http://localhost"))
}

/// The certificates after a change: the list replaces the former one. An entry without a `key` means the one that has
/// its `keyId`.
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

/// The service principals of the registrations, and the one of Graph.
struct ServicePrincipals;

impl Storage for ServicePrincipals {
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        let all = scope.directory.applications.iter().filter_map(principal_view).chain([graph_principal()]);
        Box::new(all.map(|principal| Item::Made(Box::new(principal))))
    }

    fn insert<'a>(&self, change: Change<'a>, properties: Properties) -> Result<Item<'a>, GraphError> {
        let app_id = text(&properties["appId"])?;
        let id = change.world.random.uuid();
        let application =
            app_id.parse().ok().and_then(|app_id| change.directory.application_mut(app_id)).ok_or_else(|| {
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
        Ok(Item::Made(Box::new(principal_view(application).unwrap_or_default())))
    }
}

fn principal_view(application: &Application) -> Option<Properties> {
    let id = application.principal?;
    let roles = application.properties.get("appRoles").cloned().unwrap_or_default();
    Some(principal(&id.to_string(), &application.app_id.to_string(), application.name(), roles))
}

fn graph_principal() -> Properties {
    let roles = APP_ROLES.map(|(name, id)| {
        json!({ "id": id, "value": name, "isEnabled": true, "allowedMemberTypes": ["Application"] })
    });
    principal(&GRAPH_PRINCIPAL.to_string(), GRAPH_APP_ID, "Microsoft Graph", json!(roles))
}

fn principal(id: &str, app_id: &str, name: &str, roles: Value) -> Properties {
    let properties = [
        ("id", json!(id)),
        ("appId", json!(app_id)),
        ("displayName", json!(name)),
        ("servicePrincipalType", json!("Application")),
        ("accountEnabled", json!(true)),
        ("appRoleAssignmentRequired", json!(false)),
        ("appRoles", roles),
    ];
    properties.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The permissions of Graph that service principals are granted.
struct Assignments;

impl Storage for Assignments {
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        let principal: Option<Uuid> = scope.parent.parse().ok();
        let mut applications = scope.directory.applications.iter();
        let found =
            applications.find(|application| principal.is_some() && application.principal == principal);
        Box::new(found.into_iter().flat_map(|application| {
            let is_granted = |name: &str| application.granted.iter().any(|granted| granted == name);
            let roles = APP_ROLES.into_iter().filter(move |(name, _)| is_granted(name));
            roles.filter_map(|(_, role)| Some(assignment(application, application.principal?, role)))
        }))
    }

    fn insert<'a>(&self, change: Change<'a>, properties: Properties) -> Result<Item<'a>, GraphError> {
        let properties = Value::Object(properties);
        let [principal, resource, role] = ["principalId", "resourceId", "appRoleId"]
            .map(|name| guid(&properties, name).unwrap_or_default());
        if resource != GRAPH_PRINCIPAL || change.parent != GRAPH_PRINCIPAL.to_string() {
            return Err(GraphError::not_found(change.parent));
        }
        let role = role.to_string();
        let (name, role) = APP_ROLES.into_iter().find(|(_, id)| *id == role).ok_or_else(|| {
            GraphError::bad_request(format!(
                "Permission being assigned was not found on application '{GRAPH_APP_ID}'."
            ))
        })?;
        let mut applications = change.directory.applications.iter_mut();
        let application = applications.find(|application| application.principal == Some(principal));
        let application = application.ok_or_else(|| GraphError::not_found(&principal.to_string()))?;
        if application.granted.iter().any(|granted| granted == name) {
            return Err(GraphError::bad_request("Permission being assigned already exists on the object"));
        }
        application.granted.push(name.to_owned());
        Ok(assignment(application, principal, role))
    }
}

fn assignment(application: &Application, principal: Uuid, role: &str) -> Item<'static> {
    let properties = [
        ("id", STANDARD.encode(format!("{principal}{role}"))),
        ("createdDateTime", rfc3339(application.created_ms)),
        ("appRoleId", role.to_owned()),
        ("principalDisplayName", application.name().to_owned()),
        ("principalId", principal.to_string()),
        ("principalType", "ServicePrincipal".to_owned()),
        ("resourceDisplayName", "Microsoft Graph".to_owned()),
        ("resourceId", GRAPH_PRINCIPAL.to_string()),
    ];
    let properties: Properties =
        properties.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
    Item::Made(Box::new(properties))
}
