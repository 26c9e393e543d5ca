//! The token endpoint's refusals.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes>, which asks clients to
//! branch on `error` only; the number selects the remedy that admins read.

use reqwest::StatusCode;
use serde::Deserialize;

use super::{
    Error, ErrorKind, lenient,
    wire::{Reply, bounded},
};

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
pub(super) fn of(reply: &Reply) -> (Error, bool) {
    let refusal = serde_json::from_slice::<Refusal>(&reply.body).ok();
    let (kind, code, is_of_certificate) = match &refusal {
        _ if reply.status == StatusCode::TOO_MANY_REQUESTS => {
            (ErrorKind::Throttled, "token_throttled".to_owned(), false)
        }
        Some(refusal) if reply.status.is_client_error() && !is_passing(&refusal.error) => {
            let number = refusal.number();
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
