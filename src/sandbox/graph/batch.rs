//! `POST /$batch`: up to twenty requests in one.
//!
//! <https://learn.microsoft.com/graph/json-batching>

use std::collections::HashMap;

use axum::http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::answer::{Answer, Ids};
use super::call::{Body, Call};
use super::errors::GraphError;
use super::perform::single;
use super::route::route;
use crate::sandbox::exchange::{Outcome, struck};
use crate::sandbox::log::ItemRecord;
use crate::sandbox::operation::Operation;
use crate::sandbox::urlencoded::pairs;
use crate::sandbox::world::World;

/// The largest number of requests in a batch.
const MAX_REQUESTS: usize = 20;

#[derive(Deserialize)]
struct Batch {
    requests: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    id: String,
    method: String,
    url: String,
    #[serde(default)]
    headers: HashMap<String, String>,
    body: Option<Value>,
    #[serde(default)]
    depends_on: Vec<String>,
}

impl Item {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }
}

/// Performs a batch. A fault on the batch itself concerns all of it; one on an item only that item, unless it breaks the
/// connection.
pub(super) fn perform(
    world: &World,
    roles: &[String],
    call: &Call<'_>,
) -> (Outcome<Answer>, Vec<ItemRecord>) {
    let mut records = Vec::new();
    let effect = || match parse(call) {
        Err(error) => Outcome::Answered(error.answer(&call.ids)),
        Ok(items) => run_all(world, roles, call, &items, &mut records),
    };
    let refuse = |fault: &_| Outcome::Answered(GraphError::fault(fault, Operation::Batch).answer(&call.ids));
    let outcome = match struck(world.fault(Operation::Batch), effect, refuse) {
        Outcome::Answered(inner) => inner,
        Outcome::Half(Outcome::Answered(answer)) => Outcome::Half(answer),
        Outcome::Garbage(Outcome::Answered(answer)) => Outcome::Garbage(answer),
        Outcome::Half(inner) | Outcome::Garbage(inner) => inner,
        Outcome::Reset => Outcome::Reset,
        Outcome::Hung => Outcome::Hung,
    };
    (outcome, records)
}

fn parse(call: &Call<'_>) -> Result<Vec<Item>, GraphError> {
    let Body::Json(body) = &call.body else {
        return Err(GraphError::not_json());
    };
    let batch =
        Batch::deserialize(body).map_err(|_| GraphError::malformed("Invalid batch payload format."))?;
    let items = batch.requests;
    if items.len() > MAX_REQUESTS {
        let text = format!("Number of batch request steps exceeds the max value of {MAX_REQUESTS}.");
        return Err(GraphError::malformed(text));
    }
    for (place, item) in items.iter().enumerate() {
        let earlier = &items[..place];
        if item.id.is_empty() || earlier.iter().any(|other| other.id == item.id) {
            return Err(GraphError::malformed("Request ids must be unique and must not be empty."));
        }
        if item.depends_on.iter().any(|id| !earlier.iter().any(|other| other.id == *id)) {
            let text = format!("Request id '{}' depends on a request that does not come before it.", item.id);
            return Err(GraphError::malformed(text));
        }
        if item.body.is_some() && item.header("content-type").is_none() {
            let text =
                format!("Write request id : {} does not contain Content-Type header or body.", item.id);
            return Err(GraphError::malformed(text));
        }
    }
    Ok(items)
}

fn run_all(
    world: &World,
    roles: &[String],
    batch: &Call<'_>,
    items: &[Item],
    records: &mut Vec<ItemRecord>,
) -> Outcome<Answer> {
    let mut statuses: HashMap<&str, StatusCode> = HashMap::new();
    let mut responses = Vec::with_capacity(items.len());
    let mut wrap: fn(Answer) -> Outcome<Answer> = Outcome::Answered;
    for item in items {
        let succeeded = |id: &String| statuses.get(id.as_str()).is_some_and(StatusCode::is_success);
        let failed = !item.depends_on.iter().all(succeeded);
        let (operation, outcome) = run_one(world, roles, batch, item, failed);
        records.push(record(item, operation, &outcome));
        let answer = match outcome {
            Outcome::Answered(answer) => answer,
            Outcome::Half(answer) => {
                wrap = Outcome::Half;
                answer
            }
            Outcome::Garbage(answer) => {
                wrap = Outcome::Garbage;
                answer
            }
            // The connection breaks here: the rest of the batch is not performed.
            broken => return broken,
        };
        statuses.insert(&item.id, answer.status);
        responses.push(answer.batch_item(world, &item.id));
    }
    // The order of the answers has no meaning; clients must use the ids.
    world.random.shuffle(&mut responses);
    let mut body = Map::new();
    body.insert("responses".to_owned(), Value::Array(responses));
    wrap(Answer::ok(Value::Object(body)))
}

fn record(item: &Item, operation: Operation, outcome: &Outcome<Answer>) -> ItemRecord {
    let status = match outcome {
        Outcome::Answered(answer) | Outcome::Half(answer) | Outcome::Garbage(answer) => {
            Some(answer.status.as_u16())
        }
        Outcome::Reset | Outcome::Hung => None,
    };
    ItemRecord { id: item.id.clone(), method: item.method.clone(), path: item.url.clone(), operation, status }
}

fn run_one(
    world: &World,
    roles: &[String],
    batch: &Call<'_>,
    item: &Item,
    failed: bool,
) -> (Operation, Outcome<Answer>) {
    let ids = Ids::new(world, item.header("client-request-id").or(Some(&batch.ids.client)));
    let (path, query) = item.url.split_once('?').unwrap_or((&item.url, ""));
    let method = item.method.to_ascii_uppercase();
    let method = Method::from_bytes(method.as_bytes()).unwrap_or(Method::TRACE);
    let (target, keys) = match route(&method, path) {
        Ok((target, _)) if target.request.operation == Operation::Batch => {
            let error = GraphError::malformed("Batch requests cannot contain batch requests.");
            return (Operation::Unknown, Outcome::Answered(error.answer(&ids)));
        }
        Ok(found) => found,
        Err(error) => return (Operation::Unknown, Outcome::Answered(error.answer(&ids))),
    };
    let operation = target.request.operation;
    if failed {
        let message = "Failed due to a failed dependency.";
        let body = json!({ "error": { "code": "FailedDependency", "message": message } });
        let answer = Answer::new(StatusCode::FAILED_DEPENDENCY, Some(body));
        return (operation, Outcome::Answered(answer));
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    let call = Call {
        base: batch.base,
        path: format!("{slash}{path}"),
        keys,
        query: pairs(query),
        eventual: item.header("consistencylevel").is_some_and(|v| v.eq_ignore_ascii_case("eventual")),
        body: item.body.clone().map_or(Body::Empty, Body::Json),
        ids,
        connection: batch.connection,
        at_once: 1,
    };
    (operation, single(world, roles, target, &call))
}
