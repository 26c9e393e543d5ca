//! From a method and a path to an operation and the objects it is about.

use axum::http::Method;

use super::errors::GraphError;
use super::unserved::unserved;
use crate::sandbox::operation::Operation;
use crate::sandbox::urlencoded::decode;

/// An operation, and the keys in the path.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Route {
    pub operation: Operation,
    /// The object's key, where the path names one.
    pub object: String,
    /// The key of a second object, where the path names one.
    pub other: String,
}

/// Finds the operation of a path below `/v1.0`.
pub(super) fn route(method: &Method, path: &str) -> Result<Route, GraphError> {
    if let Some(template) = unserved(method, path) {
        return Err(GraphError::unserved(method.as_str(), template));
    }
    let segments = segments(path);
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let found = match *method {
        Method::GET => get(&segments),
        Method::POST => post(&segments),
        Method::PATCH => patch(&segments),
        Method::DELETE => delete(&segments),
        _ => None,
    };
    let (operation, object, other) =
        found.ok_or_else(|| GraphError::no_segment(segments.first().unwrap_or(&"")))?;
    Ok(Route { operation, object: object.to_owned(), other: other.to_owned() })
}

type Found<'a> = Option<(Operation, &'a str, &'a str)>;

fn get<'a>(segments: &[&'a str]) -> Found<'a> {
    use Operation as O;
    let found = match *segments {
        ["users"] => (O::ListUsers, "", ""),
        ["users", "$count"] => (O::CountUsers, "", ""),
        ["users", user] => (O::GetUser, user, ""),
        ["users", user, "memberOf" | "transitiveMemberOf"] => (O::MemberOf, user, ""),
        ["users", user, "memberOf" | "transitiveMemberOf", cast] => (O::MemberOf, user, cast),
        ["users", user, "licenseDetails"] => (O::LicenseDetails, user, ""),
        ["groups"] => (O::ListGroups, "", ""),
        ["groups", group] => (O::GetGroup, group, ""),
        ["groups", group, "members" | "transitiveMembers"] => (O::ListMembers, group, ""),
        ["groups", group, "members", "$ref"] => (O::ListMembers, group, "$ref"),
        ["groups", group, "owners"] => (O::ListOwners, group, ""),
        ["groups", group, "owners", reference_or_cast] => (O::ListOwners, group, reference_or_cast),
        ["groups", group, "members" | "transitiveMembers", cast] => (O::ListMembers, group, cast),
        ["subscribedSkus"] => (O::ListSkus, "", ""),
        ["domains"] => (O::ListDomains, "", ""),
        ["domains", name] => (O::ListDomains, name, ""),
        ["policies", policy @ ("authorizationPolicy" | "identitySecurityDefaultsEnforcementPolicy")] => {
            (O::GetPolicy, policy, "")
        }
        ["groupSettings"] => (O::ListGroupSettings, "", ""),
        ["organization"] => (O::GetOrganization, "", ""),
        ["applications"] => (O::ListApplications, "", ""),
        ["applications", id] => (O::GetApplication, id, ""),
        ["servicePrincipals"] => (O::ListServicePrincipals, "", ""),
        ["servicePrincipals", id] => (O::ListServicePrincipals, id, ""),
        ["servicePrincipals", id, "appRoleAssignments"] => (O::ListAppRoles, id, ""),
        ["directory", "deletedItems", "microsoft.graph.user" | "graph.user"] => (O::ListDeleted, "", ""),
        ["directory", "deletedItems", id] => (O::GetDeleted, id, ""),
        _ => return None,
    };
    Some(found)
}

fn post<'a>(segments: &[&'a str]) -> Found<'a> {
    use Operation as O;
    let found = match *segments {
        ["$batch"] => (O::Batch, "", ""),
        ["users"] => (O::CreateUser, "", ""),
        ["users", user, "assignLicense" | "microsoft.graph.assignLicense"] => (O::AssignLicense, user, ""),
        ["users", user, "revokeSignInSessions" | "microsoft.graph.revokeSignInSessions"] => {
            (O::RevokeSessions, user, "")
        }
        ["users", user, "sendMail" | "microsoft.graph.sendMail"] => (O::SendMail, user, ""),
        ["groups", group, "members", "$ref"] => (O::AddMember, group, ""),
        ["groups", group, "owners", "$ref"] => (O::AddOwner, group, ""),
        ["applications"] => (O::CreateApplication, "", ""),
        ["servicePrincipals"] => (O::CreateServicePrincipal, "", ""),
        ["servicePrincipals", id, "appRoleAssignedTo"] => (O::GrantAppRole, id, ""),
        ["directory", "deletedItems", id, "restore" | "microsoft.graph.restore"] => {
            (O::RestoreDeleted, id, "")
        }
        _ => return None,
    };
    Some(found)
}

fn patch<'a>(segments: &[&'a str]) -> Found<'a> {
    match *segments {
        ["users", user] => Some((Operation::UpdateUser, user, "")),
        ["applications", id] => Some((Operation::UpdateApplication, id, "")),
        _ => None,
    }
}

fn delete<'a>(segments: &[&'a str]) -> Found<'a> {
    use Operation as O;
    match *segments {
        ["users", user] => Some((O::DeleteUser, user, "")),
        ["groups", group, "members", member, "$ref"] => Some((O::RemoveMember, group, member)),
        ["groups", group, "owners", owner, "$ref"] => Some((O::RemoveOwner, group, owner)),
        ["directory", "deletedItems", id] => Some((O::PurgeDeleted, id, "")),
        _ => None,
    }
}

/// The decoded segments; `users('x')` counts as two, as OData has it.
fn segments(path: &str) -> Vec<String> {
    let mut segments = Vec::with_capacity(5);
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let segment = decode(segment);
        match segment.strip_suffix("')").and_then(|rest| rest.split_once("('")) {
            Some((name, key)) => {
                segments.push(name.to_owned());
                segments.push(key.replace("''", "'"));
            }
            None => segments.push(segment),
        }
    }
    segments
}
