//! A key and a certificate for an application.

use std::{fs::OpenOptions, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use anyhow::Context;
use rcgen::{CertificateParams, DnType, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use zeroize::Zeroizing;

/// An RSA key and a self-signed certificate of it, as PEM.
pub(super) struct Identity {
    pub(super) key: Zeroizing<String>,
    pub(super) certificate: String,
}

impl Identity {
    /// A fresh pair.
    pub(super) fn generate(name: &str) -> anyhow::Result<Self> {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&pair)?.pem();
        Ok(Self { key: Zeroizing::new(pair.serialize_pem()), certificate })
    }

    /// Writes both; the key is readable by its owner alone. What exists is never overwritten.
    pub(super) fn write(&self, key: &Path, certificate: &Path) -> anyhow::Result<()> {
        write_new(key, 0o600, &self.key)?;
        write_new(certificate, 0o644, &self.certificate)
    }
}

fn write_new(file: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(file)
        .and_then(|mut open| open.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", file.display()))
}
