//! Faults of a tenant's settings.

use crate::domain::Timestamp;

/// An error in an application's settings, and its remedy.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// An address that is not an absolute URL.
    #[error("the {0} is not an absolute http or https URL")]
    Url(&'static str),
    /// No private key in the PEM text.
    #[error("there is no private key: the file needs a block that begins with -----BEGIN PRIVATE KEY-----")]
    NoKey,
    /// A key behind a passphrase.
    #[error(
        "the private key is encrypted: write it without passphrase by `openssl pkcs8 -in key.pem -out plain.pem` and protect the file by its permissions"
    )]
    EncryptedKey,
    /// A key of another algorithm.
    #[error(
        "the private key is not an RSA key, and Entra takes no other: make one by `openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out certificate.pem`"
    )]
    NotRsa,
    /// A key that is damaged, shorter than 2048 bits or longer than 8192.
    #[error(
        "the private key cannot be used: it must be a whole RSA key of 2048 to 8192 bits in PKCS#8 or PKCS#1"
    )]
    BadKey,
    /// No certificate in the PEM text.
    #[error("there is no certificate: the file needs a block that begins with -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// A block that is no X.509 certificate.
    #[error("the certificate cannot be read")]
    BadCertificate(#[source] x509_cert::der::Error),
    /// The pair does not belong together.
    #[error(
        "the private key does not belong to the certificate: configure the two files that were made together"
    )]
    KeyMismatch,
    /// The pair that is to follow cannot be used.
    #[error("the next certificate and its key cannot be used")]
    Next(#[source] Box<Self>),
    /// The certificate has expired.
    #[error("the certificate ended at {0}: make a new one and register it with the app registration")]
    CertificateExpired(Timestamp),
    /// The certificate is not valid yet.
    #[error("the certificate holds only from {0} on: check the machine's clock")]
    CertificateNotYetValid(Timestamp),
    /// The extra certificate authorities cannot be read.
    #[error("the file of certificate authorities is not in PEM format")]
    BadAuthorities(#[source] reqwest::Error),
    /// The TLS library refuses to start.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}
