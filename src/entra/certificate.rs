//! The application's private key and its certificate, read from PEM.

use aws_lc_rs::{
    digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest},
    rsa::KeyPair as RsaKeyPair,
    signature::KeyPair as _,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use pem::Pem;
use x509_cert::{Certificate as X509, der::Decode};
use zeroize::Zeroizing;

use super::SetupError;
use crate::domain::Timestamp;

/// The certificate by which the app registration recognizes the application.
#[derive(Clone, Debug)]
pub struct Certificate {
    subject: String,
    thumbprint: String,
    old_thumbprint: String,
    sha1: String,
    sha256: String,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// The certificate of this key.
    ///
    /// # Errors
    /// [`SetupError`], also when the two do not belong together.
    pub fn of(key_pem: &str, certificate_pem: &str) -> Result<Self, SetupError> {
        read(key_pem, certificate_pem).map(|(_, certificate)| certificate)
    }

    /// The certificate's subject (RFC 4514).
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// SHA-1 of the certificate, the thumbprint by which Entra's portal lists it.
    #[must_use]
    pub fn sha1(&self) -> &str {
        &self.sha1
    }

    /// SHA-256 of the certificate.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// SHA-256 of the certificate in unpadded base64url, as the `x5t#S256` header has it (RFC 7515, section 4.1.8).
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// SHA-1 of the certificate in unpadded base64url, as the `x5t` header has it (RFC 7515, section 4.1.7).
    #[must_use]
    pub fn old_thumbprint(&self) -> &str {
        &self.old_thumbprint
    }

    /// The time from which it is valid.
    #[must_use]
    pub const fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The time until which it is valid.
    #[must_use]
    pub const fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The number of whole days until it expires; negative once it has expired.
    #[must_use]
    pub fn days_left(&self, now: Timestamp) -> i64 {
        (self.not_after.seconds() - now.seconds()).div_euclid(86_400)
    }

    /// Checks that it is valid at `now`.
    ///
    /// # Errors
    /// [`SetupError::CertificateExpired`] or [`SetupError::CertificateNotYetValid`].
    pub fn check(&self, now: Timestamp) -> Result<(), SetupError> {
        if now >= self.not_after {
            Err(SetupError::CertificateExpired(self.not_after))
        } else if now < self.not_before {
            Err(SetupError::CertificateNotYetValid(self.not_before))
        } else {
            Ok(())
        }
    }
}

/// Reads both and makes sure that they belong together.
pub(super) fn read(key_pem: &str, certificate_pem: &str) -> Result<(EncodingKey, Certificate), SetupError> {
    let (key, public_key) = read_key(key_pem)?;
    Ok((key, read_certificate(certificate_pem, &public_key)?))
}

/// The signing key, and its public half as an `RSAPublicKey` (RFC 8017, appendix A.1.1).
fn read_key(text: &str) -> Result<(EncodingKey, Vec<u8>), SetupError> {
    let blocks = pem::parse_many(text).map_err(|_| SetupError::NoKey)?;
    let block = blocks.iter().find(|block| block.tag().ends_with("PRIVATE KEY")).ok_or(SetupError::NoKey)?;
    let pair = match block.tag() {
        "ENCRYPTED PRIVATE KEY" => return Err(SetupError::EncryptedKey),
        "RSA PRIVATE KEY" if is_encrypted(block) => return Err(SetupError::EncryptedKey),
        "RSA PRIVATE KEY" => RsaKeyPair::from_der(block.contents()),
        "PRIVATE KEY" if !names_rsa(block.contents()) => return Err(SetupError::NotRsa),
        "PRIVATE KEY" => RsaKeyPair::from_pkcs8(block.contents()),
        _ => return Err(SetupError::NotRsa),
    }
    .map_err(|_| SetupError::BadKey)?;
    // The JWT library reads one block only, so it gets the one that was found.
    let alone = Zeroizing::new(pem::encode(block));
    let key = EncodingKey::from_rsa_pem(alone.as_bytes()).map_err(|_| SetupError::BadKey)?;
    Ok((key, pair.public_key().as_ref().to_vec()))
}

/// OpenSSL's old way of encrypting a key is recognized by a header of the block (RFC 1421, section 4.6.1.1).
fn is_encrypted(block: &Pem) -> bool {
    block.headers().get("Proc-Type").is_some_and(|value| value.contains("ENCRYPTED"))
}

/// Returns whether the algorithm at the beginning of a PKCS#8 key is `rsaEncryption` (RFC 8017, appendix A.1).
fn names_rsa(pkcs8: &[u8]) -> bool {
    const RSA_ENCRYPTION: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let beginning = &pkcs8[..pkcs8.len().min(32)];
    beginning.windows(RSA_ENCRYPTION.len()).any(|window| window == RSA_ENCRYPTION)
}

/// The certificate of this public key; a file may hold a chain.
fn read_certificate(text: &str, public_key: &[u8]) -> Result<Certificate, SetupError> {
    let blocks = pem::parse_many(text).map_err(|_| SetupError::NoCertificate)?;
    let mut missing = SetupError::NoCertificate;
    for block in blocks.iter().filter(|block| block.tag() == "CERTIFICATE") {
        let certificate = X509::from_der(block.contents()).map_err(SetupError::BadCertificate)?;
        let certified = certificate.tbs_certificate().subject_public_key_info();
        if certified.subject_public_key.as_bytes() == Some(public_key) {
            return Ok(describe(&certificate, block.contents()));
        }
        missing = SetupError::KeyMismatch;
    }
    Err(missing)
}

fn describe(certificate: &X509, der: &[u8]) -> Certificate {
    let validity = certificate.tbs_certificate().validity();
    let moment = |time: x509_cert::time::Time| Timestamp::from_millis(0).plus(time.to_unix_duration());
    let (sha1, sha256) = (digest(&SHA1_FOR_LEGACY_USE_ONLY, der), digest(&SHA256, der));
    Certificate {
        subject: certificate.tbs_certificate().subject().to_string(),
        thumbprint: URL_SAFE_NO_PAD.encode(sha256),
        old_thumbprint: URL_SAFE_NO_PAD.encode(sha1),
        sha1: hex(sha1.as_ref()),
        sha256: hex(sha256.as_ref()),
        not_before: moment(validity.not_before),
        not_after: moment(validity.not_after),
    }
}

/// In capitals and without colons, as the portal writes it.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
