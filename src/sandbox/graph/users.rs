//! Users: the table, the rules that it cannot express, and deleted users, who can be restored for thirty days.
//!
//! <https://learn.microsoft.com/graph/api/resources/user>

use std::borrow::Cow;

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::{Body, Call};
use super::entity::{
    Action, Change, Entity, Item, Items, Kind, LONG, Object, Property, Request, Scope, Storage, TEXTS, merge,
    text,
};
use super::errors::GraphError;
use super::filter::Filter;
use super::operations::named;
use super::passwords::{PASSWORD_PROFILE, PasswordProfile, not_banned};
use crate::sandbox::clock::rfc3339;
use crate::sandbox::directory::{Directory, Key, License, Properties, Taken, User};
use crate::sandbox::lock;
use crate::sandbox::operation::Operation as O;
use crate::sandbox::world::World;
use Action::{Count, Create, Delete, Get, List, Run, Update};
use Kind::{Array, Checked, Complex, Flag, Name, Number, Pattern, Text, Texts};

pub(super) static USERS: Entity = Entity {
    filterable: true,
    is_directory_object: true,
    read: &[
        "User.Read.All",
        "User.ReadWrite.All",
        "User.ReadBasic.All",
        "Directory.Read.All",
        "Directory.ReadWrite.All",
    ],
    write: &["User.ReadWrite.All", "Directory.ReadWrite.All"],
    storage: &Users,
    ..Entity::new(
        "user",
        "users",
        &PROPERTIES,
        &[
            Request::new("GET", "/users", O::ListUsers, List).cost(2),
            Request::new("GET", "/users/$count", O::CountUsers, Count),
            Request::new("POST", "/users", O::CreateUser, Create),
            Request::new("GET", "/users/{id}", O::GetUser, Get),
            Request::new("PATCH", "/users/{id}", O::UpdateUser, Update),
            Request::new("DELETE", "/users/{id}", O::DeleteUser, Delete)
                .allowed(&["User.DeleteRestore.All", "User.ReadWrite.All"]),
            Request::new("POST", "/users/{id}/revokeSignInSessions", O::RevokeSessions, Run(revoke_sessions))
                .allowed(&["User.RevokeSessions.All", "User.ReadWrite.All"]),
        ],
    )
};

pub(super) static DELETED_USERS: Entity = Entity {
    read: &["User.Read.All", "User.ReadWrite.All", "User.DeleteRestore.All", "Directory.Read.All"],
    write: &["User.DeleteRestore.All", "User.ReadWrite.All"],
    storage: &DeletedUsers,
    ..Entity::new(
        "user",
        "directoryObjects",
        &PROPERTIES,
        &[
            Request::new("GET", "/directory/deletedItems/microsoft.graph.user", O::ListDeleted, List),
            Request::new("GET", "/directory/deletedItems/{id}", O::GetDeleted, Get),
            Request::new("POST", "/directory/deletedItems/{id}/restore", O::RestoreDeleted, Run(restore)),
            Request::new("DELETE", "/directory/deletedItems/{id}", O::PurgeDeleted, Delete),
        ],
    )
};

const PROPERTIES: [Property; 79] = [
    Property::selectable("aboutMe", Text(LONG)),
    Property::selectable("accountEnabled", Flag)
        .also_written_with("User.EnableDisableAccount.All")
        .required(),
    Property::selectable("ageGroup", Text(64)),
    Property::selectable("assignedLicenses", Array).read_only(),
    Property::selectable("assignedPlans", Array).read_only(),
    Property::selectable("authorizationInfo", Kind::Object),
    Property::selectable("birthday", Text(64)),
    Property::shown("businessPhones", TEXTS),
    Property::selectable("city", Text(128)),
    Property::selectable("companyName", Text(64)),
    Property::selectable("consentProvidedForMinor", Text(64)),
    Property::selectable("country", Text(128)),
    Property::selectable("createdDateTime", Text(LONG)).read_only(),
    Property::selectable("creationType", Text(LONG)).read_only(),
    Property::selectable("customSecurityAttributes", Kind::Object),
    Property::when_set("deletedDateTime", Text(LONG)).read_only(),
    Property::selectable("department", Text(64)),
    Property::selectable("deviceEnrollmentLimit", Number),
    Property::shown("displayName", Name(256)).required(),
    Property::selectable("employeeHireDate", Text(64)),
    Property::selectable("employeeId", Text(16)),
    Property::selectable("employeeLeaveDateTime", Text(64)),
    Property::selectable("employeeOrgData", Kind::Object),
    Property::selectable("employeeType", Text(LONG)),
    Property::selectable("externalUserState", Text(LONG)).read_only(),
    Property::selectable("externalUserStateChangeDateTime", Text(LONG)).read_only(),
    Property::selectable("faxNumber", Text(64)),
    Property::shown("givenName", Text(64)),
    Property::selectable("hireDate", Text(64)),
    Property::shown("id", Text(LONG)).read_only(),
    Property::selectable("identities", Kind::Object),
    Property::selectable("identityParentId", Text(LONG)).read_only(),
    Property::selectable("imAddresses", Array).read_only(),
    Property::selectable("interests", TEXTS),
    Property::selectable("isManagementRestricted", Text(LONG)).read_only(),
    Property::selectable("isResourceAccount", Flag),
    Property::shown("jobTitle", Text(128)),
    Property::selectable("lastPasswordChangeDateTime", Text(LONG)).read_only(),
    Property::selectable("legalAgeGroupClassification", Text(LONG)).read_only(),
    Property::selectable("licenseAssignmentStates", Array).read_only(),
    Property::shown("mail", Pattern(is_mail)),
    Property::selectable("mailNickname", Pattern(is_nickname)).required(),
    Property::selectable("mailboxSettings", Kind::Object),
    Property::shown("mobilePhone", Text(64)),
    Property::selectable("mySite", Text(LONG)),
    Property::shown("officeLocation", Text(128)),
    Property::selectable("onPremisesDistinguishedName", Text(LONG)).read_only(),
    Property::selectable("onPremisesDomainName", Text(LONG)).read_only(),
    Property::selectable("onPremisesExtensionAttributes", Complex(&EXTENSIONS)),
    Property::selectable("onPremisesImmutableId", Text(LONG)),
    Property::selectable("onPremisesLastSyncDateTime", Text(LONG)).read_only(),
    Property::selectable("onPremisesProvisioningErrors", Array).read_only(),
    Property::selectable("onPremisesSamAccountName", Text(LONG)).read_only(),
    Property::selectable("onPremisesSecurityIdentifier", Text(LONG)).read_only(),
    Property::selectable("onPremisesSyncEnabled", Text(LONG)).read_only(),
    Property::selectable("onPremisesUserPrincipalName", Text(LONG)).read_only(),
    Property::selectable("otherMails", Texts(is_mail)),
    Property::selectable("passwordPolicies", Text(LONG)),
    Property::selectable("passwordProfile", Complex(&PASSWORD_PROFILE))
        .write_only()
        .only_written_with("User-PasswordProfile.ReadWrite.All")
        .required(),
    Property::selectable("pastProjects", TEXTS),
    Property::selectable("postalCode", Text(40)),
    Property::selectable("preferredDataLocation", Text(64)),
    Property::shown("preferredLanguage", Text(64)),
    Property::selectable("preferredName", Text(LONG)),
    Property::selectable("provisionedPlans", Array).read_only(),
    Property::selectable("proxyAddresses", Array).read_only(),
    Property::selectable("responsibilities", TEXTS),
    Property::selectable("schools", TEXTS),
    Property::selectable("securityIdentifier", Text(LONG)).read_only(),
    Property::selectable("serviceProvisioningErrors", Array).read_only(),
    Property::selectable("showInAddressList", Flag),
    Property::selectable("signInSessionsValidFromDateTime", Text(LONG)).read_only(),
    Property::selectable("skills", TEXTS),
    Property::selectable("state", Text(128)),
    Property::selectable("streetAddress", Text(1024)),
    Property::shown("surname", Text(64)),
    Property::selectable("usageLocation", Pattern(is_country)),
    Property::shown("userPrincipalName", Checked(check_name)).required(),
    Property::selectable("userType", Text(64)),
];

const EXTENSIONS: [Property; 15] = [
    Property::shown("extensionAttribute1", Text(1024)),
    Property::shown("extensionAttribute2", Text(1024)),
    Property::shown("extensionAttribute3", Text(1024)),
    Property::shown("extensionAttribute4", Text(1024)),
    Property::shown("extensionAttribute5", Text(1024)),
    Property::shown("extensionAttribute6", Text(1024)),
    Property::shown("extensionAttribute7", Text(1024)),
    Property::shown("extensionAttribute8", Text(1024)),
    Property::shown("extensionAttribute9", Text(1024)),
    Property::shown("extensionAttribute10", Text(1024)),
    Property::shown("extensionAttribute11", Text(1024)),
    Property::shown("extensionAttribute12", Text(1024)),
    Property::shown("extensionAttribute13", Text(1024)),
    Property::shown("extensionAttribute14", Text(1024)),
    Property::shown("extensionAttribute15", Text(1024)),
];

impl Object for User {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        let value = match name {
            "id" => json!(self.id),
            "createdDateTime" => json!(rfc3339(self.created_ms)),
            "deletedDateTime" => json!(self.deleted_ms.map(rfc3339)),
            "userType" => json!(self.text(name).unwrap_or("Member")),
            "assignedLicenses" => self.licenses.iter().map(license).collect(),
            "proxyAddresses" => json!([format!("SMTP:{}", self.text("mail")?)]),
            _ => return self.properties.get(name).map(Cow::Borrowed),
        };
        Some(Cow::Owned(value))
    }
}

fn license(license: &License) -> Value {
    json!({ "disabledPlans": license.disabled_plans, "skuId": license.sku })
}

/// The users, which have indexes by sign-in name and mail address, and are unknown to requests while the replication
/// lag lasts.
struct Users;

impl Storage for Users {
    fn list<'a>(&self, scope: Scope<'a>, filter: Option<&Filter>) -> Items<'a> {
        let prefix = filter.map(Filter::name_prefix).unwrap_or_default();
        let users = scope.directory.users_from(prefix, scope.world.clock.now_ms());
        Box::new(users.map(|user| Item::Stored(user)))
    }

    fn find<'a>(&self, scope: Scope<'a>, key: &str) -> Option<Item<'a>> {
        find(scope.world, scope.directory, key).ok().map(|user| Item::Stored(user))
    }

    fn insert<'a>(&self, change: Change<'a>, properties: Properties) -> Result<Item<'a>, GraphError> {
        let world = change.world;
        let refused = refused_at_creation(world, &properties);
        let now = world.clock.now_ms();
        let lag = i64::try_from(lock(&world.faults).lag_ms).unwrap_or(i64::MAX);
        let mut user = User::new(world.random.uuid(), Properties::new(), now);
        user.visible_at_ms = now.saturating_add(lag);
        apply(world, &mut user, properties)?;
        if user.password.is_empty() {
            return Err(GraphError::required("User", "passwordProfile"));
        }
        let domain = user.name().rsplit_once('@').map_or("", |(_, domain)| domain);
        if user.text("onPremisesImmutableId").is_none() && world.is_federated(domain) {
            return Err(GraphError::federated());
        }
        if let Some(name) = refused {
            return Err(GraphError::invalid_value("User", &name));
        }
        change.directory.insert(user).map(|user| Item::Stored(user)).map_err(conflict)
    }

    fn update(&self, change: Change<'_>, key: &str, properties: Properties) -> Result<(), GraphError> {
        let mut user = find(change.world, change.directory, key)?.clone();
        apply(change.world, &mut user, properties)?;
        change.directory.replace(user).map_err(conflict)
    }

    fn remove(&self, change: Change<'_>, key: &str) -> Result<(), GraphError> {
        let id = find(change.world, change.directory, key)?.id;
        change.directory.delete(id, change.world.clock.now_ms());
        Ok(())
    }
}

/// The user that a key names.
pub(super) fn find<'a>(world: &World, directory: &'a Directory, key: &str) -> Result<&'a User, GraphError> {
    let user = directory.user(&Key::parse(key), world.clock.now_ms());
    user.ok_or_else(|| GraphError::not_found(key))
}

/// The first of the properties that this tenant accepts in a `PATCH` only.
fn refused_at_creation(world: &World, properties: &Properties) -> Option<String> {
    let extensions = properties.get("onPremisesExtensionAttributes").and_then(Value::as_object);
    let mut names = properties.keys().chain(extensions.into_iter().flat_map(Properties::keys));
    names.find(|name| world.tenant.refused_at_creation.contains(*name)).cloned()
}

/// Puts checked properties into a user.
fn apply(world: &World, user: &mut User, mut properties: Properties) -> Result<(), GraphError> {
    let profile = PasswordProfile::take(&mut properties)?;
    merge(&mut user.properties, properties);
    if let Some(password) = profile.password {
        let names = ["givenName", "surname"].into_iter().filter_map(|name| user.text(name));
        let names: Vec<&str> = names.chain([world.tenant.display_name.as_str()]).collect();
        not_banned(&password, &names)?;
        user.password = password;
        // An administrator's password is for one sign-in, unless the request says otherwise.
        user.must_change_password = profile.must_change.unwrap_or(true);
    } else if let Some(must_change) = profile.must_change {
        user.must_change_password = must_change;
    }
    Ok(())
}

/// The error for a unique property that another user has.
fn conflict(taken: Taken) -> GraphError {
    match taken {
        Taken::Name(other) => GraphError::taken("userPrincipalName", &other.to_string()),
        Taken::Mail(other) => GraphError::taken("proxyAddresses", &other.to_string()),
    }
}

/// Checks a sign-in name: its characters, its lengths, and a domain of the tenant.
///
/// <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy#username-policies>
fn check_name(world: &World, name: &Value) -> Result<(), GraphError> {
    let refuse = |message: &str| {
        let mut error = GraphError::invalid_value("User", "userPrincipalName");
        error.say(message);
        error
    };
    let invalid = || refuse("Property userPrincipalName is invalid.");
    let (local, domain) = text(name)?.rsplit_once('@').ok_or_else(invalid)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "'.-_!#^~".contains(c);
    let is_valid = (1..=64).contains(&local.len())
        && (1..=48).contains(&domain.len())
        && local.chars().all(allowed)
        && !local.ends_with('.');
    if !is_valid {
        return Err(invalid());
    }
    if world.is_domain(domain) {
        return Ok(());
    }
    Err(refuse(
        "The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.",
    ))
}

fn is_mail(text: &str) -> bool {
    text.is_ascii()
        && text.len() <= 254
        && !text.contains(|c: char| c.is_ascii_whitespace() || c.is_ascii_control())
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

fn is_country(text: &str) -> bool {
    text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_nickname(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_graphic() && !"@()\\[]\";:<>,".contains(c))
}

/// `POST /users/{id}/revokeSignInSessions`
fn revoke_sessions(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    named(world, call, &USERS, &lock(&world.directory))?;
    Ok(Answer::ok(json!({ "@odata.context": call.context("Edm.Boolean"), "value": true })))
}

/// A deleted user: the id is put before the sign-in name, so that another user may have that name.
struct DeletedUser<'a>(&'a User);

impl Object for DeletedUser<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, Value>> {
        let user = self.0;
        match name {
            "@odata.type" => Some(Cow::Owned(json!("#microsoft.graph.user"))),
            "userPrincipalName" => Some(Cow::Owned(json!(format!("{}{}", user.id.simple(), user.name())))),
            _ => user.get(name),
        }
    }
}

struct DeletedUsers;

impl Storage for DeletedUsers {
    fn list<'a>(&self, scope: Scope<'a>, _filter: Option<&Filter>) -> Items<'a> {
        Box::new(scope.directory.all_deleted().map(|user| Item::Made(Box::new(DeletedUser(user)))))
    }

    fn find<'a>(&self, scope: Scope<'a>, key: &str) -> Option<Item<'a>> {
        scope.directory.deleted(key).map(|user| Item::Made(Box::new(DeletedUser(user))))
    }

    /// The documentation does not offer this to applications.
    /// <https://learn.microsoft.com/graph/api/directory-deleteditems-delete>
    fn remove(&self, change: Change<'_>, key: &str) -> Result<(), GraphError> {
        if !change.world.allow_permanent_deletion {
            return Err(GraphError::denied());
        }
        if change.directory.purge(key) { Ok(()) } else { Err(GraphError::not_found(key)) }
    }
}

/// `POST /directory/deletedItems/{id}/restore`
fn restore(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let new_name = new_name(world, call)?;
    let mut directory = lock(&world.directory);
    let key = call.key(0);
    let id = directory.deleted(key).ok_or_else(|| GraphError::not_found(key))?.id;
    directory.restore(id, new_name.as_deref()).map_err(conflict)?;
    let mut body = USERS.view(find(world, &directory, key)?, None);
    body.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    body.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    Ok(Answer::ok(Value::Object(body)))
}

/// The sign-in name of the restored user, if the request gives another one.
fn new_name(world: &World, call: &Call<'_>) -> Result<Option<String>, GraphError> {
    if matches!(call.body, Body::Empty) {
        return Ok(None);
    }
    let Some(name) = call.object()?.get("newUserPrincipalName").filter(|name| !name.is_null()) else {
        return Ok(None);
    };
    check_name(world, name)?;
    Ok(name.as_str().map(str::to_owned))
}
