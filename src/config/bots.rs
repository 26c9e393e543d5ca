//! `[bots]`: the protection against programs that sign up.

use std::time::Duration;

use super::section::Section;

/// The protection against programs that sign up.
#[derive(Debug, Clone)]
pub struct Bots {
    /// The least time between showing and sending the form.
    pub min_time: Duration,
    /// True if every form needs a proof of work, and not only those beyond `limits.submissions_in_total`.
    pub proof_of_work: bool,
    /// The most numbers that a browser has to try.
    pub proof_cost: u32,
}

impl Bots {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let min_time = section.duration("min_time", Duration::ZERO..=Duration::from_mins(1));
        let proof_of_work = section.flag("proof_of_work");
        let proof_cost = section.number("proof_cost", 1..=10_000_000);
        Some(Self { min_time: min_time?, proof_of_work: proof_of_work?, proof_cost: proof_cost? })
    }
}
