//! Reading the body of a request: an object in JSON whose fields are texts.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use serde_json::{Map, Value};

use super::super::{
    body,
    error::Error,
    refusal::{BodyError, Refusal},
    state::Shared,
};

/// The fields of a request, which are taken out of it one by one, and what is wrong with them.
pub(in crate::http) struct Object {
    fields: Map<String, Value>,
    faults: Vec<BodyError>,
}

/// The most unknown fields that an answer names, so that it does not grow with the request.
const MAX_UNKNOWN: usize = 8;
/// The most characters of an unknown name that are given back.
const ECHO_CHARS: usize = 64;

impl FromRequest<Shared> for Object {
    type Rejection = Error;

    /// Only as `application/json`: a form of another site cannot send that without a preflight (Fetch, section 3.3.5).
    /// Of a name that is there twice, the last value counts.
    async fn from_request(request: Request, web: &Shared) -> Result<Self, Error> {
        let is_json = is_json(&request);
        let body = body::read(request.into_body(), web.config().server.body_limit).await?;
        if !is_json {
            return Err(Error::MediaType);
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(fields)) => Ok(Self { fields, faults: Vec::new() }),
            Ok(_) => Err(Refusal::Fields(vec![BodyError::not_an_object()]).into()),
            Err(_) => Err(Refusal::NotJson.into()),
        }
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/json")
}

impl Object {
    /// The text of a field; `missing` is the fault where the field is missing.
    pub(super) fn text(&mut self, name: &'static str, missing: impl Into<BodyError>) -> Option<String> {
        let faults = self.faults.len();
        let text = self.optional_text(name);
        if text.is_none() && self.faults.len() == faults {
            self.faults.push(missing.into());
        }
        text
    }

    /// The text of a field that may be missing.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<String> {
        match self.fields.remove(name) {
            Some(Value::String(text)) => return Some(text),
            None | Some(Value::Null) => {}
            Some(_) => self.faults.push(BodyError::not_text(name)),
        }
        None
    }

    /// Adds a further fault.
    pub(super) fn fault(&mut self, fault: impl Into<BodyError>) {
        self.faults.push(fault.into());
    }

    /// Returns what was read, or all faults: those of unknown fields at the end.
    pub(super) fn finish<T>(mut self, read: Option<T>) -> Result<T, Refusal> {
        let shorter = |name: &String| name.chars().take(ECHO_CHARS).collect();
        self.faults.extend(self.fields.keys().take(MAX_UNKNOWN).map(shorter).map(BodyError::unknown));
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(Refusal::Fields(self.faults)),
        }
    }
}
