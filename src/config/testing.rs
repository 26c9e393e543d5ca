//! Configurations for the unit tests of other modules.

#![allow(clippy::unwrap_used)]

use std::fs;

use super::{Config, from_toml};

const TEXT: &str = r#"
secret_key = "Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9yIG1vcmU"
support_email = "help@example.edu"

[server]
public_url = "https://accounts.example.edu/"

[site]
name = "Example University"

[tenants.main]
tenant_id = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
client_id = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"
certificate_path = "$DIR/certificate.pem"
key_path = "$DIR/key.pem"

[[profiles]]
name = "students"
email = 'st\d{6}@example\.edu'
tenant = "main"
domain = "students.example.edu"

[mail]
from = "Accounts <accounts@example.edu>"

[mail.smtp]
host = "smtp.example.edu"
"#;

/// The defaults with one tenant and one profile. Tests assign what they need to the fields.
pub(crate) fn config() -> Config {
    read(TEXT)
}

/// The configuration of this text, in which `$DIR` is a folder with a certificate and a key. The PEM files hold no
/// usable data.
pub(crate) fn read(text: &str) -> Config {
    let folder = tempfile::tempdir().unwrap();
    for (file, tag) in [("certificate.pem", "CERTIFICATE"), ("key.pem", "PRIVATE KEY")] {
        fs::write(folder.path().join(file), pem::encode(&pem::Pem::new(tag, [1, 2, 3]))).unwrap();
    }
    from_toml(&text.replace("$DIR", folder.path().to_str().unwrap())).unwrap()
}
