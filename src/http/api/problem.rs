//! Problem details (RFC 9457): what went wrong, for programs and in the words of the reader.

use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    super::{error::Error, request_id::RequestId, web::Web},
    Fault, Refusal, at, json,
};
use crate::texts::Language;

pub(super) const KIND: &str = "application/problem+json";

/// What went wrong (RFC 9457).
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Problem {
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
pub(super) struct FieldProblem {
    /// Where: a JSON pointer (RFC 6901) as a fragment; `#` is the body as a whole.
    #[schema(pattern = "^#", example = "#/email")]
    pointer: String,
    /// What to do, in the language of the request.
    #[schema(example = "Enter an address like name@example.edu.")]
    detail: String,
}

/// The answer that tells of an error.
pub(super) fn answer(web: &Web, t: &Language, id: &RequestId, error: &Error) -> Response {
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
    json(KIND, &problem)
}

/// The kinds that a program may tell apart are explained with the API; of the others the status says it all.
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

/// What to do about an error, in words for the people behind a program.
pub(super) fn detail(t: &Language, error: &Error) -> String {
    let minutes = error.minutes().to_string();
    t.text_with(error.told_to_programs(), &[("minutes", &minutes)])
}

fn of_field(web: &Web, t: &Language, fault: &Fault) -> FieldProblem {
    let escaped = |name: &str| format!("#/{}", escape(name));
    FieldProblem { pointer: fault.field().map_or("#".to_owned(), escaped), detail: fault.say(web, t) }
}

/// A name within a JSON pointer (RFC 6901, sections 3 and 6).
fn escape(name: &str) -> String {
    let name = name.replace('~', "~0").replace('/', "~1");
    form_urlencoded::byte_serialize(name.as_bytes())
        .collect::<String>()
        .replace('+', "%20")
        .replace("%7E", "~")
}
