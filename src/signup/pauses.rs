//! Circuit breakers: a tenant that throttles or refuses the application, or a mail server that is down, stops its own
//! queue, not one signup.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::backoff;
use crate::{
    domain::{Email, Entropy, TenantAlias, Timestamp, Waiting},
    mail::{self, Scope},
    metrics::{Metrics, Step},
};

/// What can rest as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Lane {
    Tenant(TenantAlias),
    Mail,
}

/// The lanes' states, shared by all running signups.
pub(super) struct Pauses {
    lanes: Lanes,
    base: Duration,
    max: Duration,
    metrics: Metrics,
}

type Lanes = Arc<Mutex<HashMap<Lane, State>>>;

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
    /// What is wrong with it.
    pub kind: TroubleKind,
}

/// What is wrong with a tenant or the mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// It has asked for a pause.
    Paused,
    /// It does not answer as it should.
    Down,
    /// It does not accept the application, or not what the application has to do.
    Refusing,
}

/// A tenant's refusal of the application: no signup can succeed, whosever it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What signups wait for meanwhile.
    pub(super) waiting: Waiting,
    /// The error as it is stored.
    pub(super) detail: String,
    /// The error's code alone.
    pub(super) code: String,
    /// What an admin does about it.
    pub(super) remedy: &'static str,
    /// The step that is refused; none where there is no token for any.
    pub(super) step: Option<Step>,
}

/// Why a signup goes no further at present, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rest {
    pub(super) until: Timestamp,
    pub(super) refusal: Option<Refusal>,
}

/// The right to try a tenant that refuses the application; one signup at a time has it, until this is dropped.
pub(super) struct Probe {
    lanes: Lanes,
    lane: Lane,
}

#[derive(Default)]
struct State {
    until: Timestamp,
    failures: u32,
    /// The recipients of those failures that may be theirs alone.
    failed_recipients: HashSet<Email>,
    /// The code of the mail server that a warning has told of.
    warned_of: Option<String>,
    refusal: Option<Refusal>,
    /// Since when, and how often in a row it was found so.
    refused_since: Timestamp,
    refusals: u32,
    is_probed: bool,
    /// The last answer was not a refusal of the application.
    is_accepted: bool,
}

impl Pauses {
    /// Failures in a row after which a lane as a whole is taken to be down.
    const PATIENCE: u32 = 3;

    pub(super) fn new(base: Duration, max: Duration, metrics: Metrics) -> Self {
        Self { lanes: Lanes::default(), base, max, metrics }
    }

    /// When the lane may be used again, if it rests.
    pub(super) fn until(&self, lane: &Lane, now: Timestamp) -> Option<Timestamp> {
        self.lanes().get(lane).map(|state| state.until).filter(|until| *until > now)
    }

    /// Why a signup that is under way goes no further with this lane. While the application is refused, only the
    /// signup with the [`Probe`] does.
    pub(super) fn rest_of(&self, lane: &Lane, is_probe: bool, now: Timestamp) -> Option<Rest> {
        let lanes = self.lanes();
        let state = lanes.get(lane)?;
        let refusal = state.refusal.clone().filter(|_| !is_probe);
        let until = if refusal.is_some() { state.until.max(now.plus(self.base)) } else { state.until };
        (until > now).then_some(Rest { until, refusal })
    }

    /// The earliest end of a rest.
    pub(super) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        self.lanes().values().map(|state| state.until).filter(|until| *until > now).min()
    }

    /// Whether the tenant refuses the application.
    pub(super) fn is_refused(&self, lane: &Lane) -> bool {
        self.lanes().get(lane).is_some_and(|state| state.refusal.is_some())
    }

    /// The right to try a tenant that refuses the application, once its pause is over and if no other signup has it.
    pub(super) fn probe(&self, lane: &Lane, now: Timestamp) -> Option<Probe> {
        let mut lanes = self.lanes();
        let state = lanes.get_mut(lane)?;
        if state.refusal.is_none() || state.is_probed || state.until > now {
            return None;
        }
        state.is_probed = true;
        Some(Probe { lanes: Arc::clone(&self.lanes), lane: lane.clone() })
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
    /// rests so that a queue of thousands is not sent into it. A probe that gets no answer is one failed probe more.
    pub(super) fn failed(&self, lane: &Lane, now: Timestamp, entropy: &Entropy) {
        let attempt = self.one_more_failure(lane, now);
        if let Some(attempt) = attempt {
            self.rest(lane, now.plus(backoff::delay(attempt, self.base, self.max, entropy)));
        }
    }

    /// A mail was not accepted. One recipient's trouble is no outage, however often it is tried: only a failure that
    /// concerns all mails, or another recipient's, counts as one more. A sender that is refused is an outage at once, and
    /// a refusal by policy is one when it meets a second recipient.
    ///
    /// Returns whether admins are to be warned of it: once for each code, until a mail is accepted.
    pub(super) fn mail_failed(
        &self,
        to: &Email,
        error: &mail::Error,
        now: Timestamp,
        entropy: &Entropy,
    ) -> bool {
        let lane = Lane::Mail;
        let scope = error.scope();
        if scope == Scope::Recipient {
            self.answered(&lane);
            return false;
        }
        let is_refused = matches!(error, mail::Error::Refused { .. });
        let is_outage = {
            let mut lanes = self.lanes();
            let state = lanes.entry(lane.clone()).or_default();
            let is_news = match scope {
                Scope::Server | Scope::Sender => true,
                Scope::Policy | Scope::Mail | Scope::Recipient => state.failed_recipients.insert(to.clone()),
            };
            if !is_news {
                return false;
            }
            let is_certain = match scope {
                Scope::Sender => is_refused,
                Scope::Policy => state.failed_recipients.len() > 1,
                Scope::Server | Scope::Mail | Scope::Recipient => false,
            };
            if is_certain {
                state.failures = state.failures.max(Self::PATIENCE - 1);
            }
            is_certain || scope == Scope::Server
        };
        self.failed(&lane, now, entropy);
        is_outage && error.remedy().is_some() && self.is_first_warning(error.code())
    }

    fn is_first_warning(&self, code: &str) -> bool {
        let mut lanes = self.lanes();
        let state = lanes.entry(Lane::Mail).or_default();
        let is_first = state.warned_of.as_deref() != Some(code);
        state.warned_of = Some(code.to_owned());
        is_first
    }

    /// How many failures the coming pause is for, if there is to be one.
    fn one_more_failure(&self, lane: &Lane, now: Timestamp) -> Option<u32> {
        let mut lanes = self.lanes();
        let state = lanes.entry(lane.clone()).or_default();
        state.failures = state.failures.saturating_add(1);
        if state.refusal.is_some() {
            return state.one_more_refusal(now);
        }
        (state.failures >= Self::PATIENCE).then(|| state.failures - Self::PATIENCE + 1)
    }

    /// The tenant refuses the application: its queue stops, and after a pause that grows with every probe one signup
    /// tries again.
    pub(super) fn refused(&self, lane: &Lane, refusal: Refusal, now: Timestamp, entropy: &Entropy) {
        let attempt = self.note_refusal(lane, refusal, now);
        if let Some(attempt) = attempt {
            self.rest(lane, now.plus(backoff::delay(attempt, self.base, self.max, entropy)));
        }
    }

    fn note_refusal(&self, lane: &Lane, refusal: Refusal, now: Timestamp) -> Option<u32> {
        let mut lanes = self.lanes();
        let state = lanes.entry(lane.clone()).or_default();
        let Refusal { code, detail, remedy, .. } = &refusal;
        let tenant = lane.tenant().map(tracing::field::display);
        match &state.refusal {
            None => {
                tracing::error!(
                    tenant,
                    code,
                    detail,
                    remedy,
                    "the tenant refuses the application; signups wait, and one at a time tries again"
                );
                state.refused_since = now;
                self.metrics.refuses(lane.tenant(), true);
            }
            Some(known) if known.code != *code => {
                tracing::info!(
                    tenant,
                    code,
                    detail,
                    remedy,
                    "the tenant refuses the application for another reason"
                );
            }
            Some(_) => {}
        }
        state.refusal = Some(refusal);
        state.is_accepted = false;
        state.failures = 0;
        state.one_more_refusal(now)
    }

    /// What does not work at present: what has failed several times in a row and not answered since, what rests, and
    /// what refuses the application.
    pub(super) fn troubled(&self, now: Timestamp) -> Vec<Trouble> {
        let lanes = self.lanes();
        let trouble = |(lane, state): (&Lane, &State)| {
            let kind = match state {
                State { refusal: Some(_), .. } => TroubleKind::Refusing,
                State { failures: Self::PATIENCE.., .. } => TroubleKind::Down,
                State { until, .. } if *until > now => TroubleKind::Paused,
                _ => return None,
            };
            Some(Trouble { tenant: lane.tenant().cloned(), kind })
        };
        let mut all: Vec<_> = lanes.iter().filter_map(trouble).collect();
        all.sort_by(|one, other| one.tenant.cmp(&other.tenant));
        all
    }

    /// The tenants that refuse the application, each with the refusal, and those that are known to accept it.
    pub(super) fn refusals(&self) -> (BTreeMap<TenantAlias, Refusal>, BTreeSet<TenantAlias>) {
        let lanes = self.lanes();
        let tenants = lanes.iter().filter_map(|(lane, state)| Some((lane.tenant()?, state)));
        let (mut refusing, mut accepting) = (BTreeMap::new(), BTreeSet::new());
        for (tenant, state) in tenants {
            match &state.refusal {
                Some(refusal) => drop(refusing.insert(tenant.clone(), refusal.clone())),
                None if state.is_accepted => drop(accepting.insert(tenant.clone())),
                None => {}
            }
        }
        (refusing, accepting)
    }

    /// The lane answered as it should.
    pub(super) fn answered(&self, lane: &Lane) {
        if let Some(state) = self.lanes().get_mut(lane) {
            state.failures = 0;
            state.failed_recipients.clear();
            state.warned_of = None;
        }
    }

    /// The tenant accepts the application for this step. Where it refused it before, only a probe can tell so: the
    /// answer to another signup may be older than the refusal.
    pub(super) fn accepted(&self, lane: &Lane, step: Step, is_probe: bool, now: Timestamp) {
        let mut lanes = self.lanes();
        let state = lanes.entry(lane.clone()).or_default();
        state.failures = 0;
        if let Some(refusal) = &state.refusal {
            if !is_probe || refusal.step.is_some_and(|refused| refused != step) {
                return;
            }
            let (tenant, after) =
                (lane.tenant().map(tracing::field::display), now.since(state.refused_since));
            tracing::info!(tenant, ?after, code = refusal.code, "the tenant accepts the application again");
            self.metrics.refuses(lane.tenant(), false);
            (state.refusal, state.refusals) = (None, 0);
        }
        state.is_accepted = true;
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<Lane, State>> {
        lock(&self.lanes)
    }
}

impl State {
    /// How many refusals in a row the coming pause is for. The answers to signups that were under way together count
    /// as one.
    fn one_more_refusal(&mut self, now: Timestamp) -> Option<u32> {
        if self.until > now {
            return None;
        }
        self.refusals = self.refusals.saturating_add(1);
        Some(self.refusals)
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if let Some(state) = lock(&self.lanes).get_mut(&self.lane) {
            state.is_probed = false;
        }
    }
}

fn lock(lanes: &Mutex<HashMap<Lane, State>>) -> MutexGuard<'_, HashMap<Lane, State>> {
    lanes.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
        let down = [Trouble { tenant: None, kind: TroubleKind::Down }];
        assert_eq!(pauses.troubled(long_after), down, "as long as it has not answered");
        pauses.answered(&Lane::Mail);
        assert_eq!(pauses.troubled(long_after), []);
    }

    /// Failures of mails, each to one of the numbered recipients; returns whether mails rest after them, and how many
    /// warnings there were.
    fn after(failures: &[(u8, mail::Error)]) -> (bool, usize) {
        let (pauses, entropy) = (pauses(), Entropy::seeded(1));
        let warn = |(number, error): &&(u8, mail::Error)| {
            let to = Email::parse(&format!("st{number}@example.edu")).unwrap();
            pauses.mail_failed(&to, error, at(0), &entropy)
        };
        let warnings = failures.iter().filter(warn).count();
        (pauses.until(&Lane::Mail, at(0)).is_some(), warnings)
    }

    fn refused(code: &str, scope: Scope) -> mail::Error {
        mail::Error::Refused { code: code.to_owned(), scope, line: mail::ServerLine::default() }
    }

    #[test]
    fn one_recipients_trouble_is_no_outage() {
        let full = || refused("552 5.2.2", Scope::Recipient);
        let full: Vec<_> = (0..9).map(|number| (number, full())).collect();
        assert_eq!(after(&full), (false, 0), "full mailboxes, however many");
        let odd: Vec<_> = (0..9).map(|_| (1, refused("500", Scope::Mail))).collect();
        assert_eq!(after(&odd), (false, 0), "one recipient, however often");
        let all: Vec<_> = (0..3).map(|number| (number, refused("500", Scope::Mail))).collect();
        assert_eq!(after(&all[..2]), (false, 0));
        assert_eq!(after(&all), (true, 0), "three recipients in a row");
    }

    #[test]
    fn a_failure_for_everybody_is_an_outage_and_warned_of_once() {
        let sender: Vec<_> = (0..9).map(|_| (1, refused("550 5.1.8", Scope::Sender))).collect();
        assert_eq!(after(&sender[..1]), (true, 1), "at once");
        assert_eq!(after(&sender), (true, 1));
        let policy: Vec<_> = (0..9).map(|number| (number, refused("550 5.7.1", Scope::Policy))).collect();
        assert_eq!(after(&policy[..1]), (false, 0), "it may be one recipient's");
        assert_eq!(after(&policy[..2]), (true, 1));
        assert_eq!(after(&policy), (true, 1));
        let login: Vec<_> = (0..9).map(|_| (1, refused("535 5.7.8", Scope::Server))).collect();
        assert_eq!(after(&login[..2]), (false, 1));
        assert_eq!(after(&login), (true, 1));
    }

    #[test]
    fn after_a_mail_was_accepted_a_failure_is_warned_of_again() {
        let (pauses, entropy) = (pauses(), Entropy::seeded(1));
        let to = Email::parse("st1@example.edu").unwrap();
        let error = refused("550 5.1.8", Scope::Sender);
        let fail = || pauses.mail_failed(&to, &error, at(0), &entropy);
        assert_eq!([fail(), fail()], [true, false]);
        pauses.answered(&Lane::Mail);
        assert!(fail());
    }

    fn refusal(step: Option<Step>) -> Refusal {
        let detail = "AADSTS700016 (400)".to_owned();
        let code = "AADSTS700016".to_owned();
        Refusal { waiting: Waiting::ApplicationRefused, detail, code, remedy: "check client_id", step }
    }

    fn main() -> Lane {
        Lane::Tenant("main".parse().unwrap())
    }

    fn pauses() -> Pauses {
        Pauses::new(Duration::from_secs(4), Duration::from_secs(60), Metrics::off())
    }

    #[test]
    fn a_refused_application_is_tried_by_one_signup_at_a_time_after_growing_pauses() {
        let (pauses, lane, entropy) = (pauses(), main(), Entropy::seeded(1));
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..8 {
            // Signups that were under way together are refused together.
            (0..16).for_each(|_| pauses.refused(&lane, refusal(None), now, &entropy));
            let until = pauses.until(&lane, now).unwrap();
            assert!(pauses.probe(&lane, now).is_none(), "the pause is kept");
            waits.push(until.since(now));
            now = until;
            let probe = pauses.probe(&lane, now).expect("one may try");
            assert!(pauses.probe(&lane, now).is_none(), "one at a time");
            assert!(pauses.rest_of(&lane, false, now).is_some(), "the others wait");
            assert!(pauses.rest_of(&lane, true, now).is_none());
            drop(probe);
        }
        assert!(waits[0] <= Duration::from_secs(4) && waits[3] > Duration::from_secs(8), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(60)), "{waits:?}");
        assert_eq!(
            pauses.troubled(now),
            [Trouble { tenant: lane.tenant().cloned(), kind: TroubleKind::Refusing }]
        );
    }

    #[test]
    fn only_a_probe_that_came_through_the_refused_step_ends_a_refusal() {
        let (pauses, lane, entropy) = (pauses(), main(), Entropy::seeded(1));
        pauses.refused(&lane, refusal(Some(Step::CreateUser)), at(0), &entropy);
        pauses.accepted(&lane, Step::CreateUser, false, at(1));
        assert!(pauses.is_refused(&lane), "that answer may be older");
        pauses.accepted(&lane, Step::Entitle, true, at(9));
        assert!(pauses.is_refused(&lane), "another permission is there");
        pauses.accepted(&lane, Step::CreateUser, true, at(9));
        assert!(!pauses.is_refused(&lane) && pauses.troubled(at(9)).is_empty());
        let (refusing, accepting) = pauses.refusals();
        assert!(refusing.is_empty() && accepting.len() == 1);
        pauses.refused(&lane, refusal(None), at(20), &entropy);
        pauses.accepted(&lane, Step::Entitle, true, at(30));
        assert!(!pauses.is_refused(&lane), "any call shows that the application is accepted");
    }

    #[test]
    fn a_probe_without_an_answer_makes_the_pause_longer() {
        let (pauses, lane, entropy) = (pauses(), main(), Entropy::seeded(1));
        pauses.refused(&lane, refusal(None), at(0), &entropy);
        pauses.failed(&lane, at(10), &entropy);
        assert!(pauses.until(&lane, at(13)).is_some(), "one failure is enough");
    }
}
