//! The part of Microsoft Graph v1.0 that the tenant offers, below `/v1.0`.
//!
//! [`route`] finds the table of the entity and the request in it, [`perform`] checks limits, faults and permissions, and
//! [`operations`] does what the table says.

mod answer;
mod applications;
mod batch;
mod call;
mod entities;
mod entity;
mod errors;
mod filter;
mod groups;
mod licenses;
mod operations;
mod passwords;
mod perform;
mod query;
mod route;
mod send_mail;
mod users;

use std::sync::Arc;

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;

use self::answer::{Answer, Ids};
use self::call::{Body, Call};
use self::entity::Target;
use self::errors::GraphError;
use self::route::route;
use super::accept::Peer;
use super::entra::audience::Resource;
use super::exchange::{Outcome, exchange};
use super::log::{Arrival, ItemRecord};
use super::operation::Operation;
use super::urlencoded::pairs;
use super::world::World;

/// The root of Graph's paths.
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
        operation: route.as_ref().map_or(Operation::Unknown, |(target, _)| target.request.operation),
        client_request_id: client.map(str::to_owned),
    };
    let ids = Ids::new(&world, client);
    let base = peer.origin(&headers) + ROOT;
    let sending = route.as_ref().ok().filter(|(target, _)| target.request.operation == Operation::SendMail);
    let under_way = sending.and_then(|(_, keys)| keys.first()).map(|mailbox| world.usage.enter(mailbox));
    let at_once = under_way.as_ref().map_or(1, |request| request.at_once);
    let response = exchange(&world, &peer, arrival, || {
        let call = |keys| Call {
            base: &base,
            path: path.to_owned(),
            keys,
            query: pairs(uri.query().unwrap_or_default()),
            eventual: text("consistencylevel").is_some_and(is_eventual),
            body: Body::read(&body, text(header::CONTENT_TYPE.as_str())),
            ids: ids.clone(),
            connection: peer.connection,
            at_once,
        };
        let (outcome, items) = match admitted(&world, text(header::AUTHORIZATION.as_str()), route) {
            Ok((roles, target, keys)) => perform(&world, &roles, target, &call(keys)),
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

/// The permissions of the token and the request, if the token is valid and the path is served.
fn admitted(
    world: &World,
    authorization: Option<&str>,
    route: Result<(Target, Vec<String>), GraphError>,
) -> Result<(Vec<String>, Target, Vec<String>), GraphError> {
    let token = world.access.read(authorization, world.clock.now_seconds());
    let claims = token.and_then(|claims| claims.for_resource(Resource::Graph)).map_err(GraphError::token)?;
    let (target, keys) = route?;
    Ok((claims.roles, target, keys))
}

/// Performs a request with a valid token.
fn perform(
    world: &World,
    roles: &[String],
    target: Target,
    call: &Call<'_>,
) -> (Outcome<Answer>, Vec<ItemRecord>) {
    if target.request.operation == Operation::Batch {
        return batch::perform(world, roles, call);
    }
    (perform::single(world, roles, target, call), Vec::new())
}
