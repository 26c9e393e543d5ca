//! The worker's steps and the mails: how long each took, by how it ended.

use std::{fmt, time::Duration};

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, metrics::MetricType};

use super::durations::{Durations, UNIT};

/// What the worker does for a signup in one go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Mail the code that confirms the address.
    SendCode,
    /// Create the user.
    CreateUser,
    /// Assign licences and join groups.
    Entitle,
    /// Mail the password, the first or a new one.
    SendPassword,
    /// Set a new password in the tenant.
    ResetPassword,
    /// Answer a further request for an address.
    SettleDuplicate,
}

/// How a step ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEnd {
    /// It has had its effect.
    Done,
    /// It is tried again later.
    PutBack,
    /// Trying again is of no use before somebody has acted.
    Refused,
}

/// How sending a mail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailEnd {
    /// The server has taken it.
    Sent,
    /// The server does not take it now (4yz); it is tried again.
    Deferred,
    /// The server refuses the recipient for good.
    RecipientRefused,
    /// The server refuses it for a reason the recipient has no part in (5yz), such as the login; it is tried again.
    Refused,
    /// There was no answer that made sense; it is tried again.
    Unreachable,
}

macro_rules! named {
    ($name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        impl $name {
            const NAMES: &'static [&'static str] = &[$($text),+];

            #[cfg(test)]
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

named!(Step {
    SendCode = "send_code",
    CreateUser = "create_user",
    Entitle = "entitle",
    SendPassword = "send_password",
    ResetPassword = "reset_password",
    SettleDuplicate = "settle_duplicate",
});
named!(StepEnd { Done = "done", PutBack = "put_back", Refused = "refused" });
named!(MailEnd {
    Sent = "sent",
    Deferred = "deferred",
    RecipientRefused = "recipient_refused",
    Refused = "refused",
    Unreachable = "unreachable",
});

/// All steps and mails so far.
#[derive(Debug, Default)]
pub(super) struct Work {
    steps: [[Durations; StepEnd::NAMES.len()]; Step::NAMES.len()],
    mails: [Durations; MailEnd::NAMES.len()],
}

impl Step {
    /// Whether nothing is left to do after it.
    #[must_use]
    pub const fn is_last(self) -> bool {
        matches!(self, Self::SendCode | Self::SendPassword | Self::SettleDuplicate)
    }
}

impl Work {
    pub(super) fn step(&self, step: Step, end: StepEnd, took: Duration) {
        self.steps[step as usize][end as usize].observe(took);
    }

    pub(super) fn mail(&self, end: MailEnd, took: Duration) {
        self.mails[end as usize].observe(took);
    }
}

impl Collector for Work {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (name, help) = ("step_duration", "How long the worker's steps take");
        let mut steps = encoder.encode_descriptor(name, help, Some(&UNIT), MetricType::Histogram)?;
        for (step, by_end) in Step::NAMES.iter().zip(&self.steps) {
            for (outcome, durations) in StepEnd::NAMES.iter().zip(by_end) {
                durations.encode(&mut steps, &[("step", *step), ("outcome", *outcome)])?;
            }
        }
        let (name, help) = ("mail_duration", "How long sending a mail takes");
        let mut mails = encoder.encode_descriptor(name, help, Some(&UNIT), MetricType::Histogram)?;
        for (result, durations) in MailEnd::NAMES.iter().zip(&self.mails) {
            durations.encode(&mut mails, &[("result", *result)])?;
        }
        Ok(())
    }
}
