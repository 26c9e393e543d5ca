//! Errors of the tenant and of the mail server: their meaning for the step, and for all steps with the same dependency.

use super::{
    breaker::{Dependency, Refusal},
    failure::StepFailure,
    run::OperationRun,
};
use crate::{
    domain::{Attention, Email, Needs, OperationKind, StepKind, Timestamp, Waiting},
    graph::{self, ErrorKind},
    mail,
};

/// Claims after which a refusal of one user or group counts as permanent: some seconds.
const REFUSED_ATTEMPTS: u32 = 4;

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
                let step = self.tenant_step().filter(|_| !error.is_of_token());
                breakers.refused(&tenant, refusal(Waiting::ApplicationRefused, step), now, self.entropy());
            }
            ErrorKind::Forbidden => {
                let refusal = refusal(Waiting::PermissionMissing, self.tenant_step());
                breakers.refused(&tenant, refusal, now, self.entropy());
            }
            _ => self.tenant_answered(),
        }
    }

    /// The step, if only its own success shows that the tenant accepts the application again. A step that needs mail is
    /// never the one that tries.
    fn tenant_step(&self) -> Option<StepKind> {
        Some(self.operation.step).filter(|step| step.needs() == Needs::Tenant)
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

    /// Sends a mail and keeps the lease until it is sent. An error is noted for all mails.
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
                let cause = std::error::Error::source(error);
                tracing::debug!(code = error.code(), cause, "a mail was not accepted");
                StepFailure::retry(Waiting::MailUnavailable, &error.to_string())
            }
        }
    }
}
