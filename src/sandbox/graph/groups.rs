//! Groups and who is in them.
//!
//! <https://learn.microsoft.com/graph/api/group-post-members>

use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::filter::Filter;
use super::query::{Query, page, pick};
use super::user_view::{object, selected};
use super::users::find;
use crate::sandbox::clock::rfc3339;
use crate::sandbox::directory::{Directory, Group, Key};
use crate::sandbox::lock;
use crate::sandbox::options::GroupKind;
use crate::sandbox::world::World;

/// `GET /groups`
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(&call.query)?;
    let filter = query.filter.as_deref().map(Filter::parse).transpose()?;
    let directory = lock(&world.directory);
    let groups = directory
        .groups
        .iter()
        .map(view)
        .filter(|group| filter.as_ref().is_none_or(|f| f.matches(&|name| group[name].clone())))
        .map(|group| pick(group, query.select.as_deref()));
    Ok(page(call, &query, "groups", groups))
}

/// `GET /groups/{id}`
pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(&call.query)?;
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

/// `GET /groups/{id}/members` and `GET /groups/{id}/members/$ref`
pub(super) fn members(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(&call.query)?;
    let names = selected(query.select.as_deref())?;
    let now = world.clock.now_ms();
    let directory = lock(&world.directory);
    let members = group(&directory, call)?.members.iter().filter_map(|id| directory.user(&Key::Id(*id), now));
    if call.route.other == "$ref" {
        let links = members.map(|user| {
            let address =
                format!("{}/directoryObjects/{}/Microsoft.DirectoryServices.User", call.base, user.id);
            json!({ "@odata.id": address })
        });
        return Ok(page(call, &query, "Collection($ref)", links));
    }
    let objects = members.map(|user| {
        let mut member = object(user, &names);
        member.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
        Value::Object(member)
    });
    Ok(page(call, &query, "directoryObjects", objects))
}

/// `GET /users/{id}/memberOf`
pub(super) fn member_of(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(&call.query)?;
    let directory = lock(&world.directory);
    let user = find(&directory, world, call)?;
    let groups = directory.groups.iter().filter(|group| user.groups.contains(&group.id));
    let objects = groups.map(|group| {
        let mut group = pick(view(group), query.select.as_deref());
        group["@odata.type"] = json!("#microsoft.graph.group");
        group
    });
    Ok(page(call, &query, "directoryObjects", objects))
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
