//! The marker that ties a user to its signup, and the property that holds it.
//!
//! Tenants differ in what `POST /users` takes: where one refuses the extension attribute, the marker is a hash in
//! `employeeId`, and where that is refused or in use, the extension attribute is written right after the POST.

use std::sync::atomic::{AtomicU8, Ordering};

use aws_lc_rs::digest::{SHA256, digest};

use super::{Graph, classify::GraphError};
use crate::domain::{Attribute, Profiles, SignupId, TenantAlias};

/// The beginning of the marker in an extension attribute; the signup's id follows.
const PREFIX: &str = "accountcreator:";

/// The property of the second method.
const EMPLOYEE_ID: &str = "employeeId";

/// Graph's longest `employeeId`.
const EMPLOYEE_ID_CHARS: usize = 16;

/// The way in which new users are marked as their signup's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerMethod {
    /// By an extension attribute in the POST.
    ExtensionAttribute,
    /// By `employeeId` in the POST.
    EmployeeId,
    /// By an extension attribute in a PATCH after the POST: in between, the user is not marked.
    ExtensionAttributeAfterwards,
}

/// The marker of one tenant: the configured attribute, and what is known of the tenant's refusals.
pub(super) struct Marker {
    attribute: String,
    employee_id_is_free: bool,
    known: AtomicU8,
}

/// Set once the refusals on record have been passed to the client.
const LOADED: u8 = 1;
const NO_EXTENSION: u8 = 2;
const NO_EMPLOYEE_ID: u8 = 4;

impl Marker {
    pub(super) fn new(number: u8, tenant: &TenantAlias, profiles: &Profiles) -> Self {
        let attribute = format!("extensionAttribute{number}");
        let mut of_tenant = profiles.iter().filter(|profile| profile.tenant == *tenant);
        let sets_employee_id = |attribute: &Attribute| attribute.name == EMPLOYEE_ID;
        let employee_id_is_free = !of_tenant.any(|profile| profile.attributes.iter().any(sets_employee_id));
        Self { attribute, employee_id_is_free, known: AtomicU8::new(0) }
    }

    /// The extension attribute.
    pub(super) fn attribute(&self) -> &str {
        &self.attribute
    }

    fn method(&self) -> MarkerMethod {
        let known = self.known.load(Ordering::Relaxed);
        if known & NO_EXTENSION == 0 {
            MarkerMethod::ExtensionAttribute
        } else if self.employee_id_is_free && known & NO_EMPLOYEE_ID == 0 {
            MarkerMethod::EmployeeId
        } else {
            MarkerMethod::ExtensionAttributeAfterwards
        }
    }

    /// The property of the marker that a refused POST is about, which was sent with this method. A refusal of another
    /// extension attribute, which the profile sets, is about the profile.
    pub(super) fn refused_by(
        &self,
        method: MarkerMethod,
        error: &GraphError,
        set_by_profile: &[&str],
    ) -> Option<&str> {
        match method {
            MarkerMethod::ExtensionAttribute => {
                let is_of_profile = set_by_profile.iter().any(|name| error.names(name));
                let is_of_any = error.names("onPremisesExtensionAttributes")
                    || error.names_start_of("extensionAttribute");
                let is_of_marker = error.names(&self.attribute) || (is_of_any && !is_of_profile);
                is_of_marker.then_some(self.attribute())
            }
            MarkerMethod::EmployeeId => error.names(EMPLOYEE_ID).then_some(EMPLOYEE_ID),
            MarkerMethod::ExtensionAttributeAfterwards => None,
        }
    }
}

impl Graph {
    /// The way in which new users are marked, as determined by the tenant's known refusals.
    #[must_use]
    pub fn marker_method(&self) -> MarkerMethod {
        self.marker().method()
    }

    /// The extension attribute that is configured for the marker.
    #[must_use]
    pub fn marker_attribute(&self) -> &str {
        self.marker().attribute()
    }

    /// Returns whether [`Self::refuses_markers`] has been called, so that the record need not be read again.
    #[must_use]
    pub fn knows_refused_markers(&self) -> bool {
        self.marker().known.load(Ordering::Relaxed) & LOADED != 0
    }

    /// Remembers that the tenant refuses a marker in these properties.
    pub fn refuses_markers<'a>(&self, properties: impl IntoIterator<Item = &'a str>) {
        let bit_of = |property: &str| match property {
            EMPLOYEE_ID => NO_EMPLOYEE_ID,
            attribute if attribute == self.marker().attribute => NO_EXTENSION,
            // Another attribute was configured when this one was refused.
            _ => 0,
        };
        let bits = properties.into_iter().fold(LOADED, |bits, property| bits | bit_of(property));
        self.marker().known.fetch_or(bits, Ordering::Relaxed);
    }
}

/// The extension attribute's value that ties a user to its signup.
pub(super) fn marker_of(signup: SignupId) -> String {
    format!("{PREFIX}{signup}")
}

/// The `employeeId` that does the same.
pub(super) fn employee_id_of(signup: SignupId) -> String {
    let hash = digest(&SHA256, marker_of(signup).as_bytes());
    hash.as_ref().iter().take(EMPLOYEE_ID_CHARS / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// Returns whether an extension attribute holds the marker of some signup.
pub(super) fn is_marker(value: &str) -> bool {
    value.starts_with(PREFIX)
}

/// Returns whether an `employeeId` has the form of a marker.
pub(super) fn is_employee_marker(value: &str) -> bool {
    value.len() == EMPLOYEE_ID_CHARS && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::config;

    #[test]
    fn an_employee_id_has_its_longest_form_and_is_the_signups_own() {
        let one = employee_id_of(SignupId::from_bytes([7; 16]));
        assert_eq!(one.len(), 16);
        assert!(
            is_employee_marker(&one)
                && !is_employee_marker("4711")
                && !is_employee_marker("a-b-c-d-e-f-g-h-")
        );
        assert_ne!(one, employee_id_of(SignupId::from_bytes([8; 16])));
    }

    #[test]
    fn the_methods_follow_each_other_as_the_tenant_refuses() {
        use MarkerMethod::{EmployeeId, ExtensionAttribute, ExtensionAttributeAfterwards};
        let mut profile = config::testing::config().profiles.iter().next().unwrap().clone();
        profile.attributes = vec![Attribute::parse(EMPLOYEE_ID, "4711", &profile.rule).unwrap()];
        for (free, known, method) in [
            (true, LOADED, ExtensionAttribute),
            (true, NO_EMPLOYEE_ID, ExtensionAttribute),
            (true, NO_EXTENSION, EmployeeId),
            (false, NO_EXTENSION, ExtensionAttributeAfterwards),
            (true, NO_EXTENSION | NO_EMPLOYEE_ID, ExtensionAttributeAfterwards),
        ] {
            let (mut profile, main) = (profile.clone(), "main".parse().unwrap());
            // A profile of another tenant leaves the tenant's `employeeId` free.
            profile.tenant = if free { "other".parse().unwrap() } else { profile.tenant };
            let marker = Marker::new(15, &main, &Profiles::new(vec![profile]));
            marker.known.store(known, Ordering::Relaxed);
            assert_eq!(marker.method(), method);
        }
    }
}
