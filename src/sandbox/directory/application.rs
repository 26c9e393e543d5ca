//! App registrations: their properties, certificates and permissions.

use serde_json::Value;
use uuid::Uuid;

use super::Properties;
use crate::sandbox::entra::certificate::Certificate;

/// An app registration, and its service principal where there is one.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Application {
    /// The object id, by which Graph's paths name it.
    pub id: Uuid,
    /// The client id.
    pub app_id: Uuid,
    pub created_ms: i64,
    /// Properties that clients set, by Graph's names, without the certificates.
    pub properties: Properties,
    pub credentials: Vec<Credential>,
    /// The object id of the service principal.
    pub principal: Option<Uuid>,
    /// The permissions that were consented to, by name; tokens carry those of the time of their issue.
    pub granted: Vec<String>,
}

/// A certificate of an app registration.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Credential {
    pub key_id: Uuid,
    pub certificate: Certificate,
    /// Further properties that clients set, by Graph's names.
    pub properties: Properties,
}

impl Application {
    /// A registration without certificates, principal and permissions.
    pub fn new(id: Uuid, app_id: Uuid, created_ms: i64, properties: Properties) -> Self {
        Self {
            id,
            app_id,
            created_ms,
            properties,
            credentials: Vec::new(),
            principal: None,
            granted: Vec::new(),
        }
    }

    /// The name.
    pub fn name(&self) -> &str {
        self.properties.get("displayName").and_then(Value::as_str).unwrap_or_default()
    }

    /// Adds a certificate that an administrator uploads.
    pub fn add_certificate(&mut self, key_id: Uuid, certificate: Certificate) {
        self.credentials.push(Credential { key_id, certificate, properties: Properties::new() });
    }
}
