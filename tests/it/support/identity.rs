//! The application's key and certificate, made once for all tests.

use std::{fs, path::Path, sync::LazyLock};

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};

pub static IDENTITY: LazyLock<Identity> = LazyLock::new(|| {
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let certificate = CertificateParams::default().self_signed(&pair).unwrap().pem();
    Identity { key: pair.serialize_pem(), certificate }
});

pub struct Identity {
    pub key: String,
    pub certificate: String,
}

impl Identity {
    pub fn write(&self, directory: &Path) {
        fs::write(directory.join("key.pem"), &self.key).unwrap();
        fs::write(directory.join("certificate.pem"), &self.certificate).unwrap();
    }
}
