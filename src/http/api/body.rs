//! Reading the body of a request: an object in JSON whose fields are texts.

use axum::{
    extract::{FromRequest, Request},
    http::header,
};
use serde_json::{Map, Value};

use super::{
    super::{body, error::Error, web::Shared},
    Fault, Refusal,
};

/// The fields of a request.
pub(in crate::http) struct Object(Map<String, Value>);

/// So many unknown fields are named: the answer is not to grow with the request.
const MOST_UNKNOWN: usize = 8;
/// So much of a name that is not known is given back.
const ECHO_CHARS: usize = 64;

/// Reads the fields of an object one by one and notes what is wrong with them.
pub(super) struct Fields<'a> {
    object: &'a Object,
    known: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl FromRequest<Shared> for Object {
    type Rejection = Error;

    /// Only as `application/json`: no form of another site can send that without being asked first (Fetch, section
    /// 3.3.5). A name that stands there twice counts with its last value.
    async fn from_request(request: Request, web: &Shared) -> Result<Self, Error> {
        let is_json = is_json(&request);
        let body = body::read(request.into_body(), web.settings.body_limit).await?;
        if !is_json {
            return Err(Error::MediaType);
        }
        match serde_json::from_slice(&body) {
            Ok(Value::Object(object)) => Ok(Self(object)),
            Ok(_) => Err(Refusal::Fields(vec![Fault::not_an_object()]).into()),
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
    pub(super) const fn fields(&self) -> Fields<'_> {
        Fields { object: self, known: Vec::new(), faults: Vec::new() }
    }
}

impl<'a> Fields<'a> {
    /// The text of a field, which is known from now on; `missing` is the fault where there is none.
    pub(super) fn text(&mut self, name: &'static str, missing: impl Into<Fault>) -> Option<&'a str> {
        self.known.push(name);
        match self.object.0.get(name) {
            Some(Value::String(text)) => return Some(text),
            None | Some(Value::Null) => self.faults.push(missing.into()),
            Some(_) => self.faults.push(Fault::not_text(name)),
        }
        None
    }

    /// The text of a field that may be missing.
    pub(super) fn optional_text(&mut self, name: &'static str) -> Option<&'a str> {
        self.known.push(name);
        match self.object.0.get(name) {
            Some(Value::String(text)) => return Some(text),
            None | Some(Value::Null) => {}
            Some(_) => self.faults.push(Fault::not_text(name)),
        }
        None
    }

    /// Notes a further fault.
    pub(super) fn fault(&mut self, fault: impl Into<Fault>) {
        self.faults.push(fault.into());
    }

    /// What was read, or all faults: those of fields that nobody asked for at the end.
    pub(super) fn finish<T>(mut self, read: Option<T>) -> Result<T, Refusal> {
        let unknown = self.object.0.keys().filter(|name| !self.known.contains(&name.as_str()));
        let shorter = |name: &String| name.chars().take(ECHO_CHARS).collect();
        self.faults.extend(unknown.take(MOST_UNKNOWN).map(shorter).map(Fault::unknown));
        match read {
            Some(read) if self.faults.is_empty() => Ok(read),
            _ => Err(Refusal::Fields(self.faults)),
        }
    }
}
