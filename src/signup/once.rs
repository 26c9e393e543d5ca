//! A request that its sender may send again, not knowing whether it arrived
//! (draft-ietf-httpapi-idempotency-key-header): under the same key it is the same request.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{Signups, StoreError};
use crate::domain::{Email, FormNonce, PersonName, Purpose, SecretKey, Username};

/// The time for which a key identifies its request.
pub const KEYS_HOLD: Duration = Duration::from_hours(24);

/// A request without a key, sent again within this time, is the same request.
const REPEATED_WITHIN: u64 = 600;

impl Signups {
    /// Returns the mark that is the same for the same request under the same key, or `None` if the key is in use for
    /// another request.
    ///
    /// The signup keeps the mark permanently, so that a key that is forgotten between two tries does no harm. The mark
    /// depends on the request as well: a key that is used again after its time does not lead to another person's
    /// signup.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn once(
        &self,
        key: &str,
        email: &Email,
        name: &PersonName,
        picked: Option<&Username>,
    ) -> Result<Option<FormNonce>, StoreError> {
        let now = self.0.clock.now();
        // Neither a key nor a username has a control character.
        let under = picked.map_or_else(|| key.to_owned(), |username| format!("{key}\0{username}"));
        let forgotten = now.minus(KEYS_HOLD);
        let marks = |secret: &SecretKey| {
            let of_key = URL_SAFE_NO_PAD.encode(secret.sign(Purpose::Once, key.as_bytes()));
            (of_key, request_mark(secret, email, name, under.as_bytes()))
        };
        if let Some(previous) = self.0.key.previous() {
            let (of_key, request) = marks(&previous);
            if let Some(taken_for) = self.0.store.request_of_key(&of_key, forgotten).await? {
                let is_same = taken_for == URL_SAFE_NO_PAD.encode(request);
                return Ok(is_same.then(|| FormNonce::from_bytes(request)));
            }
        }
        let (of_key, request) = marks(&self.0.key);
        let taken = self.0.store.take_key(&of_key, &URL_SAFE_NO_PAD.encode(request), forgotten, now).await?;
        Ok(taken.then(|| FormNonce::from_bytes(request)))
    }

    /// Returns the mark that is the same for the same request for some minutes. A client that guesses the request gets
    /// the same signup: the answer must not open it.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn once_for_a_while(&self, email: &Email, name: &PersonName) -> Result<FormNonce, StoreError> {
        let span = self.0.clock.now().seconds().unsigned_abs() / REPEATED_WITHIN;
        let mark = |secret: &SecretKey, span: u64| {
            FormNonce::from_bytes(request_mark(secret, email, name, &span.to_be_bytes()))
        };
        let before = span.saturating_sub(1);
        let of_previous = self.0.key.previous().map(|previous| [before, span].map(|at| mark(&previous, at)));
        for earlier in [mark(&self.0.key, before)].into_iter().chain(of_previous.into_iter().flatten()) {
            if self.0.store.signup_by_form(earlier).await?.is_some() {
                return Ok(earlier);
            }
        }
        Ok(mark(&self.0.key, span))
    }

    /// Returns a mark that no other request has.
    #[must_use]
    pub fn never_again(&self) -> FormNonce {
        FormNonce::random(&self.0.entropy)
    }
}

/// Returns the mark of a request. No control character is part of a name or an address, so that different requests
/// never have the same joined text.
fn request_mark(secret: &SecretKey, email: &Email, name: &PersonName, under: &[u8]) -> [u8; 16] {
    let parts = [email.key().as_bytes(), name.first().as_bytes(), name.last().as_bytes(), under];
    secret.sign(Purpose::Once, &parts.join(&0))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use super::*;
    use crate::{
        config,
        domain::{Clock, Entropy, Timestamp},
        signup::testing,
    };

    async fn house() -> (Signups, testing::Hands, Clock) {
        let clock = Clock::manual(Timestamp::from_millis(1_795_000_200_000));
        let config = Arc::new(config::testing::config());
        let (signups, hands) = testing::signups(config, clock.clone(), Entropy::seeded(2)).await;
        (signups, hands, clock)
    }

    fn person(email: &str, first: &str) -> (Email, PersonName) {
        (Email::parse(email).unwrap(), PersonName::parse(first, "Lovelace").unwrap())
    }

    #[tokio::test]
    async fn a_key_stands_for_one_request_for_a_day() {
        let (signups, _hands, clock) = house().await;
        let (email, ada) = person("st1@example.edu", "Ada");
        let (same, augusta) = person(" ST1@example.edu", "Augusta");
        let first = signups.once("a key", &email, &ada, None).await.unwrap().unwrap();
        assert!(signups.once("a key", &same, &ada, None).await.unwrap() == Some(first));
        assert!(signups.once("a key", &email, &augusta, None).await.unwrap().is_none());
        let picked = "ada.l".parse().unwrap();
        assert!(signups.once("a key", &email, &ada, Some(&picked)).await.unwrap().is_none());
        assert!(
            signups
                .once("another key", &email, &ada, None)
                .await
                .unwrap()
                .is_some_and(|other| other != first)
        );
        clock.advance(KEYS_HOLD);
        let later = signups.once("a key", &email, &augusta, None).await.unwrap();
        assert!(later.is_some_and(|later| later != first), "it leads to no other signup");
    }

    #[tokio::test]
    async fn without_a_key_it_is_one_for_some_minutes() {
        let (signups, _hands, clock) = house().await;
        let (email, ada) = person("st1@example.edu", "Ada");
        let once = async |name: &PersonName| signups.once_for_a_while(&email, name).await.unwrap();
        let first = once(&ada).await;
        clock.advance(Duration::from_secs(REPEATED_WITHIN / 2));
        assert!(once(&ada).await == first);
        assert!(once(&person("st1@example.edu", "Eda").1).await != first);
        clock.advance(Duration::from_secs(REPEATED_WITHIN));
        assert!(once(&ada).await != first);
    }
}
