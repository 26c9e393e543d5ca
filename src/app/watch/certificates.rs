//! The ends of the tenants' certificates.

use std::sync::{Arc, Mutex, PoisonError};

use super::Named;
use crate::{
    domain::{TenantAlias, Timestamp},
    entra::Certificate,
    metrics::Metrics,
    signup::Ending,
};

/// In the order in which a client has them.
const ROLES: [&str; 2] = ["current", "next"];

#[derive(Clone)]
pub(super) struct Certificates {
    tenants: Arc<[Named]>,
    metrics: Metrics,
    /// The day of the last look that was logged.
    logged_on: Arc<Mutex<Option<(i16, i8, i8)>>>,
}

impl Certificates {
    pub(super) fn new(tenants: Vec<Named>, metrics: Metrics) -> Self {
        Self { tenants: tenants.into(), metrics, logged_on: Arc::default() }
    }

    /// The certificates that end soon or have ended; they are logged once a day.
    pub(super) fn look(&self, now: Timestamp) -> Vec<Ending> {
        let today = self.is_another_day(now);
        let mut endings = Vec::new();
        for (alias, graph) in self.tenants.iter() {
            for (role, certificate) in ROLES.iter().zip(graph.certificates()) {
                let end = certificate.not_after();
                self.metrics.set_certificate_end(alias.as_str(), role, end.seconds());
                if let Some(ending) = ending(alias, &certificate, now) {
                    if today {
                        tell(role, &ending);
                    }
                    endings.push(ending);
                }
            }
        }
        endings
    }

    fn is_another_day(&self, now: Timestamp) -> bool {
        let mut logged_on = self.logged_on.lock().unwrap_or_else(PoisonError::into_inner);
        logged_on.replace(now.date()) != Some(now.date())
    }
}

fn ending(alias: &TenantAlias, certificate: &Certificate, now: Timestamp) -> Option<Ending> {
    let days_left = certificate.days_left(now);
    Ending::is_near(days_left).then(|| Ending {
        tenant: alias.clone(),
        thumbprint: certificate.sha1().to_owned(),
        not_after: certificate.not_after(),
        days_left,
    })
}

fn tell(role: &str, ending: &Ending) {
    let Ending { tenant, thumbprint, not_after, days_left } = ending;
    let remedy = "make another by `accountcreator cert rotate`, which says the further steps";
    if ending.is_over() {
        tracing::error!(%tenant, role, thumbprint, %not_after, remedy, "a certificate has ended");
    } else {
        tracing::warn!(%tenant, role, thumbprint, %not_after, days_left, remedy, "a certificate ends soon");
    }
}
