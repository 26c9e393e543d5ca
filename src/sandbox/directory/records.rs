//! Objects that consist of their properties only.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::sandbox::options::Tenant;

/// The properties of an object by Graph's names.
pub(in crate::sandbox) type Properties = Map<String, Value>;

/// The records of each collection and, within it, of each object that they are parts of.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct Records(HashMap<(&'static str, String), Vec<Properties>>);

impl Records {
    /// The records that follow from the configuration of a tenant: its domains, its name and its policies.
    pub fn configured(tenant: &Tenant) -> Self {
        let mut records = Self::default();
        let mut add = |collection, values: Vec<Value>| {
            let objects = values.into_iter().filter_map(|value| match value {
                Value::Object(properties) => Some(properties),
                _ => None,
            });
            records.of_mut(collection, "").extend(objects);
        };
        add("domains", domains(tenant));
        add("organization", vec![organization(tenant)]);
        add("policies/authorizationPolicy", vec![authorization_policy(tenant)]);
        add("policies/identitySecurityDefaultsEnforcementPolicy", vec![security_defaults(tenant)]);
        add("groupSettings", group_settings(tenant));
        records
    }

    /// The records of a collection; those of one object where they are parts of objects.
    pub fn of(&self, collection: &'static str, parent: &str) -> &[Properties] {
        self.0.get(&(collection, parent.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The same records, to change them.
    pub fn of_mut(&mut self, collection: &'static str, parent: &str) -> &mut Vec<Properties> {
        self.0.entry((collection, parent.to_owned())).or_default()
    }
}

/// The domains; those that are not verified come last.
fn domains(tenant: &Tenant) -> Vec<Value> {
    let domains = tenant.domains.iter().chain(&tenant.unverified_domains).enumerate();
    let domain = |(place, name): (usize, &String)| {
        let is_federated = tenant.federated_domains.iter().any(|other| other.eq_ignore_ascii_case(name));
        json!({
            "authenticationType": if is_federated { "Federated" } else { "Managed" },
            "id": name,
            "isAdminManaged": true,
            "isDefault": place == 0,
            "isInitial": place == 0,
            "isRoot": true,
            "isVerified": place < tenant.domains.len(),
            "passwordNotificationWindowInDays": 14,
            "passwordValidityPeriodInDays": 2_147_483_647,
            "supportedServices": ["Email", "OfficeCommunicationsOnline"],
        })
    };
    domains.map(domain).collect()
}

fn organization(tenant: &Tenant) -> Value {
    let domain = |(place, name): (usize, &String)| {
        json!({
            "capabilities": "Email, OfficeCommunicationsOnline",
            "isDefault": place == 0,
            "isInitial": place == 0,
            "name": name,
            "type": "Managed",
        })
    };
    let domains: Vec<Value> = tenant.domains.iter().enumerate().map(domain).collect();
    json!({
        "id": tenant.tenant_id,
        "displayName": tenant.display_name,
        "tenantType": "AAD",
        "verifiedDomains": domains,
    })
}

fn authorization_policy(tenant: &Tenant) -> Value {
    let self_sign_up = tenant.policies.self_sign_up;
    json!({
        "allowEmailVerifiedUsersToJoinOrganization": self_sign_up,
        "allowInvitesFrom": "everyone",
        "allowedToSignUpEmailBasedSubscriptions": self_sign_up,
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
}

fn security_defaults(tenant: &Tenant) -> Value {
    json!({
        "displayName": "Security Defaults",
        "id": "00000000-0000-0000-0000-000000000005",
        "isEnabled": tenant.policies.security_defaults,
    })
}

/// The settings of the template Group.Unified, if any were made.
fn group_settings(tenant: &Tenant) -> Vec<Value> {
    let settings = tenant.policies.group_naming.iter().map(|pattern| {
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
    settings.collect()
}
