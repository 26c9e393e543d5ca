//! Errors for programs: messages as MS365-Accountcreator has them, and problem details (RFC 9457).

use std::collections::BTreeMap;

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use super::{
    super::{
        error::Error,
        refusal::{BodyError, Refusal},
        request_id::RequestId,
        state::{Lang, Web},
    },
    Dialect, at, json, quota,
};
use crate::{metrics::Limit, signup::Consented, texts::Language};

const MESSAGE: &str = "application/json";
const PROBLEM: &str = "application/problem+json";

/// The error in place of the body of `response`, whose status and headers (such as `Allow`) stay.
pub(in crate::http) fn answer(
    web: &Web,
    dialect: Dialect,
    lang: Lang,
    id: &RequestId,
    error: &Error,
    mut response: Response,
) -> Response {
    let (status, t) = (error.status(), web.language(lang));
    let shown = match dialect {
        Dialect::V1 => message_answer(web, t, error),
        Dialect::Problem => problem_answer(web, t, id, error),
    };
    let (parts, body) = shown.into_parts();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    headers.extend(parts.headers);
    if let Ok(tag) = HeaderValue::from_str(web.tag(lang)) {
        headers.insert(header::CONTENT_LANGUAGE, tag);
    }
    error.add_retry_after(headers);
    if let Error::TooMany(refused) = error
        && refused.limit == Limit::SubmissionsPerNetwork
    {
        quota::add_refused(web, refused, headers);
    }
    *response.body_mut() = body;
    *response.status_mut() = status;
    response
}

/// The sentence about a fault.
pub(super) fn say(web: &Web, t: &Language, fault: &BodyError) -> String {
    let version = web.site.signups.consent_version(Consented::Here);
    fault.say(t, web.config().support_email.as_str(), &version)
}

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct Problem {
    /// What kind of problem it is: `about:blank` where the status says it all.
    #[schema(format = "uri-reference", example = "about:blank")]
    r#type: String,
    /// The kind in a few words.
    #[schema(example = "Not Found")]
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// What to do, in the language of the request.
    #[schema(example = "There is nothing at this address.")]
    detail: String,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
    /// The number of the request in the log of the server.
    #[schema(pattern = "^[A-Za-z0-9._:-]{1,64}$", example = "00f1e2d3c4b5a697")]
    request_id: String,
}

/// What is wrong with one field.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::http) struct FieldProblem {
    /// Where: a JSON pointer (RFC 6901) as a fragment; `#` is the body as a whole.
    #[schema(pattern = "^#", example = "#/email")]
    pointer: String,
    /// What to do, in the language of the request.
    #[schema(example = "Enter an address like name@example.edu.")]
    detail: String,
}

/// The answer that reports an error.
fn problem_answer(web: &Web, t: &Language, id: &RequestId, error: &Error) -> Response {
    let (kind, title) = kind(web, t, error);
    let faults = if let Error::Refused(refusal) = error { refusal.faults() } else { &[] };
    let problem = Problem {
        r#type: kind,
        title,
        status: error.status().as_u16(),
        detail: detail(t, error),
        errors: faults.iter().map(|fault| of_field(web, t, fault)).collect(),
        request_id: id.to_string(),
    };
    json(PROBLEM, &problem)
}

/// The type and title of a problem. Those that a program may have to distinguish are explained with the API; for the
/// others the status is sufficient.
fn kind(web: &Web, t: &Language, error: &Error) -> (String, String) {
    let (name, title) = match error {
        Error::Refused(Refusal::Fields(_) | Refusal::Unusable(_)) => ("invalid-fields", "api-invalid-title"),
        Error::Refused(Refusal::NoSeats) => ("no-licences", "closed-title"),
        Error::Refused(Refusal::Closed) => ("signups-closed", "closed-off-title"),
        Error::Refused(Refusal::OtherRequest) => ("key-of-another-request", "api-key-other-title"),
        _ => {
            let title = error.status().canonical_reason().unwrap_or_default();
            return ("about:blank".to_owned(), title.to_owned());
        }
    };
    (at(web, &format!("/api/redoc#{name}")), t.text(title))
}

/// The advice on an error, in words for the people who use a program.
pub(in crate::http) fn detail(t: &Language, error: &Error) -> String {
    let minutes = error.minutes().to_string();
    t.text_with(error.told_to_programs(), &[("minutes", &minutes)])
}

fn of_field(web: &Web, t: &Language, fault: &BodyError) -> FieldProblem {
    let escaped = |name: &str| format!("#/{}", escape(name));
    FieldProblem { pointer: fault.field().map_or("#".to_owned(), escaped), detail: say(web, t, fault) }
}

/// A name within a JSON pointer (RFC 6901, sections 3 and 6).
fn escape(name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
        .replace("%7E", "~")
}

/// The errors that every request can get.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers of `problem_answer`")]
pub(in crate::http) enum Failures {
    /// Too many requests came from this network.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// A fault of the server.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// The records cannot be reached.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// The errors that a request with a body can get.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers of `problem_answer`")]
pub(in crate::http) enum BodyFailures {
    /// The body is not JSON, or the Idempotency-Key is malformed.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(Problem),
    /// The page of another site sent it.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(Problem),
    /// The body is far too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(Problem),
    /// The body is of another type than `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(Problem),
    /// Fields cannot be used, or the Idempotency-Key stands for another request.
    #[response(status = 422, content_type = "application/problem+json")]
    Fields(Problem),
    /// Too many requests came from this network, or for this address.
    #[response(status = 429, content_type = "application/problem+json")]
    TooMany(Problem),
    /// A fault of the server.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(Problem),
    /// The records cannot be reached.
    #[response(status = 503, content_type = "application/problem+json")]
    Unavailable(Problem),
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Message {
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
pub(in crate::http) struct FieldMessages {
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
pub(in crate::http) struct Errors {
    /// By field; `_schema` is the body as a whole.
    json: BTreeMap<String, Vec<String>>,
}

/// The errors that every request can get.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers of `message_answer`")]
pub(in crate::http) enum Refusals {
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

/// The errors that a request with a body can get.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "describes the answers of `message_answer`")]
pub(in crate::http) enum BodyRefusals {
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

/// The answer that reports an error.
fn message_answer(web: &Web, t: &Language, error: &Error) -> Response {
    let status = error.status();
    let (code, status) = (status.as_u16(), status.canonical_reason().unwrap_or_default());
    let message = match error {
        Error::Refused(Refusal::Fields(faults)) => {
            return json(MESSAGE, &FieldMessages { code, status, errors: errors(web, t, faults) });
        }
        Error::Refused(Refusal::Unusable(fault)) => say(web, t, fault),
        other => detail(t, other),
    };
    json(MESSAGE, &Message { code, status, message })
}

fn errors(web: &Web, t: &Language, faults: &[BodyError]) -> Errors {
    let mut json: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for fault in faults {
        json.entry(fault.field().unwrap_or("_schema").to_owned()).or_default().push(say(web, t, fault));
    }
    Errors { json }
}
