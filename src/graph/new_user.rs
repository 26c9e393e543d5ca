//! The body of `POST /users`: exactly what the profile lists, and nothing else of the person.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::NewUser;
use crate::domain::{Password, SignupId, Username};

/// The attribute's value that ties a user to its signup.
pub(super) fn marker_of(signup: SignupId) -> String {
    format!("accountcreator:{signup}")
}

pub(super) struct Body<'a> {
    pub(super) user: &'a NewUser<'a>,
    /// The name of the extension attribute that holds the marker.
    pub(super) marker: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PasswordProfile<'a> {
    password: &'a str,
    force_change_password_next_sign_in: bool,
}

impl<'a> PasswordProfile<'a> {
    /// A password for one sign-in: it must be changed then.
    pub(super) fn once(password: &'a Password) -> Self {
        Self { password: password.expose(), force_change_password_next_sign_in: true }
    }
}

/// The extension attributes: the profile's and the marker.
struct Extensions<'a>(&'a Body<'a>);

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let user = self.user;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("accountEnabled", &true)?;
        if !user.attributes.iter().any(|(name, _)| *name == "displayName") {
            map.serialize_entry("displayName", user.display_name)?;
        }
        map.serialize_entry("mailNickname", &nickname(&user.principal.username, user.signup))?;
        map.serialize_entry("userPrincipalName", &user.principal.to_string())?;
        map.serialize_entry("passwordProfile", &PasswordProfile::once(user.password))?;
        if let Some(country) = user.usage_location {
            map.serialize_entry("usageLocation", &country.to_string())?;
        }
        for (name, value) in
            user.attributes.iter().filter(|(name, value)| !is_extension(name) && !value.is_empty())
        {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("onPremisesExtensionAttributes", &Extensions(self))?;
        map.end()
    }
}

impl Serialize for Extensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Body { user, marker } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(marker, &marker_of(user.signup))?;
        for (name, value) in
            user.attributes.iter().filter(|(name, value)| is_extension(name) && !value.is_empty())
        {
            if name != marker {
                map.serialize_entry(name, value)?;
            }
        }
        map.end()
    }
}

fn is_extension(name: &str) -> bool {
    name.starts_with("extensionAttribute")
}

/// The username without the signs that a mail nickname may not have everywhere.
fn nickname(username: &Username, signup: SignupId) -> String {
    let is_safe = |c: &char| c.is_ascii_alphanumeric() || "-._".contains(*c);
    let safe: String = username.as_str().chars().filter(is_safe).collect();
    let safe = safe.trim_matches('.');
    if safe.is_empty() { signup.to_string() } else { safe.to_owned() }
}
