//! The consents that a student has given.

use super::Timestamp;

/// Both consents of the form were given: to which wording, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consent {
    /// The version of the consent text, as configured.
    pub text_version: String,
    /// The time at which the form was received.
    pub given_at: Timestamp,
}
