//! The worker's steps and the mails: the duration of each, by its outcome.

use std::{
    fmt,
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::Duration,
};

use prometheus_client::{collector::Collector, encoding::DescriptorEncoder, metrics::MetricType};

use super::{
    Metrics,
    durations::{Durations, UNIT},
};
use crate::domain::StepKind;

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepEnd {
    /// It has had its effect.
    Done,
    /// It is tried again later.
    PutBack,
    /// Trying again is of no use before a person has acted.
    Refused,
}

/// The outcome of sending a mail.
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
    /// There was no valid answer; it is tried again.
    Unreachable,
}

/// The transport of a mail.
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
            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

named!(StepEnd { Done = "done", PutBack = "put_back", Refused = "refused" });
named!(MailEnd {
    Sent = "sent",
    Deferred = "deferred",
    RecipientRefused = "recipient_refused",
    Refused = "refused",
    Unreachable = "unreachable",
});

named!(MailTransport { Smtp = "smtp", SmtpXoauth2 = "smtp_xoauth2", Graph = "graph", File = "file" });

/// All steps and mails since the start.
#[derive(Debug)]
pub(super) struct Work {
    /// By the label of the step.
    steps: Vec<(&'static str, [Durations; StepEnd::NAMES.len()])>,
    mails: [Mails; MailTransport::NAMES.len()],
}

/// The mails that were sent by one transport. They are shown once it is in use.
#[derive(Debug, Default)]
struct Mails {
    is_in_use: AtomicBool,
    by_end: [Durations; MailEnd::NAMES.len()],
}

impl Default for Work {
    fn default() -> Self {
        let mut labels: Vec<_> = StepKind::ALL.iter().filter_map(|step| step.metric_label()).collect();
        labels.sort_unstable();
        labels.dedup();
        let steps = labels.into_iter().map(|label| (label, Default::default())).collect();
        Self { steps, mails: Default::default() }
    }
}

impl Work {
    fn step(&self, step: StepKind, end: StepEnd, took: Duration) {
        let Some(label) = step.metric_label() else { return };
        if let Some((_, by_end)) = self.steps.iter().find(|(known, _)| *known == label) {
            by_end[end as usize].observe(took);
        }
    }

    fn mails_go_by(&self, transport: MailTransport) {
        self.mails[transport as usize].is_in_use.store(true, Relaxed);
    }

    fn mail(&self, transport: MailTransport, end: MailEnd, took: Duration) {
        self.mails[transport as usize].by_end[end as usize].observe(took);
    }
}

impl Metrics {
    /// The worker has run a step.
    pub fn step(&self, step: StepKind, end: StepEnd, took: Duration) {
        if let Self(Some(kept)) = self {
            kept.work.step(step, end, took);
        }
    }

    /// Mails are sent by this transport from now on.
    pub fn mails_go_by(&self, transport: MailTransport) {
        if let Self(Some(kept)) = self {
            kept.work.mails_go_by(transport);
        }
    }

    /// A mail was sent, or was to be.
    pub fn mail(&self, transport: MailTransport, end: MailEnd, took: Duration) {
        if let Self(Some(kept)) = self {
            kept.work.mail(transport, end, took);
        }
    }
}

impl Collector for Work {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let (name, help) = ("step_duration", "How long the worker's steps take");
        let mut steps = encoder.encode_descriptor(name, help, Some(&UNIT), MetricType::Histogram)?;
        for (step, by_end) in &self.steps {
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

/// Gives every family here a sample.
#[cfg(test)]
pub(super) fn touch(metrics: &Metrics) {
    let took = Duration::from_millis(3);
    for step in StepKind::ALL {
        StepEnd::ALL.iter().for_each(|end| metrics.step(*step, *end, took));
    }
    for transport in MailTransport::ALL {
        metrics.mails_go_by(*transport);
        MailEnd::ALL.iter().for_each(|end| metrics.mail(*transport, *end, took));
    }
}
