//! Several requests in one round trip (`POST /$batch`).
//!
//! Source: <https://learn.microsoft.com/graph/json-batching>.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Error, ErrorKind, Graph, Operation,
    classify::{About, ErrorBody, GraphError, kind_of},
    http::Call,
    retry_after,
};
use crate::domain::Timestamp;

/// The most requests that Graph takes in one batch.
pub(super) const MOST: usize = 20;

/// A POST inside a batch.
pub(super) struct Post {
    /// The address below Graph's own.
    pub(super) url: String,
    pub(super) body: Value,
}

/// The answer to one of them.
pub(super) struct Item {
    status: u16,
    retry_after: Option<std::time::Duration>,
    pub(super) error: Option<GraphError>,
    request_id: Option<String>,
}

#[derive(Serialize)]
struct Requests<'a> {
    requests: Vec<Request<'a>>,
}

#[derive(Serialize)]
struct Request<'a> {
    id: String,
    method: &'static str,
    url: &'a str,
    headers: Headers,
    body: &'a Value,
}

#[derive(Serialize)]
struct Headers {
    #[serde(rename = "Content-Type")]
    content_type: &'static str,
}

#[derive(Deserialize)]
struct Responses {
    responses: Vec<Response>,
}

#[derive(Deserialize)]
struct Response {
    id: String,
    status: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    body: Value,
}

impl Graph {
    /// Sends at most [`MOST`] requests. The answers stand where the requests did; what Graph left out is `None`.
    pub(super) async fn batch(&self, posts: &[Post]) -> Result<Vec<Option<Item>>, Error> {
        let url = self.http().url(&["$batch"]);
        let reply = self.http().call(&Call::post(Operation::Entitle, url, body_of(posts)?)).await?;
        if !reply.status.is_success() {
            return Err(reply.refusal(About::User, reply.graph_error().as_ref()));
        }
        let answers: Responses = reply.read()?;
        let mut items: Vec<Option<Item>> = posts.iter().map(|_| None).collect();
        let now = self.http().wire.clock.now();
        for response in answers.responses {
            let place = response.id.parse().ok().and_then(|index: usize| items.get_mut(index));
            if let Some(place) = place {
                *place = Some(Item::of(response, reply.request_id.clone(), now));
            }
        }
        for _ in items.iter().flatten().filter(|item| item.status == 429) {
            self.http().wire.counted.throttled();
        }
        if items.iter().flatten().any(|item| item.status == 403) {
            self.http().tokens.forget_permissions();
        }
        Ok(items)
    }
}

fn body_of(posts: &[Post]) -> Result<Bytes, Error> {
    let request = |(index, post)| Request::new(index, post);
    let requests = posts.iter().enumerate().map(request).collect();
    serde_json::to_vec(&Requests { requests })
        .map(Bytes::from)
        .map_err(|error| Error::new(ErrorKind::UserRefused, "unwritable_batch").caused_by(error))
}

impl<'a> Request<'a> {
    /// Its place in the batch is its id.
    fn new(index: usize, post: &'a Post) -> Self {
        let headers = Headers { content_type: "application/json" };
        Self { id: index.to_string(), method: "POST", url: &post.url, headers, body: &post.body }
    }
}

impl Item {
    fn of(response: Response, request_id: Option<String>, now: Timestamp) -> Self {
        let headers = response.headers.unwrap_or_default();
        let wait = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("Retry-After"));
        let retry_after = wait.and_then(|(_, value)| match value {
            Value::String(text) => retry_after::parse(text, now),
            other => retry_after::parse(&other.to_string(), now),
        });
        let failed = !(200..300).contains(&response.status);
        let error = failed.then(|| ErrorBody::deserialize(response.body).ok()).flatten();
        Self { status: response.status, retry_after, error: error.map(|body| body.error), request_id }
    }

    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The error of a refused item.
    pub(super) fn refusal(&self, about: About) -> Error {
        let code = self.error.as_ref().map_or_else(|| format!("http_{}", self.status), GraphError::code);
        Error {
            status: Some(self.status),
            request_id: self.request_id.clone(),
            retry_after: self.retry_after,
            ..Error::new(kind_of(about, self.status, self.error.as_ref()), code)
        }
    }
}
