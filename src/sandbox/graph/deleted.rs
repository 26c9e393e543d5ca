//! Deleted users, who can be brought back for thirty days.
//!
//! <https://learn.microsoft.com/graph/api/resources/directory>

use serde_json::{Value, json};

use super::answer::Answer;
use super::call::{Body, Call};
use super::errors::GraphError;
use super::query::{Query, page};
use super::user_rules::properties;
use super::user_view::{object, selected};
use super::users::conflict;
use crate::sandbox::directory::User;
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// `GET /directory/deletedItems/microsoft.graph.user`
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::plain(call)?;
    let names = names(&query)?;
    let directory = lock(&world.directory);
    let users = directory.all_deleted().map(|user| view(user, &names));
    Ok(page(call, &query, "users", users))
}

/// `GET /directory/deletedItems/{id}`
pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let names = names(&Query::plain(call)?)?;
    let directory = lock(&world.directory);
    let key = &call.route.object;
    let user = directory.deleted(key).ok_or_else(|| GraphError::not_found(key))?;
    let mut body = view(user, &names);
    body["@odata.context"] = json!(call.context("directoryObjects/$entity"));
    Ok(Answer::ok(body))
}

fn names(query: &Query) -> Result<Vec<&'static str>, GraphError> {
    let mut names = selected(query.select.as_deref())?;
    if query.select.is_none() {
        names.push("deletedDateTime");
    }
    Ok(names)
}

/// A deleted user; the id goes before its sign-in name, so that another may have it.
fn view(user: &User, names: &[&'static str]) -> Value {
    let mut user_view = object(user, names);
    if let Some(name) = user_view.get_mut("userPrincipalName") {
        *name = json!(format!("{}{}", user.id.simple(), user.name()));
    }
    user_view.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    Value::Object(user_view)
}

/// `POST /directory/deletedItems/{id}/restore`
pub(super) fn restore(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let new_name = new_name(world, call)?;
    let mut directory = lock(&world.directory);
    let key = &call.route.object;
    let id = directory.deleted(key).ok_or_else(|| GraphError::not_found(key))?.id;
    directory.restore(id, new_name.as_deref()).map_err(conflict)?;
    let key = crate::sandbox::directory::Key::Id(id);
    let user = directory.user(&key, world.clock.now_ms());
    let mut body = user.map(|user| object(user, &super::schema::DEFAULT)).unwrap_or_default();
    body.insert("@odata.context".to_owned(), json!(call.context("directoryObjects/$entity")));
    body.insert("@odata.type".to_owned(), json!("#microsoft.graph.user"));
    Ok(Answer::ok(Value::Object(body)))
}

/// The sign-in name to come back under, if the request gives one.
fn new_name(world: &World, call: &Call<'_>) -> Result<Option<String>, GraphError> {
    if matches!(call.body, Body::Empty) {
        return Ok(None);
    }
    let Some(name) = call.object()?.get("newUserPrincipalName").filter(|name| !name.is_null()) else {
        return Ok(None);
    };
    let body = [("userPrincipalName".to_owned(), name.clone())].into_iter().collect();
    properties(world, &body)?;
    Ok(name.as_str().map(str::to_owned))
}

/// `DELETE /directory/deletedItems/{id}`, which the documentation does not offer to applications.
///
/// <https://learn.microsoft.com/graph/api/directory-deleteditems-delete>
pub(super) fn purge(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    if !world.allow_permanent_deletion {
        return Err(GraphError::denied());
    }
    let key = &call.route.object;
    if lock(&world.directory).purge(key) {
        return Ok(Answer::no_content());
    }
    Err(GraphError::not_found(key))
}
