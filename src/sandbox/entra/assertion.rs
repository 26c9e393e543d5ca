//! Client assertions, verified the way Entra does.
//!
//! <https://learn.microsoft.com/entra/identity-platform/certificate-credentials>

use std::collections::HashMap;

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use serde_json::Value;

use super::audience::is_token_endpoint;
use super::certificate::{Algorithm, Thumbprint};
use super::errors::Refusal;
use crate::sandbox::clock::entra_time;
use crate::sandbox::directory::Application;
use crate::sandbox::lock;
use crate::sandbox::world::World;

/// Seconds by which clocks may differ.
const SKEW: i64 = 300;

/// The assertions that were presented and could be presented again.
#[derive(Debug, Default)]
pub(in crate::sandbox) struct UsedAssertions {
    expiry_by_id: HashMap<String, i64>,
}

impl UsedAssertions {
    /// Records an assertion; false if it had been recorded before.
    fn note(&mut self, id: &str, expiry: i64, now: i64) -> bool {
        if self.expiry_by_id.len() >= 10_000 {
            self.expiry_by_id.retain(|_, expiry| *expiry + SKEW > now);
        }
        self.expiry_by_id.insert(id.to_owned(), expiry).is_none()
    }
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    x5t: Option<String>,
    #[serde(rename = "x5t#S256")]
    x5t_s256: Option<String>,
}

impl Header {
    /// The certificate's thumbprint: the newer kind is preferred to the older, and an unreadable one matches no
    /// certificate.
    fn thumbprint(&self) -> Result<Thumbprint, Refusal> {
        let bytes = |text: &String| decode(text).unwrap_or_default();
        match (&self.x5t_s256, &self.x5t) {
            (Some(text), _) => Ok(Thumbprint::Sha256(bytes(text))),
            (None, Some(text)) => Ok(Thumbprint::Sha1(bytes(text))),
            (None, None) => {
                let text = "Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.";
                Err(Refusal::client(5_002_723, text))
            }
        }
    }
}

/// The claims as clients really write them: dates may be floats, some may be missing.
#[derive(Deserialize)]
struct Claims {
    aud: Option<Value>,
    iss: Option<String>,
    sub: Option<String>,
    jti: Option<String>,
    exp: Option<f64>,
    nbf: Option<f64>,
}

/// A parsed assertion: what is signed, and the signature.
struct Assertion<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Header,
    claims: Claims,
}

/// Checks an assertion completely, and returns the first problem.
pub(super) fn verify(
    world: &World,
    assertion: &str,
    application: &Application,
    own_host: &str,
) -> Result<(), Refusal> {
    let assertion =
        parse(assertion).ok_or_else(|| Refusal::request(50_027, "JWT token is invalid or malformed."))?;
    check_signature(world, &assertion, application)?;
    check_parties(world, &assertion.claims, application, own_host)?;
    check_time(world, &assertion.claims)?;
    check_replay(world, &assertion.claims)
}

fn parse(assertion: &str) -> Option<Assertion<'_>> {
    let (signed, signature) = assertion.trim().rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    Some(Assertion {
        signed,
        signature: decode(signature)?,
        header: serde_json::from_slice(&decode(header)?).ok()?,
        claims: serde_json::from_slice(&decode(claims)?).ok()?,
    })
}

/// Base64 in any flavour: clients use the standard and the URL alphabet, with and without padding, even with a line end
/// behind it; the real Entra accepts them all.
fn decode(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let text = text.trim();
    let alphabet = if text.contains(['+', '/']) { &STANDARD } else { &URL_SAFE };
    GeneralPurpose::new(alphabet, config).decode(text).ok()
}

fn check_signature(
    world: &World,
    assertion: &Assertion<'_>,
    application: &Application,
) -> Result<(), Refusal> {
    let algorithm = match assertion.header.alg.as_str() {
        "PS256" => Algorithm::Ps256,
        "RS256" => Algorithm::Rs256,
        other => {
            let text = format!(
                "Invalid JWT token. '{other}' is not a supported signature algorithm. Supported signing algorithms are: 'RS256, PS256'."
            );
            return Err(Refusal::client(5_002_738, text));
        }
    };
    let thumbprint = assertion.header.thumbprint()?;
    let mut registered = application.credentials.iter().map(|credential| &credential.certificate);
    let certificate = registered
        .find(|certificate| certificate.has_thumbprint(&thumbprint))
        .ok_or_else(|| unknown_key(application, &thumbprint))?;
    if !certificate.verifies(algorithm, assertion.signed.as_bytes(), &assertion.signature) {
        let reason = "The provided signature value did not match the expected signature value.";
        return Err(bad_key(reason, &thumbprint));
    }
    if !certificate.valid.contains(&world.clock.now_seconds()) {
        return Err(bad_key("The key used is expired.", &thumbprint));
    }
    Ok(())
}

fn unknown_key(application: &Application, thumbprint: &Thumbprint) -> Refusal {
    let app = application.app_id;
    let thumbprint = thumbprint.hex();
    Refusal::client(
        700_027,
        format!(
            "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{app}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{app}']. Alternatively, SNI may be configured on the app. Please ensure that client assertion is being sent with the x5c claim in the JWT header using MSAL's WithSendX5C() method so that Azure Active Directory can validate the certificate being used."
        ),
    )
}

fn bad_key(reason: &str, thumbprint: &Thumbprint) -> Refusal {
    let thumbprint = thumbprint.hex();
    Refusal::client(
        700_027,
        format!(
            "Client assertion contains an invalid signature. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}']"
        ),
    )
}

fn check_parties(
    world: &World,
    claims: &Claims,
    application: &Application,
    own_host: &str,
) -> Result<(), Refusal> {
    let is_client = |id: &str| id.parse() == Ok(application.app_id);
    let issuer = claims.iss.as_deref().ok_or_else(|| Refusal::missing_claim("iss"))?;
    let subject = claims.sub.as_deref().ok_or_else(|| Refusal::missing_claim("sub"))?;
    if !is_client(issuer) || !is_client(subject) {
        let text = "Client assertion application identifier doesn't match 'client_id' parameter.";
        return Err(Refusal::client(700_021, text));
    }
    let audience = match &claims.aud {
        None => return Err(Refusal::missing_claim("aud")),
        Some(Value::String(audience)) => audience.as_str(),
        Some(Value::Array(several)) if several.len() == 1 => several[0].as_str().unwrap_or(""),
        Some(Value::Array(several)) => {
            let text = format!(
                "Number of audience values in the provided client credential exceed maximum allowed. {} audience values provided, maximum allowed is 1.",
                several.len()
            );
            return Err(Refusal::client(5_002_741, text));
        }
        _ => "",
    };
    if !is_token_endpoint(world, audience, own_host) {
        let text = "Client assertion audience claim does not match Realm issuer. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .";
        return Err(Refusal::client(700_023, text));
    }
    Ok(())
}

fn check_time(world: &World, claims: &Claims) -> Result<(), Refusal> {
    let now = world.clock.now_seconds();
    let Some(exp) = claims.exp.map(whole_seconds) else {
        let text = "JWT token is invalid or malformed. The 'exp' claim is missing.";
        return Err(Refusal::request(50_027, text));
    };
    let nbf = claims.nbf.map_or(now, whole_seconds);
    if now - SKEW < exp && nbf <= now + SKEW {
        return Ok(());
    }
    Err(Refusal::client(
        700_024,
        format!(
            "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of assertion {}. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .",
            entra_time(now * 1000),
            entra_time(nbf.saturating_mul(1000)),
            entra_time(exp.saturating_mul(1000)),
        ),
    ))
}

/// Refuses a second use where the options ask for it. The documentation names no error for that; this is the one for a
/// bad token.
fn check_replay(world: &World, claims: &Claims) -> Result<(), Refusal> {
    let (Some(id), Some(exp), true) = (&claims.jti, claims.exp, world.refuse_assertion_reuse) else {
        return Ok(());
    };
    let now = world.clock.now_seconds();
    if lock(&world.used_assertions).note(id, whole_seconds(exp), now) {
        return Ok(());
    }
    let text = "JWT token is invalid or malformed. The assertion was used before.";
    Err(Refusal::client(50_027, text))
}

#[allow(clippy::cast_possible_truncation, reason = "a float's cast saturates, which is what a date needs")]
fn whole_seconds(date: f64) -> i64 {
    date as i64
}
