//! Graph's answers, before they become HTTP: inside a batch they become JSON instead.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Map, Value, json};

use crate::sandbox::clock::rfc3339;
use crate::sandbox::exchange::Reply;
use crate::sandbox::world::World;

/// The media type of Graph's bodies.
const JSON: &str =
    "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8";

/// Names the machine that answered; clients log it.
const DIAGNOSTIC: &str = r#"{"ServerInfo":{"DataCenter":"Sandbox","Slice":"E","Ring":"5","ScaleUnit":"001","RoleInstance":"SB1PEPF0000001"}}"#;

/// The ids and the date of an answer.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    pub request: String,
    pub client: String,
    pub date: String,
}

impl Ids {
    /// New ids; the client's own id is returned to it.
    pub fn new(world: &World, client: Option<&str>) -> Self {
        let request = world.random.uuid().to_string();
        let mut date = rfc3339(world.clock.now_ms());
        date.pop();
        Self { client: client.map_or_else(|| request.clone(), str::to_owned), request, date }
    }
}

/// A status, headers and a JSON body.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
}

impl Answer {
    /// An answer without headers of its own.
    pub fn new(status: StatusCode, body: Option<Value>) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    /// 200 with a body.
    pub fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    /// 204.
    pub fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, None)
    }

    /// Adds a header.
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer as HTTP, with the headers that all of Graph's answers have.
    pub fn reply(self, ids: &Ids) -> Reply {
        let mut headers = HeaderMap::with_capacity(10);
        let fixed = [
            ("cache-control", "no-cache"),
            ("strict-transport-security", "max-age=31536000"),
            ("x-ms-ags-diagnostic", DIAGNOSTIC),
            ("odata-version", "4.0"),
        ];
        for (name, value) in fixed {
            headers.insert(name, HeaderValue::from_static(value));
        }
        if self.body.is_some() {
            headers.insert("content-type", HeaderValue::from_static(JSON));
        }
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let ids = [("request-id", &*ids.request), ("client-request-id", &*ids.client)];
        for (name, value) in own.chain(ids) {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        Reply {
            status: self.status,
            headers,
            body: self.body.map(|body| body.to_string().into_bytes()).unwrap_or_default(),
        }
    }

    /// The answer as an item of a batch's answer.
    pub fn batch_item(self, world: &World, id: &str) -> Value {
        let mut headers = Map::new();
        headers.insert("Cache-Control".to_owned(), json!("no-cache"));
        headers.insert("OData-Version".to_owned(), json!("4.0"));
        if self.body.is_some() {
            headers.insert("Content-Type".to_owned(), json!(JSON));
        }
        for (name, value) in self.headers {
            headers.insert(title_case(name), Value::String(value));
        }
        let status = world.number(self.status.as_u16());
        let odd_id = id.parse::<u64>().ok().filter(|_| status.is_string());
        let id = odd_id.map_or_else(|| json!(id), |id| json!(id));
        let mut item = json!({ "id": id, "status": status, "headers": headers });
        if let Some(body) = self.body {
            item["body"] = body;
        }
        item
    }
}

/// `retry-after` to `Retry-After`: inside a batch, names come in this form.
fn title_case(name: &str) -> String {
    let words: Vec<String> = name
        .split('-')
        .map(|word| {
            let (first, rest) = word.split_at(word.len().min(1));
            first.to_ascii_uppercase() + rest
        })
        .collect();
    words.join("-")
}
