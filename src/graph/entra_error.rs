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

/// The error of a refused token. It never leaves a doubt: no call to Graph was made.
pub(super) fn of(reply: &Reply) -> Error {
    let refusal = serde_json::from_slice::<Refusal>(&reply.body).ok();
    let (kind, code) = match &refusal {
        _ if reply.status == StatusCode::TOO_MANY_REQUESTS => {
            (ErrorKind::Throttled, "token_throttled".to_owned())
        }
        Some(refusal) if reply.status.is_client_error() && !is_passing(&refusal.error) => {
            let number = refusal.error_codes.first().copied();
            tell(number);
            (
                ErrorKind::IdentityRefused,
                number.map_or_else(|| bounded(&refusal.error), |n| format!("AADSTS{n}")),
            )
        }
        _ => (ErrorKind::Unavailable, "token_unavailable".to_owned()),
    };
    reply.error(kind, code)
}

/// OAuth's own words for "later" (RFC 6749, section 4.1.2.1).
fn is_passing(error: &str) -> bool {
    matches!(error, "temporarily_unavailable" | "server_error")
}

fn tell(number: Option<u64>) {
    tracing::error!(entra_code = number, remedy = remedy(number), "Entra refuses the application");
}

const fn remedy(number: Option<u64>) -> &'static str {
    match number {
        Some(700_027) => "register the configured certificate with the app registration",
        Some(7_000_215 | 7_000_222) => {
            "the app registration's credential is wrong or has ended: register the certificate"
        }
        Some(700_016) => "check client_id, and that the app registration is in this tenant",
        Some(90_002) => "check the tenant id",
        Some(700_024) => "the assertion is outside its ten minutes: set the machine's clock",
        Some(50_027) => "check the assertion's audience: it is the tenant's v2.0 token endpoint",
        Some(70_011) => "check the scope: it is this cloud's Graph address with /.default",
        _ => "look up the number in Entra's list of error codes",
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
