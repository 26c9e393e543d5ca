//! The entities that this tenant serves, and the requests of Graph that it does not.
//!
//! A new entity is a table here, with a name for each of its operations in [`crate::sandbox::operation`].

use super::applications::{APP_ROLE_ASSIGNMENTS, APPLICATIONS, SERVICE_PRINCIPALS};
use super::entity::{Action, Entity, Kind, LONG, Property, Request};
use super::groups::GROUPS;
use super::licenses::{LICENSE_DETAILS, SUBSCRIBED_SKUS};
use super::send_mail::send;
use super::users::{DELETED_USERS, USERS};
use crate::sandbox::operation::Operation as O;
use Action::{Batch, Get, List, Run};
use Kind::{Array, Flag, Number, Text};

/// All entities.
pub(super) const ENTITIES: [&Entity; 15] = [
    &BATCH,
    &USERS,
    &DELETED_USERS,
    &MAIL,
    &GROUPS,
    &GROUP_SETTINGS,
    &SUBSCRIBED_SKUS,
    &LICENSE_DETAILS,
    &DOMAINS,
    &ORGANIZATION,
    &AUTHORIZATION_POLICY,
    &SECURITY_DEFAULTS,
    &APPLICATIONS,
    &SERVICE_PRINCIPALS,
    &APP_ROLE_ASSIGNMENTS,
];

static BATCH: Entity =
    Entity::new("batch", "batch", &[], &[Request::new("POST", "/$batch", O::Batch, Batch)]);

static MAIL: Entity = Entity::new(
    "message",
    "messages",
    &[],
    &[Request::new("POST", "/users/{id}/sendMail", O::SendMail, Run(send))],
);

static DOMAINS: Entity = Entity {
    read: &["Domain.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    ..Entity::new(
        "domain",
        "domains",
        &[
            Property::shown("authenticationType", Text(64)).read_only(),
            Property::shown("availabilityStatus", Text(64)).read_only(),
            Property::shown("id", Text(255)).required(),
            Property::shown("isAdminManaged", Flag).read_only(),
            Property::shown("isDefault", Flag),
            Property::shown("isInitial", Flag).read_only(),
            Property::shown("isRoot", Flag).read_only(),
            Property::shown("isVerified", Flag).read_only(),
            Property::selectable("manufacturer", Text(LONG)).read_only(),
            Property::selectable("model", Text(LONG)).read_only(),
            Property::shown("passwordNotificationWindowInDays", Number),
            Property::shown("passwordValidityPeriodInDays", Number),
            Property::shown("state", Kind::Object).read_only(),
            Property::shown("supportedServices", Array),
        ],
        &[
            Request::new("GET", "/domains", O::ListDomains, List),
            Request::new("GET", "/domains/{name}", O::ListDomains, Get),
        ],
    )
};

static ORGANIZATION: Entity = Entity {
    read: &["Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"],
    ..Entity::new(
        "organization",
        "organization",
        &[
            Property::selectable("assignedPlans", Array).read_only(),
            Property::selectable("businessPhones", Array),
            Property::selectable("city", Text(LONG)),
            Property::selectable("country", Text(LONG)),
            Property::selectable("countryLetterCode", Text(2)),
            Property::selectable("createdDateTime", Text(64)).read_only(),
            Property::selectable("defaultUsageLocation", Text(2)),
            Property::selectable("deletedDateTime", Text(64)).read_only(),
            Property::shown("displayName", Text(256)),
            Property::shown("id", Kind::Guid).read_only(),
            Property::selectable("marketingNotificationEmails", Array),
            Property::selectable("onPremisesLastSyncDateTime", Text(64)).read_only(),
            Property::shown("onPremisesSyncEnabled", Flag),
            Property::selectable("partnerTenantType", Text(64)).read_only(),
            Property::selectable("postalCode", Text(40)),
            Property::selectable("preferredLanguage", Text(64)),
            Property::selectable("privacyProfile", Kind::Object),
            Property::selectable("provisionedPlans", Array).read_only(),
            Property::selectable("securityComplianceNotificationMails", Array),
            Property::selectable("securityComplianceNotificationPhones", Array),
            Property::selectable("state", Text(LONG)),
            Property::selectable("street", Text(LONG)),
            Property::shown("technicalNotificationMails", Array),
            Property::shown("tenantType", Text(64)).read_only(),
            Property::shown("verifiedDomains", Array).read_only(),
        ],
        &[Request::new("GET", "/organization", O::GetOrganization, List)],
    )
};

static AUTHORIZATION_POLICY: Entity = Entity {
    read: &["Policy.Read.All"],
    ..Entity::new(
        "authorizationPolicy",
        "policies/authorizationPolicy",
        &[
            Property::shown("allowEmailVerifiedUsersToJoinOrganization", Flag),
            Property::shown("allowInvitesFrom", Text(64)),
            Property::selectable("allowUserConsentForRiskyApps", Flag),
            Property::shown("allowedToSignUpEmailBasedSubscriptions", Flag),
            Property::shown("allowedToUseSSPR", Flag),
            Property::shown("blockMsolPowerShell", Flag),
            Property::shown("defaultUserRolePermissions", Kind::Object),
            Property::selectable("description", Text(LONG)),
            Property::shown("displayName", Text(256)),
            Property::shown("guestUserRoleId", Kind::Guid),
            Property::shown("id", Text(64)).read_only(),
        ],
        &[Request::new("GET", "/policies/authorizationPolicy", O::GetPolicy, Get)],
    )
};

static SECURITY_DEFAULTS: Entity = Entity {
    read: &["Policy.Read.All"],
    ..Entity::new(
        "identitySecurityDefaultsEnforcementPolicy",
        "policies/identitySecurityDefaultsEnforcementPolicy",
        &[
            Property::selectable("description", Text(LONG)),
            Property::shown("displayName", Text(256)),
            Property::shown("id", Kind::Guid).read_only(),
            Property::shown("isEnabled", Flag),
        ],
        &[Request::new("GET", "/policies/identitySecurityDefaultsEnforcementPolicy", O::GetPolicy, Get)],
    )
};

static GROUP_SETTINGS: Entity = Entity {
    read: &["Directory.Read.All", "Directory.ReadWrite.All"],
    ..Entity::new(
        "groupSetting",
        "groupSettings",
        &[
            Property::shown("displayName", Text(256)).read_only(),
            Property::shown("id", Kind::Guid).read_only(),
            Property::shown("templateId", Kind::Guid).required(),
            Property::shown("values", Array),
        ],
        &[Request::new("GET", "/groupSettings", O::ListGroupSettings, List)],
    )
};

/// The requests of Microsoft Graph v1.0 that clients of a directory make and that this tenant does not serve, one a
/// line: the method, and the path with its keys in braces. They are answered with 501.
pub(super) const UNSERVED: &str = "
    GET /users/delta
    POST /users/{user-id}/reprocessLicenseAssignment
    POST /users/{user-id}/retryServiceProvisioning
    GET /users/{user-id}/manager
    PUT /users/{user-id}/manager/$ref
    DELETE /users/{user-id}/manager/$ref
    GET /users/{user-id}/ownedObjects
    GET /users/{user-id}/joinedTeams
    POST /users/{user-id}/getMemberGroups
    POST /users/{user-id}/checkMemberGroups
    POST /users/{user-id}/exportPersonalData
    GET /users/{user-id}/appRoleAssignments
    GET /users/{user-id}/authentication/methods
    POST /users/{user-id}/authentication/methods/{method-id}/resetPassword
    GET /users/{user-id}/authentication/temporaryAccessPassMethods
    POST /users/{user-id}/authentication/temporaryAccessPassMethods
    GET /users/{user-id}/authentication/temporaryAccessPassMethods/{tap-id}
    DELETE /users/{user-id}/authentication/temporaryAccessPassMethods/{tap-id}
    GET /users/{user-id}/authentication/emailMethods
    POST /users/{user-id}/authentication/emailMethods
    DELETE /users/{user-id}/authentication/emailMethods/{method-id}
    GET /users/{user-id}/authentication/phoneMethods
    POST /users/{user-id}/authentication/phoneMethods
    DELETE /users/{user-id}/authentication/phoneMethods/{method-id}
    POST /directoryObjects/{directoryObject-id}/getMemberGroups
    POST /directoryObjects/{directoryObject-id}/getMemberObjects
    GET /directoryObjects/{directoryObject-id}/memberOf
    POST /directoryObjects/validateProperties
    POST /directoryObjects/getByIds
    GET /directory/deletedItems/microsoft.graph.group
    GET /directory/deletedItems/microsoft.graph.application
    POST /directory/deletedItems/getUserOwnedObjects
    GET /groups/delta
    POST /groups
    PATCH /groups/{group-id}
    DELETE /groups/{group-id}
    GET /groups(uniqueName='{uniqueName}')
    PATCH /groups(uniqueName='{uniqueName}')
    POST /groups/{group-id}/assignLicense
    GET /groups/{group-id}/membersWithLicenseErrors
    GET /groups/{group-id}/members/$count
    POST /groups/{group-id}/renew
    POST /groups/{group-id}/validateProperties
    POST /groups/{group-id}/retryServiceProvisioning
    GET /groups/{group-id}/settings
    POST /groups/{group-id}/settings
    PATCH /groups/{group-id}/settings/{groupSetting-id}
    GET /groups/{group-id}/team
    PATCH /groups/{group-id}/team
    PUT /groups/{group-id}/team
    GET /groupSettingTemplates
    POST /groupSettings
    GET /groupSettings/{groupSetting-id}
    PATCH /groupSettings/{groupSetting-id}
    DELETE /groupSettings/{groupSetting-id}
    GET /groupLifecyclePolicies
    POST /groupLifecyclePolicies
    PATCH /groupLifecyclePolicies/{policy-id}
    DELETE /groupLifecyclePolicies/{policy-id}
    POST /groupLifecyclePolicies/{policy-id}/addGroup
    POST /groupLifecyclePolicies/{policy-id}/removeGroup
    POST /teams
    GET /teams/{team-id}
    PATCH /teams/{team-id}
    POST /teams/{team-id}/archive
    POST /teams/{team-id}/unarchive
    POST /teams/{team-id}/clone
    POST /teams/{team-id}/completeMigration
    GET /teams/{team-id}/members
    POST /teams/{team-id}/members
    POST /teams/{team-id}/members/add
    POST /teams/{team-id}/members/remove
    GET /teams/{team-id}/members/{membership-id}
    PATCH /teams/{team-id}/members/{membership-id}
    DELETE /teams/{team-id}/members/{membership-id}
    GET /teams/{team-id}/channels
    GET /teams/{team-id}/primaryChannel
    GET /teams/{team-id}/operations/{teamsAsyncOperation-id}
    GET /subscriptions
    POST /subscriptions
    GET /subscriptions/{subscription-id}
    PATCH /subscriptions/{subscription-id}
    DELETE /subscriptions/{subscription-id}
    POST /subscriptions/{subscription-id}/reauthorize
    POST /invitations
    DELETE /applications/{application-id}
    GET /applications(appId='{appId}')
    POST /applications/{application-id}/addKey
    POST /applications/{application-id}/removeKey
    POST /applications/{application-id}/addPassword
    POST /applications/{application-id}/owners/$ref
    PATCH /servicePrincipals/{servicePrincipal-id}
    GET /servicePrincipals(appId='{appId}')
    GET /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo
    DELETE /servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo/{appRoleAssignment-id}
    POST /servicePrincipals/{servicePrincipal-id}/appRoleAssignments
    DELETE /servicePrincipals/{servicePrincipal-id}/appRoleAssignments/{appRoleAssignment-id}
    POST /oauth2PermissionGrants
    GET /policies/authenticationMethodsPolicy
    GET /policies/authenticationMethodsPolicy/authenticationMethodConfigurations/{configuration-id}
    GET /reports/authenticationMethods/userRegistrationDetails
    GET /auditLogs/directoryAudits
    GET /auditLogs/signIns
    GET /roleManagement/directory/roleAssignments
    GET /directoryRoles
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ENTITIES, O};

    #[test]
    fn each_operation_of_graph_has_a_request_and_each_request_is_named_once() {
        let requests = || ENTITIES.into_iter().flat_map(|entity| entity.requests);
        let served: BTreeSet<O> = requests().map(|request| request.operation).collect();
        let named: BTreeSet<O> = O::ALL.iter().copied().filter(|operation| operation.is_graph()).collect();
        let without: Vec<&O> = named.difference(&served).collect();
        assert_eq!(without, [&O::AnyGraph, &O::Unknown]);
        let mut paths = BTreeSet::new();
        for request in requests() {
            assert!(paths.insert((request.method, request.path)), "{} {}", request.method, request.path);
        }
    }

    #[test]
    fn each_property_is_in_its_table_once() {
        for entity in ENTITIES {
            let names: BTreeSet<&str> = entity.properties.iter().map(|property| property.name).collect();
            assert_eq!(names.len(), entity.properties.len(), "{}", entity.name);
        }
    }
}
