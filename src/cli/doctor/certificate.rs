//! The certificate and its key: they must belong together, be valid now, and be readable by no one else.

use std::{fs, os::unix::fs::PermissionsExt};

use secrecy::ExposeSecret;

use super::finding::{Area, Finding, told};
use crate::{
    config::{Identity, Tenant},
    domain::Timestamp,
    entra::{Certificate, SetupError},
};

/// The number of days before a certificate's end from which on a warning is given.
const AHEAD: i64 = 30;

const REPLACE: &str = "make a new pair by `accountcreator cert new` and name it as the next one";

const RENEW: &str = "make another by `accountcreator cert rotate`, which says the further steps";

/// Checks each of the tenant's certificates. If one is valid, a fault of the other stops nothing yet.
pub(super) fn check(tenant: &Tenant, now: Timestamp) -> Vec<Finding> {
    let read = tenant.identities().map(|(role, identity)| {
        let read = Certificate::of(identity.key_pem.expose_secret(), &identity.certificate_pem);
        (role, identity, read)
    });
    let read: Vec<_> = read.collect();
    let some_holds =
        read.iter().any(|(_, _, read)| read.as_ref().is_ok_and(|certificate| certificate.check(now).is_ok()));
    read.into_iter().flat_map(|(role, identity, read)| judge(role, identity, read, some_holds, now)).collect()
}

fn judge(
    role: &str,
    identity: &Identity,
    read: Result<Certificate, SetupError>,
    some_holds: bool,
    now: Timestamp,
) -> Vec<Finding> {
    match read {
        Ok(certificate) => {
            let mut findings = vec![dates(role, &certificate, some_holds, now)];
            findings.extend(exposed(identity));
            findings
        }
        Err(error) => vec![Finding::failure(
            Area::Certificate,
            format!("the {role} one: {}", told(&error)),
            "name the two files of one pair in certificate_path and key_path, or in next_certificate_path and \
             next_key_path; `accountcreator cert new` makes one",
        )],
    }
}

fn dates(role: &str, certificate: &Certificate, some_holds: bool, now: Timestamp) -> Finding {
    let (until, days) = (certificate.not_after(), certificate.days_left(now));
    let unusable = if some_holds { Finding::warning } else { Finding::failure };
    let remedy = if role == "next" { REPLACE } else { RENEW };
    match certificate.check(now) {
        Err(error @ SetupError::CertificateNotYetValid(_)) => {
            unusable(Area::Certificate, format!("the {role} one: {error}"), "set the machine's clock")
        }
        Err(_) => unusable(Area::Certificate, format!("the {role} one ended at {until}"), remedy),
        Ok(()) if days < AHEAD => Finding::warning(
            Area::Certificate,
            format!("the {role} one ends in {days} days, at {until}"),
            remedy,
        ),
        Ok(()) => {
            let what = format!("the {role} one, {}, holds until {until} ({days} days)", certificate.sha1());
            Finding::ok(Area::Certificate, what)
        }
    }
}

/// A finding if every user of the machine may read the key.
fn exposed(identity: &Identity) -> Option<Finding> {
    const OTHERS: u32 = 0o004;
    let mode = fs::metadata(&identity.key_path).ok()?.permissions().mode();
    let path = identity.key_path.display();
    (mode & OTHERS != 0).then(|| {
        let what = format!("everybody on this machine may read the private key {path}");
        Finding::warning(Area::Certificate, what, format!("chmod 600 {path}, as the service's user"))
    })
}
