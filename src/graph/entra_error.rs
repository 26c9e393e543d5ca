//! The token endpoint's refusals.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>, which asks clients to
//! branch on `error` only; the number merely makes the log tell what to do.

use reqwest::StatusCode;
use serde::Deserialize;

use super::{
    Error, ErrorKind,
    wire::{Reply, bounded},
};

#[derive(Deserialize)]
struct Refusal {
    error: String,
    #[serde(default)]
    error_codes: Vec<u64>,
}

/// OAuth's word for a client that could not prove itself (RFC 6749, section 5.2): the certificate is not registered,
/// has ended or was revoked.
const UNPROVEN: &str = "invalid_client";

/// The assertion is outside its time: the clock is wrong, whichever certificate signs.
const OUT_OF_TIME: u64 = 700_024;

/// The error of a refused token, and whether another certificate might be taken. It never leaves a doubt: no call to
/// Graph was made.
pub(super) fn of(reply: &Reply) -> (Error, bool) {
    let refusal = serde_json::from_slice::<Refusal>(&reply.body).ok();
    let (kind, code, is_of_certificate) = match &refusal {
        _ if reply.status == StatusCode::TOO_MANY_REQUESTS => {
            (ErrorKind::Throttled, "token_throttled".to_owned(), false)
        }
        Some(refusal) if reply.status.is_client_error() && !is_passing(&refusal.error) => {
            let number = refusal.error_codes.first().copied();
            let code = number.map_or_else(|| bounded(&refusal.error), |n| format!("AADSTS{n}"));
            let unproven = refusal.error == UNPROVEN && number != Some(OUT_OF_TIME);
            (ErrorKind::IdentityRefused, code, unproven)
        }
        _ => (ErrorKind::Unavailable, "token_unavailable".to_owned(), false),
    };
    (reply.error(kind, code), is_of_certificate)
}

/// OAuth's own words for "later" (RFC 6749, section 4.1.2.1).
fn is_passing(error: &str) -> bool {
    matches!(error, "temporarily_unavailable" | "server_error")
}

const fn remedy(number: Option<u64>) -> &'static str {
    match number {
        Some(700_027 | 1_000_502 | 7_000_214) => {
            "register the configured certificate with the app registration"
        }
        Some(7_000_215 | 7_000_222) => {
            "the app registration's credential is wrong or has ended: register the certificate"
        }
        Some(700_016) => "check client_id, and that the app registration is in this tenant",
        Some(90_002) => "check the tenant id",
        Some(OUT_OF_TIME) => "the assertion is outside its ten minutes: set the machine's clock",
        Some(50_027) => "check the assertion's audience: it is the tenant's v2.0 token endpoint",
        Some(70_011) => "check the scope: it is this cloud's Graph address with /.default",
        _ => "look up the number in Entra's list of error codes",
    }
}

/// Tells of a refusal, where it is one: it lasts until somebody acts.
pub(super) fn tell(error: &Error) {
    if let Some(remedy) = error.remedy() {
        tracing::error!(entra_code = error.code, remedy, "Entra refuses the application");
    }
}

impl Error {
    /// What to do about Entra's refusal of the application, where this is one.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        let number = self.code.strip_prefix("AADSTS")?;
        Some(remedy(number.parse().ok()))
    }
}
