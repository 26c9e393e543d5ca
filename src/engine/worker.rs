//! The worker: claims due operations and carries them out, many at once.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{sync::Semaphore, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    Engine, Notice,
    breaker::{Dependency, Probe},
    run::{OperationRun, Registry, Shared},
};
use crate::{
    domain::{Clock, LeaseToken, Needs, TenantAlias, Timestamp},
    graph::Graph,
    mail::Mailer,
    store::{Claim, Claimed, Store, StoreError},
};

/// Interval at which the worker looks for work of another process or a command that no notification announced: a read.
const LOOK_AGAIN: Duration = Duration::from_secs(1);
/// The longest it sleeps without a claim.
const CLAIM_AGAIN: Duration = Duration::from_secs(30);
/// The longest it sleeps while a dependency is paused and operations that need others may become due.
const LOOK_AGAIN_PAUSED: Duration = Duration::from_secs(1);

/// Interval between claims of operations of the site.
const CLAIM_SITE_AGAIN: Duration = Duration::from_secs(1);

/// The operations of a tenant that are claimed.
enum Which {
    /// All whose dependencies work.
    Open,
    /// One, to try whether the tenant still refuses the application.
    Probe(Probe),
    /// Those that have waited for the tenant for too long.
    Overdue,
    /// Those for which no signup waits.
    Background,
}

impl Which {
    fn into_probe(self) -> Option<Probe> {
        if let Self::Probe(probe) = self { Some(probe) } else { None }
    }
}

/// Carries out operations until it is stopped. Several may run on one database, in one process or many.
#[derive(Clone)]
pub struct Worker {
    shared: Arc<Shared>,
    /// The places for background steps, of each tenant: one that does not answer holds no place of the others.
    background: Arc<BTreeMap<TenantAlias, Arc<Semaphore>>>,
    /// The time of the last claim of operations of the site.
    last_site_claim: Arc<AtomicI64>,
}

impl Worker {
    /// A worker for the registered steps.
    pub(crate) fn new(
        engine: Engine,
        registry: Registry,
        tenants: BTreeMap<TenantAlias, Graph>,
        mailer: Mailer,
    ) -> Self {
        let places = (engine.config().worker.concurrency / 4 / tenants.len().max(1)).max(1);
        let semaphore = |tenant: &TenantAlias| (tenant.clone(), Arc::new(Semaphore::new(places)));
        let background = Arc::new(tenants.keys().map(semaphore).collect());
        let shared = Arc::new(Shared { engine, registry, tenants, mailer });
        Self { shared, background, last_site_claim: Arc::default() }
    }

    /// The steps that it can run.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.shared.registry
    }

    /// Works until `shutdown`. Steps that are under way are finished then, and operations with further steps released.
    pub async fn run(self, shutdown: CancellationToken) {
        let ended = CancellationToken::new();
        let work = async {
            self.work(&shutdown).await;
            ended.cancel();
        };
        tokio::join!(work, self.engine().exchange_wakes(ended.clone()));
    }

    async fn work(&self, shutdown: &CancellationToken) {
        self.warn_of_strays().await;
        let mut runs = JoinSet::new();
        loop {
            while runs.try_join_next().is_some() {}
            let wake_at = self.start_due(&mut runs, shutdown).await;
            self.engine().set_room(self.has_room(&runs));
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                Some(_) = runs.join_next(), if !runs.is_empty() => {}
                () = self.engine().0.wake.notified(), if self.has_room(&runs) => {}
                () = self.until_due(wake_at), if self.has_room(&runs) => {}
            }
        }
        self.engine().set_room(false);
        while runs.join_next().await.is_some() {}
        // An error says that nothing waits for it.
        let _ = self.engine().0.notices.send(Notice::WorkerEnded);
    }

    /// Carries out everything that is due now, and what that makes due at once; for tests that hold the clock.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn run_due(&self) -> Result<usize, StoreError> {
        let mut count = 0;
        loop {
            let mut runs = JoinSet::new();
            let started = self.claim_into(&mut runs, true, &CancellationToken::new()).await?;
            if started == 0 {
                return Ok(count);
            }
            count += started;
            while runs.join_next().await.is_some() {}
        }
    }

    /// Warns of signups that wait for a tenant which is no longer configured: no worker carries them out. Reads of its
    /// accounts end.
    async fn warn_of_strays(&self) {
        // The first claim reports a database that cannot be read.
        let waiting = self.store().count_waiting_by_tenant().await.unwrap_or_default();
        for (tenant, signups) in
            waiting.iter().filter(|(tenant, _)| !self.shared.tenants.contains_key(*tenant))
        {
            tracing::error!(%tenant, signups, "signups wait for a tenant that is not configured");
        }
        let configured: Vec<_> = self.shared.tenants.keys().collect();
        let _ = self.store().end_background_elsewhere(&configured, self.clock().now()).await;
    }

    /// Waits until `known`, or until an operation is due that was not known.
    async fn until_due(&self, known: Timestamp) {
        let clock = self.clock();
        loop {
            let look = clock.now().plus(LOOK_AGAIN);
            clock.sleep_until(look.min(known)).await;
            if known <= look {
                return;
            }
            // A claim reports a database that cannot be read.
            let is_due = |due: Option<Timestamp>| due.is_some_and(|due| due <= clock.now());
            if self.store().next_due().await.map_or(true, is_due) {
                return;
            }
        }
    }

    fn has_room(&self, runs: &JoinSet<()>) -> bool {
        runs.len() < self.engine().config().worker.concurrency
    }

    /// Fills the free places. Returns the time at which to look again.
    async fn start_due(&self, runs: &mut JoinSet<()>, shutdown: &CancellationToken) -> Timestamp {
        let now = self.clock().now();
        if shutdown.is_cancelled() || !self.has_room(runs) {
            return now.plus(CLAIM_AGAIN);
        }
        let next = match self.claim_into(runs, self.is_site_due(now), shutdown).await {
            // All places are taken: the next run that ends looks again.
            Ok(_) if !self.has_room(runs) => return now.plus(CLAIM_AGAIN),
            Ok(_) => self.store().next_due().await,
            Err(error) => Err(error),
        };
        match next {
            Ok(next) => self.wake_at(next, now),
            Err(error) => {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "due operations could not be claimed; the next try is in a second"
                );
                now.plus(LOOK_AGAIN_PAUSED)
            }
        }
    }

    /// The time at which to look again: what is due but was not claimed needs a dependency that is paused.
    fn wake_at(&self, next_due: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match next_due {
            Some(due) if due > now => due.min(now.plus(CLAIM_AGAIN)),
            Some(_) => {
                let limit = now.plus(LOOK_AGAIN_PAUSED);
                self.engine().breakers().next_end(now).map_or(limit, |end| end.min(limit))
            }
            None => now.plus(CLAIM_AGAIN),
        }
    }

    async fn claim_into(
        &self,
        runs: &mut JoinSet<()>,
        is_site_due: bool,
        shutdown: &CancellationToken,
    ) -> Result<usize, StoreError> {
        let mut started = 0;
        // First, since they are few and would never find a place beside a long queue.
        if is_site_due {
            started += self.start(None, Which::Open, runs, shutdown).await?;
        }
        for tenant in self.shared.tenants.keys() {
            let (dependency, now) = (Dependency::Tenant(tenant.clone()), self.clock().now());
            if self.engine().breakers().is_refused(&dependency) {
                started += self.start(Some(tenant), Which::Overdue, runs, shutdown).await?;
                if let Some(probe) = self.engine().breakers().probe(&dependency, now) {
                    started += self.start(Some(tenant), Which::Probe(probe), runs, shutdown).await?;
                }
            }
            started += self.start(Some(tenant), Which::Open, runs, shutdown).await?;
        }
        let free = || self.background.iter().filter(|(_, places)| places.available_permits() > 0);
        if self.has_room(runs)
            && free().next().is_some()
            && self.store().is_background_due(self.clock().now()).await?
        {
            for (tenant, _) in free() {
                started += self.start(Some(tenant), Which::Background, runs, shutdown).await?;
            }
        }
        Ok(started)
    }

    /// Returns whether to claim operations of the site now: once in a while, since they are few and each claim is a write.
    fn is_site_due(&self, now: Timestamp) -> bool {
        let last = self.last_site_claim.load(Relaxed);
        // A clock that is set back does not delay them.
        let is_due = now.millis().abs_diff(last) >= CLAIM_SITE_AGAIN.as_millis() as u64;
        if is_due {
            self.last_site_claim.store(now.millis(), Relaxed);
        }
        is_due
    }

    /// Claims operations of a tenant, or of the site, and starts a run of each; returns their number.
    async fn start(
        &self,
        tenant: Option<&TenantAlias>,
        which: Which,
        runs: &mut JoinSet<()>,
        shutdown: &CancellationToken,
    ) -> Result<usize, StoreError> {
        let mut room = self.engine().config().worker.concurrency.saturating_sub(runs.len());
        let places = tenant
            .and_then(|tenant| self.background.get(tenant))
            .filter(|_| matches!(which, Which::Background));
        if let Some(places) = places {
            // A part of the places at most: a tenant that does not answer must not hold all of them.
            room = room.min(places.available_permits());
        }
        let lease = LeaseToken::random(self.engine().entropy());
        let claimed = self.claim(tenant, &which, room, lease).await?;
        let (started, mut probe) = (claimed.len(), which.into_probe());
        for claimed in claimed {
            let (subject, notices) = (claimed.operation.subject, self.engine().0.notices.clone());
            let place = places.map(|places| Arc::clone(places).try_acquire_owned());
            let run = OperationRun::new(Arc::clone(&self.shared), claimed, lease, probe.take())
                .run(shutdown.clone());
            runs.spawn(async move {
                run.await;
                drop(place);
                // An error says that nothing waits for it.
                let _ = notices.send(Notice::RunEnded(subject));
            });
        }
        Ok(started)
    }

    fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    fn store(&self) -> &Store {
        self.engine().store()
    }

    fn clock(&self) -> &Clock {
        self.engine().clock()
    }

    async fn claim(
        &self,
        tenant: Option<&TenantAlias>,
        which: &Which,
        room: usize,
        lease: LeaseToken,
    ) -> Result<Vec<Claimed>, StoreError> {
        let now = self.clock().now();
        let needs = match which {
            Which::Open => self.usable(tenant, now),
            Which::Probe(_) | Which::Overdue => vec![Needs::Tenant],
            Which::Background => vec![Needs::Background],
        };
        if room == 0 || needs.is_empty() {
            return Ok(Vec::new());
        }
        let limit =
            if matches!(which, Which::Probe(_)) { 1 } else { u32::try_from(room).unwrap_or(u32::MAX) };
        let until = now.plus(self.engine().config().worker.lease);
        let claim = Claim { tenant, needs: &needs, limit, lease, now, until };
        match which {
            Which::Overdue => {
                self.store()
                    .claim_overdue(&claim, now.minus(self.engine().config().signup.give_up_after))
                    .await
            }
            Which::Open | Which::Probe(_) | Which::Background => self.store().claim(&claim).await,
        }
    }

    /// The dependencies that operations of this tenant, or of the site, can use now.
    fn usable(&self, tenant: Option<&TenantAlias>, now: Timestamp) -> Vec<Needs> {
        let breakers = self.engine().breakers();
        let mut needs = vec![Needs::Nothing];
        match tenant.cloned().map(Dependency::Tenant) {
            None => {}
            Some(tenant) if breakers.paused_until(&tenant, now).is_some() => {}
            Some(tenant) if breakers.is_refused(&tenant) => {}
            Some(_) => needs.push(Needs::Tenant),
        }
        if breakers.paused_until(&Dependency::Mail, now).is_none() {
            needs.push(Needs::Mail);
        }
        needs
    }
}
