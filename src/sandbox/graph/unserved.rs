//! The requests of Microsoft Graph v1.0 that clients of a directory make and that this tenant does not serve: they are
//! told apart from requests that Graph itself does not know.

use axum::http::Method;

/// One request a line: the method, and the path with its parameters in braces.
const REQUESTS: &str = "
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

/// The path of the table that a request matches, such as `/teams/{team-id}/archive`.
pub(super) fn unserved(method: &Method, path: &str) -> Option<&'static str> {
    let mut requests = REQUESTS.lines().filter_map(|line| line.trim().split_once(' '));
    requests
        .find(|(known, template)| *known == method.as_str() && matches(template, path))
        .map(|(_, path)| path)
}

fn matches(template: &str, path: &str) -> bool {
    let (mut parts, mut segments) = (template.split('/').skip(1), path.split('/').filter(|s| !s.is_empty()));
    loop {
        match (parts.next(), segments.next()) {
            (None, None) => return true,
            (Some(part), Some(segment)) if fits(part, segment) => {}
            _ => return false,
        }
    }
}

/// Returns whether a segment is this part of a template, in which braces stand for any text.
fn fits(part: &str, segment: &str) -> bool {
    let parameter = part.split_once('{').zip(part.rsplit_once('}'));
    parameter.map_or(part == segment, |((start, _), (_, end))| {
        segment.len() > start.len() + end.len() && segment.starts_with(start) && segment.ends_with(end)
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use axum::http::{Method, StatusCode};

    use super::super::route::route;

    #[test]
    fn each_request_of_the_table_is_named_and_none_that_is_served() {
        let requests = super::REQUESTS.lines().filter_map(|line| line.trim().split_once(' '));
        let mut count = 0;
        for (method, template) in requests {
            let path = template.replace(['{', '}'], "");
            let error = route(&method.parse::<Method>().unwrap(), &path).unwrap_err();
            assert_eq!(error.status, StatusCode::NOT_IMPLEMENTED, "{method} {template}");
            count += 1;
        }
        assert!(count > 100, "{count}");
        for (method, path) in [
            (Method::GET, "/users"),
            (Method::POST, "/users"),
            (Method::GET, "/users/x"),
            (Method::GET, "/users/$count"),
            (Method::PATCH, "/users/x"),
            (Method::DELETE, "/users/x"),
            (Method::GET, "/groups/x"),
            (Method::GET, "/groups/x/members"),
            (Method::GET, "/groups/x/transitiveMembers"),
            (Method::GET, "/groups/x/owners/graph.user"),
            (Method::POST, "/groups/x/owners/$ref"),
            (Method::DELETE, "/groups/x/owners/y/$ref"),
            (Method::GET, "/users/x/transitiveMemberOf"),
            (Method::DELETE, "/groups/x/members/y/$ref"),
            (Method::GET, "/directory/deletedItems/microsoft.graph.user"),
            (Method::DELETE, "/directory/deletedItems/x"),
            (Method::GET, "/servicePrincipals/x/appRoleAssignments"),
            (Method::POST, "/$batch"),
            (Method::GET, "/applications"),
            (Method::POST, "/applications"),
            (Method::PATCH, "/applications/x"),
            (Method::POST, "/servicePrincipals"),
            (Method::POST, "/servicePrincipals/x/appRoleAssignedTo"),
        ] {
            assert!(route(&method, path).is_ok(), "{method} {path}");
        }
        assert_eq!(route(&Method::GET, "/planets").unwrap_err().status, StatusCode::BAD_REQUEST);
    }
}
