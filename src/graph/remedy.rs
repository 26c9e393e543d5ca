//! What an admin does about a refusal of the application: one remedy for each code.
//!
//! Sources: <https://learn.microsoft.com/entra/identity-platform/reference-error-codes> and
//! <https://learn.microsoft.com/graph/errors>.

use super::Error;

/// The remedy for an error as [`Error::detail`] writes it, and as it is stored. `None` where the code alone tells no
/// more than the reason does.
#[must_use]
pub fn remedy_for(detail: &str) -> Option<&'static str> {
    let detail = detail.strip_prefix("gave_up: ").unwrap_or(detail);
    let code = detail.split([' ', ',', '(']).next()?;
    match code.strip_prefix("AADSTS") {
        Some(number) => Some(of_entra(number.parse().ok()?)),
        None => of_graph(code),
    }
}

impl Error {
    /// What to do about a refusal of the application, where this is one.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        remedy_for(&self.code)
    }
}

/// By the number in `AADSTS…`.
const fn of_entra(number: u32) -> &'static str {
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
        70_011 | 1_002_012 => "check the scope: it is this cloud's Graph address with /.default",
        500_011 | 900_382 => "check that authority and graph_url belong to the same cloud",
        65_001 => "grant the application its permissions, with admin consent",
        53_003 | 530_003 => "exclude the application from the Conditional Access policy that blocks it",
        40_010 | 50_033 | 50_087 | 50_162 | 501_621 | 90_006 | 90_012 | 90_024 | 90_033 | 90_055 | 90_090
        | 90_091 => "wait: Entra has a passing failure; if it lasts, see Microsoft's service health",
        _ => "look up the number in Entra's list of error codes",
    }
}

/// By Graph's `error.code`, or a code of our own.
fn of_graph(code: &str) -> Option<&'static str> {
    Some(match code {
        "InvalidAuthenticationToken"
        | "Authentication_ExpiredToken"
        | "Authentication_MissingOrMalformed" => {
            "Graph refuses Entra's token: check that authority and graph_url belong to the same cloud, and that a proxy \
             passes the Authorization header on"
        }
        "Authorization_IdentityNotFound" | "Authorization_IdentityDisabled" => {
            "the application has no enabled service principal in the tenant: grant it admin consent there"
        }
        "http_401" => "something between here and Graph refuses the call: check the proxy",
        "assertion_unsigned" | "no_certificate" => "check the tenant's key and certificate",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_read_from_what_is_stored() {
        let spreading = remedy_for("AADSTS700016");
        assert!(spreading.is_some_and(|remedy| remedy.contains("client_id")), "{spreading:?}");
        for stored in [
            "AADSTS700016 (400), request-id 3a7c",
            "gave_up: AADSTS700016 (400), request-id 3a7c",
            "gave_up: AADSTS700016",
        ] {
            assert_eq!(remedy_for(stored), spreading, "{stored}");
        }
        assert_eq!(remedy_for("Request_BadRequest of mailNickname (400)"), None);
        assert_eq!(remedy_for("gave_up: timeout"), None);
        assert_eq!(remedy_for(""), None);
    }

    #[test]
    fn each_cause_has_a_remedy_of_its_own() {
        let codes = [
            "AADSTS700027",
            "AADSTS7000222",
            "AADSTS7000112",
            "AADSTS700016",
            "AADSTS90002",
            "AADSTS700024",
            "AADSTS50027",
            "AADSTS70011",
            "AADSTS50087",
            "AADSTS53003",
            "AADSTS1",
            "InvalidAuthenticationToken",
            "Authorization_IdentityNotFound",
            "http_401",
        ];
        let remedies: std::collections::BTreeSet<_> =
            codes.iter().filter_map(|code| remedy_for(code)).collect();
        assert_eq!(remedies.len(), codes.len());
    }
}
