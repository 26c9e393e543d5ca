//! Access tokens: the credentials that Graph and Exchange accept, with their permissions.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::audience::Resource;
use crate::sandbox::random::Random;

/// Issues and reads access tokens. Clients must treat them as opaque; these carry their claims
/// and a MAC under a key that lives as long as the sandbox.
pub(in crate::sandbox) struct AccessTokens {
    key: hmac::Key,
    lifetime: Duration,
}

/// The claims of a token, by the names of Entra's version 1.0 tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::sandbox) struct Claims {
    pub aud: String,
    pub iss: String,
    pub iat: i64,
    pub nbf: i64,
    pub exp: i64,
    pub appid: String,
    pub appidacr: String,
    pub idtyp: String,
    pub oid: String,
    pub sub: String,
    #[serde(default)]
    pub roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scp: Option<String>,
    pub tid: String,
    pub uti: String,
    pub ver: String,
}

impl Claims {
    /// The claims, if they are for this resource.
    pub fn for_resource(self, resource: Resource) -> Result<Self, BadToken> {
        if Resource::named(&self.aud) == Some(resource) { Ok(self) } else { Err(BadToken::Audience) }
    }
}

/// The reason that a resource does not accept a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum BadToken {
    /// There is no token.
    Missing,
    /// It is not a token of this tenant.
    Invalid,
    /// It is for another resource.
    Audience,
    /// It has expired.
    Expired,
}

impl AccessTokens {
    /// An issuer with a key of its own.
    pub fn new(random: &Random, lifetime: Duration) -> Self {
        let secret = [random.uuid(), random.uuid()].map(uuid::Uuid::into_bytes);
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.as_flattened()), lifetime }
    }

    /// The seconds for which a new token is valid.
    pub fn lifetime_seconds(&self) -> i64 {
        i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX)
    }

    /// Makes a token of the claims.
    pub fn issue(&self, claims: &Claims) -> String {
        let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
        let claims = serde_json::to_vec(claims).unwrap_or_default();
        let mut token = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims));
        let tag = hmac::sign(&self.key, token.as_bytes());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(tag, &mut token);
        token
    }

    /// Reads the token of an `Authorization` header.
    pub fn read(&self, authorization: Option<&str>, now: i64) -> Result<Claims, BadToken> {
        let value = authorization.ok_or(BadToken::Missing)?;
        let (scheme, token) = value.split_once(' ').ok_or(BadToken::Missing)?;
        if !scheme.eq_ignore_ascii_case("bearer") || token.trim().is_empty() {
            return Err(BadToken::Missing);
        }
        self.check(token.trim(), now)
    }

    /// Reads a token.
    pub fn check(&self, token: &str, now: i64) -> Result<Claims, BadToken> {
        let claims = self.open(token).ok_or(BadToken::Invalid)?;
        if claims.exp <= now {
            return Err(BadToken::Expired);
        }
        Ok(claims)
    }

    fn open(&self, token: &str) -> Option<Claims> {
        let (signed, tag) = token.rsplit_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.key, signed.as_bytes(), &tag).ok()?;
        let (_, claims) = signed.split_once('.')?;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
    }
}
