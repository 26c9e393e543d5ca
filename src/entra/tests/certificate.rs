//! Keys, certificates and the assertion they make.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Validation};
use pem::Pem;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};
use serde_json::Value;
use x509_cert::{Certificate as X509, der::DecodePem};

use super::*;
use crate::{
    domain::AssertionKind,
    entra::{SetupError, assertion::Signer, certificate::read},
};

fn refused(key: &str, certificate: &str) -> SetupError {
    read(key, certificate).err().unwrap()
}

/// The same key as PKCS#1.
fn pkcs1() -> Pem {
    let der = EncodingKey::from_rsa_pem(IDENTITY.key.as_bytes()).unwrap().as_bytes().to_vec();
    Pem::new("RSA PRIVATE KEY", der)
}

#[test]
fn both_pem_forms_and_files_with_more_blocks_are_read() {
    let together = format!("{}\n{}", IDENTITY.certificate, IDENTITY.key);
    let chain = format!("{}\n{}", Identity::new(2020, 2040).certificate, IDENTITY.certificate);
    let whole = read(&IDENTITY.key, &IDENTITY.certificate).unwrap().1;
    for (key, certificate) in [
        (pem::encode(&pkcs1()), IDENTITY.certificate.clone()),
        (together.clone(), together),
        (IDENTITY.key.clone(), chain),
    ] {
        assert_eq!(read(&key, &certificate).unwrap().1.thumbprint(), whole.thumbprint());
    }
}

#[test]
fn every_unusable_pair_says_what_to_do() {
    let certificate = &IDENTITY.certificate;
    let encrypted = pem::encode(&Pem::new("ENCRYPTED PRIVATE KEY", [1]));
    let mut old = pkcs1();
    old.headers_mut().add("Proc-Type", "4,ENCRYPTED").unwrap();
    let curve = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap().serialize_pem();
    let damaged = Pem::new("RSA PRIVATE KEY", pkcs1().contents()[..200].to_vec());
    assert!(matches!(refused("", certificate), SetupError::NoKey));
    assert!(matches!(refused(certificate, certificate), SetupError::NoKey));
    assert!(matches!(refused(&encrypted, certificate), SetupError::EncryptedKey));
    assert!(matches!(refused(&pem::encode(&old), certificate), SetupError::EncryptedKey));
    assert!(matches!(refused(&curve, certificate), SetupError::NotRsa));
    assert!(matches!(refused(&pem::encode(&damaged), certificate), SetupError::BadKey));
    assert!(matches!(refused(&IDENTITY.key, &IDENTITY.key), SetupError::NoCertificate));
    let other = Identity::new(2020, 2040);
    assert!(matches!(refused(&IDENTITY.key, &other.certificate), SetupError::KeyMismatch));
    let broken = pem::encode(&Pem::new("CERTIFICATE", [1, 2, 3]));
    assert!(matches!(refused(&IDENTITY.key, &broken), SetupError::BadCertificate(_)));
}

#[test]
fn a_certificate_tells_when_it_holds() {
    let past = Identity::new(2020, 2025);
    let (_, certificate) = read(&past.key, &past.certificate).unwrap();
    assert_eq!(certificate.not_before().to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(certificate.not_after().to_string(), "2025-01-01T00:00:00Z");
    assert!(matches!(certificate.check(NOW), Err(SetupError::CertificateExpired(_))));
    let early = certificate.not_before().minus(Duration::from_secs(1));
    assert!(matches!(certificate.check(early), Err(SetupError::CertificateNotYetValid(_))));
    assert!(certificate.check(certificate.not_before()).is_ok());
    // The pages work without the tenant, so the application is made all the same.
    application(&Tenant { identity: past.configured(), ..tenant("http://127.0.0.1:9") });
}

#[test]
fn settings_that_cannot_be_are_refused() {
    let refused = |tenant: Tenant| {
        let (alias, clock, entropy) = ("main".parse().unwrap(), Clock::manual(NOW), Entropy::seeded(1));
        Application::new(&alias, &tenant, &limits(), clock, entropy, &Metrics::off()).err().unwrap()
    };
    let base = || tenant("http://127.0.0.1:9");
    for bad in ["", "login.microsoftonline.com/tenant", "file:///etc/passwd"] {
        let tenant = Tenant { token_url: bad.to_owned(), ..base() };
        assert!(matches!(refused(tenant), SetupError::Url("token_url")), "{bad}");
    }
    let no_authorities = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n".to_owned();
    let tenant = Tenant { ca_pem: Some(no_authorities), ..base() };
    assert!(matches!(refused(tenant), SetupError::BadAuthorities(_)));
    let mixed = Identity { key: Identity::new(2020, 2040).key, certificate: IDENTITY.certificate.clone() };
    let tenant = Tenant { next_identity: Some(mixed.configured()), ..base() };
    let SetupError::Next(cause) = refused(tenant) else { panic!("the next pair does not fit") };
    assert!(matches!(*cause, SetupError::KeyMismatch));
}

fn json_of(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// An assertion, and the thumbprint of its certificate by this algorithm.
fn assertion_of(
    kind: AssertionKind,
    algorithm: &'static aws_lc_rs::digest::Algorithm,
) -> (Signer, String, String) {
    let (key, certificate) = read(&IDENTITY.key, &IDENTITY.certificate).unwrap();
    let (client, audience) = ("client".to_owned(), "https://login.example/token".to_owned());
    let signer = Signer::new(key, certificate, kind, client, audience);
    let assertion = signer.sign(NOW, &Entropy::seeded(1)).unwrap();
    let der = pem::parse(&IDENTITY.certificate).unwrap();
    (signer, assertion, URL_SAFE_NO_PAD.encode(digest(algorithm, der.contents())))
}

/// The assertion's claims, once the certificate's own key has verified it.
fn verified(assertion: &str, algorithm: Algorithm) -> Value {
    let x509 = X509::from_pem(IDENTITY.certificate.as_bytes()).unwrap();
    let public = x509.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes().to_vec();
    let mut rules = Validation::new(algorithm);
    rules.set_audience(&["https://login.example/token"]);
    rules.validate_exp = false;
    let decoded = jsonwebtoken::decode::<Value>(assertion, &DecodingKey::from_rsa_der(&public), &rules);
    decoded.unwrap().claims
}

#[test]
fn an_assertion_is_what_entra_asks_for() {
    let (signer, assertion, thumbprint) = assertion_of(AssertionKind::Ps256Sha256, &SHA256);

    // By hand.
    let parts: Vec<&str> = assertion.split('.').collect();
    assert_eq!(thumbprint.len(), 43);
    assert_eq!(json_of(parts[0]), json!({ "typ": "JWT", "alg": "PS256", "x5t#S256": thumbprint }));
    let mut claims = json_of(parts[1]);
    let jti = claims.as_object_mut().unwrap().remove("jti").unwrap();
    assert!(uuid::Uuid::try_parse(jti.as_str().unwrap()).is_ok());
    let seconds = NOW.seconds();
    assert_eq!(
        claims,
        json!({
            "aud": "https://login.example/token", "iss": "client", "sub": "client",
            "nbf": seconds, "iat": seconds, "exp": seconds + 600,
        })
    );

    // By the certificate's own key.
    assert_eq!(verified(&assertion, Algorithm::PS256)["sub"], "client");

    // Each is used only once.
    let another = signer.sign(NOW, &Entropy::seeded(2)).unwrap();
    assert_ne!(json_of(another.split('.').nth(1).unwrap())["jti"], jti);
}

#[test]
fn an_assertion_is_also_made_as_older_clients_do() {
    let (_, assertion, thumbprint) = assertion_of(AssertionKind::Rs256Sha1, &SHA1_FOR_LEGACY_USE_ONLY);
    let header = json_of(assertion.split('.').next().unwrap());
    assert_eq!(header, json!({ "typ": "JWT", "alg": "RS256", "x5t": thumbprint }));
    assert_eq!(thumbprint.len(), 27);
    assert_eq!(verified(&assertion, Algorithm::RS256)["iss"], "client");
}
