//! `accountcreator cert new|show|rotate`

mod rotate;
mod show;

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::Context;

use super::{
    args::CertCommand,
    configured,
    identity::{Identity, hands_its_group_on},
    say::say,
    setup::dir_flag,
};
use crate::{domain::Clock, entra::Certificate};

/// A pair of files.
struct Pair {
    key: PathBuf,
    certificate: PathBuf,
}

pub(super) fn run(file: Option<&Path>, command: &CertCommand) -> anyhow::Result<ExitCode> {
    match command {
        CertCommand::New { dir, name, days } => new(dir, name, *days),
        CertCommand::Show { certificate: Some(certificate), key: Some(key), json } => {
            show::files(certificate, key, *json)
        }
        CertCommand::Show { json, .. } => Ok(show::configured(&configured::load(file)?, *json)?),
        CertCommand::Rotate { tenant, days } => rotate::run(file, tenant.as_ref(), *days),
    }
}

fn new(dir: &Path, name: &str, days: u32) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot make the folder {}", dir.display()))?;
    let dir = dir.canonicalize()?;
    let pair = Pair { key: dir.join("key.pem"), certificate: dir.join("certificate.pem") };
    let certificate = pair.fill(name, days)?;
    say!("what to do next:\n");
    say!("1. name both files in the tenant's section of the configuration:");
    pair.say_settings("");
    say!("2. upload the certificate to the app registration, under Certificates & secrets; or run");
    say!("   `accountcreator setup{}` and its entra-setup.sh again, which add it there;", dir_flag(&dir));
    say!("   it is listed there by its thumbprint {}", certificate.sha1());
    if !hands_its_group_on(&dir) {
        say!("3. only their maker can read the key: give it to the user the service runs as");
    }
    Ok(ExitCode::SUCCESS)
}

impl Pair {
    /// Makes a key and a certificate, writes them, and says so.
    fn fill(&self, name: &str, days: u32) -> anyhow::Result<Certificate> {
        for file in [&self.key, &self.certificate] {
            anyhow::ensure!(!file.exists(), "{} is there already and stays as it is", file.display());
        }
        let life = Duration::from_hours(24 * u64::from(days));
        let identity = Identity::lasting(name, Clock::system().now(), life)?;
        identity.write(&self.key, &self.certificate)?;
        let certificate = Certificate::of(&identity.key, &identity.certificate)?;
        say!("key          {}", self.key.display());
        say!("certificate  {}", self.certificate.display());
        say!("valid until  {}\n", certificate.not_after());
        Ok(certificate)
    }

    fn say_settings(&self, prefix: &str) {
        say!("     {prefix}certificate_path = {}", quoted(&self.certificate));
        say!("     {prefix}key_path = {}", quoted(&self.key));
    }
}

/// A path as TOML writes it.
fn quoted(path: &Path) -> toml::Value {
    toml::Value::from(path.display().to_string())
}
