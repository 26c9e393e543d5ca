//! Why a turn ends before the signup is done.

use super::Turn;
use crate::{
    domain::{Attention, Email, Stage, Timestamp, Waiting},
    graph::{self, ErrorKind},
    mail,
    metrics::StepEnd,
    signup::pauses::{Lane, Refusal, Rest},
};

/// Claims after which a refusal of one user or group is no passing one any more: some seconds.
const REFUSED_ATTEMPTS: u32 = 4;

/// The end of a turn.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It is tried again.
    Later {
        waiting: Waiting,
        /// A short code for admins and the log; no personal data.
        detail: String,
        at_least: Option<Timestamp>,
        /// Nothing the tenant could have taken was sent: the signup is as it was in the queue.
        unposted: bool,
    },
    /// Mails pause: it is tried again when the pause is over, and this try does not count.
    Paused { detail: String, until: Timestamp },
    /// A person has to act first.
    Stuck { reason: Attention, detail: String },
    /// The new password that was asked for is surely not set: all is as it was before.
    Unset { reason: Attention, detail: String },
}

impl Verdict {
    pub(super) fn mail_rests(until: Timestamp) -> Self {
        Self::Later {
            waiting: Waiting::MailUnavailable,
            detail: "mail_rests".to_owned(),
            at_least: Some(until),
            unposted: false,
        }
    }

    pub(super) fn tenant_rests(rest: Rest, unposted: bool) -> Self {
        let (waiting, detail) = match rest.refusal {
            Some(refusal) => (refusal.waiting, refusal.detail),
            None => (Waiting::TenantUnavailable, "tenant_rests".to_owned()),
        };
        Self::Later { waiting, detail, at_least: Some(rest.until), unposted }
    }

    pub(super) fn stuck(reason: Attention) -> Self {
        Self::Stuck { reason, detail: reason.to_string() }
    }

    pub(super) fn gave_up(waiting: Waiting, last: &str) -> Self {
        Self::Stuck { reason: waiting.given_up(), detail: format!("gave_up: {last}") }
    }

    /// What ends a reset. Without doubt the earlier password holds; in doubt the new one may, so that it must
    /// not be lost, and a person has to see to it.
    pub(super) fn in_reset(self, in_doubt: bool) -> Self {
        match self {
            Self::Stuck { reason, detail } if !in_doubt => Self::Unset { reason, detail },
            verdict => verdict,
        }
    }

    pub(super) const fn end(&self) -> StepEnd {
        match self {
            Self::Later { .. } | Self::Paused { .. } => StepEnd::PutBack,
            Self::Stuck { .. } | Self::Unset { .. } => StepEnd::Refused,
        }
    }

    pub(super) fn profile_gone() -> Self {
        Self::stuck(Attention::ProfileGone)
    }

    pub(super) fn later(waiting: Waiting, detail: &str) -> Self {
        Self::Later { waiting, detail: detail.to_owned(), at_least: None, unposted: false }
    }
}

impl Turn {
    /// What an error of the tenant means for this signup, and for the tenant's whole queue.
    pub(super) fn judge_tenant(&self, error: &graph::Error) -> Verdict {
        let asked_for = error.retry_after.map(|pause| self.now().plus(pause));
        self.note_error(error, asked_for);
        let later_at =
            |waiting, at_least| Verdict::Later { waiting, detail: error.detail(), at_least, unposted: false };
        let later = |waiting| later_at(waiting, asked_for);
        let refused = |waiting| later_at(waiting, self.resting(&self.tenant_lane()).max(asked_for));
        let stuck = |reason| Verdict::Stuck { reason, detail: error.detail() };
        match error.kind {
            ErrorKind::Throttled => later(Waiting::Throttled),
            ErrorKind::Unavailable | ErrorKind::Unclear => later(Waiting::TenantUnavailable),
            ErrorKind::Lag | ErrorKind::Busy => later(Waiting::TenantLag),
            ErrorKind::NoSeats => later(Waiting::NoSeats),
            ErrorKind::IdentityRefused => refused(Waiting::ApplicationRefused),
            ErrorKind::Forbidden => refused(Waiting::PermissionMissing),
            ErrorKind::TargetForbidden if self.is_refused_for_long() => stuck(Attention::Forbidden),
            ErrorKind::TargetForbidden => later(Waiting::PermissionMissing),
            ErrorKind::QuotaExceeded => stuck(Attention::QuotaExceeded),
            ErrorKind::LicenceUnassignable => stuck(Attention::LicenceUnassignable),
            ErrorKind::LicenceConflict => stuck(Attention::LicenceConflict),
            ErrorKind::LicenceDependency => stuck(Attention::LicenceDependency),
            ErrorKind::AddressTaken => stuck(Attention::AddressTaken),
            ErrorKind::LicenceUnknown => stuck(Attention::LicenceUnknown),
            // Just written, it may not be everywhere yet; for how long, the step judges.
            ErrorKind::UsageLocation => later(Waiting::TenantLag),
            ErrorKind::GroupRefused => stuck(Attention::GroupRefused),
            ErrorKind::DomainUnverified => stuck(Attention::DomainUnverified),
            ErrorKind::DomainFederated => stuck(Attention::DomainFederated),
            ErrorKind::UserRefused => stuck(Attention::UserRefused),
        }
    }

    /// What an error tells of the tenant as a whole.
    fn note_error(&self, error: &graph::Error, asked_for: Option<Timestamp>) {
        let (now, lane, pauses) = (self.now(), self.tenant_lane(), self.shared.pauses());
        let entropy = self.shared.entropy();
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
                pauses.rest(&lane, until);
            }
            ErrorKind::Unavailable | ErrorKind::Unclear => match asked_for {
                Some(until) => pauses.rest(&lane, until),
                None => pauses.failed(&lane, now, entropy),
            },
            ErrorKind::IdentityRefused => {
                // Without a token no call is made at all: any that is accepted shows that there is one again.
                let step = self.next_step().filter(|_| !error.is_of_token());
                pauses.refused(&lane, refusal(Waiting::ApplicationRefused, step), now, entropy);
            }
            ErrorKind::Forbidden => {
                let refusal = refusal(Waiting::PermissionMissing, self.next_step());
                pauses.refused(&lane, refusal, now, entropy);
            }
            _ => self.tenant_answered(),
        }
    }

    /// Whether one user or group is refused for long. Only when it was so the time before too: many attempts may
    /// also come from an outage. A reset leaves the account as it was, so that it need not be tried again.
    fn is_refused_for_long(&self) -> bool {
        let was_refused = self.signup.waiting == Some(Waiting::PermissionMissing);
        self.held.stage == Stage::Resetting || (self.signup.attempts >= REFUSED_ATTEMPTS && was_refused)
    }

    /// What an error of the mail server means for this signup, and for the whole mail queue.
    pub(super) fn judge_mail(&self, to: &Email, error: &mail::Error) -> Verdict {
        match error {
            mail::Error::RecipientRefused { .. } => {
                self.shared.pauses().answered(&Lane::Mail);
                Verdict::Stuck { reason: Attention::RecipientRefused, detail: error.to_string() }
            }
            mail::Error::Paused { pause, .. } => {
                let until = self.now().plus(*pause);
                self.shared.pauses().rest(&Lane::Mail, until);
                Verdict::Paused { detail: error.to_string(), until }
            }
            mail::Error::Refused { .. } | mail::Error::Unavailable { .. } => {
                if self.shared.pauses().mail_failed(to, error, self.now(), self.shared.entropy()) {
                    let cause = std::error::Error::source(error);
                    tracing::warn!(
                        code = error.code(),
                        cause,
                        remedy = error.remedy(),
                        "no mail can be sent; mails wait and go when the cause is removed"
                    );
                }
                Verdict::later(Waiting::MailUnavailable, &error.to_string())
            }
        }
    }

    /// The tenant has answered to the present step, and accepts the application for it.
    pub(super) fn tenant_answered(&self) {
        let lane = self.tenant_lane();
        if let Some(step) = self.next_step() {
            self.shared.pauses().accepted(&lane, step, self.probe.is_some(), self.now());
        }
    }
}
