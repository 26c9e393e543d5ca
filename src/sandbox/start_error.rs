//! The reasons for which a sandbox cannot be started.

use std::io;
use std::net::SocketAddr;

use super::entra::CertificateError;

/// The reason that a sandbox cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address is in use or does not belong to this machine.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The error of the system.
        #[source]
        source: io::Error,
    },
    /// The application's certificate cannot be used.
    #[error("the application's certificate cannot be registered")]
    Certificate(#[from] CertificateError),
    /// A server's certificate or key is not PEM.
    #[error("a server's certificate or key cannot be read")]
    Pem(#[source] rustls::pki_types::pem::Error),
    /// A server's certificate and key do not fit together.
    #[error("a server's certificate cannot be used")]
    Tls(#[source] rustls::Error),
    /// Implicit TLS without a certificate.
    #[error("the mail server needs a certificate to listen with implicit TLS")]
    NoTlsCertificate,
    /// Two users of the tenant have the same sign-in name.
    #[error("two users of the tenant have the same sign-in name")]
    SameName,
    /// The faults at the start are not valid.
    #[error("the faults are not valid: {0}")]
    Faults(String),
}
