//! A group object.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Properties;
use crate::sandbox::clock::rfc3339;
use crate::sandbox::options::{self, GroupKind};

/// A group. Its properties have Graph's names.
#[derive(Debug)]
pub(in crate::sandbox) struct Group {
    pub id: Uuid,
    pub properties: Properties,
    pub members: Vec<Uuid>,
    pub owners: Vec<Uuid>,
}

impl Group {
    /// A security group of the tenant's configuration.
    pub fn existing(group: &options::Group, now_ms: i64) -> Self {
        let mut properties = Properties::new();
        let mut set = |name: &str, value| properties.insert(name.to_owned(), value);
        set("id", json!(group.id));
        set("createdDateTime", json!(rfc3339(now_ms)));
        set("displayName", json!(group.display_name));
        set("mailEnabled", json!(false));
        set("mailNickname", json!(group.id.simple().to_string()));
        set("securityEnabled", json!(true));
        match group.kind {
            GroupKind::Assigned => {}
            GroupKind::Dynamic => {
                set("groupTypes", json!(["DynamicMembership"]));
                set("membershipRule", json!("user.userType -eq \"Member\""));
                set("membershipRuleProcessingState", json!("On"));
            }
            GroupKind::Synced => drop(set("onPremisesSyncEnabled", json!(true))),
            GroupKind::RoleAssignable => drop(set("isAssignableToRole", json!(true))),
        }
        Self { id: group.id, properties, members: Vec::new(), owners: Vec::new() }
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.properties.get("displayName").and_then(Value::as_str).unwrap_or_default()
    }
}
