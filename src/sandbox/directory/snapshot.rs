//! The directory as tests and people see it: all of it, at once, without passwords.

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Application, Directory, User};
use crate::sandbox::clock::rfc3339;
use crate::sandbox::options::Tenant;

/// The whole tenant at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    /// The directory's id.
    pub tenant_id: Uuid,
    /// The registered application.
    pub client_id: Uuid,
    /// The organisation's display name.
    pub display_name: String,
    /// The verified domains.
    pub domains: Vec<String>,
    /// The permissions of the registered application that were consented to.
    pub granted: Vec<String>,
    /// All app registrations, that application first.
    pub applications: Vec<ApplicationState>,
    /// The users, ordered by sign-in name.
    pub users: Vec<UserState>,
    /// The groups.
    pub groups: Vec<GroupState>,
    /// The subscriptions.
    pub skus: Vec<SkuState>,
    /// The users that were deleted and could be restored.
    pub deleted: Vec<UserState>,
}

/// One app registration.
#[derive(Clone, Debug, Serialize)]
pub struct ApplicationState {
    /// The client id.
    pub client_id: Uuid,
    /// The name.
    pub display_name: String,
    /// Number of its certificates.
    pub certificates: usize,
    /// The permissions that were consented to.
    pub granted: Vec<String>,
    /// Further properties that clients set, by Graph's names.
    pub properties: Map<String, Value>,
}

/// One user.
#[derive(Clone, Debug, Serialize)]
pub struct UserState {
    /// The object id.
    pub id: Uuid,
    /// The sign-in name.
    pub user_principal_name: String,
    /// The name.
    pub display_name: String,
    /// The mail address.
    pub mail: Option<String>,
    /// True if the account may sign in.
    pub account_enabled: bool,
    /// True if the password must be changed at the next sign-in.
    pub must_change_password: bool,
    /// The products that are licensed, by SKU id. Never the same one twice.
    pub licenses: Vec<Uuid>,
    /// The groups the user is in, by id. Never the same one twice.
    pub groups: Vec<Uuid>,
    /// The time at which the user was created.
    pub created: String,
    /// All properties that were set, by Graph's names.
    pub properties: Map<String, Value>,
}

/// One group.
#[derive(Clone, Debug, Serialize)]
pub struct GroupState {
    /// The object id.
    pub id: Uuid,
    /// The name.
    pub display_name: String,
    /// The members, by id, in the order they came.
    pub members: Vec<Uuid>,
}

/// One subscription.
#[derive(Clone, Debug, Serialize)]
pub struct SkuState {
    /// Microsoft's id of the product.
    pub sku_id: Uuid,
    /// Microsoft's name of the product.
    pub part_number: String,
    /// The seats that were bought.
    pub enabled: u32,
    /// The seats that are taken.
    pub consumed: u32,
}

impl State {
    /// The user with a sign-in name.
    #[must_use]
    pub fn user(&self, name: &str) -> Option<&UserState> {
        let is_meant = |user: &&UserState| user.user_principal_name.eq_ignore_ascii_case(name);
        self.users.iter().find(is_meant)
    }

    /// The group with an id.
    #[must_use]
    pub fn group(&self, id: Uuid) -> Option<&GroupState> {
        self.groups.iter().find(|group| group.id == id)
    }
}

impl Directory {
    /// Copies everything.
    pub fn snapshot(&self, tenant: &Tenant) -> State {
        let users = self.by_name.values().filter_map(|id| self.users.get(id));
        State {
            tenant_id: tenant.tenant_id,
            client_id: tenant.client_id,
            display_name: tenant.display_name.clone(),
            domains: tenant.domains.clone(),
            granted: self.granted(tenant),
            applications: self.applications.iter().map(application_state).collect(),
            users: users.map(user_state).collect(),
            groups: self.group_states(),
            skus: self.sku_states(),
            deleted: self.deleted.values().map(user_state).collect(),
        }
    }

    /// The permissions of the application that the tenant is configured with.
    pub fn granted(&self, tenant: &Tenant) -> Vec<String> {
        self.application(tenant.client_id).map(|application| application.granted.clone()).unwrap_or_default()
    }

    /// Only the groups.
    pub fn group_states(&self) -> Vec<GroupState> {
        self.groups.iter().map(group_state).collect()
    }

    /// Only the subscriptions.
    pub fn sku_states(&self) -> Vec<SkuState> {
        self.skus.iter().map(sku_state).collect()
    }

    /// The users that were created last, newest first.
    pub fn newest(&self, count: usize) -> Vec<&User> {
        let mut users: Vec<&User> = self.users.values().collect();
        users.sort_unstable_by_key(|user| std::cmp::Reverse((user.created_ms, user.id)));
        users.truncate(count);
        users
    }

    /// The numbers of users and of deleted users.
    pub fn counts(&self) -> (usize, usize) {
        (self.users.len(), self.deleted.len())
    }
}

fn application_state(application: &Application) -> ApplicationState {
    ApplicationState {
        client_id: application.app_id,
        display_name: application.name().to_owned(),
        certificates: application.credentials.len(),
        granted: application.granted.clone(),
        properties: application.properties.clone(),
    }
}

fn user_state(user: &User) -> UserState {
    UserState {
        id: user.id,
        user_principal_name: user.name().to_owned(),
        display_name: user.text("displayName").unwrap_or_default().to_owned(),
        mail: user.text("mail").map(str::to_owned),
        account_enabled: user.is_enabled(),
        must_change_password: user.must_change_password,
        licenses: user.licenses.iter().map(|license| license.sku).collect(),
        groups: user.groups.clone(),
        created: rfc3339(user.created_ms),
        properties: user.properties.clone(),
    }
}

fn group_state(group: &super::Group) -> GroupState {
    GroupState { id: group.id, display_name: group.name().to_owned(), members: group.members.clone() }
}

fn sku_state(sku: &super::Sku) -> SkuState {
    SkuState {
        sku_id: sku.id,
        part_number: sku.part_number.clone(),
        enabled: sku.enabled,
        consumed: sku.consumed,
    }
}
