//! Errors of requests and of tokens, and the token endpoint's refusals.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>, which asks clients to
//! branch on `error` only; the number selects the remedy that admins read.

use std::{sync::Arc, time::Duration};

use reqwest::StatusCode;
use serde::Deserialize;

use super::{
    lenient,
    wire::{Reply, bounded},
};

/// A request that got no token, or no answer that can be read.
///
/// Cheap to clone: one failed token fetch fails every call that waited for it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{} ({code})", kind.sentence())]
pub struct Error {
    /// The kind, which decides what the caller does next.
    pub kind: ErrorKind,
    /// The HTTP status, when there was one.
    pub status: Option<u16>,
    /// Entra's `AADSTS` number, or a short code of our own.
    pub code: String,
    /// The service's id of the request, for a support case.
    pub request_id: Option<String>,
    /// The time that the service asks to wait.
    pub retry_after: Option<Duration>,
    pub(crate) unsent: bool,
    #[source]
    pub(crate) source: Option<Source>,
}

pub(crate) type Source = Arc<dyn std::error::Error + Send + Sync>;

/// An error of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The service asks for a pause (429); nothing was done.
    Throttled,
    /// The request was certainly not carried out: no connection, or no token.
    Unavailable,
    /// Time ran out, the connection broke, or the answer makes no sense: the effect may be there.
    Unclear,
    /// Entra does not accept the application or its certificate: no request of it succeeds.
    Refused,
}

impl ErrorKind {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Throttled => "the tenant asks for a pause",
            Self::Unavailable => "the tenant cannot be reached",
            Self::Unclear => "the tenant gave no clear answer",
            Self::Refused => "the tenant does not accept the application",
        }
    }
}

impl Error {
    /// An error without an answer behind it.
    pub(crate) fn new(kind: ErrorKind, code: impl Into<String>) -> Self {
        Self {
            kind,
            status: None,
            code: code.into(),
            request_id: None,
            retry_after: None,
            unsent: false,
            source: None,
        }
    }

    /// The remedy, if this is a refusal of the application.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        remedy_for(&self.code)
    }

    /// The same error, of a call that never left this machine.
    pub(super) fn before_sending(self) -> Self {
        Self { unsent: true, ..self }
    }

    pub(super) fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The HTTP client's error; the URL is taken out, for it names people.
    pub(super) fn of_transport(error: reqwest::Error) -> Self {
        let (kind, code) = if error.is_connect() || error.is_builder() {
            (ErrorKind::Unavailable, "unreachable")
        } else if error.is_timeout() {
            (ErrorKind::Unclear, "timeout")
        } else {
            (ErrorKind::Unclear, "connection_lost")
        };
        Self::new(kind, code).caused_by(error.without_url())
    }
}

/// The remedy for a code such as `AADSTS700016`; `None` where the code alone says too little.
#[must_use]
pub fn remedy_for(code: &str) -> Option<&'static str> {
    match code.strip_prefix("AADSTS") {
        Some(number) => Some(by_number(number.parse().ok()?)),
        None if matches!(code, "assertion_unsigned" | "no_certificate") => {
            Some("check the tenant's key and certificate")
        }
        None => None,
    }
}

/// By the number in `AADSTS…`.
const fn by_number(number: u32) -> &'static str {
    match number {
        700_027 | 1_000_502 | 7_000_214 | 7_000_274 | 7_000_277 => {
            "register the configured certificate with the app registration"
        }
        7_000_215 | 7_000_222 => {
            "the app registration's credential is wrong or has ended: register the certificate"
        }
        7_000_218 => "the request lost its assertion on the way: check the proxy to Entra",
        7_000_112 => {
            "enable the application: Entra admin center, Enterprise applications, Enabled for users to sign in"
        }
        700_016 => {
            "check client_id and tenant_id; Entra takes some minutes until it knows a new app registration everywhere"
        }
        90_002 | 900_021 => "check tenant_id, and that authority names the tenant's cloud",
        700_024 => "the assertion is outside its ten minutes: set the machine's clock",
        50_027 => "check the assertion's audience: it is the tenant's v2.0 token endpoint",
        70_011 | 1_002_012 => "check the scope: it is the address of this cloud's service with /.default",
        500_011 | 900_382 => "check that authority and graph_url belong to the same cloud",
        65_001 => "grant the application its permissions, with admin consent",
        53_003 | 530_003 => "exclude the application from the Conditional Access policy that blocks it",
        40_010 | 50_033 | 50_087 | 50_162 | 501_621 | 90_006 | 90_012 | 90_024 | 90_033 | 90_055 | 90_090
        | 90_091 => "wait: Entra has a passing failure; if it lasts, see Microsoft's service health",
        _ => "look up the number in Entra's list of error codes",
    }
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default, deserialize_with = "lenient::integers")]
    error_codes: Vec<i64>,
    #[serde(default, deserialize_with = "lenient::or_default")]
    error_description: String,
}

/// OAuth's word for a client that could not prove itself (RFC 6749, section 5.2): the certificate is not registered,
/// has ended or was revoked.
const UNPROVEN: &str = "invalid_client";

/// The assertion is outside its time: the clock is wrong, whichever certificate signs.
const OUT_OF_TIME: i64 = 700_024;

/// The error of a refused token, and whether another certificate might be taken. It never leaves a doubt: no call to
/// Graph was made.
pub(super) fn of_refusal(reply: &Reply) -> (Error, bool) {
    let refusal = serde_json::from_slice::<Refusal>(&reply.body).ok();
    let (kind, code, is_of_certificate) = match &refusal {
        _ if reply.status == StatusCode::TOO_MANY_REQUESTS => {
            (ErrorKind::Throttled, "token_throttled".to_owned(), false)
        }
        Some(refusal) if reply.status.is_client_error() && !is_passing(&refusal.error) => {
            let number = refusal.number();
            let code = number.map_or_else(|| bounded(&refusal.error), |n| format!("AADSTS{n}"));
            let unproven = refusal.error == UNPROVEN && number != Some(OUT_OF_TIME);
            (ErrorKind::Refused, code, unproven)
        }
        _ => (ErrorKind::Unavailable, "token_unavailable".to_owned(), false),
    };
    (reply.failure(kind, code), is_of_certificate)
}

/// OAuth's own words for "later" (RFC 6749, section 4.1.2.1).
fn is_passing(error: &str) -> bool {
    matches!(error, "temporarily_unavailable" | "server_error")
}

impl Refusal {
    /// Entra's number, which the description begins with as well: `AADSTS700016: …`.
    fn number(&self) -> Option<i64> {
        let described = || {
            let (_, rest) = self.error_description.split_once("AADSTS")?;
            rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
        };
        self.error_codes.first().copied().or_else(described)
    }
}
