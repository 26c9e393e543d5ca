//! The number of a request: in the log, on error pages, and in `X-Request-Id` of its answer.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::http::{HeaderName, HeaderValue};

use crate::domain::Entropy;

/// The header with the number in an answer, and in a request where a proxy has numbered it.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The number of a request.
#[derive(Clone, Debug)]
pub(super) struct RequestId(HeaderValue);

/// The most bytes of a number from a proxy: no proxy makes longer ones.
const MOST_BYTES: usize = 64;

impl RequestId {
    /// The number that a proxy has given, if it is fit for a log: letters, digits and `-_.:`.
    pub(super) fn given(text: &str) -> Option<Self> {
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-_.:".contains(&c);
        let is_fit = (1..=MOST_BYTES).contains(&text.len()) && text.bytes().all(is_plain);
        HeaderValue::from_str(text).ok().filter(|_| is_fit).map(Self)
    }

    pub(super) fn of(number: u64) -> Self {
        let text = HeaderValue::try_from(format!("{number:016x}"));
        Self(text.unwrap_or(HeaderValue::from_static("none")))
    }

    /// The header with it.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.to_str().unwrap_or_default())
    }
}

/// The source of our own: steps of an odd width through all numbers, from a random start.
pub(super) struct RequestIds(AtomicU64);

impl RequestIds {
    pub(super) fn new(entropy: &Entropy) -> Self {
        Self(AtomicU64::new(u64::from_le_bytes(entropy.bytes())))
    }

    pub(super) fn next(&self) -> RequestId {
        RequestId::of(self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::http::{
        client::Peer,
        testing::{Browser, House},
    };

    #[test]
    fn they_do_not_repeat() {
        let ids = RequestIds::new(&Entropy::seeded(1));
        let all: std::collections::BTreeSet<_> = (0..1000).map(|_| ids.next().to_string()).collect();
        assert_eq!(all.len(), 1000);
    }

    #[tokio::test]
    async fn every_answer_has_one_and_it_is_a_trusted_proxys() {
        let mut browser = Browser::at(House::behind("trusted_proxies = [\"10.0.0.1\"]").await);
        let ours = browser.get("/en").await.header("x-request-id");
        assert_eq!(ours.len(), 16);
        browser.with("x-request-id", "1f-A_2.3:4");
        for (peer, is_theirs) in [("10.0.0.1", true), ("192.0.2.1", false)] {
            browser.coming_from(Peer::Ip(peer.parse().unwrap()));
            for address in ["/en", "/nowhere", "/livez", "/"] {
                let id = browser.get(address).await.header("x-request-id");
                assert_eq!(id == "1f-A_2.3:4", is_theirs, "{peer} {address} {id}");
            }
        }
        browser.coming_from(Peer::Ip("10.0.0.1".parse().unwrap()));
        for unfit in ["", "a b", "<b>", "a\"b", &"x".repeat(65)] {
            assert_eq!(browser.with("x-request-id", unfit).get("/en").await.header("x-request-id").len(), 16);
        }
    }
}
