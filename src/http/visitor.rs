//! A browser's own secret: the cookie that ties a form to the browser it was shown in.

use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, request::Parts},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    cookie::Cookie,
    form_token::{self, Secret},
    state::Shared,
};
use crate::domain::Entropy;

/// The browser that sends a request, if it has been here before. It says nothing about the person.
#[derive(Clone, Copy)]
pub(super) struct Visitor {
    /// The secret in its cookie.
    pub secret: Option<Secret>,
    /// True if it uses HTTPS.
    pub secure: bool,
}

impl Visitor {
    /// The secret of the browser, a new one if it sent no cookie, with the cookie to set. It is set with each form, so
    /// that it lasts as long as that form.
    pub(super) fn renewed(self, entropy: &Entropy) -> (Secret, HeaderValue) {
        let secret = self.secret.unwrap_or_else(|| entropy.bytes());
        (secret, VISITOR.set(&URL_SAFE_NO_PAD.encode(secret), self.secure))
    }
}

/// Lasts as long as a form may stay open: a browser that restores its tabs after it was closed drops cookies without a
/// lifetime, and the restored form could not be sent.
const VISITOR: Cookie = Cookie { name: "visitor", lasts: Some(form_token::GOOD_FOR) };

fn read(headers: &HeaderMap, secure: bool) -> Option<Secret> {
    let mut secret = Secret::default();
    let length = URL_SAFE_NO_PAD.decode_slice(VISITOR.read(headers, secure)?, &mut secret).ok()?;
    (length == secret.len()).then_some(secret)
}

impl FromRequestParts<Shared> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Infallible> {
        let secure = web.is_secure(&parts.extensions);
        Ok(Self { secret: read(&parts.headers, secure), secure })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::http::header;

    use super::*;

    fn secret_in(cookie: &str) -> Option<Secret> {
        read(&HeaderMap::from_iter([(header::COOKIE, cookie.parse().unwrap())]), false)
    }

    #[test]
    fn what_we_did_not_set_is_no_secret() {
        assert_eq!(secret_in(&format!("visitor={}", URL_SAFE_NO_PAD.encode([7; 16]))), Some([7; 16]));
        for value in ["visitor=", "visitor=short", "visitor=%%%", "visitor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert_eq!(secret_in(value), None, "{value}");
        }
    }
}
