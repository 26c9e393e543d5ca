//! What makes a form look as if a program had sent it. Nobody is locked out for it: a person reads what to do
//! and gets on.

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
    /// The word for logs and counts.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::HiddenField => "hidden field",
            Self::TooFast => "too fast",
            Self::NoProof => "no proof of work",
        }
    }

    /// Notes that a form met it: every suspicion passes here once, and here alone.
    pub(super) fn note(self) {
        tracing::info!(suspicion = self.as_str(), "a form looked as if a program had sent it");
    }
}
