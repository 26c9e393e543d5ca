//! Several requests in one round trip (`POST /$batch`).
//!
//! Source: <https://learn.microsoft.com/graph/json-batching>.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Error, ErrorKind, Graph,
    classify::{About, ErrorBody, GraphError, kind_of},
};
use crate::{
    domain::Timestamp,
    entra::{Call, Operation, Token, bounded, lenient, retry_after},
};

/// The maximum number of requests that Graph takes in one batch.
pub(super) const MOST: usize = 20;

/// A POST inside a batch.
#[derive(Clone)]
pub(super) struct Post {
    /// The address relative to Graph's own.
    pub(super) url: String,
    pub(super) body: Value,
}

/// The answer to one request of a batch.
#[derive(Clone)]
pub(super) struct Item {
    status: u16,
    retry_after: Option<std::time::Duration>,
    pub(super) error: Option<Arc<GraphError>>,
    request_id: Option<String>,
}

/// The answers, in the order of the requests.
type Items = Vec<Result<Item, Error>>;

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
    #[serde(deserialize_with = "lenient::text")]
    id: String,
    #[serde(deserialize_with = "lenient::integer")]
    status: u16,
    #[serde(default)]
    headers: Option<BTreeMap<String, Value>>,
    #[serde(default)]
    body: Value,
}

impl Graph {
    /// Sends at most [`MOST`] requests and returns the answers in their order. A request whose token is refused is
    /// sent once more with a fresh one; one that Graph left out is [`ErrorKind::Unclear`].
    pub(super) async fn batch(&self, posts: &[Post]) -> Result<Items, Error> {
        let (mut items, token) = self.send(posts).await?;
        let is_refused = |item: &Result<Item, Error>| matches!(item, Ok(item) if item.status == 401);
        let refused: Vec<usize> = (0..items.len()).filter(|place| is_refused(&items[*place])).collect();
        if !refused.is_empty() {
            self.http().service.tokens.forget(&token);
            let posts: Vec<Post> = refused.iter().map(|place| posts[*place].clone()).collect();
            let again = match self.send(&posts).await {
                Ok((again, _)) => again,
                Err(error) => vec![Err(error); posts.len()],
            };
            for (place, item) in refused.into_iter().zip(again) {
                items[place] = item;
            }
        }
        Ok(items)
    }

    /// Sends the requests once.
    async fn send(&self, posts: &[Post]) -> Result<(Items, Arc<Token>), Error> {
        let url = self.http().url(&["$batch"]);
        let call = Call::post(Operation::Entitle, url, body_of(posts)?);
        let (reply, token) = self.http().call_with_token(&call).await?;
        if !reply.status.is_success() {
            return Err(reply.refusal(About::User, reply.graph_error().as_ref()));
        }
        let answers: Responses = reply.read()?;
        let missing = || Err(Error::new(ErrorKind::Unclear, "missing_answer"));
        let mut items: Items = posts.iter().map(|_| missing()).collect();
        let now = self.http().service.wire.clock.now();
        for response in answers.responses {
            let place = response.id.parse().ok().and_then(|index: usize| items.get_mut(index));
            if let Some(place) = place {
                *place = Ok(Item::new(response, reply.request_id.clone(), now));
            }
        }
        let count = |status: u16| items.iter().flatten().filter(|item| item.status == status).count();
        for _ in 0..count(429) {
            self.http().service.wire.counted.throttled();
        }
        if count(403) > 0 {
            self.http().service.tokens.forget(&token);
        }
        Ok((items, token))
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
    fn new(response: Response, batch_id: Option<String>, now: Timestamp) -> Self {
        let headers = response.headers.unwrap_or_default();
        let header = |name: &str| {
            let found = headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        };
        let retry_after = header("Retry-After").and_then(|value| retry_after::parse(&value, now));
        let failed = !(200..300).contains(&response.status);
        let error = failed.then(|| ErrorBody::deserialize(response.body).ok()).flatten();
        let error = error.map(|body| body.error);
        let own_id = header("request-id").map(|id| bounded(&id)).filter(|id| !id.is_empty());
        let request_id = own_id.or_else(|| error.as_ref().and_then(GraphError::request_id)).or(batch_id);
        Self { status: response.status, retry_after, error: error.map(Arc::new), request_id }
    }

    pub(super) const fn is_success(&self) -> bool {
        matches!(self.status, 200..=299)
    }

    /// The error of a refused item.
    pub(super) fn refusal(&self, about: About) -> Error {
        let error = self.error.as_deref();
        let code = error.map_or_else(|| format!("http_{}", self.status), GraphError::code);
        Error {
            status: Some(self.status),
            target: error.and_then(GraphError::target),
            request_id: self.request_id.clone(),
            retry_after: self.retry_after,
            ..Error::new(kind_of(about, self.status, error), code)
        }
    }
}
