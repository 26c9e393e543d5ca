//! What may turn a visitor away.

/// A limit that a visitor can run into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Forms of one network.
    SubmissionsPerNetwork,
    /// Forms for one address.
    SubmissionsPerEmail,
    /// Forms of all.
    SubmissionsInTotal,
    /// Codes and links of one network.
    CodesPerNetwork,
    /// Requests of one network.
    PagesPerNetwork,
    /// A field was filled in that nobody sees.
    Honeypot,
    /// The form came back sooner than anybody types.
    TooFast,
    /// The proof of work is missing or wrong.
    ProofOfWork,
}

impl Limit {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::SubmissionsPerNetwork,
        Self::SubmissionsPerEmail,
        Self::SubmissionsInTotal,
        Self::CodesPerNetwork,
        Self::PagesPerNetwork,
        Self::Honeypot,
        Self::TooFast,
        Self::ProofOfWork,
    ];

    /// Its name: that of its key in `[limits]` where there is one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SubmissionsPerNetwork => "submissions_per_network",
            Self::SubmissionsPerEmail => "submissions_per_email",
            Self::SubmissionsInTotal => "submissions_in_total",
            Self::CodesPerNetwork => "codes_per_network",
            Self::PagesPerNetwork => "pages_per_network",
            Self::Honeypot => "honeypot",
            Self::TooFast => "too_fast",
            Self::ProofOfWork => "proof_of_work",
        }
    }

    pub(super) const fn label(self) -> super::Label {
        [("limit", self.name())]
    }
}
