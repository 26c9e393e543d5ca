//! The part of Microsoft Graph v1.0 that the tenant offers, below `/v1.0`.

mod answer;
mod applications;
mod batch;
mod call;
mod deleted;
mod errors;
mod filter;
#[cfg(test)]
mod filter_tests;
mod filter_words;
mod groups;
mod licenses;
mod permissions;
mod query;
mod route;
mod schema;
mod send_mail;
mod tenancy;
mod unserved;
mod user_rules;
mod user_view;
mod users;

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;

use self::answer::{Answer, Ids};
use self::call::{Body, Call};
use self::errors::GraphError;
use self::route::{Route, route};
use super::accept::Peer;
use super::entra::audience::Resource;
use super::exchange::{Outcome, exchange, struck};
use super::lock;
use super::log::Arrival;
use super::mailboxes::{self, Protocol};
use super::operation::Operation;
use super::throttle::Verdict;
use super::urlencoded::pairs;
use super::world::World;

/// Where Graph begins.
pub(super) const ROOT: &str = "/v1.0";

/// Answers every request to Graph.
pub(super) async fn handle(
    State(world): State<Arc<World>>,
    Extension(peer): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let path = uri.path().strip_prefix(ROOT).unwrap_or_default();
    let route = route(&method, path);
    let client = text("client-request-id");
    let arrival = Arrival {
        connection: peer.connection,
        at_ms: world.clock.now_ms(),
        method: method.to_string(),
        path: uri.path_and_query().map_or_else(String::new, ToString::to_string),
        operation: route.as_ref().map_or(Operation::Unknown, |route| route.operation),
        client_request_id: client.map(str::to_owned),
    };
    let ids = Ids::new(&world, client);
    let base = peer.origin(&headers) + ROOT;
    let sending = route.as_ref().ok().filter(|route| route.operation == Operation::SendMail);
    let under_way = sending.map(|route| world.usage.enter(&route.object));
    let at_once = under_way.as_ref().map_or(1, |request| request.at_once);
    let response = exchange(&world, &peer, arrival, || {
        let call = route.map(|route| Call {
            base: &base,
            route,
            path: path.to_owned(),
            query: pairs(uri.query().unwrap_or_default()),
            eventual: text("consistencylevel").is_some_and(is_eventual),
            body: Body::read(&body, text(header::CONTENT_TYPE.as_str())),
            ids: ids.clone(),
            connection: peer.connection,
            at_once,
        });
        let (outcome, items) = match admitted(&world, text(header::AUTHORIZATION.as_str()), call) {
            Ok((roles, call)) => perform(&world, &roles, &call),
            Err(error) => (Outcome::Answered(error.answer(&ids)), Vec::new()),
        };
        (outcome.map(|answer| answer.reply(&ids)), items)
    })
    .await;
    drop(under_way);
    response
}

fn is_eventual(level: &str) -> bool {
    level.eq_ignore_ascii_case("eventual")
}

/// The permissions of the token, and the call, if the token is good and the path leads somewhere.
fn admitted<'a>(
    world: &World,
    authorization: Option<&str>,
    call: Result<Call<'a>, GraphError>,
) -> Result<(Vec<String>, Call<'a>), GraphError> {
    let token = world.access.read(authorization, world.clock.now_seconds());
    let claims = token.and_then(|claims| claims.for_resource(Resource::Graph)).map_err(GraphError::token)?;
    Ok((claims.roles, call?))
}

/// What a request with a good token comes to.
fn perform(
    world: &World,
    roles: &[String],
    call: &Call<'_>,
) -> (Outcome<Answer>, Vec<super::log::ItemRecord>) {
    if call.route.operation == Operation::Batch {
        return batch::perform(world, roles, call);
    }
    (single(world, roles, call), Vec::new())
}

/// One operation, on its own or inside a batch: throttled, struck by faults, or done.
fn single(world: &World, roles: &[String], call: &Call<'_>) -> Outcome<Answer> {
    let units = units(call);
    let share = match admit(world, call, units) {
        Verdict::Pass(share) => share,
        Verdict::Refuse(seconds) => {
            return Outcome::Answered(GraphError::throttled(seconds).answer(&call.ids));
        }
    };
    let effect = || {
        let answer = permitted(world, roles, call).and_then(|()| run(world, call));
        let answer = answer.unwrap_or_else(|error| error.answer(&call.ids));
        match share {
            Some(share) => answer.header("x-ms-throttle-limit-percentage", format!("{share:.1}")),
            None => answer,
        }
    };
    let refuse = |fault: &_| GraphError::fault(fault, call.route.operation).answer(&call.ids);
    let outcome = struck(world.fault(call.route.operation), effect, refuse);
    outcome.map(|answer| answer.header("x-ms-resource-unit", units.to_string()))
}

/// What the request costs. <https://learn.microsoft.com/graph/throttling-limits#resource-unit-costs>
fn units(call: &Call<'_>) -> u32 {
    let has = |name: &str| call.query.iter().any(|(key, _)| key.trim_start_matches('$') == name);
    let base: u32 = match call.route.operation {
        Operation::ListUsers => 2,
        Operation::ListSkus | Operation::ListMembers => 3,
        _ => 1,
    };
    base.saturating_sub(u32::from(has("select"))).max(1)
}

fn admit(world: &World, call: &Call<'_>, units: u32) -> Verdict {
    let Some(limits) = lock(&world.faults).throttle else {
        return Verdict::Pass(None);
    };
    let write = is_write(call.route.operation);
    lock(&world.throttle).admit(&limits, world.clock.now_ms(), units, write)
}

fn is_write(operation: Operation) -> bool {
    use Operation as O;
    matches!(
        operation,
        O::CreateUser
            | O::UpdateUser
            | O::DeleteUser
            | O::AssignLicense
            | O::RevokeSessions
            | O::AddOwner
            | O::RemoveOwner
            | O::AddMember
            | O::RemoveMember
            | O::CreateApplication
            | O::UpdateApplication
            | O::CreateServicePrincipal
            | O::GrantAppRole
            | O::RestoreDeleted
            | O::PurgeDeleted
    )
}

fn permitted(world: &World, roles: &[String], call: &Call<'_>) -> Result<(), GraphError> {
    if call.route.operation == Operation::SendMail {
        let allowed = mailboxes::may_use(world, roles, Protocol::Graph, &call.route.object);
        return if allowed { Ok(()) } else { Err(GraphError::access_denied()) };
    }
    let changed: Vec<&str> = match &call.body {
        Body::Json(serde_json::Value::Object(body)) => body.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    let allowed = permissions::allows(roles, call.route.operation, &changed);
    if allowed { Ok(()) } else { Err(GraphError::denied()) }
}

fn run(world: &World, call: &Call<'_>) -> Result<Answer, GraphError> {
    use Operation as O;
    match call.route.operation {
        O::CreateUser => users::create(world, call),
        O::GetUser => users::get(world, call),
        O::ListUsers => users::list(world, call),
        O::CountUsers => users::count(world, call),
        O::UpdateUser => users::update(world, call),
        O::DeleteUser => users::delete(world, call),
        O::RevokeSessions => users::revoke_sessions(world, call),
        O::AssignLicense => licenses::assign(world, call),
        O::SendMail => send_mail::send(world, call),
        O::LicenseDetails => licenses::details(world, call),
        O::ListSkus => licenses::list(world, call),
        O::ListGroups => groups::list(world, call),
        O::GetGroup => groups::get(world, call),
        O::ListMembers => groups::members(world, call),
        O::MemberOf => groups::member_of(world, call),
        O::ListOwners => groups::owners(world, call),
        O::AddOwner => groups::add_owner(world, call),
        O::RemoveOwner => groups::remove_owner(world, call),
        O::AddMember => groups::add_member(world, call),
        O::RemoveMember => groups::remove_member(world, call),
        O::ListDomains => tenancy::domains(world, call),
        O::GetPolicy => tenancy::policy(world, call),
        O::ListGroupSettings => tenancy::group_settings(world, call),
        O::GetOrganization => tenancy::organization(world, call),
        O::ListApplications => applications::list(world, call),
        O::GetApplication => applications::get(world, call),
        O::CreateApplication => applications::create(world, call),
        O::UpdateApplication => applications::update(world, call),
        O::ListServicePrincipals => applications::principals(world, call),
        O::CreateServicePrincipal => applications::create_principal(world, call),
        O::ListAppRoles => applications::assignments(world, call),
        O::GrantAppRole => applications::grant(world, call),
        O::ListDeleted => deleted::list(world, call),
        O::GetDeleted => deleted::get(world, call),
        O::RestoreDeleted => deleted::restore(world, call),
        O::PurgeDeleted => deleted::purge(world, call),
        _ => Err(GraphError::no_segment(&call.path)),
    }
}

/// The route of a request, for use inside a batch.
fn batch_route(method: &Method, path: &str) -> Result<Route, GraphError> {
    let route = route(method, path)?;
    if route.operation == Operation::Batch {
        return Err(GraphError::malformed("Batch requests cannot contain batch requests."));
    }
    Ok(route)
}
