//! TLS, for mail and for HTTP alike, and certificates for it.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;
use x509_cert::Certificate as X509;
use x509_cert::der::Decode as _;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::StartError;
use super::entra::audience::MICROSOFT_HOSTS;
use super::options::TlsIdentity;

impl TlsIdentity {
    /// Makes a certificate for this machine under its own names, those given, and the names of Microsoft's services, by
    /// which clients reach this server if it is their proxy. Also returns the authority that signed it, as PEM: the
    /// authority's key is dropped, so that it signs no other certificate.
    pub fn generate(names: impl IntoIterator<Item = String>) -> Result<(Self, String), rcgen::Error> {
        let mut authority = CertificateParams::default();
        authority.distinguished_name.push(DnType::CommonName, "accountcreator sandbox");
        authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
        let own = ["localhost", "127.0.0.1", "::1"].into_iter().chain(MICROSOFT_HOSTS);
        let names: Vec<String> = own.map(str::to_owned).chain(names).collect();
        let mut server = CertificateParams::new(names)?;
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate()?;
        let certificate = server.signed_by(&key, &authority)?;
        Ok((Self { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }, authority.pem()))
    }

    /// The first host name that the certificate is for.
    pub(super) fn name(&self) -> Option<String> {
        let mut chain = CertificateDer::pem_slice_iter(self.certificate_pem.as_bytes());
        let certificate = X509::from_der(&chain.next()?.ok()?).ok()?;
        let (_, names) = certificate.tbs_certificate().get_extension::<SubjectAltName>().ok()??;
        names.0.into_iter().find_map(|name| match name {
            GeneralName::DnsName(name) if !name.as_str().starts_with('*') => Some(name.to_string()),
            _ => None,
        })
    }
}

/// The acceptor of handshakes with this certificate.
pub(super) fn acceptor(identity: &TlsIdentity) -> Result<TlsAcceptor, StartError> {
    let chain = CertificateDer::pem_slice_iter(identity.certificate_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(StartError::Pem)?;
    let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).map_err(StartError::Pem)?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map_err(StartError::Tls)?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
