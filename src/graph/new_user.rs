//! The body of `POST /users`: exactly what the profile lists, and nothing else of the person.

use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{
    NewUser,
    marker::{MarkerMethod, employee_id_of, marker_of},
};
use crate::domain::{Password, SignupId, Username};

pub(super) struct Body<'a> {
    pub(super) user: &'a NewUser<'a>,
    pub(super) method: MarkerMethod,
    /// The name of the extension attribute that holds the marker.
    pub(super) marker: &'a str,
}

/// The body of the PATCH that brings what a tenant does not take in the POST.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Completion<'a> {
    pub(super) on_premises_extension_attributes: Extensions<'a>,
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
pub(super) struct Extensions<'a> {
    pub(super) signup: SignupId,
    pub(super) attributes: &'a [(&'static str, String)],
    pub(super) marker: &'a str,
}

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
        let (signup, attributes, marker) = (user.signup, user.attributes, self.marker);
        match self.method {
            MarkerMethod::ExtensionAttribute => {
                let extensions = Extensions { signup, attributes, marker };
                map.serialize_entry("onPremisesExtensionAttributes", &extensions)?;
            }
            MarkerMethod::EmployeeId => map.serialize_entry("employeeId", &employee_id_of(signup))?,
            MarkerMethod::ExtensionAttributeAfterwards => {}
        }
        map.end()
    }
}

impl Serialize for Extensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.marker, &marker_of(self.signup))?;
        for (name, value) in extensions_of(self.attributes).filter(|(name, _)| *name != self.marker) {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The extension attributes that a profile sets.
pub(super) fn extensions_of<'a>(
    attributes: &'a [(&'static str, String)],
) -> impl Iterator<Item = (&'static str, &'a str)> {
    let set = attributes.iter().filter(|(name, value)| is_extension(name) && !value.is_empty());
    set.map(|(name, value)| (*name, value.as_str()))
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
