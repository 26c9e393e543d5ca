//! Steps as modules register them, and the run of an operation: from the step at which it was claimed until it ends or
//! has to wait.

use std::{collections::BTreeMap, fmt, pin::Pin, sync::Arc, time::Instant};

use tokio_util::sync::CancellationToken;

use super::{
    Engine,
    breaker::{CircuitBreakers, Dependency, Probe},
    failure::{Done, StepFailure, StepResult},
};
use crate::{
    audit::{self, Act},
    config::Config,
    domain::{
        Attention, Clock, Entropy, LeaseToken, Needs, Requester, StepKind, Subject, TenantAlias, Timestamp,
        Waiting,
    },
    graph::{self, Graph},
    mail::{self, Mailer},
    metrics::{Metrics, StepEnd},
    store::{Claimed, Lease, Operation, PutBack, Signup, Store, StoreError},
};

/// A step that is being run.
pub(crate) type StepFuture<'a> = Pin<Box<dyn Future<Output = StepResult> + Send + 'a>>;

type Run = Box<dyn for<'a> Fn(&'a mut OperationRun) -> StepFuture<'a> + Send + Sync>;

/// The consequence once a step is not tried any more.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Abandon {
    /// An admin has to act, and to have the operation tried again.
    NeedsAttention,
    /// The state before the operation holds, unless the step may have had its effect: then an admin has to act.
    Revert(Ending),
    /// The operation ends. It can be asked for again.
    End(Ending),
}

/// The records of an operation that ends without success and without an admin.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ending {
    /// For the log.
    pub(crate) message: &'static str,
    /// For the trail of events.
    pub(crate) event: &'static str,
    /// For the audit trail.
    pub(crate) act: Option<Act>,
}

/// One kind of step as a module registers it.
pub struct Step {
    pub(super) kind: StepKind,
    pub(super) abandon: Abandon,
    /// Written to the audit trail when the step has had its effect.
    pub(super) act: Option<Act>,
    /// True if the step meets a pause of its dependency by itself: only its run shows whether it needs the dependency.
    runs_in_pause: bool,
    /// True if a pause before its first attempt leaves the operation as it was before the step.
    is_undone_by_pause: bool,
    pub(super) run: Run,
}

impl Step {
    /// A step that needs attention when it fails for good and that is not audited.
    pub(crate) fn new(
        kind: StepKind,
        run: impl for<'a> Fn(&'a mut OperationRun) -> StepFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        Self {
            kind,
            abandon: Abandon::NeedsAttention,
            act: None,
            runs_in_pause: false,
            is_undone_by_pause: false,
            run: Box::new(run),
        }
    }

    pub(crate) fn run_in_pause(self) -> Self {
        Self { runs_in_pause: true, ..self }
    }

    pub(crate) fn undone_by_pause(self) -> Self {
        Self { is_undone_by_pause: true, ..self }
    }

    pub(crate) fn audited(self, act: Act) -> Self {
        Self { act: Some(act), ..self }
    }

    pub(crate) fn abandoned(self, abandon: Abandon) -> Self {
        Self { abandon, ..self }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> StepKind {
        self.kind
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("kind", &self.kind).field("act", &self.act).finish_non_exhaustive()
    }
}

/// The steps that a worker can run.
#[derive(Debug, Default)]
pub struct Registry(BTreeMap<StepKind, Step>);

impl Registry {
    /// The steps of these modules.
    ///
    /// # Panics
    /// Panics if a kind of step is registered twice, which is a defect of the program.
    #[must_use]
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut registry = BTreeMap::new();
        for step in steps {
            let kind = step.kind;
            assert!(registry.insert(kind, step).is_none(), "the step {kind} is registered twice");
        }
        Self(registry)
    }

    /// All steps, by their kinds.
    pub fn iter(&self) -> impl Iterator<Item = &Step> {
        self.0.values()
    }

    pub(super) fn get(&self, kind: StepKind) -> Option<&Step> {
        self.0.get(&kind)
    }
}

/// The parts that the runs of a worker share.
pub(super) struct Shared {
    pub(super) engine: Engine,
    pub(super) registry: Registry,
    pub(super) tenants: BTreeMap<TenantAlias, Graph>,
    pub(super) mailer: Mailer,
}

/// An operation under this worker's lease.
pub(crate) struct OperationRun {
    shared: Arc<Shared>,
    pub(crate) operation: Operation,
    /// The signup that it carries out; missing while a step has taken it.
    pub(crate) signup: Option<Box<Signup>>,
    /// The lease that the next write expects.
    pub(crate) lease: Lease,
    /// The right to try a tenant that refuses the application.
    probe: Option<Probe>,
    /// Cancelled when the process ends.
    pub(crate) shutdown: CancellationToken,
}

impl OperationRun {
    /// A run of a claimed operation.
    pub(super) fn new(
        shared: Arc<Shared>,
        claimed: Claimed,
        token: LeaseToken,
        probe: Option<Probe>,
    ) -> Self {
        let lease = Lease::new(&claimed, token);
        let Claimed { operation, signup } = claimed;
        let signup = signup.map(Box::new);
        Self { shared, operation, signup, lease, probe, shutdown: CancellationToken::new() }
    }

    /// Runs the operation until it ends or has to wait. If the database refuses a write, the lease runs out, and
    /// another run finds the operation as the last write left it.
    pub(super) async fn run(mut self, shutdown: CancellationToken) {
        self.shutdown = shutdown;
        match self.run_steps().await {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => {
                tracing::warn!(
                    subject = self.subject(),
                    "the lease ran out, another worker has taken the operation over"
                );
            }
            Err(error) => {
                tracing::error!(
                    subject = self.subject(),
                    error = &error as &dyn std::error::Error,
                    "the outcome of a step could not be recorded; the operation is taken up again when its lease ends"
                );
            }
        }
    }

    async fn run_steps(&mut self) -> Result<(), StoreError> {
        let shared = Arc::clone(&self.shared);
        loop {
            if self.shutdown.is_cancelled() {
                return self.store().release(&self.lease, self.now()).await;
            }
            let kind = self.operation.step;
            let Some(step) = shared.registry.get(kind) else {
                tracing::error!(%kind, "no module has registered this step");
                return Ok(());
            };
            if let Some(failure) = self.pause(step) {
                return self.fail(step, failure).await;
            }
            match self.run_step(step).await {
                Ok(Done::Next(next)) => {
                    let operation = &mut self.operation;
                    (operation.step, operation.in_doubt, operation.attempts) = (next, false, 0);
                }
                Ok(Done::Finished | Done::NothingToDo) => return Ok(()),
                Err(failure) => return self.fail(step, failure).await,
            }
        }
    }

    /// Runs one step, and counts and audits it.
    async fn run_step(&mut self, step: &Step) -> Result<Done, StepFailure> {
        let started = Instant::now();
        let result = (step.run)(self).await;
        let end = result.as_ref().map_or_else(StepFailure::end, |_| Some(StepEnd::Done));
        if let Some(end) = end {
            self.metrics().step(step.kind, end, started.elapsed());
        }
        if let (Ok(Done::Next(_) | Done::Finished), Some(act)) = (&result, step.act) {
            self.audit(act, &"");
        }
        result
    }

    /// The failure of the next step where its dependency is paused: since the claim, another operation may have learned
    /// of it.
    fn pause(&self, step: &Step) -> Option<StepFailure> {
        if step.runs_in_pause {
            return None;
        }
        match step.kind.needs() {
            Needs::Tenant => {
                let no_effect = step.is_undone_by_pause && !self.operation.in_doubt;
                let tenant = self.operation.tenant.as_ref()?;
                self.tenant_pause(tenant).map(|failure| failure.without_effect(no_effect))
            }
            Needs::Mail => self.paused_until(&Dependency::Mail).map(StepFailure::mail_paused),
            Needs::Background | Needs::Nothing => None,
        }
    }

    /// The failure of a step that asks this tenant, where that is paused or refuses the application.
    pub(crate) fn tenant_pause(&self, tenant: &TenantAlias) -> Option<StepFailure> {
        let dependency = Dependency::Tenant(tenant.clone());
        self.breakers().pause_of(&dependency, self.is_probe(), self.now()).map(StepFailure::tenant_paused)
    }

    /// Records why the run ends with this step.
    async fn fail(&self, step: &Step, failure: StepFailure) -> Result<(), StoreError> {
        let is_over =
            matches!(failure, StepFailure::Retry { waiting, .. } if self.is_tried_for_too_long(waiting));
        match if is_over { failure.given_up() } else { failure } {
            StepFailure::Store(error) => Err(error),
            StepFailure::Retry { waiting, detail, not_before, no_effect, counted } => {
                let due_at = self.next_attempt(waiting, not_before, counted);
                self.retry(PutBack { due_at, waiting, error: detail, undone: no_effect, counted }).await
            }
            StepFailure::NeedsAttention { reason, detail, no_effect } => match step.abandon {
                Abandon::End(ending) => self.end(ending, reason, &detail).await,
                Abandon::Revert(ending) if no_effect => self.end(ending, reason, &detail).await,
                Abandon::NeedsAttention | Abandon::Revert(_) => {
                    self.needs_attention(reason, &detail, no_effect).await
                }
            },
        }
    }

    async fn retry(&self, back: PutBack) -> Result<(), StoreError> {
        let now = self.now();
        let (waiting, detail, due_at) = (back.waiting, &back.error, back.due_at);
        if back.counted {
            let delay = due_at.since(now);
            tracing::info!(subject = self.subject(), %waiting, detail, retry_in = ?delay, "an operation waits and is tried again");
        } else {
            tracing::info!(subject = self.subject(), detail, until = %due_at, "an operation waits until mails may be sent again");
        }
        self.store().put_back(&self.lease, &back, now).await
    }

    /// The time of the next attempt.
    fn next_attempt(&self, waiting: Waiting, not_before: Option<Timestamp>, counted: bool) -> Timestamp {
        let earliest = self.now().plus(self.backoff(waiting));
        match not_before {
            Some(until) if !counted => until,
            not_before => not_before.map_or(earliest, |not_before| not_before.max(earliest)),
        }
    }

    async fn needs_attention(
        &self,
        reason: Attention,
        detail: &str,
        no_effect: bool,
    ) -> Result<(), StoreError> {
        let remedy = remedy_for(reason, detail);
        tracing::warn!(subject = self.subject(), %reason, detail, remedy, "an operation needs attention");
        self.store().needs_attention(&self.lease, reason, detail, no_effect, self.now()).await?;
        if self.operation.subject.signup().is_some() {
            self.metrics().finished(Some(reason));
        }
        self.audit(Act::AttentionNeeded, &reason);
        Ok(())
    }

    /// Ends an operation as its step says, without an admin.
    async fn end(&self, ending: Ending, reason: Attention, detail: &str) -> Result<(), StoreError> {
        let Ending { message, event, act } = ending;
        let remedy = remedy_for(reason, detail);
        tracing::warn!(subject = self.subject(), %reason, detail, remedy, "{message}");
        self.store().end_refused(&self.lease, event, detail, self.now()).await?;
        if let Some(act) = act {
            self.audit(act, &reason);
        }
        Ok(())
    }

    /// Returns whether the time in which an operation is tried (`signup.give_up_after`) is over.
    fn is_tried_for_too_long(&self, waiting: Waiting) -> bool {
        // These end by themselves, when a seat is free or the earlier request is over.
        let has_an_end = matches!(waiting, Waiting::NoSeats | Waiting::EarlierRequest);
        let give_up_at = self.operation.trying_since.plus(self.config().signup.give_up_after);
        give_up_at <= self.now() && !has_an_end && !self.operation.kind.recurs()
    }

    /// The delay before the next attempt.
    pub(super) fn backoff(&self, waiting: Waiting) -> std::time::Duration {
        match waiting {
            Waiting::NoSeats => self.config().worker.seats_retry,
            _ => self.engine().backoff(self.operation.attempts),
        }
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    pub(crate) fn store(&self) -> &Store {
        self.engine().store()
    }

    pub(crate) fn config(&self) -> &Config {
        self.engine().config()
    }

    pub(crate) fn clock(&self) -> &Clock {
        self.engine().clock()
    }

    pub(crate) fn entropy(&self) -> &Entropy {
        self.engine().entropy()
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        self.engine().metrics()
    }

    pub(crate) fn breakers(&self) -> &CircuitBreakers {
        self.engine().breakers()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.engine().now()
    }

    /// The client of a tenant that is configured.
    pub(crate) fn graph(&self, tenant: &TenantAlias) -> Option<&Graph> {
        self.shared.tenants.get(tenant)
    }

    pub(crate) fn mailer(&self) -> &Mailer {
        &self.shared.mailer
    }

    /// Returns whether this run tries a tenant that refuses the application.
    pub(super) const fn is_probe(&self) -> bool {
        self.probe.is_some()
    }

    /// The tenant that the operation depends on; an operation of the site depends on no tenant.
    pub(super) fn tenant(&self) -> Option<Dependency> {
        self.operation.tenant.clone().map(Dependency::Tenant)
    }

    /// The subject of the operation, as a field of a log line.
    pub(super) fn subject(&self) -> tracing::field::DisplayValue<Subject> {
        tracing::field::display(self.operation.subject)
    }

    fn audit(&self, act: Act, detail: &dyn fmt::Display) {
        audit::of(&Requester::Worker, act, self.operation.subject, detail);
    }

    /// The end of the pause of a dependency, if it is paused.
    pub(super) fn paused_until(&self, dependency: &Dependency) -> Option<Timestamp> {
        self.breakers().paused_until(dependency, self.now())
    }
}

/// The remedy by the error's code where there is one, else by the reason.
fn remedy_for(reason: Attention, detail: &str) -> &'static str {
    graph::remedy_for(detail).or_else(|| mail::remedy_for(detail)).unwrap_or_else(|| reason.remedy())
}
