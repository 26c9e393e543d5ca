//! The properties of a user: types, lengths, and which of them clients may set.
//!
//! <https://learn.microsoft.com/graph/api/resources/user>

/// What a property holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// Text that must not be empty, of at most so many characters.
    Name(usize),
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// A list of texts.
    Texts,
    /// An object that is kept as it comes.
    Object,
    /// `extensionAttribute1` to `extensionAttribute15`.
    Extensions,
    /// The sign-in name.
    Upn,
    /// A mail address.
    Mail,
    /// A list of mail addresses.
    Mails,
    /// Two capital letters of ISO 3166.
    Country,
    /// The password and when it must be changed. Never given out.
    Password,
    /// What only the directory sets.
    ReadOnly,
    /// A list that only the directory sets.
    ReadOnlyList,
}

use Kind as K;

/// The length where none is documented.
const LONG: usize = 2048;

/// All properties.
const PROPERTIES: [(&str, Kind); 79] = [
    ("aboutMe", K::Text(LONG)),
    ("accountEnabled", K::Flag),
    ("ageGroup", K::Text(64)),
    ("assignedLicenses", K::ReadOnlyList),
    ("assignedPlans", K::ReadOnlyList),
    ("authorizationInfo", K::Object),
    ("birthday", K::Text(64)),
    ("businessPhones", K::Texts),
    ("city", K::Text(128)),
    ("companyName", K::Text(64)),
    ("consentProvidedForMinor", K::Text(64)),
    ("country", K::Text(128)),
    ("createdDateTime", K::ReadOnly),
    ("creationType", K::ReadOnly),
    ("customSecurityAttributes", K::Object),
    ("deletedDateTime", K::ReadOnly),
    ("department", K::Text(64)),
    ("deviceEnrollmentLimit", K::Number),
    ("displayName", K::Name(256)),
    ("employeeHireDate", K::Text(64)),
    ("employeeId", K::Text(16)),
    ("employeeLeaveDateTime", K::Text(64)),
    ("employeeOrgData", K::Object),
    ("employeeType", K::Text(LONG)),
    ("externalUserState", K::ReadOnly),
    ("externalUserStateChangeDateTime", K::ReadOnly),
    ("faxNumber", K::Text(64)),
    ("givenName", K::Text(64)),
    ("hireDate", K::Text(64)),
    ("id", K::ReadOnly),
    ("identities", K::Object),
    ("identityParentId", K::ReadOnly),
    ("imAddresses", K::ReadOnlyList),
    ("interests", K::Texts),
    ("isManagementRestricted", K::ReadOnly),
    ("isResourceAccount", K::Flag),
    ("jobTitle", K::Text(128)),
    ("lastPasswordChangeDateTime", K::ReadOnly),
    ("legalAgeGroupClassification", K::ReadOnly),
    ("licenseAssignmentStates", K::ReadOnlyList),
    ("mail", K::Mail),
    ("mailNickname", K::Name(64)),
    ("mailboxSettings", K::Object),
    ("mobilePhone", K::Text(64)),
    ("mySite", K::Text(LONG)),
    ("officeLocation", K::Text(128)),
    ("onPremisesDistinguishedName", K::ReadOnly),
    ("onPremisesDomainName", K::ReadOnly),
    ("onPremisesExtensionAttributes", K::Extensions),
    ("onPremisesImmutableId", K::Text(LONG)),
    ("onPremisesLastSyncDateTime", K::ReadOnly),
    ("onPremisesProvisioningErrors", K::ReadOnlyList),
    ("onPremisesSamAccountName", K::ReadOnly),
    ("onPremisesSecurityIdentifier", K::ReadOnly),
    ("onPremisesSyncEnabled", K::ReadOnly),
    ("onPremisesUserPrincipalName", K::ReadOnly),
    ("otherMails", K::Mails),
    ("passwordPolicies", K::Text(LONG)),
    ("passwordProfile", K::Password),
    ("pastProjects", K::Texts),
    ("postalCode", K::Text(40)),
    ("preferredDataLocation", K::Text(64)),
    ("preferredLanguage", K::Text(64)),
    ("preferredName", K::Text(LONG)),
    ("provisionedPlans", K::ReadOnlyList),
    ("proxyAddresses", K::ReadOnlyList),
    ("responsibilities", K::Texts),
    ("schools", K::Texts),
    ("securityIdentifier", K::ReadOnly),
    ("serviceProvisioningErrors", K::ReadOnlyList),
    ("showInAddressList", K::Flag),
    ("signInSessionsValidFromDateTime", K::ReadOnly),
    ("skills", K::Texts),
    ("state", K::Text(128)),
    ("streetAddress", K::Text(1024)),
    ("surname", K::Text(64)),
    ("usageLocation", K::Country),
    ("userPrincipalName", K::Upn),
    ("userType", K::Text(64)),
];

/// What an answer contains when nothing is selected.
pub(super) const DEFAULT: [&str; 11] = [
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

/// What must be there to create a user.
pub(super) const REQUIRED: [&str; 5] =
    ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"];

/// The property of a name, whose case does not matter in queries.
pub(super) fn lookup(name: &str) -> Option<(&'static str, Kind)> {
    PROPERTIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}

/// The kind of a property, by its exact name.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let place = PROPERTIES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    Some(PROPERTIES[place].1)
}
