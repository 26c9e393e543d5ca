//! The configuration, which was read without a fault, and what only shows beyond it.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::finding::{Area, Finding, told};
use crate::{
    app,
    config::{self, Config},
};

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let (readable, confirmation) = (readable(config), confirmation(config));
    [vec![files(config), secret(config)], readable, confirmation, vec![alerts(config)]].concat()
}

fn files(config: &Config) -> Finding {
    match app::check_files(config) {
        Ok(()) => Finding::ok(Area::Configuration, "it is valid, its texts and files too"),
        Err(error) => Finding::failure(
            Area::Configuration,
            told(&error),
            "mend the texts and files that are named; `accountcreator config check` looks again",
        ),
    }
}

fn secret(config: &Config) -> Finding {
    if config.secret_key.looks_random() {
        return Finding::ok(Area::Secret, "the secret_key looks random");
    }
    Finding::warning(Area::Secret, config::SECRET_IS_WEAK, config::SECRET_REMEDY)
}

/// Files with secrets that every user of the machine may read. Private keys are looked at with their certificates.
fn readable(config: &Config) -> Vec<Finding> {
    // Others read a file that is open to them where they may pass through all folders above it.
    let mode = |path: &Path| fs::metadata(path).map_or(0, |file| file.permissions().mode());
    let passes = |path: &PathBuf| {
        let whole = path.canonicalize().unwrap_or_default();
        whole.ancestors().skip(1).all(|folder| mode(folder) & 0o001 != 0)
    };
    let open = config.files_with_secrets().into_iter().filter(|path| mode(path) & 0o004 != 0 && passes(path));
    open.map(|path| {
        let path = path.display();
        let what = format!("everybody on this machine may read {path}, which has a secret in it");
        Finding::warning(Area::Secret, what, format!("chmod o= {path}"))
    })
    .collect()
}

fn confirmation(config: &Config) -> Vec<Finding> {
    if !config.signup.confirm_email {
        let (what, remedy) = (config::CONFIRMATION_IS_OFF, config::CONFIRMATION_REMEDY);
        return vec![Finding::warning(Area::Confirmation, what, remedy)];
    }
    let on =
        Finding::ok(Area::Confirmation, "a mailed code confirms each address before anything is created");
    let first_version = (config.api.enabled && config.api.v1).then(|| {
        Finding::hint(
            Area::Confirmation,
            "the API's version 1 answers 204 once a request is safe and its code is mailed; a page made for \
             MS365-Accountcreator then says that the account is created",
            "let that page say that the mailed code has to be entered first, or set api.v1 = false where nothing calls it",
        )
    });
    [on].into_iter().chain(first_version).collect()
}

fn alerts(config: &Config) -> Finding {
    match config.alerts.to.len() {
        0 => Finding::hint(
            Area::Alerts,
            "nobody is told by mail when signups need a person or a certificate ends",
            "name who is to be told in alerts.to",
        ),
        1 => Finding::ok(Area::Alerts, "one address is told by mail of what needs a person"),
        several => {
            Finding::ok(Area::Alerts, format!("{several} addresses are told by mail of what needs a person"))
        }
    }
}
