//! A user as Graph shows it.

use serde_json::{Map, Value, json};

use super::errors::GraphError;
use super::schema::{DEFAULT, Kind, kind, lookup};
use crate::sandbox::clock::rfc3339;
use crate::sandbox::directory::{License, User};

/// The selected properties by their exact names; the default ones where nothing is selected.
pub(super) fn selected(select: Option<&[String]>) -> Result<Vec<&'static str>, GraphError> {
    let Some(select) = select.filter(|names| !names.is_empty()) else {
        return Ok(DEFAULT.to_vec());
    };
    select.iter().map(|name| known(name)).collect()
}

/// The exact name of a property, or the error that there is none.
pub(super) fn known(name: &str) -> Result<&'static str, GraphError> {
    lookup(name).map(|(name, _)| name).ok_or_else(|| {
        let text = format!("Could not find a property named '{name}' on type 'microsoft.graph.user'.");
        GraphError::malformed(text)
    })
}

/// An object of these properties.
pub(super) fn object(user: &User, names: &[&'static str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), property(user, name))).collect()
}

/// A property's value; `a/b` reaches into an object.
pub(super) fn property(user: &User, name: &str) -> Value {
    if let Some((outer, inner)) = name.split_once('/') {
        return property(user, known(outer).unwrap_or_default()).get(inner).cloned().unwrap_or_default();
    }
    match name {
        "id" => json!(user.id),
        "createdDateTime" => json!(rfc3339(user.created_ms)),
        "deletedDateTime" => json!(user.deleted_ms.map(rfc3339)),
        "userType" => json!(user.text(name).unwrap_or("Member")),
        "assignedLicenses" => user.licenses.iter().map(license).collect(),
        "onPremisesExtensionAttributes" => extensions(user),
        "proxyAddresses" => match user.text("mail") {
            Some(mail) => json!([format!("SMTP:{mail}")]),
            None => json!([]),
        },
        _ => plain(user, name),
    }
}

fn plain(user: &User, name: &str) -> Value {
    match kind(name) {
        Some(Kind::Password) => Value::Null,
        Some(Kind::Texts | Kind::Mails | Kind::ReadOnlyList) => {
            user.properties.get(name).cloned().unwrap_or_else(|| json!([]))
        }
        _ => user.properties.get(name).cloned().unwrap_or_default(),
    }
}

fn license(license: &License) -> Value {
    json!({ "disabledPlans": license.disabled_plans, "skuId": license.sku })
}

/// All fifteen, set or not.
fn extensions(user: &User) -> Value {
    let set = user.properties.get("onPremisesExtensionAttributes");
    let all = (1..=15).map(|number| {
        let name = format!("extensionAttribute{number}");
        let value = set.and_then(|set| set.get(&name)).cloned().unwrap_or_default();
        (name, value)
    });
    Value::Object(all.collect())
}
