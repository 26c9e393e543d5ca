//! Graph's errors. Message texts are those seen in recorded traffic and public issues.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Ids};
use crate::sandbox::entra::access::BadToken;
use crate::sandbox::faults::Fault;
use crate::sandbox::operation::Operation;

/// The challenge that comes with a 401.
const CHALLENGE: &str = "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", client_id=\"00000003-0000-0000-c000-000000000000\"";

/// An error that Graph answers with.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct GraphError {
    pub status: StatusCode,
    code: String,
    message: String,
    details: Vec<Value>,
    headers: Vec<(&'static str, String)>,
}

impl GraphError {
    /// An error with a status, a code and a message.
    pub fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
            details: Vec::new(),
            headers: Vec::new(),
        }
    }

    /// 400 `Request_BadRequest`, the directory's answer to most requests that it does not accept.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_BadRequest", message)
    }

    /// 400 `BadRequest`, which comes from Graph itself, before the directory is asked.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 400 for a body that is not JSON.
    pub fn not_json() -> Self {
        Self::malformed(
            "Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.",
        )
    }

    /// 400 for a query that the directory does not accept, or only with advanced capabilities.
    pub fn unsupported_query(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Request_UnsupportedQuery", message)
    }

    /// 400 for a value that breaks the rules of its property.
    pub fn invalid_value(resource: &str, property: &str) -> Self {
        Self::bad_request(format!(
            "Invalid value specified for property '{property}' of resource '{resource}'."
        ))
        .detail("InvalidValue", property)
    }

    /// 400 for a new object without a property that it needs.
    pub fn required(resource: &str, property: &str) -> Self {
        if property == "passwordProfile" {
            return Self::bad_request("A password must be specified to create a new user.");
        }
        Self::bad_request(format!("A value is required for property '{property}' of resource '{resource}'."))
    }

    /// 400 for a property that the type does not have.
    pub fn unknown_property(entity: &str, property: &str) -> Self {
        Self::bad_request(format!(
            "The property '{property}' does not exist on type 'microsoft.graph.{entity}'. Make sure to only use property names that are defined by the type."
        ))
    }

    /// 400 for a property that only the directory sets.
    pub fn read_only(property: &str) -> Self {
        Self::bad_request(format!("Property '{property}' is read-only and cannot be set."))
    }

    /// 400 for a value of another type.
    pub fn wrong_type(edm: &str) -> Self {
        Self::malformed(format!(
            "Cannot convert a primitive value to the expected type '{edm}'. See the inner exception for more details."
        ))
    }

    /// 400 for a unique value that another object has.
    pub fn taken(property: &str, other: &str) -> Self {
        let message = format!("Another object with the same value for property {property} already exists.");
        let mut error = Self::bad_request(&message).detail("ObjectConflict", property);
        error.details.push(json!({
            "code": "ConflictingObjects",
            "message": "The conflicting object.",
            "target": format!("User_{other}"),
        }));
        error
    }

    /// 404 for an object that does not exist, or does not yet.
    pub fn not_found(id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "Request_ResourceNotFound",
            format!(
                "Resource '{id}' does not exist or one of its queried reference-property objects are not present."
            ),
        )
    }

    /// 400 for a path that does not exist.
    pub fn no_segment(segment: &str) -> Self {
        Self::malformed(format!("Resource not found for the segment '{segment}'."))
    }

    /// 501 for a request that Graph serves and this tenant does not.
    pub fn unserved(method: &str, path: &str) -> Self {
        let text = format!("The sandbox does not serve {method} {path}, which Microsoft Graph does.");
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", text)
    }

    /// 403 for a permission that was not consented to.
    pub fn denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        )
    }

    /// 403 for a mailbox that the application may not use.
    pub fn access_denied() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "ErrorAccessDenied",
            "Access is denied. Check credentials and try again.",
        )
    }

    /// 400 for a new user of a domain whose users another directory keeps.
    pub fn federated() -> Self {
        Self::bad_request("SourceAnchor is a required property for creation of a federated user.")
    }

    /// 401 for a token that is not accepted.
    pub fn token(why: BadToken) -> Self {
        let message = match why {
            BadToken::Missing => "Access token is empty.",
            BadToken::Invalid => "CompactToken parsing failed with error code: 80049217",
            BadToken::Audience => "Access token validation failure. Invalid audience.",
            BadToken::Expired => "Lifetime validation failed, the token is expired.",
        };
        let code = "InvalidAuthenticationToken";
        let mut error = Self::new(StatusCode::UNAUTHORIZED, code, message);
        error.headers.push(("www-authenticate", CHALLENGE.to_owned()));
        error
    }

    /// 429, with or without `Retry-After`.
    pub fn throttled(seconds: Option<u32>) -> Self {
        let mut error = Self::of_status(StatusCode::TOO_MANY_REQUESTS);
        let scope = "Tenant_Application/ReadWrite".to_owned();
        error.headers.push(("x-ms-throttle-scope", scope));
        error.retry_after(seconds.map(f64::from));
        error
    }

    /// The error that a fault on an operation asks for.
    pub fn fault(fault: &Fault, operation: Operation) -> Self {
        let status = StatusCode::from_u16(fault.status.unwrap_or(503));
        let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let of_mailbox = (operation == Operation::SendMail).then(|| Self::of_mailbox(status)).flatten();
        let mut error = of_mailbox.unwrap_or_else(|| Self::of_status(status));
        if let Some(code) = &fault.code {
            error.code.clone_from(code);
        }
        if let Some(message) = &fault.message {
            error.message.clone_from(message);
        }
        if let Some(target) = &fault.target {
            error = error.detail("InvalidValue", target);
        }
        error.retry_after(fault.retry_after);
        error
    }

    /// The usual error of a status.
    fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status.as_u16() {
            401 => return Self::token(BadToken::Invalid),
            403 => return Self::denied(),
            404 => return Self::not_found("00000000-0000-0000-0000-000000000000"),
            400 => ("Request_BadRequest", "One or more property values specified are invalid."),
            409 => (
                "Request_MultipleObjectsWithSameKeyValue",
                "Another object with the same value for property userPrincipalName already exists.",
            ),
            429 => ("TooManyRequests", "Please retry again later."),
            503 => ("serviceNotAvailable", "The service is temporarily unavailable."),
            504 => ("UnknownError", "The gateway timed out."),
            _ => ("generalException", "An unexpected error occurred."),
        };
        Self::new(status, code, message)
    }

    /// Adds `Retry-After`.
    pub fn retry_after(&mut self, seconds: Option<f64>) {
        if let Some(seconds) = seconds {
            self.headers.push(("retry-after", seconds.to_string()));
        }
    }

    /// Replaces the message, in the details too.
    pub fn say(&mut self, message: &str) {
        message.clone_into(&mut self.message);
        for detail in &mut self.details {
            detail["message"] = json!(message);
        }
    }

    fn detail(mut self, code: &str, target: &str) -> Self {
        let message = self.message.clone();
        self.details.push(json!({ "code": code, "message": message, "target": target }));
        self
    }

    /// The answer, with the ids of the request.
    pub fn answer(self, ids: &Ids) -> Answer {
        let mut inner = json!({
            "date": ids.date,
            "request-id": ids.request,
            "client-request-id": ids.client,
        });
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            inner["code"] = json!("429");
            inner["message"] = json!("Please retry after");
            inner["status"] = json!("429");
        }
        let mut error = json!({ "code": self.code, "message": self.message, "innerError": inner });
        if !self.details.is_empty() {
            error["details"] = Value::Array(self.details);
        }
        let mut answer = Answer::new(self.status, Some(json!({ "error": error })));
        answer.headers = self.headers;
        answer
    }
}
