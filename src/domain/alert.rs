//! The subjects of the mails to admins.

use std::{fmt, str::FromStr};

use super::{IdError, step::stored_as};

/// The subject of a mail to admins. Each kind has its own limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AlertKind {
    /// Signups that need a person.
    NeedsAttention,
    /// Licences of which few seats are free.
    SeatsLow,
    /// Licences of which no seat is free.
    SeatsNone,
    /// Certificates that end soon, or have ended.
    Certificate,
    /// Tenants that refuse the application.
    ApplicationRefused,
}

stored_as!(
    AlertKind,
    "no such kind of alert",
    NeedsAttention = "needs_attention",
    SeatsLow = "seats_low",
    SeatsNone = "seats_none",
    Certificate = "certificate",
    ApplicationRefused = "application_refused",
);
