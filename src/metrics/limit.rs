//! The limits and bot signals that are counted.

use crate::domain::NetworkSize;

/// A limit that a visitor can reach, or a sign that a program sent a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Forms of one network.
    SubmissionsPerNetwork,
    /// Mails to one address.
    MailsPerAddress,
    /// Forms of all networks: beyond it they need proof of work or a confirmed address.
    SubmissionsInTotal,
    /// The part of it that one network may use.
    NetworkShare,
    /// Codes and links of one network.
    CodesPerNetwork,
    /// Requests of one network.
    PagesPerNetwork,
    /// Connections and requests of one network at a time.
    ConnectionShare,
    /// A field was filled in that no visitor sees.
    Honeypot,
    /// The form came back sooner than a person can type.
    TooFast,
    /// The proof of work is missing or wrong.
    ProofOfWork,
}

impl Limit {
    /// All there are.
    pub const ALL: [Self; 10] = [
        Self::SubmissionsPerNetwork,
        Self::MailsPerAddress,
        Self::SubmissionsInTotal,
        Self::NetworkShare,
        Self::CodesPerNetwork,
        Self::PagesPerNetwork,
        Self::ConnectionShare,
        Self::Honeypot,
        Self::TooFast,
        Self::ProofOfWork,
    ];

    /// Its name: that of its key in `[limits]` where there is one.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SubmissionsPerNetwork => "submissions_per_network",
            Self::MailsPerAddress => "mails_per_address",
            Self::SubmissionsInTotal => "submissions_in_total",
            Self::NetworkShare => "network_share",
            Self::CodesPerNetwork => "codes_per_network",
            Self::PagesPerNetwork => "pages_per_network",
            Self::ConnectionShare => "connection_share",
            Self::Honeypot => "honeypot",
            Self::TooFast => "too_fast",
            Self::ProofOfWork => "proof_of_work",
        }
    }

    pub(super) const fn label(self) -> super::Label {
        [("limit", self.name())]
    }

    /// The labels of a hit: the limits by network have one series for each size of network.
    pub(super) const fn hit_labels(self, size: Option<NetworkSize>) -> [(&'static str, &'static str); 2] {
        let network = match size {
            Some(size) => size.as_str(),
            None => "",
        };
        [("limit", self.name()), ("network", network)]
    }

    /// The sizes of network for which hits are counted apart.
    pub(super) fn sizes(self) -> impl Iterator<Item = Option<NetworkSize>> {
        let is_by_network = matches!(
            self,
            Self::SubmissionsPerNetwork
                | Self::NetworkShare
                | Self::CodesPerNetwork
                | Self::PagesPerNetwork
                | Self::ConnectionShare
        );
        let sizes = if is_by_network { &NetworkSize::ALL[..] } else { &[] };
        sizes.iter().copied().map(Some).chain((!is_by_network).then_some(None))
    }
}
