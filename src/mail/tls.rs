//! TLS to a mail server: the trust in certificates, and the faults of those that are not trusted, each with its own
//! code.

use std::{io, path::Path, sync::Arc};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, OtherError, PeerIncompatible,
    SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier as SystemVerifier;
use x509_cert::{
    Certificate,
    der::{Decode, asn1::Uint},
};

use super::{Error, SetupError};

/// The shortest RSA key that is accepted.
const MIN_RSA_BITS: usize = 2048;

/// The object identifiers of signatures with SHA-1: RSA's and ECDSA's.
const SHA1_SIGNATURES: [&str; 2] = ["1.2.840.113549.1.1.5", "1.2.840.10045.4.1"];

const RSA_KEY: &str = "1.2.840.113549.1.1.1";

/// Fault of the TLS handshake with a mail server.
#[derive(Debug, Clone, thiserror::Error)]
enum TlsFault {
    #[error("the server speaks no TLS newer than version 1.1")]
    OldVersion,
    #[error("the server has no cipher in common with this program")]
    NoCommonCipher,
    #[error("the server's answer to the TLS handshake is not TLS")]
    NotTls,
    #[error("the server ended the connection in the TLS handshake")]
    Closed,
    #[error("a certificate of the server has an RSA key of {0} bits; at least {MIN_RSA_BITS} are needed")]
    ShortKey(usize),
    #[error("a certificate of the server is signed with SHA-1")]
    Sha1,
    #[error("the server's certificate is for {}, not for {expected}", names(presented))]
    OtherName { expected: String, presented: Vec<String> },
    #[error("the server's certificate has expired")]
    Expired,
    #[error("the server's certificate is not valid yet")]
    NotValidYet,
    #[error("the server's certificate is self-signed")]
    SelfSigned,
    #[error("the server's certificate is issued by an authority that is not trusted")]
    UnknownIssuer,
}

impl TlsFault {
    const fn code(&self) -> &'static str {
        match self {
            Self::OldVersion => "tls_old_version",
            Self::NoCommonCipher => "tls_no_common_cipher",
            Self::NotTls => "tls_not_spoken",
            Self::Closed => "tls_closed",
            Self::ShortKey(_) => "tls_short_key",
            Self::Sha1 => "tls_sha1",
            Self::OtherName { .. } => "tls_other_name",
            Self::Expired => "tls_expired",
            Self::NotValidYet => "tls_not_valid_yet",
            Self::SelfSigned => "tls_self_signed",
            Self::UnknownIssuer => "tls_unknown_issuer",
        }
    }
}

fn names(presented: &[String]) -> String {
    match presented {
        [] => "no host".to_owned(),
        // A certificate may be for hundreds of hosts.
        names => names.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", "),
    }
}

/// Trusts the system's authorities, those of `ca_file`, and a server with a certificate that is in `ca_file` itself.
pub(super) fn config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, SetupError> {
    let own = ca_file.map_or_else(|| Ok(Vec::new()), read)?;
    let provider = Arc::new(aws_lc_rs::default_provider());
    let verifier = Verifier::new(own, &provider).map_err(SetupError::Tls)?;
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(SetupError::Tls)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(Arc::new(builder.with_no_client_auth()))
}

fn read(file: &Path) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let pem = std::fs::read(file).map_err(|error| SetupError::AuthoritiesUnreadable(file.into(), error))?;
    let blocks = pem::parse_many(&pem).unwrap_or_default();
    let certificates = blocks.into_iter().filter(|block| block.tag() == "CERTIFICATE");
    let certificates: Vec<_> =
        certificates.map(|block| CertificateDer::from(block.into_contents())).collect();
    if certificates.is_empty() { Err(SetupError::NoAuthorities(file.into())) } else { Ok(certificates) }
}

/// The error of a TLS handshake.
pub(super) fn judge(error: io::Error) -> Error {
    match fault_of(&error) {
        Some(fault) => Error::caused(fault.code(), fault),
        None => Error::caused("connection", error),
    }
}

fn fault_of(error: &io::Error) -> Option<TlsFault> {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        return Some(TlsFault::Closed);
    }
    match error.get_ref()?.downcast_ref::<rustls::Error>()? {
        rustls::Error::InvalidCertificate(CertificateError::Other(OtherError(cause))) => {
            cause.downcast_ref::<TlsFault>().cloned()
        }
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => Some(TlsFault::OldVersion),
        rustls::Error::AlertReceived(
            AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
        )
        | rustls::Error::PeerIncompatible(_) => Some(TlsFault::NoCommonCipher),
        rustls::Error::InvalidMessage(_) => Some(TlsFault::NotTls),
        _ => None,
    }
}

#[derive(Debug)]
struct Verifier {
    /// Knows the system's authorities and those of `ca_file`.
    authorities: SystemVerifier,
    /// The certificates of `ca_file`.
    own: Vec<CertificateDer<'static>>,
}

impl Verifier {
    fn new(own: Vec<CertificateDer<'static>>, provider: &Arc<CryptoProvider>) -> Result<Self, rustls::Error> {
        let authorities = SystemVerifier::new_with_extra_roots(own.clone(), Arc::clone(provider))?;
        Ok(Self { authorities, own })
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let is_own = self.own.iter().any(|own| own == certificate);
        let result = if is_own {
            verify_own(certificate, name, now)
        } else {
            self.authorities.verify_server_cert(certificate, intermediates, name, ocsp_response, now)
        };
        result.map_err(|error| {
            let chain = std::iter::once(certificate).chain(intermediates);
            explained(error, &chain.collect::<Vec<_>>(), Some(name), is_own)
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let result = self.authorities.verify_tls12_signature(message, certificate, signature);
        result.map_err(|error| explained(error, &[certificate], None, true))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let result = self.authorities.verify_tls13_signature(message, certificate, signature);
        result.map_err(|error| explained(error, &[certificate], None, true))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.authorities.supported_verify_schemes()
    }
}

/// Accepts a certificate that is in `ca_file` itself, no matter who signed it. Its name and its time must be right all
/// the same; the handshake's signature shows that the server has its key.
fn verify_own(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, rustls::Error> {
    verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
    let validity = parse(certificate).ok_or(CertificateError::BadEncoding)?;
    let validity = validity.tbs_certificate().validity();
    if now.as_secs() > validity.not_after.to_unix_duration().as_secs() {
        return Err(CertificateError::Expired.into());
    }
    if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
        return Err(CertificateError::NotValidYet.into());
    }
    Ok(ServerCertVerified::assertion())
}

/// The error with a [`TlsFault`] in it, where it is one. The first of the certificates is the server's, which is
/// trusted in itself or needs an authority.
fn explained(
    error: rustls::Error,
    certificates: &[&CertificateDer<'_>],
    name: Option<&ServerName<'_>>,
    is_trusted: bool,
) -> rustls::Error {
    let rustls::Error::InvalidCertificate(reason) = &error else { return error };
    let parsed: Vec<Certificate> = certificates.iter().filter_map(|der| parse(der)).collect();
    let is_own_issuer = |own: &Certificate| own.tbs_certificate().issuer() == own.tbs_certificate().subject();
    let is_self_signed = !is_trusted && parsed.first().is_some_and(is_own_issuer);
    let expected = || name.map_or_else(String::new, |name| name.to_str().into_owned());
    let fault = match reason {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Some(TlsFault::Expired),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            Some(TlsFault::NotValidYet)
        }
        CertificateError::NotValidForName => {
            Some(TlsFault::OtherName { expected: expected(), presented: Vec::new() })
        }
        CertificateError::NotValidForNameContext { presented, .. } => {
            Some(TlsFault::OtherName { expected: expected(), presented: presented.clone() })
        }
        CertificateError::UnknownIssuer if is_self_signed => Some(TlsFault::SelfSigned),
        CertificateError::UnknownIssuer => Some(TlsFault::UnknownIssuer),
        _ if parsed.iter().any(is_signed_with_sha1) => Some(TlsFault::Sha1),
        _ => match parsed.iter().filter_map(rsa_bits).min() {
            Some(bits) if bits < MIN_RSA_BITS => Some(TlsFault::ShortKey(bits)),
            // A certificate of an authority, which a server may not have unless it is in `ca_file`.
            _ if is_self_signed => Some(TlsFault::SelfSigned),
            _ => None,
        },
    };
    match fault {
        Some(fault) => CertificateError::Other(OtherError(Arc::new(fault))).into(),
        None => error,
    }
}

fn parse(der: &CertificateDer<'_>) -> Option<Certificate> {
    Certificate::from_der(der).ok()
}

fn is_signed_with_sha1(certificate: &Certificate) -> bool {
    SHA1_SIGNATURES.contains(&certificate.signature_algorithm().oid.to_string().as_str())
}

/// The length of the key, if it is RSA's (RFC 8017, appendix A.1.1).
fn rsa_bits(certificate: &Certificate) -> Option<usize> {
    let key = certificate.tbs_certificate().subject_public_key_info();
    if key.algorithm.oid.to_string() != RSA_KEY {
        return None;
    }
    let numbers = Vec::<Uint>::from_der(key.subject_public_key.as_bytes()?).ok()?;
    let modulus = numbers.first()?.as_bytes();
    Some(modulus.len() * 8 - usize::try_from(modulus.first()?.leading_zeros()).ok()?)
}
