//! What makes a form look as if a program had sent it. Nobody is locked out for it: a person reads what to do
//! and gets on.

use crate::metrics::{Limit, Metrics};

/// Why a form is not taken at its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// The field that people do not see was filled in. The form comes back without it.
    HiddenField,
    /// It was sent sooner than anybody can fill it in. It comes back and may be sent again.
    TooFast,
    /// The browser did not do the work it was asked for. The address has to be confirmed first.
    NoProof,
}

impl Suspicion {
    /// Notes that a form met it, in the log and the metrics: every suspicion passes here once, and here alone.
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
