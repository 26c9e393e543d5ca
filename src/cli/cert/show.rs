//! The fingerprints and the validity of a certificate.

use std::{path::Path, process::ExitCode};

use anyhow::Context;
use secrecy::ExposeSecret;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::{
    cli::say::say,
    config::{self, Config},
    domain::{Clock, TenantAlias, Timestamp},
    entra::{Certificate, SetupError},
};

/// A certificate, or why it and its key cannot be used.
#[derive(Serialize)]
struct Shown {
    tenant: Option<String>,
    /// `current` or `next`, where it is a tenant's.
    role: Option<&'static str>,
    certificate_path: String,
    key_path: String,
    #[serde(flatten)]
    facts: Option<Facts>,
    error: Option<String>,
}

#[derive(Serialize)]
struct Facts {
    subject: String,
    not_before: String,
    not_after: String,
    days_left: i64,
    sha1: String,
    sha256: String,
    #[serde(rename = "x5t#S256")]
    x5t_s256: String,
}

/// The certificates of all tenants.
pub(super) fn configured(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let shown = config.tenants.iter().flat_map(|(alias, tenant)| {
        tenant.identities().map(move |(role, identity)| {
            let read = Certificate::of(identity.key_pem.expose_secret(), &identity.certificate_pem);
            Shown::of(Some((alias, role)), &identity.certificate_path, &identity.key_path, read)
        })
    });
    print(&shown.collect::<Vec<_>>(), json)
}

/// The certificate of these files.
pub(super) fn files(certificate: &Path, key: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let read =
        |file: &Path| config::read_text(file).with_context(|| format!("cannot read {}", file.display()));
    let read = Certificate::of(&Zeroizing::new(read(key)?), &read(certificate)?);
    print(&[Shown::of(None, certificate, key, read)], json)
}

fn print(certificates: &[Shown], json: bool) -> anyhow::Result<ExitCode> {
    if json {
        say!("{}", serde_json::to_string_pretty(certificates)?);
    } else {
        certificates.iter().for_each(Shown::say);
    }
    let failed = certificates.iter().any(|shown| shown.error.is_some());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

impl Shown {
    fn of(
        tenant: Option<(&TenantAlias, &'static str)>,
        certificate: &Path,
        key: &Path,
        read: Result<Certificate, SetupError>,
    ) -> Self {
        let (facts, error) = match read {
            Ok(certificate) => (Some(Facts::of(&certificate, Clock::system().now())), None),
            Err(error) => (None, Some(error.to_string())),
        };
        Self {
            tenant: tenant.map(|(alias, _)| alias.to_string()),
            role: tenant.map(|(_, role)| role),
            certificate_path: certificate.display().to_string(),
            key_path: key.display().to_string(),
            facts,
            error,
        }
    }

    fn say(&self) {
        if let Some(tenant) = &self.tenant {
            say!("tenant       {tenant}, {}", self.role.unwrap_or_default());
        }
        say!("certificate  {}", self.certificate_path);
        say!("key          {}", self.key_path);
        if let Some(error) = &self.error {
            say!("fault        {error}\n");
        }
        let Some(facts) = &self.facts else { return };
        say!("             belongs to the certificate");
        say!("subject      {}", facts.subject);
        say!("valid from   {}", facts.not_before);
        say!("valid until  {} ({})", facts.not_after, left(facts.days_left));
        say!("SHA-1        {} (the thumbprint in Entra's portal)", facts.sha1);
        say!("SHA-256      {}", facts.sha256);
        say!("x5t#S256     {}\n", facts.x5t_s256);
    }
}

fn left(days: i64) -> String {
    match days {
        ..0 => "it has ended: `accountcreator cert rotate` makes another".to_owned(),
        0 => "its last day".to_owned(),
        1 => "1 day left".to_owned(),
        days => format!("{days} days left"),
    }
}

impl Facts {
    fn of(certificate: &Certificate, now: Timestamp) -> Self {
        Self {
            subject: certificate.subject().to_owned(),
            not_before: certificate.not_before().to_string(),
            not_after: certificate.not_after().to_string(),
            days_left: certificate.days_left(now),
            sha1: certificate.sha1().to_owned(),
            sha256: certificate.sha256().to_owned(),
            x5t_s256: certificate.thumbprint().to_owned(),
        }
    }
}
