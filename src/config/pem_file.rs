//! Certificates and private keys in PEM files (RFC 7468).

use std::path::PathBuf;

use secrecy::SecretString;

use super::section::{Section, Takes};

const AUTHORITIES: Takes =
    Takes("the path of a PEM file with certificates", "\"/etc/accountcreator/ca.pem\"");

impl Section<'_> {
    /// The certificates in a required file, and nothing else that may stand in it.
    pub(super) fn certificates(&mut self, name: &'static str, takes: Takes) -> Option<(PathBuf, String)> {
        self.require(name, takes);
        self.certificate_file(name, takes)
    }

    /// The authorities trusted besides the system's: the file, which may be absent, and what is in it.
    pub(super) fn authorities(&mut self, name: &'static str) -> Option<(PathBuf, String)> {
        self.certificate_file(name, AUTHORITIES)
    }

    fn certificate_file(&mut self, name: &'static str, takes: Takes) -> Option<(PathBuf, String)> {
        let (path, blocks) = self.pem(name, takes)?;
        let certificates: String =
            blocks.iter().filter(|block| block.tag() == "CERTIFICATE").map(pem::encode).collect();
        if certificates.is_empty() {
            self.fault(name, "the file has no certificate", "name a PEM file with a CERTIFICATE block");
            return None;
        }
        Some((path, certificates))
    }

    /// The private key in a required file. Whether it is the certificate's shows when it is first used.
    pub(super) fn private_key(
        &mut self,
        name: &'static str,
        takes: Takes,
    ) -> Option<(PathBuf, SecretString)> {
        self.require(name, takes);
        let (path, blocks) = self.pem(name, takes)?;
        let Some(key) = blocks.iter().find(|block| block.tag().ends_with("PRIVATE KEY")) else {
            self.fault(name, "the file has no private key", "name a PEM file with a PRIVATE KEY block");
            return None;
        };
        if key.tag().starts_with("ENCRYPTED") || key.headers().get("DEK-Info").is_some() {
            let remedy = "take the passphrase off with `openssl pkey` and guard the file by its permissions";
            self.fault(name, "the private key is encrypted", remedy);
            return None;
        }
        Some((path, pem::encode(key).into()))
    }

    fn pem(&mut self, name: &'static str, takes: Takes) -> Option<(PathBuf, Vec<pem::Pem>)> {
        let path = PathBuf::from(self.text(name, takes)?);
        let text = self.file(name, &path)?;
        match pem::parse_many(text) {
            Ok(blocks) => Some((path, blocks)),
            Err(_) => {
                self.fault(name, "the file is not PEM", "name a file with -----BEGIN … ----- lines");
                None
            }
        }
    }
}
