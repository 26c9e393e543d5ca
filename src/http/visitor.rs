//! A browser's own secret: the cookie that ties a form to the browser it was shown in.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::web::{Shared, Web};
use crate::domain::Entropy;

/// The 16 random bytes of the cookie.
pub(super) type Secret = [u8; 16];

/// The browser that sends a request, if it has been here before. It says nothing about the person.
#[derive(Clone, Copy)]
pub(super) struct Visitor(pub Option<Secret>);

impl Visitor {
    /// The secret of the browser; for a new one with the cookie to set.
    pub(super) fn or_new(self, web: &Web, entropy: &Entropy) -> (Secret, Option<HeaderValue>) {
        match self.0 {
            Some(secret) => (secret, None),
            None => {
                let secret = entropy.bytes();
                (secret, Some(cookie(secret, web.settings.secure())))
            }
        }
    }
}

/// The name binds the cookie to this host and to HTTPS where there is HTTPS (RFC 6265bis, section 4.1.3.2).
const fn name(secure: bool) -> &'static str {
    if secure { "__Host-visitor" } else { "visitor" }
}

/// A cookie for as long as the browser is open.
fn cookie(secret: Secret, secure: bool) -> HeaderValue {
    let text = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax{}",
        name(secure),
        URL_SAFE_NO_PAD.encode(secret),
        if secure { "; Secure" } else { "" }
    );
    HeaderValue::try_from(text).expect("the cookie is plain ASCII")
}

fn read(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let value = pairs.find_map(|(key, value)| (key == name).then_some(value))?;
    let mut secret = Secret::default();
    let length = URL_SAFE_NO_PAD.decode_slice(value, &mut secret).ok()?;
    (length == secret.len()).then_some(secret)
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Infallible> {
        Ok(Self(read(&parts.headers, name(web.settings.secure()))))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_set() {
        for secure in [false, true] {
            let set = cookie([7; 16], secure);
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            let mut headers = HeaderMap::new();
            headers.append(header::COOKIE, "language=de; other".parse().unwrap());
            headers.append(header::COOKIE, format!("a=b; {pair}").parse().unwrap());
            assert_eq!(read(&headers, name(secure)), Some([7; 16]));
            assert_eq!(read(&headers, name(!secure)), None);
        }
        assert!(cookie([0; 16], true).to_str().unwrap().ends_with("; HttpOnly; SameSite=Lax; Secure"));
    }

    #[test]
    fn what_we_did_not_set_is_no_cookie() {
        for value in ["visitor=", "visitor=short", "visitor=%%%", "visitor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            let headers = HeaderMap::from_iter([(header::COOKIE, value.parse().unwrap())]);
            assert_eq!(read(&headers, "visitor"), None, "{value}");
        }
    }
}
