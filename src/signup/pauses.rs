//! Lanes that rest: a tenant that throttles or a mail server that is down stops its own queue, not one signup.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::backoff;
use crate::{
    domain::{Entropy, TenantAlias, Timestamp},
    metrics::Metrics,
};

/// What can rest as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    Tenant(TenantAlias),
    Mail,
}

/// The lanes' states, shared by all running signups.
pub(super) struct Pauses {
    lanes: Mutex<HashMap<Lane, State>>,
    base: Duration,
    max: Duration,
    metrics: Metrics,
}

impl Lane {
    const fn tenant(&self) -> Option<&TenantAlias> {
        match self {
            Self::Tenant(tenant) => Some(tenant),
            Self::Mail => None,
        }
    }
}

/// A tenant, or the mail server, with which signups do not get on at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Which tenant; none is the mail server.
    pub tenant: Option<TenantAlias>,
    /// Whether it does not answer as it should; else it has asked for a pause.
    pub is_down: bool,
}

#[derive(Default)]
struct State {
    until: Timestamp,
    failures: u32,
}

impl Pauses {
    /// Failures in a row after which a lane as a whole is taken to be down.
    const PATIENCE: u32 = 3;

    pub(super) fn new(base: Duration, max: Duration, metrics: Metrics) -> Self {
        Self { lanes: Mutex::default(), base, max, metrics }
    }

    /// When the lane may be used again, if it rests.
    pub(super) fn until(&self, lane: &Lane, now: Timestamp) -> Option<Timestamp> {
        self.lanes().get(lane).map(|state| state.until).filter(|until| *until > now)
    }

    /// The earliest end of a rest.
    pub(super) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        self.lanes().values().map(|state| state.until).filter(|until| *until > now).min()
    }

    /// The lane asked for a rest.
    pub(super) fn rest(&self, lane: &Lane, until: Timestamp) {
        self.metrics.rests(lane.tenant(), self.extend(lane, until));
    }

    /// Until when it rests then.
    fn extend(&self, lane: &Lane, until: Timestamp) -> Timestamp {
        let mut lanes = self.lanes();
        let state = lanes.entry(lane.clone()).or_default();
        state.until = state.until.max(until);
        state.until
    }

    /// The lane did not answer. One failure is an accident; several in a row are an outage, and the lane
    /// rests so that a queue of thousands does not knock on a closed door.
    pub(super) fn failed(&self, lane: &Lane, now: Timestamp, entropy: &Entropy) {
        let failures = self.one_more_failure(lane);
        if failures >= Self::PATIENCE {
            let rest = backoff::delay(failures - Self::PATIENCE + 1, self.base, self.max, entropy);
            self.rest(lane, now.plus(rest));
        }
    }

    fn one_more_failure(&self, lane: &Lane) -> u32 {
        let mut lanes = self.lanes();
        let state = lanes.entry(lane.clone()).or_default();
        state.failures = state.failures.saturating_add(1);
        state.failures
    }

    /// What does not work at present: what has failed several times in a row and not answered since, and what rests.
    pub(super) fn troubled(&self, now: Timestamp) -> Vec<Trouble> {
        let lanes = self.lanes();
        let trouble = |(lane, state): (&Lane, &State)| {
            let is_down = state.failures >= Self::PATIENCE;
            (is_down || state.until > now).then(|| Trouble { tenant: lane.tenant().cloned(), is_down })
        };
        let mut all: Vec<_> = lanes.iter().filter_map(trouble).collect();
        all.sort_by(|one, other| one.tenant.cmp(&other.tenant));
        all
    }

    /// The lane answered as it should.
    pub(super) fn answered(&self, lane: &Lane) {
        if let Some(state) = self.lanes().get_mut(lane) {
            state.failures = 0;
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, State>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_rest_is_kept_to_its_end_and_never_shortened() {
        let pauses = Pauses::new(Duration::from_secs(1), Duration::from_secs(60), Metrics::off());
        pauses.rest(&Lane::Mail, at(30));
        pauses.rest(&Lane::Mail, at(10));
        assert_eq!(pauses.until(&Lane::Mail, at(29)), Some(at(30)));
        assert_eq!(pauses.until(&Lane::Mail, at(30)), None);
        assert_eq!(pauses.next_end(at(0)), Some(at(30)));
    }

    #[test]
    fn an_outage_rests_the_lane_and_an_answer_ends_the_count() {
        let (pauses, entropy) = (
            Pauses::new(Duration::from_secs(4), Duration::from_secs(60), Metrics::off()),
            Entropy::seeded(1),
        );
        let fail = |times| (0..times).for_each(|_| pauses.failed(&Lane::Mail, at(0), &entropy));
        fail(2);
        pauses.answered(&Lane::Mail);
        fail(2);
        assert_eq!(pauses.until(&Lane::Mail, at(0)), None, "two in a row are an accident");
        fail(1);
        assert!(pauses.until(&Lane::Mail, at(0)).is_some_and(|until| until >= at(2)));
        let long_after = at(600);
        let down = [Trouble { tenant: None, is_down: true }];
        assert_eq!(pauses.troubled(long_after), down, "as long as it has not answered");
        pauses.answered(&Lane::Mail);
        assert_eq!(pauses.troubled(long_after), []);
    }
}
