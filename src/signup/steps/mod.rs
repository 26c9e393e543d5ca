//! One worker's turn with one signup: from the stage it was found in as far as it goes.

mod account_now;
mod create_user;
mod deliver;
mod entitle;
mod reset;
mod verdict;

use std::{fmt, sync::Arc, time::Instant};

use tokio_util::sync::CancellationToken;

pub use self::create_user::MARKER_REFUSAL_HOLDS;
use self::verdict::Verdict;
use super::{
    backoff,
    pauses::{Lane, Probe},
    worker::{Shared, Tenant},
};
use crate::{
    audit::{self, Act},
    domain::{Attention, LeaseToken, Profile, Requester, Stage, Timestamp, Waiting},
    graph, mail,
    metrics::{Step, StepEnd},
    store::{Held, PutBack, Signup, StoreError},
};

/// Claims after which replication lag explains nothing any more: minutes.
const LAG_ATTEMPTS: u32 = 12;

/// A signup under this worker's lease.
pub(super) struct Turn {
    shared: Arc<Shared>,
    signup: Signup,
    held: Held,
    /// The right to try a tenant that refuses the application.
    probe: Option<Probe>,
    /// The tenant has refused to create the user, and no earlier POST can have created it.
    creation_refused: bool,
}

/// What a step leaves behind: the signup is one step further, or the turn ends with a verdict.
type StepResult = Result<Result<(), Verdict>, StoreError>;

impl Turn {
    pub(super) fn new(shared: Arc<Shared>, signup: Signup, lease: LeaseToken, probe: Option<Probe>) -> Self {
        let held = Held { id: signup.id, lease, stage: signup.stage };
        Self { shared, signup, held, probe, creation_refused: false }
    }

    /// Carries the signup as far as it goes. What the database refuses leaves the lease to run out, and
    /// another turn finds the signup as the last write left it.
    pub(super) async fn run(mut self, shutdown: CancellationToken) {
        match self.go(&shutdown).await {
            Ok(()) => {}
            Err(StoreError::LeaseLost) => {
                tracing::warn!(signup = %self.held.id, "the lease ran out, another worker has taken the signup over");
            }
            Err(error) => {
                tracing::error!(signup = %self.held.id, error = &error as &dyn std::error::Error, "the outcome of a step could not be recorded; the signup is taken up again when its lease ends");
            }
        }
    }

    async fn go(&mut self, shutdown: &CancellationToken) -> Result<(), StoreError> {
        while !self.held.stage.is_settled() {
            if shutdown.is_cancelled() {
                return self.shared.store().release(&self.held, self.now()).await;
            }
            if let Some(rest) = self.rest() {
                return self.conclude(rest).await;
            }
            let Some(step) = self.next_step() else { return Ok(()) };
            let started = Instant::now();
            let result = self.take(step).await?;
            let end = result.as_ref().map_or_else(Verdict::end, |()| StepEnd::Done);
            self.shared.metrics().step(step, end, started.elapsed());
            match result {
                Err(verdict) => return self.conclude(verdict).await,
                Ok(()) if step.is_last() => return Ok(()),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Since the claim, another signup may have learned that the tenant or the mail server wants a rest.
    fn rest(&self) -> Option<Verdict> {
        match self.held.stage {
            Stage::Provisioning => {
                let is_posted =
                    self.held.stage == self.signup.claimed_from || self.signup.object_id.is_some();
                self.tenant_rest(!is_posted)
            }
            Stage::Delivering => self.resting(&Lane::Mail).map(Verdict::mail_rests),
            _ => None,
        }
    }

    /// The end of the turn, where the tenant wants a rest or refuses the application.
    fn tenant_rest(&self, unposted: bool) -> Option<Verdict> {
        let rest = self.shared.pauses().rest_of(&self.tenant_lane(), self.probe.is_some(), self.now())?;
        Some(Verdict::tenant_rests(rest, unposted))
    }

    fn next_step(&self) -> Option<Step> {
        Some(match self.held.stage {
            Stage::AwaitingConfirmation => Step::SendCode,
            Stage::Queued => Step::SettleDuplicate,
            Stage::Provisioning if self.signup.object_id.is_none() => Step::CreateUser,
            Stage::Provisioning => Step::Entitle,
            Stage::Resetting if self.signup.duplicate_of.is_some() || self.signup.declined_at.is_some() => {
                Step::SettleDuplicate
            }
            Stage::Resetting => Step::ResetPassword,
            Stage::Delivering => Step::SendPassword,
            Stage::Done | Stage::NeedsAttention | Stage::Voided | Stage::Erased => return None,
        })
    }

    async fn take(&mut self, step: Step) -> StepResult {
        match step {
            Step::SendCode => self.send_code().await,
            Step::SettleDuplicate => self.settle_duplicate().await,
            Step::CreateUser => self.create_user().await,
            Step::Entitle => self.entitle().await,
            Step::ResetPassword => self.reset_password().await,
            Step::SendPassword => self.send_password().await,
        }
    }

    /// Writes down why the turn ends here.
    async fn conclude(&self, verdict: Verdict) -> Result<(), StoreError> {
        let now = self.now();
        match verdict {
            Verdict::Stuck { reason, detail } if self.held.stage == Stage::AwaitingConfirmation => {
                // Nothing was begun, and the person may ask for another code: no admin is needed.
                tracing::warn!(signup = %self.held.id, %reason, detail, "a confirmation code could not be mailed");
                self.shared.store().code_refused(&self.held, &detail, now).await
            }
            Verdict::Stuck { reason, detail } => {
                self.record_gone(reason).await?;
                tracing::warn!(signup = %self.held.id, %reason, detail, remedy = remedy_for(reason, &detail), "a signup needs attention");
                let store = self.shared.store();
                if self.creation_refused {
                    store.creation_refused(&self.held, reason, &detail, now).await?;
                } else {
                    store.needs_attention(&self.held, reason, &detail, now).await?;
                }
                self.shared.metrics().finished(Some(reason));
                self.note(Act::AttentionNeeded, &reason);
                Ok(())
            }
            Verdict::Unset { reason, detail } => {
                self.record_gone(reason).await?;
                tracing::warn!(signup = %self.held.id, %reason, detail, remedy = remedy_for(reason, &detail), "a new password was asked for and could not be set; the earlier one holds");
                self.shared.store().reset_refused(&self.held, &detail, now).await?;
                self.note(Act::PasswordKept, &reason);
                Ok(())
            }
            Verdict::Paused { detail, .. } if self.is_tried_for_too_long(Waiting::MailUnavailable) => {
                Box::pin(self.conclude(Verdict::gave_up(Waiting::MailUnavailable, &detail))).await
            }
            Verdict::Paused { detail, until } => {
                tracing::info!(signup = %self.held.id, detail, %until, "a signup waits until mails may be sent again");
                let (stage, waiting) = (self.held.stage, Waiting::MailUnavailable);
                let back =
                    PutBack { stage, due_at: until, waiting, error: detail, undone: false, counted: false };
                self.shared.store().put_back(&self.held, &back, now).await
            }
            Verdict::Later { waiting, detail, at_least, unposted } => {
                if self.is_tried_for_too_long(waiting) {
                    let gave_up = match self.held.stage {
                        Stage::Resetting => Verdict::gave_up(waiting, &detail).in_reset(!unposted),
                        _ => Verdict::gave_up(waiting, &detail),
                    };
                    return Box::pin(self.conclude(gave_up)).await;
                }
                let delay =
                    self.backoff(waiting).max(at_least.map_or_else(Default::default, |at| at.since(now)));
                tracing::info!(signup = %self.held.id, %waiting, detail, retry_in = ?delay, "a signup waits and is tried again");
                let stage = match self.held.stage {
                    Stage::Provisioning if unposted => Stage::Queued,
                    stage => stage,
                };
                let due_at = now.plus(delay);
                let back = PutBack { stage, due_at, waiting, error: detail, undone: unposted, counted: true };
                self.shared.store().put_back(&self.held, &back, now).await
            }
        }
    }

    /// Returns whether the time in which a signup is tried (`signup.give_up_after`) is over.
    fn is_tried_for_too_long(&self, waiting: Waiting) -> bool {
        // These end by themselves, when a seat is free or the earlier request is over.
        let has_an_end = matches!(waiting, Waiting::NoSeats | Waiting::EarlierRequest);
        let give_up_at = self.signup.trying_since.plus(self.shared.config().signup.give_up_after);
        give_up_at <= self.now() && !has_an_end
    }

    /// Records for the status page that the account is gone, where that is the reason for which a turn ends.
    async fn record_gone(&self, reason: Attention) -> Result<(), StoreError> {
        if reason == Attention::UserGone && self.signup.object_id.is_some() {
            self.shared.store().account_gone(self.held.id, self.now()).await?;
        }
        Ok(())
    }

    /// Notes in the audit trail what the worker has done for this signup.
    fn note(&self, act: Act, detail: &dyn fmt::Display) {
        audit::of_signup(&Requester::Worker, act, self.held.id, detail);
    }

    fn backoff(&self, waiting: Waiting) -> std::time::Duration {
        let config = self.shared.config();
        match waiting {
            Waiting::NoSeats => config.worker.seats_retry,
            _ => backoff::delay(
                self.signup.attempts,
                config.worker.retry_base,
                config.worker.retry_max,
                self.shared.entropy(),
            ),
        }
    }

    /// Whether what looks like replication lag is none. Only when it looked so the time before too: many
    /// attempts may also come from an outage.
    fn is_lag_over(&self) -> bool {
        self.signup.attempts >= LAG_ATTEMPTS && self.signup.waiting == Some(Waiting::TenantLag)
    }

    fn now(&self) -> Timestamp {
        self.shared.clock().now()
    }

    /// The end of the lease when it is renewed now.
    fn lease_end(&self) -> Timestamp {
        self.now().plus(self.shared.config().worker.lease)
    }

    fn resting(&self, lane: &Lane) -> Option<Timestamp> {
        self.shared.pauses().until(lane, self.now())
    }

    fn tenant_lane(&self) -> Lane {
        Lane::Tenant(self.signup.tenant.clone())
    }

    fn tenant(&self) -> Option<&Tenant> {
        self.shared.tenants.get(&self.signup.tenant)
    }

    fn profile(&self) -> Result<&Profile, Verdict> {
        self.shared.config().profiles.named(&self.signup.profile).ok_or_else(Verdict::profile_gone)
    }
}

/// What an admin does: by the error's code where that tells it, else by the reason.
fn remedy_for(reason: Attention, detail: &str) -> &'static str {
    graph::remedy_for(detail).or_else(|| mail::remedy_for(detail)).unwrap_or_else(|| reason.remedy())
}
