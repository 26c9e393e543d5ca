//! Users: create, read, list, change, delete.
//!
//! <https://learn.microsoft.com/graph/api/resources/users>

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::errors::GraphError;
use super::filter::Filter;
use super::query::{Query, page};
use super::user_rules::{Checked, new_user, not_banned, properties};
use super::user_view::{known, object, property, selected};
use crate::sandbox::directory::{Directory, Key, Taken, User};
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// `POST /users`
pub(super) fn create(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let checked = new_user(world, call.object()?)?;
    refuse_at_creation(world, call.object()?)?;
    let now = world.clock.now_ms();
    let lag = i64::try_from(lock(&world.faults).lag_ms).unwrap_or(i64::MAX);
    let mut user = User::new(world.random.uuid(), Map::new(), now);
    user.visible_at_ms = now.saturating_add(lag);
    apply(world, &mut user, checked)?;
    let body = entity(call, &user, None)?;
    let (tenant, id) = (world.tenant.tenant_id, user.id);
    lock(&world.directory).insert(user).map_err(conflict)?;
    let location = format!(
        "https://graph.microsoft.com/v2/{tenant}/directoryObjects/{id}/Microsoft.DirectoryServices.User"
    );
    Ok(Answer::new(StatusCode::CREATED, Some(body)).header("location", location))
}

/// Refuses the properties that this tenant takes in a `PATCH` only.
fn refuse_at_creation(world: &World, body: &Map<String, Value>) -> Result<(), GraphError> {
    let extensions = body.get("onPremisesExtensionAttributes").and_then(Value::as_object);
    let mut names = body.keys().chain(extensions.into_iter().flat_map(Map::keys));
    let refused = names.find(|name| world.tenant.refused_at_creation.contains(*name));
    refused.map_or(Ok(()), |name| Err(GraphError::invalid_value(name)))
}

/// Puts checked properties into a user. Parts of objects that are not named stay as they are.
fn apply(world: &World, user: &mut User, (properties, profile): Checked) -> Result<(), GraphError> {
    for (name, value) in properties {
        match (user.properties.get_mut(&name), value) {
            (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
            (_, value) => {
                user.properties.insert(name, value);
            }
        }
    }
    let Some(profile) = profile else { return Ok(()) };
    if let Some(password) = profile.password {
        let names = ["givenName", "surname"].into_iter().filter_map(|name| user.text(name));
        let names: Vec<&str> = names.chain([world.tenant.display_name.as_str()]).collect();
        not_banned(&password, &names)?;
        user.password = password;
        // An administrator's password is for one sign-in, unless the request says otherwise.
        user.must_change_password = profile.must_change.unwrap_or(true);
    } else if let Some(must_change) = profile.must_change {
        user.must_change_password = must_change;
    }
    Ok(())
}

/// The error for a unique property that another user has.
pub(super) fn conflict(taken: Taken) -> GraphError {
    match taken {
        Taken::Name(other) => GraphError::taken("userPrincipalName", &other.to_string()),
        Taken::Mail(other) => GraphError::taken("proxyAddresses", &other.to_string()),
    }
}

/// The user that the path names.
pub(super) fn find<'a>(
    directory: &'a Directory,
    world: &World,
    call: &Call<'_>,
) -> Result<&'a User, GraphError> {
    let key = &call.route.object;
    directory.user(&Key::parse(key), world.clock.now_ms()).ok_or_else(|| GraphError::not_found(key))
}

/// A user as the answer to a request for it.
pub(super) fn entity(call: &Call<'_>, user: &User, select: Option<&[String]>) -> Result<Value, GraphError> {
    let names = selected(select)?;
    let shape = match select {
        Some(_) => format!("users({})/$entity", names.join(",")),
        None => "users/$entity".to_owned(),
    };
    let mut body = Map::new();
    body.insert("@odata.context".to_owned(), json!(call.context(&shape)));
    body.extend(object(user, &names));
    Ok(Value::Object(body))
}

/// `GET /users/{id}`
pub(super) fn get(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let directory = lock(&world.directory);
    let user = find(&directory, world, call)?;
    Ok(Answer::ok(entity(call, user, query.select.as_deref())?))
}

/// `GET /users`
pub(super) fn list(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let query = Query::parse(call)?;
    let names = selected(query.select.as_deref())?;
    let context = match query.select {
        Some(_) => format!("users({})", names.join(",")),
        None => "users".to_owned(),
    };
    let directory = lock(&world.directory);
    let prefix = query.filter.as_ref().map(Filter::name_prefix).unwrap_or_default();
    let users = asked_for(directory.users_from(prefix, world.clock.now_ms()), &query)?;
    let objects = users.into_iter().map(|user| Value::Object(object(user, &names)));
    Ok(page(call, &query, &context, objects))
}

/// `GET /users/$count`
pub(super) fn count(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    if !call.eventual {
        return Err(GraphError::malformed(
            "$count is not currently supported without the ConsistencyLevel header.",
        ));
    }
    let query = Query::parse(call)?;
    let directory = lock(&world.directory);
    let users = asked_for(directory.users_from(String::new(), world.clock.now_ms()), &query)?;
    Ok(Answer::ok(json!(users.len())))
}

/// Those of the users that the options ask for, in the order they ask for.
pub(super) fn asked_for<'a>(
    users: impl Iterator<Item = &'a User>,
    query: &Query,
) -> Result<Vec<&'a User>, GraphError> {
    for name in query.filter.iter().flat_map(Filter::properties) {
        known(name.split('/').next().unwrap_or(name))?;
    }
    let matches = |user: &&User| {
        query.filter.as_ref().is_none_or(|filter| filter.matches(&|name| filtered(user, name)))
    };
    let mut users: Vec<&User> = users.filter(matches).collect();
    if let Some(order) = &query.order_by {
        let name = known(&order.property)?;
        order.sort(&mut users, |user| property(user, name));
    }
    Ok(users)
}

/// A property in a filter, where its case does not matter.
fn filtered(user: &User, name: &str) -> Value {
    match name.split_once('/') {
        Some(_) => property(user, name),
        None => known(name).map(|name| property(user, name)).unwrap_or_default(),
    }
}

/// `PATCH /users/{id}`
pub(super) fn update(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let checked = properties(world, call.object()?)?;
    let mut directory = lock(&world.directory);
    let mut user = find(&directory, world, call)?.clone();
    apply(world, &mut user, checked)?;
    directory.replace(user).map_err(conflict)?;
    Ok(Answer::no_content())
}

/// `DELETE /users/{id}`
pub(super) fn delete(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let mut directory = lock(&world.directory);
    let id = find(&directory, world, call)?.id;
    directory.delete(id, world.clock.now_ms());
    Ok(Answer::no_content())
}

/// `POST /users/{id}/revokeSignInSessions`
pub(super) fn revoke_sessions(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    let directory = lock(&world.directory);
    find(&directory, world, call)?;
    Ok(Answer::ok(json!({ "@odata.context": call.context("Edm.Boolean"), "value": true })))
}
