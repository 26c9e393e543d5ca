//! The one error of the edge.

use std::sync::Arc;

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{limits::TooMany, refusal::Refusal};
use crate::signup::StoreError;

/// The reason why a request gets an error instead of its page. The `Display` is for the log: it names no part of the
/// request.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such page, or no such signup.
    #[error("there is no such page")]
    NotFound,
    /// The page does not take this method.
    #[error("the page does not take this method")]
    MethodNotAllowed,
    /// The body is not what the form sends.
    #[error("the request is malformed: {0}")]
    BadRequest(&'static str),
    /// The body is larger than the form can be.
    #[error("the body is too large")]
    TooLarge,
    /// The body is not that of a form.
    #[error("the body is not a submitted form")]
    MediaType,
    /// A form of another site.
    #[error("the request comes from another site")]
    CrossSite,
    /// A limit is reached.
    #[error("there were too many: {} is reached", .0.limit.name())]
    TooMany(TooMany),
    /// The API cannot do what was asked.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The request took longer than it may.
    #[error("the request took too long")]
    TimedOut,
    /// The store does not answer.
    #[error("the records cannot be reached")]
    Unavailable(#[from] StoreError),
    /// A template failed.
    #[error("a page could not be rendered")]
    Render(#[from] askama::Error),
    /// A defect.
    #[error("a handler panicked")]
    Panicked,
}

impl Error {
    /// The status of the answer.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => refusal.status(),
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::TimedOut | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Render(_) | Self::Panicked => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The texts of the page: its title and what to do.
    pub(super) const fn texts(&self) -> (&'static str, &'static str) {
        match self {
            Self::NotFound => ("error-not-found-title", "error-not-found-text"),
            Self::MethodNotAllowed => ("error-method-title", "error-method-text"),
            Self::BadRequest(_) | Self::Refused(_) => ("error-bad-request-title", "error-bad-request-text"),
            Self::TooLarge => ("error-too-large-title", "error-too-large-text"),
            Self::MediaType => ("error-media-type-title", "error-media-type-text"),
            Self::CrossSite => ("error-cross-site-title", "error-cross-site-text"),
            Self::TooMany(_) => ("error-too-many-title", "error-too-many-text"),
            Self::TimedOut | Self::Unavailable(_) => ("error-unavailable-title", "error-unavailable-text"),
            Self::Render(_) | Self::Panicked => ("error-internal-title", "error-internal-text"),
        }
    }
}

impl Error {
    /// The text for the people who use a program.
    pub(super) const fn told_to_programs(&self) -> &'static str {
        match self {
            Self::NotFound => "api-not-found",
            Self::MethodNotAllowed => "api-method",
            Self::BadRequest(_) => "api-bad-request",
            Self::TooLarge => "api-too-large",
            Self::MediaType => "api-media-type",
            Self::CrossSite => "api-cross-site",
            Self::Refused(refusal) => refusal.text(),
            Self::TooMany(_) | Self::TimedOut | Self::Unavailable(_) | Self::Render(_) | Self::Panicked => {
                self.texts().1
            }
        }
    }

    /// The minutes after which another try is worthwhile, as the error's text says it.
    pub(super) fn minutes(&self) -> u64 {
        if let Self::TooMany(refused) = self { refused.minutes() } else { 1 }
    }

    /// Adds `Retry-After` where another try helps (RFC 9110, section 10.2.3).
    pub(super) fn add_retry_after(&self, headers: &mut HeaderMap) {
        let seconds = match self {
            Self::TooMany(refused) => refused.seconds(),
            Self::TimedOut | Self::Unavailable(_) => 10,
            _ => return,
        };
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
}

impl From<TooMany> for Error {
    fn from(refused: TooMany) -> Self {
        Self::TooMany(refused)
    }
}

impl Error {
    /// Attaches this error to an answer that reports it to the visitor by itself.
    pub(super) fn shown_in(self, mut response: Response) -> Response {
        self.add_retry_after(response.headers_mut());
        response.extensions_mut().insert(Raised { error: Arc::new(self), page: Page::Shown });
        response
    }
}

/// An error on its way to the edge, which logs it. A page that already reports it to the visitor is kept.
#[derive(Clone)]
pub(super) struct Raised {
    pub error: Arc<Error>,
    pub page: Page,
}

/// The part that shows an error to the visitor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// The edge, by a page of its own.
    Wanted,
    /// The answer itself.
    Shown,
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Raised { error: Arc::new(self), page: Page::Wanted });
        response
    }
}
