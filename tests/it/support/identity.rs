//! The application's key and certificate, made once for all tests.

use std::{fs, path::Path, sync::LazyLock};

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

pub static IDENTITY: LazyLock<Identity> = LazyLock::new(Identity::new);

pub struct Identity {
    pub key: String,
    pub certificate: String,
}

impl Identity {
    pub fn new() -> Self {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
        let certificate = CertificateParams::default().self_signed(&pair).unwrap().pem();
        Self { key: pair.serialize_pem(), certificate }
    }

    pub fn write(&self, directory: &Path) {
        self.write_as(directory, "");
    }

    /// Under names that begin so.
    pub fn write_as(&self, directory: &Path, prefix: &str) {
        fs::write(directory.join(format!("{prefix}key.pem")), &self.key).unwrap();
        fs::write(directory.join(format!("{prefix}certificate.pem")), &self.certificate).unwrap();
    }
}
