//! Results of steps, and what errors of the tenant and of the mail server mean for a step.

use super::{
    breaker::{Dependency, Pause, Refusal},
    run::OperationRun,
};
use crate::{
    domain::{Attention, Email, OperationKind, StepKind, Timestamp, Waiting},
    graph::{self, ErrorKind},
    mail,
    metrics::StepEnd,
    store::StoreError,
};

/// Claims after which a refusal of one user or group counts as permanent: some seconds.
const REFUSED_ATTEMPTS: u32 = 4;

/// The result of a step.
pub(crate) type StepResult = Result<Done, StepFailure>;

/// A step that is complete, with its outcome recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The operation goes on with this step.
    Next(StepKind),
    /// The operation is complete.
    Finished,
    /// The operation is complete, and the step had nothing to do.
    NothingToDo,
}

/// The reason for which a step ends without being complete.
#[derive(Debug)]
pub(crate) enum StepFailure {
    /// The step is tried again.
    Retry {
        waiting: Waiting,
        /// A short code for admins and the log; no personal data.
        detail: String,
        /// The earliest time of the next attempt.
        not_before: Option<Timestamp>,
        /// Whether the step certainly had no effect, in this attempt and in earlier ones.
        no_effect: bool,
        /// Whether this counts as an attempt. One that only met a pause does not.
        counted: bool,
    },
    /// Trying again is of no use: an admin has to act first, unless the step says otherwise ([`super::Abandon`]).
    NeedsAttention {
        reason: Attention,
        detail: String,
        /// Whether the step certainly had no effect, in this attempt and in earlier ones.
        no_effect: bool,
    },
    /// The outcome could not be recorded, or the record could not be read.
    Store(StoreError),
}

impl From<StoreError> for StepFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl StepFailure {
    pub(crate) fn retry(waiting: Waiting, detail: &str) -> Self {
        Self::retry_after(waiting, detail.to_owned(), None)
    }

    pub(crate) const fn retry_after(waiting: Waiting, detail: String, not_before: Option<Timestamp>) -> Self {
        Self::Retry { waiting, detail, not_before, no_effect: false, counted: true }
    }

    pub(crate) fn attention(reason: Attention) -> Self {
        Self::needs_attention(reason, reason.to_string())
    }

    pub(crate) const fn needs_attention(reason: Attention, detail: String) -> Self {
        Self::NeedsAttention { reason, detail, no_effect: false }
    }

    /// The tenant is paused, or refuses the application.
    pub(super) fn tenant_paused(pause: Pause) -> Self {
        let (waiting, detail) = match pause.refusal {
            Some(refusal) => (refusal.waiting, refusal.detail),
            None => (Waiting::TenantUnavailable, "tenant_rests".to_owned()),
        };
        Self::retry_after(waiting, detail, Some(pause.until))
    }

    pub(super) fn mail_paused(until: Timestamp) -> Self {
        Self::retry_after(Waiting::MailUnavailable, "mail_rests".to_owned(), Some(until))
    }

    /// The same failure, of a step that certainly had no effect if `certain`.
    pub(crate) fn without_effect(mut self, certain: bool) -> Self {
        if let Self::Retry { no_effect, .. } | Self::NeedsAttention { no_effect, .. } = &mut self {
            *no_effect = certain;
        }
        self
    }

    /// The same failure of an attempt without an effect: a refusal, where no earlier attempt is `in_doubt`.
    pub(crate) fn without_effect_unless(self, in_doubt: bool) -> Self {
        match self {
            Self::Retry { no_effect, .. } => self.without_effect(no_effect && !in_doubt),
            Self::NeedsAttention { .. } => self.without_effect(!in_doubt),
            failure => failure,
        }
    }

    /// The failure after the last attempt.
    pub(super) fn given_up(self) -> Self {
        match self {
            Self::Retry { waiting, detail, no_effect, .. } => Self::NeedsAttention {
                reason: waiting.given_up(),
                detail: format!("gave_up: {detail}"),
                no_effect,
            },
            failure => failure,
        }
    }

    /// Its label in the metrics; none where the outcome is not recorded.
    pub(super) const fn end(&self) -> Option<StepEnd> {
        match self {
            Self::Retry { .. } => Some(StepEnd::PutBack),
            Self::NeedsAttention { .. } => Some(StepEnd::Refused),
            Self::Store(_) => None,
        }
    }
}

impl OperationRun {
    /// The failure of a step by an error of its tenant, which is noted for the tenant's whole queue.
    pub(crate) fn tenant_failure(&self, error: &graph::Error) -> StepFailure {
        let asked_for = error.retry_after.map(|pause| self.now().plus(pause));
        self.note_error(error, asked_for);
        let retry_at = |waiting, at| StepFailure::retry_after(waiting, error.detail(), at);
        let retry = |waiting| retry_at(waiting, asked_for);
        let paused_until = self.tenant().and_then(|tenant| self.paused_until(&tenant));
        let refused = |waiting| retry_at(waiting, paused_until.max(asked_for));
        let attention = |reason| StepFailure::needs_attention(reason, error.detail());
        match error.kind {
            ErrorKind::Throttled => retry(Waiting::Throttled),
            ErrorKind::Unavailable | ErrorKind::Unclear => retry(Waiting::TenantUnavailable),
            ErrorKind::Lag | ErrorKind::Busy => retry(Waiting::TenantLag),
            ErrorKind::NoSeats => retry(Waiting::NoSeats),
            ErrorKind::IdentityRefused => refused(Waiting::ApplicationRefused),
            ErrorKind::Forbidden => refused(Waiting::PermissionMissing),
            ErrorKind::TargetForbidden if self.is_refused_for_long() => attention(Attention::Forbidden),
            ErrorKind::TargetForbidden => retry(Waiting::PermissionMissing),
            ErrorKind::QuotaExceeded => attention(Attention::QuotaExceeded),
            ErrorKind::LicenceUnassignable => attention(Attention::LicenceUnassignable),
            ErrorKind::LicenceConflict => attention(Attention::LicenceConflict),
            ErrorKind::LicenceDependency => attention(Attention::LicenceDependency),
            ErrorKind::AddressTaken => attention(Attention::AddressTaken),
            ErrorKind::LicenceUnknown => attention(Attention::LicenceUnknown),
            // Just written, it may not be everywhere yet; the step decides when that no longer explains it.
            ErrorKind::UsageLocation => retry(Waiting::TenantLag),
            ErrorKind::GroupRefused => attention(Attention::GroupRefused),
            ErrorKind::DomainUnverified => attention(Attention::DomainUnverified),
            ErrorKind::DomainFederated => attention(Attention::DomainFederated),
            ErrorKind::UserRefused => attention(Attention::UserRefused),
        }
    }

    /// Notes an error for the circuit breaker of the tenant.
    fn note_error(&self, error: &graph::Error, asked_for: Option<Timestamp>) {
        let Some(tenant) = self.tenant() else { return };
        let (now, breakers) = (self.now(), self.breakers());
        let refusal = |waiting: Waiting, step| Refusal {
            waiting,
            detail: error.detail(),
            code: error.code.clone(),
            remedy: error.remedy().or(waiting.remedy()).unwrap_or_default(),
            step,
        };
        match error.kind {
            ErrorKind::Throttled => {
                let until = asked_for.unwrap_or_else(|| now.plus(self.backoff(Waiting::Throttled)));
                breakers.pause(&tenant, until);
            }
            ErrorKind::Unavailable | ErrorKind::Unclear => match asked_for {
                Some(until) => breakers.pause(&tenant, until),
                None => breakers.failed(&tenant, now, self.entropy()),
            },
            ErrorKind::IdentityRefused => {
                // Without a token no call is made at all: any call that is accepted shows that there is one again.
                let step = Some(self.operation.step).filter(|_| !error.is_of_token());
                breakers.refused(&tenant, refusal(Waiting::ApplicationRefused, step), now, self.entropy());
            }
            ErrorKind::Forbidden => {
                let refusal = refusal(Waiting::PermissionMissing, Some(self.operation.step));
                breakers.refused(&tenant, refusal, now, self.entropy());
            }
            _ => self.tenant_answered(),
        }
    }

    /// Returns whether a refusal of one user or group counts as permanent: many attempts may also come from an outage, so
    /// the attempt before must have met the same. A reset leaves the account as it was and is not tried again.
    fn is_refused_for_long(&self) -> bool {
        let operation = &self.operation;
        let was_refused = operation.waiting == Some(Waiting::PermissionMissing);
        let is_in_place =
            matches!(operation.step, StepKind::ResetPassword | StepKind::SendReminder | StepKind::SendNotice);
        operation.kind == OperationKind::ResetPassword && is_in_place
            || operation.attempts >= REFUSED_ATTEMPTS && was_refused
    }

    /// Returns whether replication lag no longer explains an answer of the tenant. The attempt before must have met the
    /// same: many attempts may also come from an outage.
    pub(crate) fn is_lag_over(&self) -> bool {
        self.operation.attempts >= super::LAG_ATTEMPTS && self.operation.waiting == Some(Waiting::TenantLag)
    }

    /// Notes that the tenant has answered to the present step, and accepts the application for it.
    pub(crate) fn tenant_answered(&self) {
        if let Some(tenant) = self.tenant() {
            self.breakers().accepted(&tenant, self.operation.step, self.is_probe(), self.now());
        }
    }

    /// Sends a mail and keeps the lease meanwhile. An error is noted for all mails.
    pub(crate) async fn send_mail(
        &self,
        mailer: &mail::Mailer,
        mail: &mail::Mail<'_>,
    ) -> Result<(), StepFailure> {
        // Since the claim, another mail may have met a pause.
        if let Some(until) = self.paused_until(&Dependency::Mail) {
            return Err(StepFailure::mail_paused(until));
        }
        match self.keeping_the_lease(mailer.send(mail)).await? {
            Ok(()) => {
                self.breakers().answered(&Dependency::Mail);
                Ok(())
            }
            Err(error) => Err(self.mail_failure(mail.to, &error)),
        }
    }

    /// The failure of a step by an error of the mail server, which is noted for the whole mail queue.
    fn mail_failure(&self, to: &Email, error: &mail::Error) -> StepFailure {
        match error {
            mail::Error::RecipientRefused { .. } => {
                self.breakers().answered(&Dependency::Mail);
                StepFailure::needs_attention(Attention::RecipientRefused, error.to_string())
            }
            mail::Error::Paused { pause, .. } => {
                let until = self.now().plus(*pause);
                self.breakers().pause(&Dependency::Mail, until);
                StepFailure::Retry {
                    waiting: Waiting::MailUnavailable,
                    detail: error.to_string(),
                    not_before: Some(until),
                    no_effect: false,
                    counted: false,
                }
            }
            mail::Error::Refused { .. } | mail::Error::Unavailable { .. } => {
                if self.breakers().mail_failed(to, error, self.now(), self.entropy()) {
                    let cause = std::error::Error::source(error);
                    tracing::warn!(
                        code = error.code(),
                        cause,
                        remedy = error.remedy(),
                        "no mail can be sent; mails wait and go when the cause is removed"
                    );
                }
                StepFailure::retry(Waiting::MailUnavailable, &error.to_string())
            }
        }
    }
}
