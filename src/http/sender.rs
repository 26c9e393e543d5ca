//! The request that this browser has sent last: a cookie that opens more of that request's page for an hour.
//!
//! The page's address alone shows the email address masked, since the address may be passed on or stay in the history
//! of a shared computer. The browser that sent the form may see what was typed into it: until it is closed, until an
//! hour is over, or until the next request is sent from it.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, request::Parts},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    cookie::Cookie,
    state::{Shared, Web},
};
use crate::domain::{Purpose, SecretKey, SignupId, StatusToken, Timestamp};

/// The time for which a browser counts as the sender.
const VALID_FOR: Duration = Duration::from_hours(1);

const SENT: Cookie = Cookie { name: "sent", lasts: None };

/// The bytes of the cookie: the id, when it was sent, and the signature of both.
const BYTES: usize = 40;

/// The browser of a request, as the sender of a signup; by default it has sent no signup.
#[derive(Clone, Copy, Default)]
pub(super) struct Sender(Option<SignupId>);

impl Sender {
    /// The cookie for the browser that has just sent this signup.
    pub(super) fn cookie(web: &Web, status: &StatusToken, secure: bool) -> Option<HeaderValue> {
        let (key, now) = (&web.site.key, web.site.clock.now());
        let id = status.verify(key)?;
        let mut bytes = [0; BYTES];
        bytes[..24].copy_from_slice(&message(id, now));
        bytes[24..].copy_from_slice(&key.sign(Purpose::Sender, &message(id, now)));
        Some(SENT.set(&URL_SAFE_NO_PAD.encode(bytes), secure))
    }

    /// Returns whether this browser has sent the signup of this page.
    pub(super) fn has_sent(self, status: &StatusToken, key: &SecretKey) -> bool {
        self.0.is_some() && self.0 == status.verify(key)
    }

    /// The signup that this browser has sent.
    pub(super) const fn signup(self) -> Option<SignupId> {
        self.0
    }
}

fn message(id: SignupId, sent: Timestamp) -> [u8; 24] {
    let mut message = [0; 24];
    message[..16].copy_from_slice(id.as_bytes());
    message[16..].copy_from_slice(&sent.millis().to_be_bytes());
    message
}

fn read(headers: &HeaderMap, secure: bool, key: &SecretKey, now: Timestamp) -> Option<SignupId> {
    let bytes = URL_SAFE_NO_PAD.decode(SENT.read(headers, secure)?).ok()?;
    let bytes: [u8; BYTES] = bytes.try_into().ok()?;
    let (message, signature) = bytes.split_at(24);
    if !key.verify(Purpose::Sender, message, signature) {
        return None;
    }
    let (id, sent) = message.split_at(16);
    let sent = Timestamp::from_millis(i64::from_be_bytes(sent.try_into().ok()?));
    (now.since(sent) <= VALID_FOR).then_some(SignupId::from_bytes(id.try_into().ok()?))
}

impl FromRequestParts<Shared> for Sender {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Shared) -> Result<Self, Infallible> {
        let secure = web.is_secure(&parts.extensions);
        Ok(Self(read(&parts.headers, secure, &web.site.key, web.site.clock.now())))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use axum::http::header;

    use super::*;
    use crate::{domain::Entropy, http::testing::House};

    #[tokio::test]
    async fn the_cookie_is_of_one_signup_for_an_hour_and_cannot_be_changed() {
        let house = House::new().await;
        let web = house.web();
        let (key, clock) = (&web.site.key, &web.site.clock);
        let [id, other] = [1, 2].map(|seed| SignupId::random(&Entropy::seeded(seed)));
        let cookie = Sender::cookie(&web, &StatusToken::of(id, key), true).unwrap();
        let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
        let sender = |pair: &str| {
            let headers = HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]);
            Sender(read(&headers, true, key, clock.now()))
        };
        assert!(sender(&pair).has_sent(&StatusToken::of(id, key), key));
        assert!(!sender(&pair).has_sent(&StatusToken::of(other, key), key));
        assert!(!Sender::default().has_sent(&StatusToken::of(id, key), key));
        let start = pair.find('=').unwrap() + 1;
        for at in start..pair.len() - 1 {
            let mut changed = pair.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(sender(&String::from_utf8(changed).unwrap()).signup().is_none(), "{at}");
        }
        clock.advance(VALID_FOR);
        assert_eq!(sender(&pair).signup(), Some(id));
        clock.advance(Duration::from_millis(1));
        assert_eq!(sender(&pair).signup(), None);
    }
}
