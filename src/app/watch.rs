//! Schedules of the service: it watches the free seats of licences, the ends of certificates, and signups that need an
//! admin, and makes mails to admins and retention due.

mod certificates;
mod seats;

use std::{collections::BTreeMap, time::Duration};

use tokio_util::sync::CancellationToken;

use self::{certificates::Certificates, seats::SeatWatch};
use crate::{
    config::Config,
    domain::{Clock, TenantAlias},
    graph::Graph,
    metrics::Metrics,
    signup::{Alerts, Signups},
    store::{SiteOperation, Store},
};

/// A tenant's client by the tenant's name.
type Named = (TenantAlias, Graph);

/// The interval between two looks.
const EVERY: Duration = Duration::from_mins(1);

/// Watches, and notifies admins. Several may do so on one database: each thing is reported once.
#[derive(Clone)]
pub struct Watch {
    seats: Option<SeatWatch>,
    certificates: Certificates,
    alerts: Alerts,
    store: Store,
    clock: Clock,
}

impl Watch {
    pub(super) fn new(
        config: &Config,
        signups: &Signups,
        tenants: &BTreeMap<TenantAlias, Graph>,
        alerts: Alerts,
        store: &Store,
        metrics: &Metrics,
        clock: &Clock,
    ) -> Self {
        let graphs: Vec<_> = tenants.iter().map(|(alias, graph)| (alias.clone(), graph.clone())).collect();
        let seats = config.seats.watch.then(|| {
            SeatWatch::new(config, &graphs, signups.seats().clone(), alerts.clone(), metrics.clone(), clock)
        });
        let certificates = Certificates::new(graphs, metrics.clone());
        Self { seats, certificates, alerts, store: store.clone(), clock: clock.clone() }
    }

    /// Looks at all of it once, and makes the mails due that are to be sent.
    pub async fn look(&self) {
        let endings = self.certificates.look(self.clock.now());
        self.alerts.set_endings(endings);
        if let Some(seats) = &self.seats {
            seats.count_if_due().await;
        }
        self.alerts.request_due().await;
    }

    /// Has retention applied once after the start; from then on it is due daily.
    async fn make_retention_due(&self) -> bool {
        let due = self.store.hasten_site(SiteOperation::Retention, self.clock.now()).await;
        if let Err(error) = &due {
            let error = error as &dyn std::error::Error;
            tracing::error!(error, "retention could not be made due; the next try is in a minute");
        }
        due.is_ok()
    }

    /// Looks now and every minute until `shutdown`. A look that has begun is finished: a mail that is on its way is
    /// then recorded, and not sent again.
    pub async fn run(self, shutdown: CancellationToken) {
        let mut is_retention_due = false;
        while !shutdown.is_cancelled() {
            if !is_retention_due {
                is_retention_due = self.make_retention_due().await;
            }
            self.look().await;
            shutdown.run_until_cancelled(self.clock.sleep_until(self.clock.now().plus(EVERY))).await;
        }
    }
}
