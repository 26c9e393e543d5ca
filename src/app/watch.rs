//! What is watched while the service runs: the free seats of licences, the ends of certificates, and signups that need
//! a person. Admins are told by the log, and by mail where they want that.

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
};

/// A tenant's client by the tenant's name.
type Named = (TenantAlias, Graph);

/// How often it is looked whether something is to be told.
const EVERY: Duration = Duration::from_mins(1);

/// Watches, and tells admins. Several may do so on one database: each thing is told once.
#[derive(Clone)]
pub struct Watch {
    seats: Option<SeatWatch>,
    certificates: Certificates,
    alerts: Alerts,
    clock: Clock,
}

impl Watch {
    pub(super) fn new(
        config: &Config,
        signups: &Signups,
        tenants: &BTreeMap<TenantAlias, Graph>,
        alerts: Alerts,
        metrics: &Metrics,
        clock: &Clock,
    ) -> Self {
        let graphs: Vec<_> = tenants.iter().map(|(alias, graph)| (alias.clone(), graph.clone())).collect();
        let seats = config.seats.watch.then(|| {
            SeatWatch::new(config, &graphs, signups.seats().clone(), alerts.clone(), metrics.clone(), clock)
        });
        let certificates = Certificates::new(graphs, metrics.clone());
        Self { seats, certificates, alerts, clock: clock.clone() }
    }

    /// Looks at all of it once, and mails what is to be told.
    pub async fn look(&self) {
        let endings = self.certificates.look(self.clock.now());
        self.alerts.set_endings(endings);
        if let Some(seats) = &self.seats {
            seats.count_if_due().await;
        }
        self.alerts.send_due().await;
    }

    /// Looks now and every minute until `shutdown`. A look that has begun is finished: a mail that is on its way is
    /// then recorded, and not sent again.
    pub async fn run(self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            self.look().await;
            shutdown.run_until_cancelled(self.clock.sleep_until(self.clock.now().plus(EVERY))).await;
        }
    }
}
