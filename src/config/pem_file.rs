//! Certificates and private keys in PEM files (RFC 7468).

use std::path::PathBuf;

use secrecy::SecretString;

use super::{
    file::{MAX_TEXT_BYTES, read_bytes},
    section::{Section, Takes},
    words::quoted,
};

const AUTHORITIES: Takes =
    Takes("the path of a PEM file with certificates", "\"/etc/accountcreator/ca.pem\"");

impl Section<'_> {
    /// The certificates in a required file, which may hold nothing else.
    pub(super) fn certificates(&mut self, name: &'static str, takes: Takes) -> Option<(PathBuf, String)> {
        self.require(name, takes);
        self.certificate_file(name, takes)
    }

    /// The authorities trusted in addition to the system's: the file, which may be absent, and its content.
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

    /// The private key in a required file. A key of another certificate is noticed when it is first used.
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
        let shown = path.display().to_string();
        let content = match read_bytes(&path, MAX_TEXT_BYTES) {
            Ok(content) => zeroize::Zeroizing::new(content),
            Err(error) => {
                let problem = format!("the file {} cannot be read ({error})", quoted(&shown));
                self.fault(name, problem, "write the path of a file that this user may read");
                return None;
            }
        };
        if let Some(command) = conversion(&content, &shown) {
            self.fault(name, "the file is DER, not PEM", format!("convert it with `{command}`"));
            return None;
        }
        match pem::parse_many(&content) {
            Ok(blocks) => Some((path, blocks)),
            Err(_) => {
                self.fault(name, "the file is not PEM", "name a file with -----BEGIN … ----- lines");
                None
            }
        }
    }
}

/// The command that makes PEM of a DER file: a SEQUENCE (X.690) that holds a certificate, which begins with a
/// SEQUENCE itself, or a private key or PKCS #12 store, which begin with a version number.
fn conversion(content: &[u8], file: &str) -> Option<String> {
    let [0x30, length, rest @ ..] = content else { return None };
    let inner = rest.get(usize::from(length & 0x7F) * usize::from(length >> 7)..)?;
    let made = std::path::Path::new(file).with_extension("pem");
    let made = made.display();
    match inner {
        [0x30, ..] => Some(format!("openssl x509 -inform DER -in {file} -out {made}")),
        // PFX has the version 3 (RFC 7292); keys have 0 or 1 (RFC 5208, RFC 5915, RFC 8017).
        [0x02, 1, 3, ..] => Some(format!("openssl pkcs12 -nodes -in {file} -out {made}")),
        [0x02, 1, ..] => Some(format!("openssl pkey -inform DER -in {file} -out {made}")),
        _ => None,
    }
}
