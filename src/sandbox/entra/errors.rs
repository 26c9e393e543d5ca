//! The token endpoint's error bodies.
//!
//! <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::sandbox::clock::entra_time;
use crate::sandbox::exchange::Reply;
use crate::sandbox::faults::Fault;
use crate::sandbox::world::World;

/// A refusal: OAuth's `error`, Entra's code and its text.
#[derive(Debug, PartialEq)]
pub(super) struct Refusal {
    pub status: StatusCode,
    pub error: &'static str,
    pub code: u32,
    pub text: String,
    pub retry_after: Option<u32>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self { status, error, code, text: text.into(), retry_after: None }
    }

    /// The client is not who it says, or cannot show it: 401.
    pub fn client(code: u32, text: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_client", code, text)
    }

    /// The user cannot sign in: 400.
    pub fn grant(code: u32, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", code, text)
    }

    /// The request cannot be understood: 400.
    pub fn request(code: u32, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", code, text)
    }

    /// The request is understood, and refused for another reason: 400.
    pub fn other(error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, code, text)
    }

    /// A form field is not there.
    pub fn missing(field: &str) -> Self {
        Self::request(900_144, format!("The request body must contain the following parameter: '{field}'."))
    }

    /// What a fault wants to be answered.
    pub fn fault(fault: &Fault) -> Self {
        let status = fault.status.unwrap_or(503);
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let text = fault
            .message
            .clone()
            .unwrap_or_else(|| "A transient error has occurred. Please try again.".to_owned());
        let mut refusal = Self::new(status, "temporarily_unavailable", 90_033, text);
        refusal.retry_after = fault.retry_after;
        refusal
    }

    /// The body with its traces.
    pub fn reply(&self, world: &World, correlation_id: &str) -> Reply {
        let trace_id = world.random.uuid().to_string();
        let time = entra_time(world.clock.now_ms());
        let code = self.code;
        let text = &self.text;
        let description = format!(
            "AADSTS{code}: {text} Trace ID: {trace_id} Correlation ID: {correlation_id} Timestamp: {time}"
        );
        let body = json!({
            "error": self.error,
            "error_description": description,
            "error_codes": [code],
            "timestamp": time,
            "trace_id": trace_id,
            "correlation_id": correlation_id,
            "error_uri": format!("https://login.microsoftonline.com/error?code={code}"),
        });
        let mut reply = json_reply(self.status, &body, &trace_id);
        if let Some(seconds) = self.retry_after {
            reply.headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        reply
    }
}

/// An answer with the headers that the token endpoint gives to all of its answers.
pub(super) fn json_reply(status: StatusCode, body: &serde_json::Value, request_id: &str) -> Reply {
    let mut headers = HeaderMap::new();
    let fixed = [
        (header::CONTENT_TYPE.as_str(), "application/json; charset=utf-8"),
        ("cache-control", "no-store, no-cache"),
        ("pragma", "no-cache"),
        ("expires", "-1"),
        ("x-content-type-options", "nosniff"),
        ("x-ms-ests-server", "2.1.0 - SANDBOX"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert("x-ms-request-id", id);
    }
    Reply { status, headers, body: body.to_string().into_bytes() }
}
