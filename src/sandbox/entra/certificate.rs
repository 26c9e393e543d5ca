//! The certificates that are registered for the application.

use aws_lc_rs::digest;
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey};
use x509_cert::Certificate as X509;
use x509_cert::der::{Decode as _, DecodePem as _, Encode as _};

/// The object identifier of RSA keys (RFC 8017).
const RSA: &str = "1.2.840.113549.1.1.1";

/// An algorithm that signs assertions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Algorithm {
    /// RSASSA-PSS, which the documentation asks for.
    Ps256,
    /// RSASSA-PKCS1-v1_5, which older clients use.
    Rs256,
}

/// The hash that identifies a certificate in an assertion's header (RFC 7515, sections 4.1.7 and 4.1.8).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::sandbox) enum Thumbprint {
    /// `x5t`
    Sha1(Vec<u8>),
    /// `x5t#S256`
    Sha256(Vec<u8>),
}

impl Thumbprint {
    /// In hexadecimal digits, as in the token endpoint's errors.
    pub fn hex(&self) -> String {
        let (Self::Sha1(bytes) | Self::Sha256(bytes)) = self;
        bytes.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// A certificate that is registered in the tenant.
#[derive(Clone, Debug)]
pub(in crate::sandbox) struct Certificate {
    pub der: Vec<u8>,
    pub sha1: Vec<u8>,
    sha256: Vec<u8>,
    public_key: Vec<u8>,
    /// The period in which it is valid, in seconds since 1970.
    pub valid: std::ops::RangeInclusive<i64>,
}

/// The reason that a certificate cannot be registered.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// It is not PEM, or not a certificate.
    #[error("the certificate cannot be read")]
    Unreadable(#[source] x509_cert::der::Error),
    /// Its key is not an RSA key.
    #[error("the certificate's key is not an RSA key")]
    NotRsa,
}

impl Certificate {
    /// Reads a certificate from PEM.
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        Self::new(&X509::from_pem(pem).map_err(CertificateError::Unreadable)?)
    }

    /// Reads a certificate from DER.
    pub fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        Self::new(&X509::from_der(der).map_err(CertificateError::Unreadable)?)
    }

    fn new(certificate: &X509) -> Result<Self, CertificateError> {
        let der = certificate.to_der().map_err(CertificateError::Unreadable)?;
        let content = certificate.tbs_certificate();
        let key = content.subject_public_key_info();
        if key.algorithm.oid.to_string() != RSA {
            return Err(CertificateError::NotRsa);
        }
        let validity = content.validity();
        let seconds = |time: &x509_cert::time::Time| {
            i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
        };
        Ok(Self {
            sha1: digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &der).as_ref().to_vec(),
            sha256: digest::digest(&digest::SHA256, &der).as_ref().to_vec(),
            der,
            public_key: key.subject_public_key.raw_bytes().to_vec(),
            valid: seconds(&validity.not_before)..=seconds(&validity.not_after),
        })
    }

    /// Returns whether this is the certificate's thumbprint of the same kind.
    pub fn has_thumbprint(&self, thumbprint: &Thumbprint) -> bool {
        match thumbprint {
            Thumbprint::Sha1(bytes) => *bytes == self.sha1,
            Thumbprint::Sha256(bytes) => *bytes == self.sha256,
        }
    }

    /// Returns whether the certificate's key made this signature.
    pub fn verifies(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let parameters = match algorithm {
            Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
            Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        };
        UnparsedPublicKey::new(parameters, &self.public_key).verify(message, signature).is_ok()
    }
}
