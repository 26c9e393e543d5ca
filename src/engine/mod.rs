//! The engine: carries out durable operations, whatever they are about.
//!
//! An operation is a row with its next step. A [`Worker`] claims due operations under a lease and runs their steps in
//! order: the intent is recorded before an effect, the outcome after it, so that any worker can repeat a step at any
//! time. What a step does is registered by the module that owns it ([`Registry`]); what follows from its result is
//! decided here: the next step, a retry after a delay, the attention of an admin, or a return to the state before.

mod backoff;
mod breaker;
mod classify;
mod failure;
mod lease;
mod run;
mod wake;
mod worker;

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::sync::{Notify, broadcast};

pub use self::breaker::{Trouble, TroubleKind};
pub(crate) use self::{
    breaker::{CircuitBreakers, Dependency, Refusal},
    failure::{Done, StepFailure, StepResult},
    run::{Abandon, Ending, OperationRun, StepFuture},
};
pub use self::{
    run::{Registry, Step},
    worker::Worker,
};
use crate::{
    config::Config,
    domain::{Clock, Entropy, Subject, Timestamp},
    metrics::Metrics,
    store::Store,
};

/// Claims after which replication lag no longer explains what the tenant answers: some minutes.
pub(crate) const LAG_ATTEMPTS: u32 = 12;

/// Notices that a receiver may miss before it has to read the record instead.
const NOTICES: usize = 256;

/// The parts that operations need, and the way to wake the worker. Clones are the same engine.
#[derive(Clone)]
pub(crate) struct Engine(Arc<Inner>);

struct Inner {
    store: Store,
    config: Arc<Config>,
    clock: Clock,
    entropy: Entropy,
    metrics: Metrics,
    breakers: CircuitBreakers,
    wake: Notify,
    /// True if the worker of this process takes further operations.
    has_room: AtomicBool,
    wake_others: Notify,
    notices: broadcast::Sender<Notice>,
}

/// A message of a worker to those who wait for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A run of an operation about this has ended.
    RunEnded(Subject),
    /// The worker has ended: nothing more happens in this process.
    WorkerEnded,
}

impl Engine {
    pub(crate) fn new(
        store: Store,
        config: Arc<Config>,
        clock: Clock,
        entropy: Entropy,
        metrics: Metrics,
    ) -> Self {
        let worker = &config.worker;
        let breakers = CircuitBreakers::new(worker.retry_base, worker.retry_max, metrics.clone());
        Self(Arc::new(Inner {
            store,
            config,
            clock,
            entropy,
            metrics,
            breakers,
            wake: Notify::new(),
            has_room: AtomicBool::new(false),
            wake_others: Notify::new(),
            notices: broadcast::Sender::new(NOTICES),
        }))
    }

    /// The notices of this process's worker from now on.
    pub(crate) fn notices(&self) -> broadcast::Receiver<Notice> {
        self.0.notices.subscribe()
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        &self.0.entropy
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn breakers(&self) -> &CircuitBreakers {
        &self.0.breakers
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// The delay before the next attempt after so many.
    pub(crate) fn backoff(&self, attempts: u32) -> Duration {
        let worker = &self.0.config.worker;
        backoff::delay(attempts, worker.retry_base, worker.retry_max, &self.0.entropy)
    }
}
