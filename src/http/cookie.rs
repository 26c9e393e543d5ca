//! The site's cookies: set and read in one way.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};

/// One of the site's cookies.
pub(super) struct Cookie {
    /// Its name without the prefix that it has under HTTPS.
    pub name: &'static str,
    /// The time for which a browser keeps it; without one, until the browser is closed.
    pub lasts: Option<Duration>,
}

/// Binds a cookie to this host and to HTTPS where there is HTTPS (RFC 6265bis, section 4.1.3.2).
const fn prefix(secure: bool) -> &'static str {
    if secure { "__Host-" } else { "" }
}

impl Cookie {
    /// The header that sets it.
    ///
    /// # Panics
    /// Panics if the value is not plain ASCII; the values set here are base64url and language tags.
    pub(super) fn set(&self, value: &str, secure: bool) -> HeaderValue {
        let lasts = self.lasts.map(|time| format!("; Max-Age={}", time.as_secs())).unwrap_or_default();
        let text = format!(
            "{}{}={value}; Path=/{lasts}; HttpOnly; SameSite=Lax{}",
            prefix(secure),
            self.name,
            if secure { "; Secure" } else { "" }
        );
        HeaderValue::try_from(text).expect("the cookie is plain ASCII")
    }

    /// Its value in a request.
    pub(super) fn read<'a>(&self, headers: &'a HeaderMap, secure: bool) -> Option<&'a str> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let is_this = |key: &str| key.strip_prefix(prefix(secure)) == Some(self.name);
        pairs.find_map(|(key, value)| is_this(key).then_some(value))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const CAKE: Cookie = Cookie { name: "cake", lasts: Some(Duration::from_secs(60)) };

    #[test]
    fn a_cookie_is_read_as_it_was_set() {
        for secure in [false, true] {
            let set = CAKE.set("apple", secure);
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, "cheese=cake; other".parse().unwrap());
            headers.append(header::COOKIE, format!("a=b; {pair}").parse().unwrap());
            assert_eq!(CAKE.read(&headers, secure), Some("apple"));
            assert_eq!(CAKE.read(&headers, !secure), None);
        }
    }

    #[test]
    fn it_is_for_this_site_alone() {
        assert_eq!(CAKE.set("x", false), "cake=x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax");
        let for_a_while = Cookie { lasts: None, ..CAKE };
        assert_eq!(for_a_while.set("x", true), "__Host-cake=x; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
