//! The remedies for an admin after a refusal of the application: one for each code.
//!
//! Source: <https://learn.microsoft.com/graph/errors>; Entra's codes have theirs in [`entra`].

use super::Error;
use crate::entra;

/// The remedy for an error as [`Error::detail`] writes it, and as it is stored. `None` where the code alone says no
/// more than the reason does.
#[must_use]
pub fn remedy_for(detail: &str) -> Option<&'static str> {
    let detail = detail.strip_prefix("gave_up: ").unwrap_or(detail);
    let code = detail.split([' ', ',', '(']).next()?;
    entra::remedy_for(code).or_else(|| of_graph(code))
}

impl Error {
    /// The remedy, if this is a refusal of the application.
    #[must_use]
    pub fn remedy(&self) -> Option<&'static str> {
        remedy_for(&self.code)
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
