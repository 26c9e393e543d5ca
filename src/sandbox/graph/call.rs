//! One request to Graph, on its own or inside a batch.

use serde_json::{Map, Value};

use super::answer::Ids;
use super::errors::GraphError;
use super::route::Route;
use crate::sandbox::clock::rfc3339;
use crate::sandbox::urlencoded::query;
use crate::sandbox::world::World;

/// A request's body.
#[derive(Debug)]
pub(super) enum Body {
    /// There is none.
    Empty,
    /// It is JSON.
    Json(Value),
    /// It is text, by its content type.
    Text(Vec<u8>),
    /// It is something else.
    Broken,
}

impl Body {
    /// Reads a body of a content type.
    pub fn read(bytes: &[u8], content_type: Option<&str>) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if content_type.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/plain")) {
            return Self::Text(bytes.to_vec());
        }
        serde_json::from_slice(bytes).map_or(Self::Broken, Self::Json)
    }
}

/// A request whose way is known.
pub(super) struct Call<'a> {
    /// Where this tenant's Graph is, as the client calls it: `http://host/v1.0`.
    pub base: &'a str,
    pub route: Route,
    /// The path below the base.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Whether the client accepts eventual consistency, which advanced queries need.
    pub eventual: bool,
    pub body: Body,
    pub ids: Ids,
    /// The TCP connection that it came on.
    pub connection: u64,
    /// How many requests to the mailbox that it names were under way when it came, itself included.
    pub at_once: usize,
}

impl Call<'_> {
    /// The body as an object.
    pub fn object(&self) -> Result<&Map<String, Value>, GraphError> {
        match &self.body {
            Body::Json(Value::Object(object)) => Ok(object),
            Body::Empty => Err(GraphError::malformed("Empty Payload. JSON content expected.")),
            _ => Err(GraphError::not_json()),
        }
    }

    /// The address that describes an answer's type.
    pub fn context(&self, what: &str) -> String {
        format!("{}/$metadata#{what}", self.base)
    }

    /// The address of the next page.
    pub fn next_link(&self, skip: usize) -> String {
        let mut pairs = self.query.clone();
        pairs.retain(|(name, _)| name.trim_start_matches('$') != "skiptoken");
        pairs.push(("$skiptoken".to_owned(), skip.to_string()));
        format!("{}{}?{}", self.base, self.path, query(&pairs))
    }
}

impl Ids {
    /// Fresh ids; the client's own is given back to it.
    pub fn new(world: &World, client: Option<&str>) -> Self {
        let request = world.random.uuid().to_string();
        let mut date = rfc3339(world.clock.now_ms());
        date.pop();
        Self { client: client.map_or_else(|| request.clone(), str::to_owned), request, date }
    }
}
