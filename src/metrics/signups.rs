//! The signups: the number in each stage, their outcomes, and the longest time that one has waited.

use std::{collections::BTreeMap, sync::atomic::AtomicU64, time::Duration};

use prometheus_client::{
    metrics::{counter::Counter, family::Family, gauge::Gauge},
    registry::{Registry, Unit},
};

use super::{Label, Metrics};
use crate::domain::Attention;

/// The figures that are looked up about all signups.
#[derive(Clone, Debug)]
pub struct SignupFigures {
    /// The number of signups, by the word for their stage.
    pub by_stage: BTreeMap<&'static str, u64>,
    /// The longest time that a signup has waited; zero if no signup waits.
    pub oldest_waiting: Duration,
}

#[derive(Default)]
pub(super) struct Signups {
    by_stage: Family<Label, Gauge>,
    oldest_waiting: Gauge<f64, AtomicU64>,
    finished: Family<[(&'static str, &'static str); 2], Counter>,
}

impl Signups {
    pub(super) fn new() -> Self {
        let new = Self::default();
        // A series that exists from the beginning appears in a rate from its first count on.
        for reason in [None].into_iter().chain(Attention::ALL.iter().copied().map(Some)) {
            let _ = new.finished.get_or_create(&labels(reason));
        }
        new
    }

    pub(super) fn register(&self, all: &mut Registry) {
        all.register("signups", "Signups by stage", self.by_stage.clone());
        let help = "For how long the oldest signup has waited that the worker has something to do for";
        all.register_with_unit("oldest_waiting", help, Unit::Seconds, self.oldest_waiting.clone());
        let help = "Signups that came to an end, done or in need of a person, and for which reason";
        all.register("signups_finished", help, self.finished.clone());
    }

    fn set(&self, figures: Option<&SignupFigures>) {
        match figures {
            None => {
                self.by_stage.clear();
                self.oldest_waiting.set(f64::NAN);
            }
            Some(figures) => {
                for (stage, count) in &figures.by_stage {
                    let count = i64::try_from(*count).unwrap_or(i64::MAX);
                    self.by_stage.get_or_create(&[("stage", *stage)]).set(count);
                }
                self.oldest_waiting.set(figures.oldest_waiting.as_secs_f64());
            }
        }
    }

    fn finished(&self, attention: Option<Attention>) {
        self.finished.get_or_create(&labels(attention)).inc();
    }
}

impl Metrics {
    /// Sets the figures about all signups; `None` if they are not known now.
    pub fn set_signups(&self, figures: Option<&SignupFigures>) {
        if let Self(Some(kept)) = self {
            kept.signups.set(figures);
        }
    }

    /// A signup has come to an end: it is done, or needs a person for this reason.
    pub fn finished(&self, attention: Option<Attention>) {
        if let Self(Some(kept)) = self {
            kept.signups.finished(attention);
        }
    }
}

fn labels(attention: Option<Attention>) -> [(&'static str, &'static str); 2] {
    match attention {
        None => [("outcome", "done"), ("reason", "")],
        Some(reason) => [("outcome", "needs_attention"), ("reason", reason.as_str())],
    }
}

/// Gives every family here a sample.
#[cfg(test)]
pub(super) fn touch(metrics: &Metrics) {
    let oldest_waiting = Duration::from_millis(3);
    metrics.set_signups(Some(&SignupFigures { by_stage: [("queued", 1)].into(), oldest_waiting }));
}
