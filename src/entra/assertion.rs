//! The signed statement that is sent in place of a client secret.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials> and RFC 7523.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::certificate::Certificate;
use crate::domain::{AssertionKind, Entropy, Timestamp};

/// The lifetime of an assertion.
const LIFE: Duration = Duration::from_secs(600);

/// Signs assertions for one application, by one of its certificates.
pub(super) struct Signer {
    pub(super) certificate: Certificate,
    header: Header,
    key: EncodingKey,
    client_id: String,
    audience: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    aud: &'a str,
    iss: &'a str,
    sub: &'a str,
    jti: String,
    nbf: i64,
    iat: i64,
    exp: i64,
}

impl Signer {
    pub(super) fn new(
        key: EncodingKey,
        certificate: Certificate,
        kind: AssertionKind,
        client_id: String,
        audience: String,
    ) -> Self {
        let header = match kind {
            AssertionKind::Ps256Sha256 => Header {
                x5t_s256: Some(certificate.thumbprint().to_owned()),
                ..Header::new(Algorithm::PS256)
            },
            AssertionKind::Rs256Sha1 => {
                Header { x5t: Some(certificate.old_thumbprint().to_owned()), ..Header::new(Algorithm::RS256) }
            }
        };
        Self { certificate, header, key, client_id, audience }
    }

    /// The application's id.
    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// A fresh assertion; each is used only once, for Entra may refuse a repeated `jti`.
    pub(super) fn sign(&self, now: Timestamp, entropy: &Entropy) -> jsonwebtoken::errors::Result<String> {
        let claims = Claims {
            aud: &self.audience,
            iss: &self.client_id,
            sub: &self.client_id,
            jti: uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid().to_string(),
            nbf: now.seconds(),
            iat: now.seconds(),
            exp: now.plus(LIFE).seconds(),
        };
        jsonwebtoken::encode(&self.header, &claims, &self.key)
    }
}

/// All certificates of one application, and which of them Entra took last.
pub(super) struct Signers {
    all: Vec<Signer>,
    taken: AtomicUsize,
}

impl Signers {
    /// The first one is tried first.
    pub(super) fn new(all: Vec<Signer>) -> Self {
        Self { all, taken: AtomicUsize::new(0) }
    }

    pub(super) fn certificates(&self) -> impl Iterator<Item = &Certificate> {
        self.all.iter().map(|signer| &signer.certificate)
    }

    /// In the order in which to try them, each with its place: those that hold now before those that do not, and
    /// the one that was taken last before the others.
    pub(super) fn in_order(&self, now: Timestamp) -> Vec<(usize, &Signer)> {
        let taken = self.taken.load(Relaxed);
        let mut order: Vec<_> = self.all.iter().enumerate().collect();
        order.sort_by_key(|(place, signer)| (signer.certificate.check(now).is_err(), *place != taken));
        order
    }

    /// Entra has taken this one. Says whether it took another one before.
    pub(super) fn remember(&self, place: usize) -> bool {
        self.taken.swap(place, Relaxed) != place
    }
}
