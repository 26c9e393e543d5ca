//! A key and a certificate for an application.

use std::{
    fs::{self, OpenOptions, Permissions},
    io::Write,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, KeyPair, KeyUsagePurpose, PKCS_RSA_SHA256, RsaKeySize,
    date_time_ymd,
};
use zeroize::Zeroizing;

use crate::domain::Timestamp;

/// The time by which a certificate begins to hold before now, for machines whose clock is behind.
const HEAD_START: Duration = Duration::from_mins(10);

/// An RSA key and a self-signed certificate of it, as PEM.
pub(super) struct Identity {
    pub(super) key: Zeroizing<String>,
    pub(super) certificate: String,
}

impl Identity {
    /// A fresh pair for a simulated tenant: quickly made, and it never ends.
    pub(super) fn passing(name: &str) -> anyhow::Result<Self> {
        Self::of(CertificateParams::default(), name, RsaKeySize::_2048)
    }

    /// A fresh pair for a real one.
    pub(super) fn lasting(name: &str, now: Timestamp, life: Duration) -> anyhow::Result<Self> {
        let mut params = CertificateParams::default();
        let moment = |at: Timestamp| date_time_ymd(1970, 1, 1) + at.since(Timestamp::default());
        params.not_before = moment(now.minus(HEAD_START));
        params.not_after = moment(now.plus(life));
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        Self::of(params, name, RsaKeySize::_3072)
    }

    fn of(mut params: CertificateParams, name: &str, size: RsaKeySize) -> anyhow::Result<Self> {
        let pair = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size)?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.self_signed(&pair)?.pem();
        Ok(Self { key: Zeroizing::new(pair.serialize_pem()), certificate })
    }

    /// Writes both files, or neither if one exists; the key is a [secret](secret_mode). Nothing is ever overwritten.
    pub(super) fn write(&self, key: &Path, certificate: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            !certificate.exists(),
            "{} is there already and stays as it is",
            certificate.display()
        );
        write_new(key, secret_mode(key), &self.key)?;
        write_new(certificate, 0o644, &self.certificate)
    }
}

/// Returns whether new files belong to the folder's group, and the group may read the folder: mode 2750, as the Debian
/// package makes it for the group of the service.
pub(super) fn hands_its_group_on(folder: &Path) -> bool {
    fs::metadata(folder).is_ok_and(|found| found.mode() & 0o2040 == 0o2040)
}

/// The mode of a secret: readable by its owner, and by the group of a folder that [hands its group
/// on](hands_its_group_on).
pub(super) fn secret_mode(file: &Path) -> u32 {
    if file.parent().is_some_and(hands_its_group_on) { 0o640 } else { 0o600 }
}

fn write_new(file: &Path, mode: u32, text: &str) -> anyhow::Result<()> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(file)
        .and_then(|mut open| {
            // This sets the mode whatever the umask is.
            open.set_permissions(Permissions::from_mode(mode))?;
            open.write_all(text.as_bytes())?;
            open.sync_all()
        })
        .with_context(|| format!("cannot write {}", file.display()))
}
