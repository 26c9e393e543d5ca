//! The link of the button "Sign in": with the username filled in, where the sign-in page is known to take it.

use url::Url;

/// Entra's sign-in pages, which take the name as `login_hint` (OpenID Connect Core 1.0, section 3.1.2.1).
const SIGN_IN_PAGES: [&str; 3] =
    ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];
/// The start pages of Microsoft 365. Their `/login` hands a `login_hint` on to Entra.
const START_PAGES: [&str; 5] = [
    "www.microsoft365.com",
    "microsoft365.com",
    "m365.cloud.microsoft",
    "www.office.com",
    "portal.office.com",
];

/// The configured address, with the username where it is one of Microsoft's that take it.
pub(super) fn link(address: &str, username: &str) -> String {
    with_username(address, username).unwrap_or_else(|| address.to_owned())
}

fn with_username(address: &str, username: &str) -> Option<String> {
    let mut url = Url::parse(address).ok().filter(|url| url.scheme() == "https" && url.port().is_none())?;
    let host = url.host_str()?;
    if START_PAGES.contains(&host) {
        if !matches!(url.path(), "/" | "/login") {
            return None;
        }
        url.set_path("/login");
    } else if !SIGN_IN_PAGES.contains(&host) {
        return None;
    }
    url.query_pairs_mut().append_pair("login_hint", username);
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const NAME: &str = "ada.o'king+1@example.edu";

    #[rstest]
    #[case("https://www.microsoft365.com", "https://www.microsoft365.com/login?login_hint=HINT")]
    #[case("https://www.office.com/login?ru=%2F", "https://www.office.com/login?ru=%2F&login_hint=HINT")]
    #[case("https://login.microsoftonline.com/", "https://login.microsoftonline.com/?login_hint=HINT")]
    #[case("https://login.microsoftonline.us", "https://login.microsoftonline.us/?login_hint=HINT")]
    fn the_username_goes_where_it_is_taken(#[case] address: &str, #[case] expected: &str) {
        let expected = expected.replace("HINT", "ada.o%27king%2B1%40example.edu");
        assert_eq!(link(address, NAME), expected);
    }

    #[rstest]
    #[case("https://www.microsoft365.com/apps")]
    #[case("https://portal.example.edu/")]
    #[case("http://login.microsoftonline.com/")]
    #[case("https://login.microsoftonline.com.example.edu/")]
    #[case("https://login.microsoftonline.com:8443/")]
    #[case("http://127.0.0.1:9000/sandbox/")]
    fn any_other_address_stays_as_it_is(#[case] address: &str) {
        assert_eq!(link(address, NAME), address);
    }
}
