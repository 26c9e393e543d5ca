//! Groups and who is in them.
//!
//! <https://learn.microsoft.com/graph/api/group-post-members>

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::query::{Query, collection, page, pick};
use super::user_view::{object, selected};
use super::users::{asked_for, find};
use crate::sandbox::clock::rfc3339;
use crate::sandbox::directory::{Directory, Group, Key};
use crate::sandbox::lock;
use crate::sandbox::options::GroupKind;
use crate::sandbox::world::World;

/// `GET /groups`
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let directory = lock(&world.directory);
    collection(call, &query, ("groups", "group"), directory.groups.iter().map(view))
}

/// `GET /groups/{id}`
pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let directory = lock(&world.directory);
    let mut body = view(group(&directory, call)?);
    body["@odata.context"] = json!(call.context("groups/$entity"));
    Ok(Answer::ok(pick(body, query.select.as_deref())))
}

fn group<'a>(directory: &'a Directory, call: &Call<'_>) -> Result<&'a Group, GraphError> {
    let key = &call.route.object;
    directory.group(key).ok_or_else(|| GraphError::not_found(key))
}

/// A security group as Graph shows it.
fn view(group: &Group) -> Value {
    let dynamic = group.kind == GroupKind::Dynamic;
    let synced = (group.kind == GroupKind::Synced).then_some(true);
    json!({
        "id": group.id,
        "deletedDateTime": null,
        "classification": null,
        "createdDateTime": rfc3339(group.created_ms),
        "description": null,
        "displayName": group.display_name,
        "isAssignableToRole": (group.kind == GroupKind::RoleAssignable).then_some(true),
        "groupTypes": if dynamic { json!(["DynamicMembership"]) } else { json!([]) },
        "mail": null,
        "mailEnabled": false,
        "mailNickname": group.id.simple().to_string(),
        "membershipRule": dynamic.then_some("user.userType -eq \"Member\""),
        "membershipRuleProcessingState": dynamic.then_some("On"),
        "onPremisesSyncEnabled": synced,
        "proxyAddresses": [],
        "securityEnabled": true,
        "visibility": null,
    })
}

/// `GET /groups/{id}/members`, with `/$ref` or cast to a type, and `GET /groups/{id}/transitiveMembers`: groups have no
/// groups in them, so that both have the same members.
pub(super) fn members(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    users_of(world, call, |group| &group.members)
}

/// `GET /groups/{id}/owners`, with `/$ref` or cast to a type
pub(super) fn owners(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    users_of(world, call, |group| &group.owners)
}

fn users_of(
    world: &World,
    call: &Call<'_>,
    ids: impl Fn(&Group) -> &Vec<Uuid>,
) -> Result<Answer, GraphError> {
    let query = references(call)?;
    let names = selected(query.select.as_deref())?;
    let now = world.clock.now_ms();
    let directory = lock(&world.directory);
    let users = ids(group(&directory, call)?).iter().filter_map(|id| directory.user(&Key::Id(*id), now));
    let users = asked_for(users, &query)?.into_iter();
    if call.route.other == "$ref" {
        let links = users.map(|user| {
            let address =
                format!("{}/directoryObjects/{}/Microsoft.DirectoryServices.User", call.base, user.id);
            json!({ "@odata.id": address })
        });
        return Ok(page(call, &query, "Collection($ref)", links));
    }
    let cast = Cast::parse(&call.route.other)?;
    let is_transitive = call.path.contains("/transitiveMembers");
    if is_transitive && cast.is_some_and(|cast| cast != Cast::User) && !query.advanced {
        return Err(GraphError::unsupported_query("Invalid search request."));
    }
    let objects = users.filter(|_| cast.is_none_or(|cast| cast == Cast::User)).map(|user| {
        let mut member = object(user, &names);
        if cast.is_none() {
            member.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
        }
        Value::Object(member)
    });
    Ok(page(call, &query, Cast::context(cast), objects))
}

/// The options of a collection of references, which can be filtered and sorted by advanced queries alone.
fn references(call: &Call<'_>) -> Result<Query, GraphError> {
    let query = Query::parse(call)?;
    if !query.advanced && (query.filter.is_some() || query.order_by.is_some()) {
        return Err(GraphError::unsupported_query(
            "The specified filter to the reference property query is currently not supported.",
        ));
    }
    Ok(query)
}

/// A type that a collection of directory objects is cast to, as in `members/microsoft.graph.user`: objects of other
/// types are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cast {
    User,
    Group,
    /// A type that no object in the groups of this tenant has.
    Other(&'static str),
}

impl Cast {
    /// Reads the last segment of a path; none where there is none.
    fn parse(segment: &str) -> Result<Option<Self>, GraphError> {
        let name = segment.strip_prefix("microsoft.").unwrap_or(segment);
        Ok(Some(match name {
            "" => return Ok(None),
            "graph.user" => Self::User,
            "graph.group" => Self::Group,
            "graph.device" => Self::Other("devices"),
            "graph.orgContact" => Self::Other("contacts"),
            "graph.servicePrincipal" => Self::Other("servicePrincipals"),
            "graph.application" => Self::Other("applications"),
            "graph.administrativeUnit" => Self::Other("administrativeUnits"),
            "graph.directoryRole" => Self::Other("directoryRoles"),
            _ => return Err(GraphError::no_segment(segment)),
        }))
    }

    /// The collection that an answer is one of.
    fn context(cast: Option<Self>) -> &'static str {
        match cast {
            None => "directoryObjects",
            Some(Self::User) => "users",
            Some(Self::Group) => "groups",
            Some(Self::Other(collection)) => collection,
        }
    }
}

/// `GET /users/{id}/memberOf`, also cast to a type, and `GET /users/{id}/transitiveMemberOf`: groups are in no groups, so
/// that both are the same.
pub(super) fn member_of(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = references(call)?;
    let cast = Cast::parse(&call.route.other)?;
    let directory = lock(&world.directory);
    let user = find(&directory, world, call)?;
    let groups = directory.groups.iter().filter(|group| user.groups.contains(&group.id));
    let objects = groups.filter(|_| cast.is_none_or(|cast| cast == Cast::Group)).map(|group| {
        let mut group = view(group);
        if cast.is_none() {
            group["@odata.type"] = json!("#microsoft.graph.group");
        }
        group
    });
    collection(call, &query, (Cast::context(cast), "group"), objects)
}

/// `POST /groups/{id}/members/$ref`
pub(super) fn add_member(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let member = reference(call)?;
    let now = world.clock.now_ms();
    let mut directory = lock(&world.directory);
    let group = group(&directory, call)?;
    let group_id = group.id;
    check_writable(group.kind)?;
    if directory.user(&Key::Id(member), now).is_none() {
        return Err(GraphError::not_found(&member.to_string()));
    }
    if directory.join(member, group_id) {
        return Ok(Answer::no_content());
    }
    Err(GraphError::bad_request(
        "One or more added object references already exist for the following modified properties: 'members'.",
    ))
}

/// `POST /groups/{id}/owners/$ref`
pub(super) fn add_owner(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let owner = reference(call)?;
    let mut directory = lock(&world.directory);
    let group_id = group(&directory, call)?.id;
    if directory.user(&Key::Id(owner), world.clock.now_ms()).is_none() {
        return Err(GraphError::not_found(&owner.to_string()));
    }
    match directory.group_mut(group_id) {
        Some(group) if !group.owners.contains(&owner) => group.owners.push(owner),
        _ => {
            return Err(GraphError::bad_request(
                "One or more added object references already exist for the following modified properties: 'owners'.",
            ));
        }
    }
    Ok(Answer::no_content())
}

/// `DELETE /groups/{id}/owners/{id}/$ref`: the last one stays.
pub(super) fn remove_owner(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let mut directory = lock(&world.directory);
    let group_id = group(&directory, call)?.id;
    let owner = &call.route.other;
    let missing = || GraphError::not_found(owner);
    let id: Uuid = owner.parse().map_err(|_| missing())?;
    let group =
        directory.group_mut(group_id).filter(|group| group.owners.contains(&id)).ok_or_else(missing)?;
    if group.owners.len() == 1 {
        return Err(GraphError::bad_request(
            "The group must have at least one owner, hence this owner cannot be removed.",
        ));
    }
    group.owners.retain(|other| *other != id);
    Ok(Answer::no_content())
}

/// The id at the end of `{"@odata.id": "https://…/v1.0/directoryObjects/{id}"}`.
fn reference(call: &Call<'_>) -> Result<Uuid, GraphError> {
    let body = call.object()?;
    let link = body.get("@odata.id").and_then(Value::as_str);
    let link = link.filter(|_| body.len() == 1).ok_or_else(|| {
        GraphError::malformed("Expected a single '@odata.id' property in the request payload.")
    })?;
    let parse = || {
        let (_, path) = link.split_once("://")?.1.split_once("/v1.0/")?;
        let (collection, id) = path.split_once('/')?;
        let known = matches!(collection, "directoryObjects" | "users");
        id.parse().ok().filter(|_| known)
    };
    parse()
        .ok_or_else(|| GraphError::bad_request(format!("Invalid object identifier in reference '{link}'.")))
}

/// Members of some groups are decided about elsewhere.
fn check_writable(kind: GroupKind) -> Result<(), GraphError> {
    match kind {
        GroupKind::Assigned => Ok(()),
        GroupKind::Dynamic | GroupKind::RoleAssignable => Err(GraphError::denied()),
        GroupKind::Synced => Err(GraphError::bad_request(
            "Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.",
        )),
    }
}

/// `DELETE /groups/{id}/members/{id}/$ref`
pub(super) fn remove_member(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let mut directory = lock(&world.directory);
    let group = group(&directory, call)?;
    let group_id = group.id;
    check_writable(group.kind)?;
    let member = &call.route.other;
    let is_gone = member.parse().is_ok_and(|id| directory.leave(id, group_id));
    if is_gone { Ok(Answer::no_content()) } else { Err(GraphError::not_found(member)) }
}
