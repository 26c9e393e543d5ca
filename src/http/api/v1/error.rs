//! Errors as MS365-Accountcreator tells them.

use std::collections::BTreeMap;

use axum::response::Response;
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::super::{
    super::{error::Error, web::Web},
    Fault, Refusal, json, problem,
};
use crate::texts::Language;

const KIND: &str = "application/json";

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct Message {
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 400)]
    code: u16,
    /// Its name.
    #[schema(example = "Bad Request")]
    status: &'static str,
    /// What to do, in the language of the request.
    #[schema(example = "This address cannot be used here.")]
    message: String,
}

/// Which fields are missing or malformed.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct FieldMessages {
    /// The status of the answer.
    #[schema(minimum = 422, maximum = 422, example = 422)]
    code: u16,
    /// Its name.
    #[schema(example = "Unprocessable Entity")]
    status: &'static str,
    /// What is wrong with them.
    errors: Errors,
}

/// What is wrong with which part of the request.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http::api) struct Errors {
    /// By field; `_schema` is the body as a whole.
    json: BTreeMap<String, Vec<String>>,
}

/// What can happen to every request.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes what `answer` makes")]
pub(super) enum Refusals {
    /// Too many requests came from this network.
    #[response(status = 429)]
    TooMany(Message),
    /// A fault of the server.
    #[response(status = 500)]
    Internal(Message),
    /// The records cannot be reached.
    #[response(status = 503)]
    Unavailable(Message),
}

/// What can happen to a request with a body.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes what `answer` makes")]
pub(super) enum BodyRefusals {
    /// The body is not JSON, the address is not admitted or has an account, or no username can be made of the name.
    #[response(status = 400)]
    BadRequest(Message),
    /// The page of another site sent it.
    #[response(status = 403)]
    Forbidden(Message),
    /// The body is far too large.
    #[response(status = 413)]
    TooLarge(Message),
    /// The body is of another type than `application/json`.
    #[response(status = 415)]
    MediaType(Message),
    /// Fields are missing, malformed or unknown.
    #[response(status = 422)]
    Fields(FieldMessages),
    /// Too many requests came from this network.
    #[response(status = 429)]
    TooMany(Message),
    /// A fault of the server.
    #[response(status = 500)]
    Internal(Message),
    /// The records cannot be reached.
    #[response(status = 503)]
    Unavailable(Message),
}

/// The answer that tells of an error.
pub(in crate::http::api) fn answer(web: &Web, t: &Language, error: &Error) -> Response {
    let status = error.status();
    let (code, status) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    let message = match error {
        Error::Refused(Refusal::Fields(faults)) => {
            return json(KIND, &FieldMessages { code, status, errors: errors(web, t, faults) });
        }
        Error::Refused(Refusal::Unusable(fault)) => fault.say(web, t),
        other => problem::detail(t, other),
    };
    json(KIND, &Message { code, status, message })
}

fn errors(web: &Web, t: &Language, faults: &[Fault]) -> Errors {
    let mut json: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fault in faults {
        json.entry(fault.field().unwrap_or("_schema").to_owned()).or_default().push(fault.say(web, t));
    }
    Errors { json }
}
