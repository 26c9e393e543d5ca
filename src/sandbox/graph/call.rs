//! One request to Graph, on its own or inside a batch.

use serde_json::{Map, Value};

use super::answer::Ids;
use super::errors::GraphError;
use crate::sandbox::urlencoded::query;

/// A request's body.
#[derive(Debug)]
pub(super) enum Body {
    /// There is no body.
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

/// A request, with the keys of its path.
pub(super) struct Call<'a> {
    /// The address of this tenant's Graph, as the client calls it: `http://host/v1.0`.
    pub base: &'a str,
    /// The path below the base.
    pub path: String,
    /// The keys that the path has where its template has braces.
    pub keys: Vec<String>,
    pub query: Vec<(String, String)>,
    /// True if the client accepts eventual consistency, which advanced queries need.
    pub eventual: bool,
    pub body: Body,
    pub ids: Ids,
    /// The TCP connection that it came on.
    pub connection: u64,
    /// The number of requests to the mailbox of its path that were under way when it came, itself included.
    pub at_once: usize,
}

impl Call<'_> {
    /// A key of the path; empty where the path has fewer.
    pub fn key(&self, place: usize) -> &str {
        self.keys.get(place).map_or("", String::as_str)
    }

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
