//! A new pair beside the old one, and the order of steps in which no signup has to wait.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use secrecy::ExposeSecret;

use super::Pair;
use crate::{
    cli::{configured, say::say, setup::dir_flag},
    config::{Config, Tenant},
    domain::TenantAlias,
    entra::Certificate,
};

pub(super) fn run(file: Option<&Path>, named: Option<&TenantAlias>, days: u32) -> anyhow::Result<ExitCode> {
    let config = configured::load(file)?;
    let (alias, tenant) = chosen(&config, named)?;
    if let Some(next) = &tenant.next_identity {
        anyhow::bail!(
            "the tenant {alias} has a next pair already: first make {} and {} its certificate_path and key_path, and \
             remove next_certificate_path and next_key_path",
            next.certificate_path.display(),
            next.key_path.display()
        );
    }
    let identity = &tenant.identity;
    let old = Pair {
        key: std::path::absolute(&identity.key_path)?,
        certificate: std::path::absolute(&identity.certificate_path)?,
    };
    let before = Certificate::of(identity.key_pem.expose_secret(), &identity.certificate_pem).ok();
    let new = old.next()?;
    let certificate = new.fill(&common_name(before.as_ref()), days)?;
    let is_handed_on = hand_on(&old.key, &new.key).and_then(|()| hand_on(&old.certificate, &new.certificate));
    say!("the old pair stays as it is and goes on working. what to do next, in this order:\n");
    match is_handed_on {
        Ok(()) => {
            say!(
                "1. nothing is to be done for the new files, which have owner, group and mode of the old ones"
            );
        }
        Err(error) => {
            say!("1. give the new files owner, group and mode of the old ones; that failed here: {error}");
        }
    }
    say!("2. add these keys to the section [tenants.{alias}], beside those of the old pair:");
    new.say_settings("next_");
    say!("3. upload the new certificate {}", new.certificate.display());
    say!("   to the app registration {}, beside the old one; or run", tenant.client_id);
    let (dir, config) = flags(file);
    say!("   `accountcreator setup{dir}` and its entra-setup.sh again, which add it there;");
    say!("   it is listed there by its thumbprint {}", certificate.sha1());
    say!("4. restart the service: from now on it signs in with whichever of the two Entra accepts");
    say!(
        "5. once `accountcreator doctor{config}` says that Entra accepts the next certificate, make it the only one:"
    );
    match before {
        Some(before) => say!("   remove the old certificate {} from the app registration,", before.sha1()),
        None => say!("   remove the old certificate from the app registration,"),
    }
    say!("   replace the keys of both pairs by these, and restart the service:");
    new.say_settings("");
    say!("6. remove {} and {}", old.certificate.display(), old.key.display());
    Ok(ExitCode::SUCCESS)
}

/// The flags by which `setup` finds the folder of the configuration, and `doctor` the configuration.
fn flags(file: Option<&Path>) -> (String, String) {
    let Some(file) = file else { return Default::default() };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let dir = dir_flag(folder);
    let config = if dir.is_empty() { String::new() } else { format!(" --config {}", file.display()) };
    (dir, config)
}

/// Gives the new file the owner, group and mode of the old one, so that exactly the same accounts can read it.
fn hand_on(old: &Path, new: &Path) -> io::Result<()> {
    let (before, made) = (fs::metadata(old)?, fs::metadata(new)?);
    if (before.uid(), before.gid()) != (made.uid(), made.gid()) {
        chown(new, Some(before.uid()), Some(before.gid()))?;
    }
    fs::set_permissions(new, before.permissions())
}

/// The named tenant, or the only one.
fn chosen<'a>(
    config: &'a Config,
    named: Option<&TenantAlias>,
) -> anyhow::Result<(&'a TenantAlias, &'a Tenant)> {
    if let Some(alias) = named {
        return config.tenants.get_key_value(alias).with_context(|| format!("there is no tenant {alias}"));
    }
    let mut tenants = config.tenants.iter();
    match (tenants.next(), tenants.next()) {
        (Some(only), None) => Ok(only),
        _ => {
            let names: Vec<String> = config.tenants.keys().map(ToString::to_string).collect();
            anyhow::bail!("choose a tenant by --tenant ({})", names.join(", "))
        }
    }
}

/// The new certificate gets the common name of the old one.
fn common_name(before: Option<&Certificate>) -> String {
    let subject = before.map(Certificate::subject).unwrap_or_default();
    let name = subject.split(',').find_map(|part| part.trim().strip_prefix("CN="));
    name.unwrap_or("accountcreator").to_owned()
}

impl Pair {
    /// The next free names: `key-2.pem` and `certificate-2.pem` after `key.pem` and `certificate.pem`.
    fn next(&self) -> anyhow::Result<Self> {
        anyhow::ensure!(
            self.key != self.certificate,
            "key and certificate are in one file: make a pair by `accountcreator cert new --dir DIR`"
        );
        let first = number(&self.key).max(number(&self.certificate)) + 1;
        let pair = |number| Self {
            key: numbered(&self.key, number),
            certificate: numbered(&self.certificate, number),
        };
        let mut pairs = (first..).map(pair);
        pairs.find(|pair| !pair.key.exists() && !pair.certificate.exists()).context("no name is free")
    }
}

/// A file's name without its number, and the number; 1 if it has no number.
fn parts(file: &Path) -> (String, u32) {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let numbered = stem.rsplit_once('-').and_then(|(name, number)| Some((name, number.parse().ok()?)));
    match numbered {
        Some((name, number @ 2..=9999)) if !name.is_empty() => (name.to_owned(), number),
        _ => (stem.into_owned(), 1),
    }
}

fn number(file: &Path) -> u32 {
    parts(file).1
}

fn numbered(file: &Path, number: u32) -> PathBuf {
    let ending = file.extension().map(|ending| format!(".{}", ending.to_string_lossy())).unwrap_or_default();
    file.with_file_name(format!("{}-{number}{ending}", parts(file).0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_from_2_on() {
        for (before, after) in [
            ("/etc/key.pem", "/etc/key-2.pem"),
            ("/etc/key-2.pem", "/etc/key-3.pem"),
            ("/etc/my-key.pem", "/etc/my-key-2.pem"),
            ("/etc/key", "/etc/key-2"),
            ("/etc/key-0.pem", "/etc/key-0-2.pem"),
        ] {
            let before = Path::new(before);
            assert_eq!(numbered(before, number(before) + 1), Path::new(after));
        }
    }
}
