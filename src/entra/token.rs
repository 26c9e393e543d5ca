//! The access token of a service: fetched once for all who wait for it, kept until shortly before its end.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use arc_swap::ArcSwap;
use reqwest::{Url, header::HeaderValue};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::{
    Error, ErrorKind, Operation,
    assertion::{Signer, Signers},
    error, lenient, retry_after,
    wire::{Reply, Wire},
};
use crate::domain::Timestamp;

/// The time before its end at which a token is renewed; one that lives less than twice as long, at half its life.
const RENEW_EARLY: Duration = Duration::from_secs(300);

/// The time for which a token is still used after its renewal has failed, before that is tried again.
const RENEW_AGAIN: Duration = Duration::from_secs(30);

/// An access token for one service. To all but that service it is opaque.
pub struct Token {
    pub(super) bearer: HeaderValue,
    renew_at: Timestamp,
    ends_at: Timestamp,
}

/// The token for one service. Clones share it.
#[derive(Clone)]
pub struct Tokens(Arc<Inner>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens").field("scope", &self.0.scope).finish_non_exhaustive()
    }
}

struct Inner {
    wire: Wire,
    url: Url,
    scope: String,
    signers: Arc<ArcSwap<Signers>>,
    current: RwLock<Option<Arc<Token>>>,
    flight: Mutex<()>,
    landed: RwLock<Landed>,
}

/// The outcome of the last fetch, for those who waited for it.
#[derive(Default)]
struct Landed {
    flights: u64,
    failure: Option<Error>,
}

#[derive(Deserialize)]
struct Answer {
    access_token: String,
    #[serde(deserialize_with = "lenient::integer")]
    expires_in: u32,
}

impl Tokens {
    pub(super) fn new(wire: Wire, url: Url, scope: String, signers: Arc<ArcSwap<Signers>>) -> Self {
        Self(Arc::new(Inner {
            wire,
            url,
            scope,
            signers,
            current: RwLock::default(),
            flight: Mutex::default(),
            landed: RwLock::default(),
        }))
    }

    /// A token that is good for a call now.
    ///
    /// # Errors
    /// [`Error`] when there is no token, so that no call can be made.
    pub async fn get(&self) -> Result<Arc<Token>, Error> {
        // Counted before looking, so that a fetch that lands in between is not missed.
        let seen = self.flights();
        let known = self.current();
        if let Some(token) = &known
            && self.0.wire.clock.now() < token.renew_at
        {
            return Ok(Arc::clone(token));
        }
        let _flight = match known {
            // While one caller renews early, the others use the token that is still valid.
            Some(token) if self.0.wire.clock.now() < token.ends_at => match self.0.flight.try_lock() {
                Ok(flight) => flight,
                Err(_) => return Ok(token),
            },
            _ => self.0.flight.lock().await,
        };
        match self.landed_since(seen) {
            Some(outcome) => outcome,
            None => self.renew().await,
        }
    }

    /// Drops a token that the service has refused, also for a permission: one that is granted later is only in later
    /// tokens. A newer token stays.
    pub fn forget(&self, refused: &Token) {
        let mut current = self.0.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|token| token.bearer == refused.bearer) {
            *current = None;
        }
    }

    /// The time at the token endpoint. It is asked the wrong way, by GET: any answer has a date.
    pub(crate) async fn time_of_endpoint(&self) -> Result<Option<Timestamp>, Error> {
        let reply =
            self.0.wire.exchange(Operation::Inspect, self.0.wire.client().get(self.0.url.clone())).await?;
        Ok(reply.date.as_ref().and_then(|date| retry_after::http_date(date.to_str().ok()?)))
    }

    fn current(&self) -> Option<Arc<Token>> {
        self.0.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn flights(&self) -> u64 {
        self.0.landed.read().unwrap_or_else(PoisonError::into_inner).flights
    }

    /// The result of a fetch that landed after `seen` was counted.
    fn landed_since(&self, seen: u64) -> Option<Result<Arc<Token>, Error>> {
        let landed = self.0.landed.read().unwrap_or_else(PoisonError::into_inner);
        if landed.flights == seen {
            return None;
        }
        match &landed.failure {
            Some(failure) => Some(Err(failure.clone())),
            None => self.current().map(Ok),
        }
    }

    /// Must be called with the flight lock held.
    async fn renew(&self) -> Result<Arc<Token>, Error> {
        let fetched = self.fetch().await;
        let mut landed = self.0.landed.write().unwrap_or_else(PoisonError::into_inner);
        let mut current = self.0.current.write().unwrap_or_else(PoisonError::into_inner);
        let now = self.0.wire.clock.now();
        let outcome = match (fetched, &*current) {
            (Ok(token), _) => Ok(token),
            (Err(failure), Some(token)) if now < token.ends_at => {
                let (tenant, code) = (&self.0.wire.tenant, &failure.code);
                tracing::info!(%tenant, code, "the token cannot be renewed and is used on until its end");
                Ok(token.used_on_until(now.plus(RENEW_AGAIN)))
            }
            (Err(failure), _) => Err(failure),
        }
        .map(Arc::new);
        landed.flights += 1;
        landed.failure = outcome.as_ref().err().cloned();
        if let Ok(token) = &outcome {
            *current = Some(Arc::clone(token));
        }
        outcome
    }

    /// Asks with one certificate after the other, as long as it is the certificate that is refused. If all are refused,
    /// the refusal of the first is returned.
    async fn fetch(&self) -> Result<Token, Error> {
        let signers = self.0.signers.load_full();
        let order = signers.in_order(self.0.wire.clock.now());
        let mut refused = None;
        for (place, signer) in &order {
            let thumbprint = signer.certificate.sha1();
            match self.fetch_by(signer).await {
                Ok(token) => {
                    if signers.remember(*place) {
                        tracing::warn!(tenant = %self.0.wire.tenant, thumbprint, "Entra takes another certificate from now on");
                    }
                    return Ok(token);
                }
                Err(Refused::Certificate(error)) if order.len() > 1 => {
                    tracing::info!(tenant = %self.0.wire.tenant, thumbprint, entra_code = error.code, "Entra refuses one of the certificates");
                    refused.get_or_insert(error);
                }
                Err(Refused::Certificate(error) | Refused::Other(error)) => {
                    refused = Some(error);
                    break;
                }
            }
        }
        Err(refused.unwrap_or_else(|| Error::new(ErrorKind::Refused, "no_certificate")))
    }

    async fn fetch_by(&self, signer: &Signer) -> Result<Token, Refused> {
        let asked_at = self.0.wire.clock.now();
        let assertion = signer
            .sign(asked_at, &self.0.wire.entropy)
            .map_err(|error| Error::new(ErrorKind::Refused, "assertion_unsigned").caused_by(error))?;
        let request = self.0.wire.client().post(self.0.url.clone()).form(&[
            ("client_id", signer.client_id()),
            ("scope", self.0.scope.as_str()),
            ("grant_type", "client_credentials"),
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
            ("client_assertion", assertion.as_str()),
        ]);
        // Whatever the outcome of this request, no call to Graph was made.
        let unsent = |error: Error| Error { kind: ErrorKind::Unavailable, ..error };
        let reply = self.0.wire.exchange(Operation::FetchToken, request).await.map_err(unsent)?;
        if reply.status.is_success() {
            return Ok(Token::read(&reply, asked_at)?);
        }
        let (error, is_of_certificate) = error::of_refusal(&reply);
        Err(if is_of_certificate { Refused::Certificate(error) } else { Refused::Other(error) })
    }
}

/// The reason why there is no token.
enum Refused {
    /// Another certificate might be taken.
    Certificate(Error),
    Other(Error),
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl Token {
    /// The token alone, for a protocol that has its own place for it.
    pub(crate) fn secret(&self) -> &str {
        self.bearer.to_str().ok().and_then(|bearer| bearer.strip_prefix("Bearer ")).unwrap_or_default()
    }

    /// The same token, to be renewed no earlier than `renew_at`.
    fn used_on_until(&self, renew_at: Timestamp) -> Self {
        Self { bearer: self.bearer.clone(), renew_at, ends_at: self.ends_at }
    }

    fn read(reply: &Reply, asked_at: Timestamp) -> Result<Self, Error> {
        let unreadable = || reply.failure(ErrorKind::Unavailable, "unreadable_token_answer");
        let answer: Answer = serde_json::from_slice(&reply.body).map_err(|_| unreadable())?;
        let mut bearer =
            HeaderValue::try_from(format!("Bearer {}", answer.access_token)).map_err(|_| unreadable())?;
        bearer.set_sensitive(true);
        let life = Duration::from_secs(answer.expires_in.into());
        let ends_at = asked_at.plus(life);
        Ok(Self { bearer, renew_at: ends_at.minus(RENEW_EARLY.min(life / 2)), ends_at })
    }
}
