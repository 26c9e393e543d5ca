//! The signs that a program has sent a form. No one is locked out for them: a person reads what to do and continues.

use crate::metrics::{Limit, Metrics};

/// The reason why a form is suspected to come from a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// The field that people do not see was filled in. The form comes back without it.
    HiddenField,
    /// It was sent sooner than anyone can fill it in. It comes back and may be sent again.
    TooFast,
    /// The browser did not do the work it was asked for. The address has to be confirmed first.
    NoProof,
}

impl Suspicion {
    /// Notes it in the log and the metrics: every suspicion about a form passes here once, and here alone.
    pub(super) fn note(self, metrics: &Metrics) {
        let limit = match self {
            Self::HiddenField => Limit::Honeypot,
            Self::TooFast => Limit::TooFast,
            Self::NoProof => Limit::ProofOfWork,
        };
        metrics.limit_hit(limit, None);
        tracing::info!(suspicion = limit.name(), "a form looked as if a program had sent it");
    }
}
