//! The errors of a call, distinguished by what the caller does next.

use std::{fmt, sync::Arc, time::Duration};

use crate::entra::{self, Source};

/// A call that did not have the intended effect, or whose effect is in doubt.
///
/// Cheap to clone: one failed token fetch fails every call that waited for it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{kind} ({code})")]
pub struct Error {
    /// The kind, which decides what the caller does next.
    pub kind: ErrorKind,
    /// The HTTP status, when there was one.
    pub status: Option<u16>,
    /// Graph's `error.code`, Entra's `AADSTS` number, or a short code of our own.
    pub code: String,
    /// The property that Graph refuses, where it names one.
    pub target: Option<String>,
    /// Graph's id of the request, for a support case.
    pub request_id: Option<String>,
    /// The time that the tenant asks to wait.
    pub retry_after: Option<Duration>,
    pub(super) unsent: bool,
    #[source]
    pub(super) source: Option<Source>,
}

/// The reason why a call failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The tenant asks for a pause (429); nothing was done.
    Throttled,
    /// The call was certainly not carried out: no connection, no token, or another item of its batch failed first.
    Unavailable,
    /// Time ran out, the connection broke, a 5xx, or an answer that makes no sense: the effect may be there.
    Unclear,
    /// The effect of a recent write is not visible everywhere yet; nothing was done.
    Lag,
    /// No licence of the kind is free.
    NoSeats,
    /// Another write to the same object is under way; nothing was done.
    Busy,
    /// Entra does not accept the application, its certificate or its token: no call for any user succeeds.
    IdentityRefused,
    /// The application lacks a permission: no such call for any user succeeds.
    Forbidden,
    /// The application may not do this to this one user or group.
    TargetForbidden,
    /// The tenant, or the group, holds as many objects as it may.
    QuotaExceeded,
    /// The SKU is not one of the tenant's, or the tenant refuses it for another reason.
    LicenceUnknown,
    /// The SKU is for the organisation as a whole and not for users.
    LicenceUnassignable,
    /// Two of the licences contain services that exclude each other.
    LicenceConflict,
    /// A licence needs a service that no licence of the user has.
    LicenceDependency,
    /// The mail address that the licence would give the user belongs to another object.
    AddressTaken,
    /// The user has no usage location that allows the licence. It may only not be everywhere yet.
    UsageLocation,
    /// The group does not exist or takes no members by Graph.
    GroupRefused,
    /// The domain is not one of the tenant's verified domains.
    DomainUnverified,
    /// The domain's users are kept in another directory, which signs them in.
    DomainFederated,
    /// The tenant refuses the request for a reason of its own.
    UserRefused,
}

impl ErrorKind {
    /// Returns whether the same call may succeed later without anyone acting on it.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        match self {
            Self::Throttled
            | Self::Unavailable
            | Self::Unclear
            | Self::Lag
            | Self::Busy
            | Self::NoSeats
            | Self::UsageLocation => true,
            Self::IdentityRefused
            | Self::Forbidden
            | Self::TargetForbidden
            | Self::QuotaExceeded
            | Self::LicenceUnknown
            | Self::LicenceUnassignable
            | Self::LicenceConflict
            | Self::LicenceDependency
            | Self::AddressTaken
            | Self::GroupRefused
            | Self::DomainUnverified
            | Self::DomainFederated
            | Self::UserRefused => false,
        }
    }

    /// Returns whether the application is refused, whichever user or group a call is about.
    #[must_use]
    pub const fn is_of_application(self) -> bool {
        matches!(self, Self::IdentityRefused | Self::Forbidden)
    }

    /// Returns whether the call certainly changed nothing.
    #[must_use]
    pub const fn effect_is_absent(self) -> bool {
        !matches!(self, Self::Unclear)
    }

    const fn sentence(self) -> &'static str {
        match self {
            Self::Throttled => "the tenant asks for a pause",
            Self::Unavailable => "the tenant cannot be reached",
            Self::Unclear => "the tenant gave no clear answer",
            Self::Lag => "the tenant does not know yet what was just written",
            Self::NoSeats => "no licence is free",
            Self::Busy => "the tenant is busy with another change of the same object",
            Self::IdentityRefused => "the tenant does not accept the application",
            Self::Forbidden => "the application lacks a permission",
            Self::TargetForbidden => "the application may not do this to this user or group",
            Self::QuotaExceeded => "the tenant holds as many objects as it may",
            Self::LicenceUnknown => "the tenant refuses the licence",
            Self::LicenceUnassignable => "the licence cannot be assigned to users",
            Self::LicenceConflict => "the licences exclude each other",
            Self::LicenceDependency => "the licence needs a service that the user does not have",
            Self::AddressTaken => "the mail address that the licence gives is taken",
            Self::UsageLocation => "the usage location does not allow the licence",
            Self::GroupRefused => "the tenant refuses the group",
            Self::DomainUnverified => "the domain is none of the tenant's",
            Self::DomainFederated => "the domain is federated",
            Self::UserRefused => "the tenant refuses the request",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sentence())
    }
}

impl Error {
    /// An error without an answer behind it.
    pub fn new(kind: ErrorKind, code: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            code: code.into(),
            target: None,
            request_id: None,
            retry_after: None,
            unsent: false,
            source: None,
        }
    }

    /// Returns whether Entra gave no token, so that nothing was asked of Graph.
    #[must_use]
    pub fn is_of_token(&self) -> bool {
        self.code.starts_with("AADSTS")
    }

    /// The facts that an admin needs to ask Microsoft, in one line: the code, the property, the status and the
    /// request's id.
    /// [`remedy_for`](super::remedy_for) reads the code back.
    #[must_use]
    pub fn detail(&self) -> String {
        let target = self.target.as_deref().map_or_else(String::new, |target| format!(" of {target}"));
        let status = self.status.map_or_else(String::new, |status| format!(" ({status})"));
        let request = self.request_id.as_deref().map_or_else(String::new, |id| format!(", request-id {id}"));
        format!("{}{target}{status}{request}", self.code)
    }

    /// Returns whether the call may have left this machine. A call that never left it has no effect, whatever the kind
    /// of the error.
    #[must_use]
    pub const fn was_sent(&self) -> bool {
        !self.unsent
    }

    pub(super) fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

/// No token, or no answer.
impl From<entra::Error> for Error {
    fn from(error: entra::Error) -> Self {
        let kind = match error.kind {
            entra::ErrorKind::Throttled => ErrorKind::Throttled,
            entra::ErrorKind::Unavailable => ErrorKind::Unavailable,
            entra::ErrorKind::Unclear => ErrorKind::Unclear,
            entra::ErrorKind::Refused => ErrorKind::IdentityRefused,
        };
        let entra::Error { status, code, request_id, retry_after, unsent, source, .. } = error;
        Self { status, request_id, retry_after, unsent, source, ..Self::new(kind, code) }
    }
}
