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
    pub retry_after: Option<f64>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, code: u32, text: impl Into<String>) -> Self {
        Self { status, error, code, text: text.into(), retry_after: None }
    }

    /// The client is not the one that it claims to be, or cannot prove it: 401.
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

    /// A form field is missing.
    pub fn missing(field: &str) -> Self {
        Self::request(900_144, format!("The request body must contain the following parameter: '{field}'."))
    }

    /// A claim of the assertion is missing.
    pub fn missing_claim(claim: &str) -> Self {
        Self::request(
            90_014,
            format!(
                "The required field '{claim}' is missing from the credential. Ensure that you have all the necessary parameters for the login request."
            ),
        )
    }

    /// The refusal that a fault asks for.
    pub fn fault(fault: &Fault) -> Self {
        let number = fault.code.as_deref().map(|code| code.trim_start_matches("AADSTS"));
        let mut refusal = Self::numbered(number.and_then(|number| number.parse().ok()).unwrap_or(90_033));
        if let Some(status) = fault.status.and_then(|status| StatusCode::from_u16(status).ok()) {
            refusal.status = status;
        }
        if let Some(text) = &fault.message {
            refusal.text.clone_from(text);
        }
        refusal.retry_after = fault.retry_after;
        refusal
    }

    /// The refusal of a number, with a general text.
    fn numbered(code: u32) -> Self {
        match code {
            90_033 => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "temporarily_unavailable",
                code,
                "A transient error has occurred. Please try again.",
            ),
            700_016 | 7_000_112 => {
                Self::other("unauthorized_client", code, "The application cannot be used.")
            }
            90_002 | 90_014 | 50_027 | 900_144 => Self::request(code, "The request is not valid."),
            70_011 | 1_002_012 => Self::other("invalid_scope", code, "The scope is not valid."),
            500_011 => Self::other("invalid_resource", code, "The resource was not found in the tenant."),
            50_087 => Self::grant(code, "The service is temporarily unavailable. Please retry."),
            _ => Self::client(code, "The client could not be authenticated."),
        }
    }

    /// The answer with its trace ids.
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
        if let Some(seconds) = self.retry_after
            && let Ok(seconds) = HeaderValue::from_str(&seconds.to_string())
        {
            reply.headers.insert(header::RETRY_AFTER, seconds);
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
