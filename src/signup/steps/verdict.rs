//! Why a turn ends before the signup is done.

use super::Turn;
use crate::{
    domain::{Attention, Timestamp, Waiting},
    graph::{self, ErrorKind},
    mail,
    metrics::StepEnd,
    signup::pauses::Lane,
};

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

    pub(super) fn tenant_rests(until: Timestamp, unposted: bool) -> Self {
        Self::Later {
            waiting: Waiting::TenantUnavailable,
            detail: "tenant_rests".to_owned(),
            at_least: Some(until),
            unposted,
        }
    }

    pub(super) fn stuck(reason: Attention) -> Self {
        Self::Stuck { reason, detail: reason.to_string() }
    }

    pub(super) fn gave_up(last: &str) -> Self {
        Self::Stuck { reason: Attention::GaveUp, detail: format!("gave_up: {last}") }
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
            Self::Later { .. } => StepEnd::PutBack,
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
        let (now, lane) = (self.now(), self.tenant_lane());
        let entropy = self.shared.entropy();
        let asked_for = error.retry_after.map(|pause| now.plus(pause));
        match error.kind {
            ErrorKind::Throttled => {
                let until = asked_for.unwrap_or_else(|| now.plus(self.backoff(Waiting::Throttled)));
                self.shared.pauses().rest(&lane, until);
            }
            ErrorKind::Unavailable | ErrorKind::Unclear => match asked_for {
                Some(until) => self.shared.pauses().rest(&lane, until),
                None => self.shared.pauses().failed(&lane, now, entropy),
            },
            _ => self.shared.pauses().answered(&lane),
        }
        let later = |waiting| Verdict::Later {
            waiting,
            detail: detail_of(error),
            at_least: asked_for,
            unposted: false,
        };
        let stuck = |reason| Verdict::Stuck { reason, detail: detail_of(error) };
        match error.kind {
            ErrorKind::Throttled => later(Waiting::Throttled),
            ErrorKind::Unavailable | ErrorKind::Unclear => later(Waiting::TenantUnavailable),
            ErrorKind::Lag => later(Waiting::TenantLag),
            ErrorKind::NoSeats => later(Waiting::NoSeats),
            ErrorKind::IdentityRefused => stuck(Attention::IdentityRefused),
            ErrorKind::Forbidden => stuck(Attention::Forbidden),
            ErrorKind::LicenceUnknown => stuck(Attention::LicenceUnknown),
            // Just written, it may not be everywhere yet; for how long, the step judges.
            ErrorKind::UsageLocation => later(Waiting::TenantLag),
            ErrorKind::GroupRefused => stuck(Attention::GroupRefused),
            ErrorKind::DomainUnverified => stuck(Attention::DomainUnverified),
            ErrorKind::UserRefused => stuck(Attention::UserRefused),
        }
    }

    /// What an error of the mail server means for this signup, and for the whole mail queue.
    pub(super) fn judge_mail(&self, error: &mail::Error) -> Verdict {
        match error {
            mail::Error::RecipientRefused { .. } => {
                self.shared.pauses().answered(&Lane::Mail);
                Verdict::Stuck { reason: Attention::RecipientRefused, detail: error.to_string() }
            }
            mail::Error::Unavailable { .. } => {
                self.shared.pauses().failed(&Lane::Mail, self.now(), self.shared.entropy());
                Verdict::later(Waiting::MailUnavailable, &error.to_string())
            }
        }
    }

    pub(super) fn tenant_answered(&self) {
        self.shared.pauses().answered(&self.tenant_lane());
    }
}

/// Graph's code, status and request id: what an admin needs to ask Microsoft.
fn detail_of(error: &graph::Error) -> String {
    let status = error.status.map_or_else(String::new, |status| format!(" ({status})"));
    let request = error.request_id.as_deref().map_or_else(String::new, |id| format!(", request-id {id}"));
    format!("{}{status}{request}", error.code)
}
