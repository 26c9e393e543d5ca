//! A folder with all that the program needs, and runs of it in there.

use std::{
    fs,
    net::TcpListener,
    path::PathBuf,
    process::{Command, Output, Stdio},
    sync::LazyLock,
};

use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256, RsaKeySize};
use tempfile::TempDir;

pub const SECRET: &str = "a secret key for tests that is long enough 0123456789";
pub const SMTP_PASSWORD: &str = "a mail secret";

static IDENTITY: LazyLock<[String; 2]> = LazyLock::new(|| {
    let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    [pair.serialize_pem(), CertificateParams::default().self_signed(&pair).unwrap().pem()]
});

/// An installation of its own.
pub struct Installation {
    folder: TempDir,
    pub port: u16,
}

/// What a run said and how it ended.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Installation {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [key, certificate] = &*IDENTITY;
        fs::write(folder.path().join("key.pem"), key).unwrap();
        fs::write(folder.path().join("certificate.pem"), certificate).unwrap();
        // Free at this moment, and ours as soon as the server listens.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let installation = Self { folder, port };
        installation.configure(&installation.valid());
        installation
    }

    /// With its database at this version's schema.
    pub fn migrated() -> Self {
        let installation = Self::new();
        assert_eq!(installation.run(&["migrate"]).code, 0);
        installation
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn database_url(&self) -> String {
        format!("sqlite://{}", self.path("accounts.db").display())
    }

    pub fn configure(&self, text: &str) {
        fs::write(self.path("config.toml"), text).unwrap();
    }

    pub fn valid(&self) -> String {
        let (port, database) = (self.port, self.database_url());
        format!(
            r#"
secret_key = "{SECRET}"
support_email = "help@example.edu"
[server]
listen = "127.0.0.1:{port}"
[database]
url = "{database}"
[tenants.main]
tenant_id = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
client_id = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"
certificate_path = "certificate.pem"
key_path = "key.pem"
authority = "http://127.0.0.1:9"
graph_url = "http://127.0.0.1:9/v1.0"
[[profiles]]
name = "students"
email = 'st(?P<number>[0-9]{{6}})@stud\.example\.edu'
tenant = "main"
domain = "students.example.edu"
usage_location = "DE"
licences = ["314c4481-f395-4525-be8b-2ec4bb1e9d91"]
groups = ["3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2"]
[profiles.attributes]
employeeId = "{{number}}"
[mail]
from = "Accounts <accounts@example.edu>"
[mail.smtp]
host = "127.0.0.1"
user = "accounts"
password = "{SMTP_PASSWORD}"
"#
        )
    }

    /// The program in this folder, with this configuration and no other.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_accountcreator"));
        command.args(arguments).env_clear().env("ACCOUNTCREATOR_CONFIG", "config.toml");
        command.current_dir(self.folder.path()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }
}

impl Ran {
    pub fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self {
            code: output.status.code().expect("it ended by itself"),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// How it was expected to end, and all it said where that is not so.
    pub fn assert_code(&self, code: i32) {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
    }
}
