//! The configuration as a whole: its sources, its faults, its secrets.

#![allow(clippy::unwrap_used)]

mod clouds;
mod faults;
mod files;
mod mail;
mod original;
mod reload;
mod secrets;
mod sources;

use std::{fs, path::PathBuf};

use tempfile::TempDir;

use super::{source::Sources, *};

const SECRET: &str = "Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9yIG1vcmU";

/// A folder with a certificate, a key and a working configuration.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("certificate.pem", &pem::encode(&pem::Pem::new("CERTIFICATE", [1, 2, 3])));
        folder.write("key.pem", &pem::encode(&pem::Pem::new("PRIVATE KEY", [4, 5, 6])));
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The smallest configuration that has no fault.
    fn valid(&self) -> String {
        let (certificate, key) = (self.path("certificate.pem"), self.path("key.pem"));
        format!(
            r#"
secret_key = "{SECRET}"
support_email = "help@example.edu"
[tenants.main]
tenant_id = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
client_id = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"
certificate_path = {certificate:?}
key_path = {key:?}
[[profiles]]
name = "students"
email = '(?P<id>st\d{{6}})@stud\.example\.edu'
tenant = "main"
domain = "example.edu"
[mail]
from = "Accounts <accounts@example.edu>"
[mail.smtp]
host = "smtp.example.edu"
"#
        )
    }

    /// The valid configuration with `from` replaced by `to`.
    fn changed(&self, from: &str, to: &str) -> Result<Config, Faults> {
        let valid = self.valid();
        assert!(valid.contains(from), "{from} is in the valid configuration");
        from_toml(&valid.replacen(from, &to.replace("$DIR", self.0.path().to_str().unwrap()), 1))
    }

    /// The valid configuration with the keys of `[section]` on top.
    fn with(&self, addition: &str) -> Result<Config, Faults> {
        let over = self.write("over.toml", addition);
        let base = self.write("base.toml", &self.valid());
        Config::read(Sources::new([base], Some(&over), std::iter::empty()).merge().unwrap())
    }
}

fn faults(result: Result<Config, Faults>) -> Vec<String> {
    result.expect_err("a fault").iter().map(ToString::to_string).collect()
}

fn variables(pairs: &[(&str, &str)]) -> impl Iterator<Item = (String, String)> + use<> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect::<Vec<_>>()
        .into_iter()
}
