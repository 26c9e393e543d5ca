//! The worker's steps and the mails: how long each took, by how it ended.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

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

/// The way a mail goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailTransport {
    /// To a mail server, by a password or without a login.
    Smtp,
    /// To a mail server, by an access token.
    SmtpXoauth2,
    /// Through Microsoft Graph.
    Graph,
    /// Into a file.
    File,
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

named!(MailTransport { Smtp = "smtp", SmtpXoauth2 = "smtp_xoauth2", Graph = "graph", File = "file" });

/// All steps and mails so far.
#[derive(Debug, Default)]
pub(super) struct Work {
    steps: [[Durations; StepEnd::NAMES.len()]; Step::NAMES.len()],
    mails: [Mails; MailTransport::NAMES.len()],
}

/// The mails that went by one transport. They are shown once it is in use.
#[derive(Debug, Default)]
struct Mails {
    is_in_use: AtomicBool,
    by_end: [Durations; MailEnd::NAMES.len()],
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

    pub(super) fn mails_go_by(&self, transport: MailTransport) {
        self.mails[transport as usize].is_in_use.store(true, Relaxed);
    }

    pub(super) fn mail(&self, transport: MailTransport, end: MailEnd, took: Duration) {
        self.mails[transport as usize].by_end[end as usize].observe(took);
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
        for (transport, of_transport) in MailTransport::NAMES.iter().zip(&self.mails) {
            if !of_transport.is_in_use.load(Relaxed) {
                continue;
            }
            for (result, durations) in MailEnd::NAMES.iter().zip(&of_transport.by_end) {
                durations.encode(&mut mails, &[("transport", *transport), ("result", *result)])?;
            }
        }
        Ok(())
    }
}
