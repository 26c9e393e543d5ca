//! The signed statement that stands in for a client secret.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/certificate-credentials> and RFC 7523.

use std::time::Duration;

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Serialize;

use super::credential::Certificate;
use crate::domain::{Entropy, Timestamp};

/// How long an assertion holds.
const LIFE: Duration = Duration::from_secs(600);

/// Signs assertions for one application.
pub(super) struct Signer {
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
        certificate: &Certificate,
        client_id: String,
        audience: String,
    ) -> Self {
        let header =
            Header { x5t_s256: Some(certificate.thumbprint().to_owned()), ..Header::new(Algorithm::PS256) };
        Self { header, key, client_id, audience }
    }

    /// The application's id.
    pub(super) fn client_id(&self) -> &str {
        &self.client_id
    }

    /// A fresh assertion; none is used twice, for Entra may refuse a repeated `jti`.
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
