//! The certificate and its key: belonging together, in their time, and nobody else's to read.

use std::{fs, os::unix::fs::PermissionsExt};

use secrecy::ExposeSecret;

use super::finding::{Area, Finding, told};
use crate::{
    config::Tenant,
    domain::Timestamp,
    graph::{Certificate, SetupError},
};

/// How many days ahead the end is warned of.
const AHEAD: i64 = 30;

const RENEW: &str = "make another by `accountcreator cert rotate`, which says the further steps";

pub(super) fn check(tenant: &Tenant, now: Timestamp) -> Vec<Finding> {
    match Certificate::of(tenant.key_pem.expose_secret(), &tenant.certificate_pem) {
        Ok(certificate) => {
            let mut findings = vec![dates(&certificate, now)];
            findings.extend(exposed(tenant));
            findings
        }
        Err(error) => vec![Finding::failure(
            Area::Certificate,
            told(&error),
            "name the two files of one pair in certificate_path and key_path; `accountcreator cert new` makes one",
        )],
    }
}

fn dates(certificate: &Certificate, now: Timestamp) -> Finding {
    let (until, days) = (certificate.not_after(), certificate.days_left(now));
    match certificate.check(now) {
        Err(error @ SetupError::CertificateNotYetValid(_)) => {
            Finding::failure(Area::Certificate, error.to_string(), "set the machine's clock")
        }
        Err(_) => Finding::failure(Area::Certificate, format!("it ended at {until}"), RENEW),
        Ok(()) if days < AHEAD => {
            Finding::warning(Area::Certificate, format!("it ends in {days} days, at {until}"), RENEW)
        }
        Ok(()) => {
            let what = format!("{} holds until {until} ({days} days)", certificate.sha1());
            Finding::ok(Area::Certificate, what)
        }
    }
}

/// Whether every user of the machine may read the key.
fn exposed(tenant: &Tenant) -> Option<Finding> {
    const OTHERS: u32 = 0o004;
    let mode = fs::metadata(&tenant.key_path).ok()?.permissions().mode();
    let path = tenant.key_path.display();
    (mode & OTHERS != 0).then(|| {
        let what = format!("everybody on this machine may read the private key {path}");
        Finding::warning(Area::Certificate, what, format!("chmod 600 {path}, as the service's user"))
    })
}
