//! A user object.

use serde_json::{Value, json};
use uuid::Uuid;

use super::Properties;
use crate::sandbox::options::ExistingUser;

/// The key by which a request names a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Key {
    /// By object id.
    Id(Uuid),
    /// By sign-in name, in lower case.
    Name(String),
}

impl Key {
    /// Reads a path segment. A sign-in name never looks like an object id: it has an `@`.
    pub fn parse(text: &str) -> Self {
        text.parse().map_or_else(|_| Self::Name(text.to_ascii_lowercase()), Self::Id)
    }
}

/// A licence that is assigned to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) struct License {
    pub sku: Uuid,
    pub disabled_plans: Vec<Uuid>,
}

/// A user. The properties that clients set are in `properties`, by Graph's names.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct User {
    pub id: Uuid,
    pub properties: Properties,
    pub password: String,
    pub must_change_password: bool,
    pub licenses: Vec<License>,
    pub groups: Vec<Uuid>,
    pub created_ms: i64,
    /// The time at which the replication lag is over.
    pub visible_at_ms: i64,
    pub deleted_ms: Option<i64>,
}

impl User {
    /// A user without licences and groups.
    pub fn new(id: Uuid, properties: Properties, now_ms: i64) -> Self {
        Self {
            id,
            properties,
            password: String::new(),
            must_change_password: false,
            licenses: Vec::new(),
            groups: Vec::new(),
            created_ms: now_ms,
            visible_at_ms: now_ms,
            deleted_ms: None,
        }
    }

    /// A user of the tenant's configuration, created a year before it starts.
    pub fn existing(existing: &ExistingUser, id: Uuid, now_ms: i64) -> Self {
        const YEAR_MS: i64 = 365 * 24 * 60 * 60 * 1000;
        let name = &existing.user_principal_name;
        let nickname = name.split('@').next().unwrap_or_default();
        let mut properties = Properties::new();
        properties.insert("userPrincipalName".to_owned(), json!(name));
        properties.insert("displayName".to_owned(), json!(existing.display_name));
        properties.insert("mailNickname".to_owned(), json!(nickname));
        properties.insert("accountEnabled".to_owned(), json!(true));
        Self { password: existing.password.clone(), ..Self::new(id, properties, now_ms - YEAR_MS) }
    }

    /// A property as text.
    pub fn text(&self, property: &str) -> Option<&str> {
        self.properties.get(property).and_then(Value::as_str)
    }

    /// The sign-in name.
    pub fn name(&self) -> &str {
        self.text("userPrincipalName").unwrap_or_default()
    }

    /// The sign-in name as it is compared.
    pub fn name_key(&self) -> String {
        self.name().to_ascii_lowercase()
    }

    /// The mail address as it is compared.
    pub fn mail_key(&self) -> Option<String> {
        self.text("mail").map(str::to_ascii_lowercase)
    }

    /// Returns whether the account may sign in.
    pub fn is_enabled(&self) -> bool {
        self.properties.get("accountEnabled").and_then(Value::as_bool) == Some(true)
    }

    /// Gives the user a mailbox under the sign-in name, and returns the address as it is compared.
    pub fn make_mailbox(&mut self) -> String {
        let mail = self.name().to_owned();
        self.properties.insert("mail".to_owned(), json!(mail));
        mail.to_ascii_lowercase()
    }

    /// Gives the user another sign-in name.
    pub fn rename(&mut self, name: &str) {
        self.properties.insert("userPrincipalName".to_owned(), json!(name));
    }
}
