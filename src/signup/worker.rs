//! The worker: claims what is due and carries it out, many signups at once.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    Signups,
    mails::Mails,
    outcome::Told,
    pauses::{Lane, Pauses, Probe},
    steps::Turn,
};
use crate::{
    config::Config,
    domain::{Clock, Entropy, LeaseToken, SecretKey, Stage, TenantAlias, Timestamp},
    graph::Graph,
    mail::Mailer,
    metrics::Metrics,
    store::{Claim, Signup, Store, StoreError},
    texts::CurrentTexts,
};

/// Interval at which the worker looks for work of another process or a command: a read.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The longest it sleeps without a claim.
const CLAIM_AGAIN: Duration = Duration::from_secs(30);
/// The longest it sleeps while a lane rests and others may become due.
const LOOK_AGAIN_RESTING: Duration = Duration::from_secs(1);

/// The stages in which the tenant is asked for something.
const TENANT_STAGES: [Stage; 3] = [Stage::Queued, Stage::Provisioning, Stage::Resetting];

/// Which of a tenant's signups are claimed.
enum Which {
    /// All that nothing stops.
    Open,
    /// One, to try whether the tenant still refuses the application.
    Probe(Probe),
    /// Those that have waited for the tenant for too long.
    Overdue,
}

impl Which {
    fn into_probe(self) -> Option<Probe> {
        if let Self::Probe(probe) = self { Some(probe) } else { None }
    }
}

/// One directory that accounts are created in.
#[derive(Clone)]
pub struct Tenant {
    /// The way to it.
    pub graph: Graph,
}

/// Carries out signups until it is told to stop. Several may run on one database, in one process or many.
#[derive(Clone)]
pub struct Worker(Arc<Shared>);

/// What all running signups share.
pub(super) struct Shared {
    pub(super) signups: Signups,
    pub(super) tenants: BTreeMap<TenantAlias, Tenant>,
    pub(super) mailer: Mailer,
    texts: CurrentTexts,
    /// The places for reads of accounts.
    checks: Arc<Semaphore>,
}

impl Worker {
    /// A worker for these signups.
    #[must_use]
    pub fn new(
        signups: Signups,
        tenants: BTreeMap<TenantAlias, Tenant>,
        mailer: Mailer,
        texts: CurrentTexts,
    ) -> Self {
        let checks = Arc::new(Semaphore::new((signups.0.config.worker.concurrency / 4).max(1)));
        Self(Arc::new(Shared { tenants, mailer, texts, checks, signups }))
    }

    /// Works until `shutdown`; then the running steps are finished and what is left is released.
    pub async fn run(self, shutdown: CancellationToken) {
        self.warn_of_strays().await;
        let mut turns = JoinSet::new();
        loop {
            while turns.try_join_next().is_some() {}
            let wake_at = self.start_due(&mut turns, &shutdown).await;
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(_) = turns.join_next(), if !turns.is_empty() => {}
                () = self.0.signups.0.wake.notified(), if self.has_room(&turns) => {}
                () = self.until_due(wake_at), if self.has_room(&turns) => {}
            }
        }
        while turns.join_next().await.is_some() {}
        // Nobody may wait.
        let _ = self.0.signups.0.turned.send(Told::End);
    }

    /// Carries out everything that is due now, and what that makes due at once; for tests that hold the clock.
    ///
    /// # Errors
    /// What the database says.
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let mut count = 0;
        loop {
            let mut turns = JoinSet::new();
            let started = self.claim_into(&mut turns, &CancellationToken::new()).await?;
            if started == 0 {
                return Ok(count);
            }
            count += started;
            while turns.join_next().await.is_some() {}
        }
    }

    /// A tenant that was taken out of the configuration leaves signups behind that nobody carries out.
    async fn warn_of_strays(&self) {
        // A database that cannot be read is told of by the first claim.
        let waiting = self.0.store().count_waiting_by_tenant().await.unwrap_or_default();
        for (tenant, signups) in waiting.iter().filter(|(tenant, _)| !self.0.tenants.contains_key(*tenant)) {
            tracing::error!(%tenant, signups, "signups wait for a tenant that is not configured");
        }
    }

    /// Waits until the time that is known, or until something is due that was not known.
    async fn until_due(&self, known: Timestamp) {
        let clock = self.0.clock();
        loop {
            let look = clock.now().plus(LOOK_AGAIN);
            clock.sleep_until(look.min(known)).await;
            if known <= look {
                return;
            }
            // A claim tells of a database that cannot be read.
            let is_due = |due: Option<Timestamp>| due.is_some_and(|due| due <= clock.now());
            if self.0.store().next_due().await.map_or(true, is_due) {
                return;
            }
        }
    }

    fn has_room(&self, turns: &JoinSet<()>) -> bool {
        turns.len() < self.0.config().worker.concurrency
    }

    /// Fills the free places and tells when to look again.
    async fn start_due(&self, turns: &mut JoinSet<()>, shutdown: &CancellationToken) -> Timestamp {
        let now = self.0.clock().now();
        if shutdown.is_cancelled() || !self.has_room(turns) {
            return now.plus(CLAIM_AGAIN);
        }
        let next = match self.claim_into(turns, shutdown).await {
            // All places are taken: the next turn that ends looks again.
            Ok(_) if !self.has_room(turns) => return now.plus(CLAIM_AGAIN),
            Ok(_) => self.0.store().next_due().await,
            Err(error) => Err(error),
        };
        match next {
            Ok(next) => self.wake_at(next, now),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "due signups could not be claimed; the next try is in a second"
                );
                now.plus(LOOK_AGAIN_RESTING)
            }
        }
    }

    /// What is due but was not claimed belongs to a lane that rests.
    fn wake_at(&self, next_due: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match next_due {
            Some(due) if due > now => due.min(now.plus(CLAIM_AGAIN)),
            Some(_) => {
                let limit = now.plus(LOOK_AGAIN_RESTING);
                self.0.pauses().next_end(now).map_or(limit, |end| end.min(limit))
            }
            None => now.plus(CLAIM_AGAIN),
        }
    }

    async fn claim_into(
        &self,
        turns: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) -> Result<usize, StoreError> {
        let mut started = 0;
        for tenant in self.0.tenants.keys() {
            let (lane, now) = (Lane::Tenant(tenant.clone()), self.0.clock().now());
            if self.0.pauses().is_refused(&lane) {
                started += self.start(tenant, Which::Overdue, turns, shutdown).await?;
                if let Some(probe) = self.0.pauses().probe(&lane, now) {
                    started += self.start(tenant, Which::Probe(probe), turns, shutdown).await?;
                }
            }
            started += self.start(tenant, Which::Open, turns, shutdown).await?;
        }
        Ok(started + self.start_checks(turns).await?)
    }

    /// Claims due reads of accounts for their pages, in the places that signups leave free; returns their number.
    ///
    /// A part of the places at most: a tenant that does not answer must not hold all of them.
    async fn start_checks(&self, turns: &mut JoinSet<()>) -> Result<usize, StoreError> {
        let room = self.0.config().worker.concurrency.saturating_sub(turns.len());
        let room = room.min(self.0.checks.available_permits());
        let (limit, now) = (u32::try_from(room).unwrap_or(u32::MAX), self.0.clock().now());
        if limit == 0 {
            return Ok(0);
        }
        let until = now.plus(self.0.config().worker.lease);
        let claimed = self.0.store().claim_account_checks(limit, now, until).await?;
        let started = claimed.len();
        for check in claimed {
            let (shared, place) = (Arc::clone(&self.0), Arc::clone(&self.0.checks).try_acquire_owned());
            turns.spawn(async move {
                shared.carry_out_check(&check).await;
                drop(place);
            });
        }
        Ok(started)
    }

    /// Claims signups of a tenant and starts a turn with each; says with how many.
    async fn start(
        &self,
        tenant: &TenantAlias,
        which: Which,
        turns: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) -> Result<usize, StoreError> {
        let room = self.0.config().worker.concurrency.saturating_sub(turns.len());
        let lease = LeaseToken::random(self.0.entropy());
        let claimed = self.claim(tenant, &which, room, lease).await?;
        let (started, mut probe) = (claimed.len(), which.into_probe());
        for signup in claimed {
            let (id, turned) = (signup.id, self.0.signups.0.turned.clone());
            let turn = Turn::new(Arc::clone(&self.0), signup, lease, probe.take()).run(shutdown.clone());
            turns.spawn(async move {
                turn.await;
                // Mostly nobody waits.
                let _ = turned.send(Told::TurnOver(id));
            });
        }
        Ok(started)
    }

    async fn claim(
        &self,
        tenant: &TenantAlias,
        which: &Which,
        room: usize,
        lease: LeaseToken,
    ) -> Result<Vec<Signup>, StoreError> {
        let now = self.0.clock().now();
        let stages = match which {
            Which::Open => self.0.open_stages(tenant, now),
            Which::Probe(_) | Which::Overdue => TENANT_STAGES.to_vec(),
        };
        if room == 0 || stages.is_empty() {
            return Ok(Vec::new());
        }
        let limit =
            if matches!(which, Which::Probe(_)) { 1 } else { u32::try_from(room).unwrap_or(u32::MAX) };
        let until = now.plus(self.0.config().worker.lease);
        let claim = Claim { tenant, stages: &stages, limit, lease, now, until };
        match which {
            Which::Overdue => {
                self.0.store().claim_overdue(&claim, now.minus(self.0.config().signup.give_up_after)).await
            }
            Which::Open | Which::Probe(_) => self.0.store().claim(&claim).await,
        }
    }
}

impl Shared {
    /// The stages whose lanes are open for this tenant.
    fn open_stages(&self, tenant: &TenantAlias, now: Timestamp) -> Vec<Stage> {
        let (mut stages, lane) = (Vec::with_capacity(5), Lane::Tenant(tenant.clone()));
        if self.pauses().until(&lane, now).is_none() && !self.pauses().is_refused(&lane) {
            stages.extend(TENANT_STAGES);
        }
        if self.pauses().until(&Lane::Mail, now).is_none() {
            stages.extend([Stage::AwaitingConfirmation, Stage::Delivering]);
        }
        stages
    }

    pub(super) fn config(&self) -> &Config {
        &self.signups.0.config
    }

    pub(super) fn pauses(&self) -> &Pauses {
        &self.signups.0.pauses
    }

    pub(super) fn metrics(&self) -> &Metrics {
        &self.signups.0.metrics
    }

    pub(super) fn store(&self) -> &Store {
        &self.signups.0.store
    }

    pub(super) fn key(&self) -> &SecretKey {
        &self.signups.0.key
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.signups.0.clock
    }

    pub(super) fn entropy(&self) -> &Entropy {
        &self.signups.0.entropy
    }

    pub(super) fn mails(&self) -> Mails<'_> {
        Mails { texts: self.texts.get(), config: self.config() }
    }
}
