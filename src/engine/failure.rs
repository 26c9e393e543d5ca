//! Results of steps.

use super::breaker::Pause;
use crate::{
    domain::{Attention, StepKind, Timestamp, Waiting},
    metrics::StepEnd,
    store::StoreError,
};

/// The result of a step.
pub(crate) type StepResult = Result<Done, StepFailure>;

/// A step that is complete, with its outcome recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// The operation continues with this step.
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
        /// True if the step certainly had no effect, in this attempt and in earlier ones.
        no_effect: bool,
        /// True if this counts as an attempt. One that only met a pause does not.
        counted: bool,
    },
    /// Trying again is of no use: an admin has to act first, unless the step says otherwise ([`super::Abandon`]).
    NeedsAttention {
        reason: Attention,
        detail: String,
        /// True if the step certainly had no effect, in this attempt and in earlier ones.
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

    /// Its label in the metrics, if the outcome is recorded.
    pub(super) const fn end(&self) -> Option<StepEnd> {
        match self {
            Self::Retry { .. } => Some(StepEnd::PutBack),
            Self::NeedsAttention { .. } => Some(StepEnd::Refused),
            Self::Store(_) => None,
        }
    }
}
