//! The certificate of the original's key. Its settings name the key alone, but both were made side by side.

use std::{
    fs,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{config, entra::Certificate};

/// Larger files are no certificates.
const LARGEST: u64 = 64 * 1024;

/// A file in the key's folder with the key's certificate, which has this thumbprint if one is known.
pub(super) fn beside(key: &Path, thumbprint: Option<&str>) -> Option<PathBuf> {
    let key_pem = Zeroizing::new(config::read_text(key).ok()?);
    let folder = key.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let mut files: Vec<_> = fs::read_dir(folder).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files.into_iter().filter(|file| is_candidate(file)).find(|file| {
        let pem = config::read_text(file).unwrap_or_default();
        let certificate = Certificate::of(&key_pem, &pem).ok();
        certificate.is_some_and(|found| thumbprint.is_none_or(|wanted| same(found.sha1(), wanted)))
    })
}

fn is_candidate(file: &Path) -> bool {
    let named =
        file.extension().is_some_and(|end| ["crt", "cer", "cert", "pem"].iter().any(|known| end == *known));
    named && file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= LARGEST)
}

/// A thumbprint is the same in any case, with colons or without.
fn same(one: &str, other: &str) -> bool {
    let plain = |text: &str| text.replace([':', ' '], "").to_ascii_lowercase();
    plain(one) == plain(other)
}
