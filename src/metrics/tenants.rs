//! The state of the tenants: free seats, and the ends of certificates.

use prometheus_client::{
    metrics::{family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use super::Metrics;

/// The two labels of a series.
type Labels = [(&'static str, String); 2];

#[derive(Default)]
pub(super) struct Tenants {
    seats_free: Family<Labels, Gauge>,
    seats: Family<Labels, Gauge>,
    certificates: Family<Labels, Gauge>,
}

impl Tenants {
    pub(super) fn register(&self, all: &mut Registry) {
        all.register("seats_free", "Free seats of a licence, as last counted", self.seats_free.clone());
        all.register("seats", "Seats of a licence that can be assigned", self.seats.clone());
        let help = "When a certificate ends, in seconds since 1970";
        all.register_with_unit(
            "certificate_expiry_timestamp",
            help,
            Unit::Seconds,
            self.certificates.clone(),
        );
    }
}

impl Metrics {
    /// Sets the numbers of free seats and of all seats of a licence; `None` if they are no longer known.
    pub fn set_seats(&self, tenant: &str, sku: &str, free_and_all: Option<(i64, i64)>) {
        let Self(Some(kept)) = self else { return };
        let labels = [("tenant", tenant.to_owned()), ("sku", sku.to_owned())];
        match free_and_all {
            Some((free, all)) => {
                kept.tenants.seats_free.get_or_create(&labels).set(free);
                kept.tenants.seats.get_or_create(&labels).set(all);
            }
            None => {
                kept.tenants.seats_free.remove(&labels);
                kept.tenants.seats.remove(&labels);
            }
        }
    }

    /// Sets the end of a tenant's certificate; `role` is `current` or `next`.
    pub fn set_certificate_end(&self, tenant: &str, role: &str, seconds: i64) {
        let Self(Some(kept)) = self else { return };
        let labels = [("tenant", tenant.to_owned()), ("certificate", role.to_owned())];
        kept.tenants.certificates.get_or_create(&labels).set(seconds);
    }
}

/// Gives every family here a sample.
#[cfg(test)]
pub(super) fn touch(metrics: &Metrics) {
    metrics.set_seats("main", "314c4481", Some((12, 500)));
    metrics.set_certificate_end("main", "current", 1_795_342_500);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenants_are_told_apart() {
        let metrics = Metrics::on();
        metrics.set_seats("main", "314c4481", Some((12, 500)));
        metrics.set_seats("staff", "314c4481", Some((0, 10)));
        metrics.set_certificate_end("main", "current", 1_795_342_500);
        let text = metrics.text();
        for line in [
            "accountcreator_seats_free{tenant=\"main\",sku=\"314c4481\"} 12",
            "accountcreator_seats{tenant=\"staff\",sku=\"314c4481\"} 10",
            "accountcreator_certificate_expiry_timestamp_seconds{tenant=\"main\",certificate=\"current\"} 1795342500",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} in {text}");
        }
        metrics.set_seats("main", "314c4481", None);
        let text = metrics.text();
        assert!(!text.contains("{tenant=\"main\",sku") && text.contains("{tenant=\"staff\",sku"), "{text}");
    }
}
