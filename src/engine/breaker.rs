//! Circuit breakers: one for each tenant, and one for mail.
//!
//! A tenant that throttles or refuses the application, or a mail server that is down, stops all steps that depend on
//! it, and no others.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::backoff;
use crate::{
    domain::{Email, Entropy, StepKind, TenantAlias, Timestamp, Waiting},
    mail::{self, Scope},
    metrics::Metrics,
};

/// A service that steps depend on and that pauses as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Dependency {
    Tenant(TenantAlias),
    Mail,
}

/// The states of all dependencies, shared by all operations of a process.
pub(crate) struct CircuitBreakers {
    states: States,
    base: Duration,
    max: Duration,
    metrics: Metrics,
}

type States = Arc<Mutex<HashMap<Dependency, State>>>;

impl Dependency {
    const fn tenant(&self) -> Option<&TenantAlias> {
        match self {
            Self::Tenant(tenant) => Some(tenant),
            Self::Mail => None,
        }
    }
}

/// A tenant or the mail server that does not work at present.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The tenant, unless the mail server is in trouble.
    pub tenant: Option<TenantAlias>,
    /// Its kind.
    pub kind: TroubleKind,
}

/// Kinds of trouble with a tenant or the mail server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TroubleKind {
    /// It has asked for a pause.
    Paused,
    /// It does not answer as it should.
    Down,
    /// It does not accept the application, or not what the application has to do.
    Refusing,
}

/// A tenant's refusal of the application: no step that asks the tenant can succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The reason for which operations wait during the refusal.
    pub(crate) waiting: Waiting,
    /// The error as it is stored.
    pub(crate) detail: String,
    /// The error's code alone.
    pub(crate) code: String,
    /// The remedy, for an admin.
    pub(crate) remedy: &'static str,
    /// The step that is refused, unless there is no token for any step.
    pub(crate) step: Option<StepKind>,
}

/// A pause of a dependency, and its reason where that is a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pause {
    pub(crate) until: Timestamp,
    pub(crate) refusal: Option<Refusal>,
}

/// The right to try a tenant that refuses the application. One operation at a time has it, until this is dropped.
pub(crate) struct Probe {
    states: States,
    dependency: Dependency,
}

#[derive(Default)]
struct State {
    until: Timestamp,
    failures: u32,
    /// The recipients of those failures that may be theirs alone.
    failed_recipients: HashSet<Email>,
    /// The mail server's code that admins were warned of.
    warned_of: Option<String>,
    refusal: Option<Refusal>,
    /// The start of the refusal, and the number of probes that met it.
    refused_since: Timestamp,
    refusals: u32,
    is_probed: bool,
    /// The last answer was not a refusal of the application.
    is_accepted: bool,
}

impl CircuitBreakers {
    /// Failures in a row after which a dependency as a whole counts as down.
    const PATIENCE: u32 = 3;

    pub(crate) fn new(base: Duration, max: Duration, metrics: Metrics) -> Self {
        Self { states: States::default(), base, max, metrics }
    }

    /// The end of the pause, if the dependency is paused.
    pub(crate) fn paused_until(&self, dependency: &Dependency, now: Timestamp) -> Option<Timestamp> {
        self.states().get(dependency).map(|state| state.until).filter(|until| *until > now)
    }

    /// The pause that stops an operation which is under way. While the application is refused, only the operation with
    /// the [`Probe`] continues.
    pub(crate) fn pause_of(&self, dependency: &Dependency, is_probe: bool, now: Timestamp) -> Option<Pause> {
        let states = self.states();
        let state = states.get(dependency)?;
        let refusal = state.refusal.clone().filter(|_| !is_probe);
        let until = if refusal.is_some() { state.until.max(now.plus(self.base)) } else { state.until };
        (until > now).then_some(Pause { until, refusal })
    }

    /// The earliest end of a pause.
    pub(crate) fn next_end(&self, now: Timestamp) -> Option<Timestamp> {
        self.states().values().map(|state| state.until).filter(|until| *until > now).min()
    }

    /// Returns whether the tenant refuses the application.
    pub(crate) fn is_refused(&self, dependency: &Dependency) -> bool {
        self.states().get(dependency).is_some_and(|state| state.refusal.is_some())
    }

    /// The right to try a tenant that refuses the application, once its pause is over and if no other operation has it.
    pub(crate) fn probe(&self, dependency: &Dependency, now: Timestamp) -> Option<Probe> {
        let mut states = self.states();
        let state = states.get_mut(dependency)?;
        if state.refusal.is_none() || state.is_probed || state.until > now {
            return None;
        }
        state.is_probed = true;
        Some(Probe { states: Arc::clone(&self.states), dependency: dependency.clone() })
    }

    /// Pauses the dependency, which has asked for it.
    pub(crate) fn pause(&self, dependency: &Dependency, until: Timestamp) {
        self.metrics.set_pause(dependency.tenant(), self.extend(dependency, until));
    }

    /// Extends the pause and returns its end.
    fn extend(&self, dependency: &Dependency, until: Timestamp) -> Timestamp {
        let mut states = self.states();
        let state = states.entry(dependency.clone()).or_default();
        state.until = state.until.max(until);
        state.until
    }

    /// Records that the dependency did not answer. Several failures in a row are an outage, and the dependency is
    /// paused so that a queue of thousands does not fail against it. A probe without an answer counts as a failed
    /// probe.
    pub(crate) fn failed(&self, dependency: &Dependency, now: Timestamp, entropy: &Entropy) {
        let attempt = self.one_more_failure(dependency, now);
        if let Some(attempt) = attempt {
            self.pause(dependency, now.plus(backoff::delay(attempt, self.base, self.max, entropy)));
        }
    }

    /// Records that a mail was not accepted. Failures of one recipient are no outage, however many: only a failure that
    /// concerns all mails, or that of another recipient, counts. A refused sender is an outage at once, and a refusal by
    /// policy is one from the second recipient on.
    ///
    /// Returns whether admins are to be warned: once for each code, until a mail is accepted.
    pub(crate) fn mail_failed(
        &self,
        to: &Email,
        error: &mail::Error,
        now: Timestamp,
        entropy: &Entropy,
    ) -> bool {
        let dependency = Dependency::Mail;
        let scope = error.scope();
        if scope == Scope::Recipient {
            self.answered(&dependency);
            return false;
        }
        let is_refused = matches!(error, mail::Error::Refused { .. });
        let is_outage = {
            let mut states = self.states();
            let state = states.entry(dependency.clone()).or_default();
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
        self.failed(&dependency, now, entropy);
        is_outage && error.remedy().is_some() && self.is_first_warning(error.code())
    }

    fn is_first_warning(&self, code: &str) -> bool {
        let mut states = self.states();
        let state = states.entry(Dependency::Mail).or_default();
        let is_first = state.warned_of.as_deref() != Some(code);
        state.warned_of = Some(code.to_owned());
        is_first
    }

    /// Counts a failure. Returns the number of failures that the coming pause is for, if there is to be one.
    fn one_more_failure(&self, dependency: &Dependency, now: Timestamp) -> Option<u32> {
        let mut states = self.states();
        let state = states.entry(dependency.clone()).or_default();
        state.failures = state.failures.saturating_add(1);
        if state.refusal.is_some() {
            return state.one_more_refusal(now);
        }
        (state.failures >= Self::PATIENCE).then(|| state.failures - Self::PATIENCE + 1)
    }

    /// Records that the tenant refuses the application: its queue stops, and one operation tries again after a pause,
    /// which grows with every probe.
    pub(crate) fn refused(
        &self,
        dependency: &Dependency,
        refusal: Refusal,
        now: Timestamp,
        entropy: &Entropy,
    ) {
        let attempt = self.note_refusal(dependency, refusal, now);
        if let Some(attempt) = attempt {
            self.pause(dependency, now.plus(backoff::delay(attempt, self.base, self.max, entropy)));
        }
    }

    fn note_refusal(&self, dependency: &Dependency, refusal: Refusal, now: Timestamp) -> Option<u32> {
        let mut states = self.states();
        let state = states.entry(dependency.clone()).or_default();
        let Refusal { code, detail, remedy, .. } = &refusal;
        let tenant = dependency.tenant().map(tracing::field::display);
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
                self.metrics.set_refusal(dependency.tenant(), true);
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

    /// The dependencies that do not work at present: those that have failed several times in a row and not answered
    /// since, those that are paused, and those that refuse the application.
    pub(crate) fn troubled(&self, now: Timestamp) -> Vec<Trouble> {
        let states = self.states();
        let trouble = |(dependency, state): (&Dependency, &State)| {
            let kind = match state {
                State { refusal: Some(_), .. } => TroubleKind::Refusing,
                State { failures: Self::PATIENCE.., .. } => TroubleKind::Down,
                State { until, .. } if *until > now => TroubleKind::Paused,
                _ => return None,
            };
            Some(Trouble { tenant: dependency.tenant().cloned(), kind })
        };
        let mut all: Vec<_> = states.iter().filter_map(trouble).collect();
        all.sort_by(|one, other| one.tenant.cmp(&other.tenant));
        all
    }

    /// The tenants that refuse the application, each with the refusal, and those that are known to accept it.
    pub(crate) fn refusals(&self) -> (BTreeMap<TenantAlias, Refusal>, BTreeSet<TenantAlias>) {
        let states = self.states();
        let tenants = states.iter().filter_map(|(dependency, state)| Some((dependency.tenant()?, state)));
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

    /// Records that the dependency answered as it should.
    pub(crate) fn answered(&self, dependency: &Dependency) {
        if let Some(state) = self.states().get_mut(dependency) {
            state.failures = 0;
            state.failed_recipients.clear();
            state.warned_of = None;
        }
    }

    /// Records that the tenant accepts the application for this step. After a refusal only a probe shows that: the answer
    /// to another operation may be older than the refusal.
    pub(crate) fn accepted(&self, dependency: &Dependency, step: StepKind, is_probe: bool, now: Timestamp) {
        let mut states = self.states();
        let state = states.entry(dependency.clone()).or_default();
        state.failures = 0;
        if let Some(refusal) = &state.refusal {
            if !is_probe || refusal.step.is_some_and(|refused| refused != step) {
                return;
            }
            let (tenant, after) =
                (dependency.tenant().map(tracing::field::display), now.since(state.refused_since));
            tracing::info!(tenant, ?after, code = refusal.code, "the tenant accepts the application again");
            self.metrics.set_refusal(dependency.tenant(), false);
            (state.refusal, state.refusals) = (None, 0);
        }
        state.is_accepted = true;
    }

    fn states(&self) -> MutexGuard<'_, HashMap<Dependency, State>> {
        lock(&self.states)
    }
}

impl State {
    /// Counts a refusal. Returns the number of refusals in a row that the coming pause is for. The answers to operations
    /// that were under way together count as one.
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
        if let Some(state) = lock(&self.states).get_mut(&self.dependency) {
            state.is_probed = false;
        }
    }
}

fn lock(states: &Mutex<HashMap<Dependency, State>>) -> MutexGuard<'_, HashMap<Dependency, State>> {
    states.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn a_pause_is_kept_to_its_end_and_never_shortened() {
        let breakers = CircuitBreakers::new(Duration::from_secs(1), Duration::from_secs(60), Metrics::off());
        breakers.pause(&Dependency::Mail, at(30));
        breakers.pause(&Dependency::Mail, at(10));
        assert_eq!(breakers.paused_until(&Dependency::Mail, at(29)), Some(at(30)));
        assert_eq!(breakers.paused_until(&Dependency::Mail, at(30)), None);
        assert_eq!(breakers.next_end(at(0)), Some(at(30)));
    }

    #[test]
    fn an_outage_pauses_the_dependency_and_an_answer_ends_the_count() {
        let (breakers, entropy) = (
            CircuitBreakers::new(Duration::from_secs(4), Duration::from_secs(60), Metrics::off()),
            Entropy::seeded(1),
        );
        let fail = |times| (0..times).for_each(|_| breakers.failed(&Dependency::Mail, at(0), &entropy));
        fail(2);
        breakers.answered(&Dependency::Mail);
        fail(2);
        assert_eq!(breakers.paused_until(&Dependency::Mail, at(0)), None, "two in a row are an accident");
        fail(1);
        assert!(breakers.paused_until(&Dependency::Mail, at(0)).is_some_and(|until| until >= at(2)));
        let long_after = at(600);
        let down = [Trouble { tenant: None, kind: TroubleKind::Down }];
        assert_eq!(breakers.troubled(long_after), down, "as long as it has not answered");
        breakers.answered(&Dependency::Mail);
        assert_eq!(breakers.troubled(long_after), []);
    }

    /// Failures of mails, each to one of the numbered recipients; returns whether mails are paused after them, and how many
    /// warnings there were.
    fn after(failures: &[(u8, mail::Error)]) -> (bool, usize) {
        let (breakers, entropy) = (breakers(), Entropy::seeded(1));
        let warn = |(number, error): &&(u8, mail::Error)| {
            let to = Email::parse(&format!("st{number}@example.edu")).unwrap();
            breakers.mail_failed(&to, error, at(0), &entropy)
        };
        let warnings = failures.iter().filter(warn).count();
        (breakers.paused_until(&Dependency::Mail, at(0)).is_some(), warnings)
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
        let (breakers, entropy) = (breakers(), Entropy::seeded(1));
        let to = Email::parse("st1@example.edu").unwrap();
        let error = refused("550 5.1.8", Scope::Sender);
        let fail = || breakers.mail_failed(&to, &error, at(0), &entropy);
        assert_eq!([fail(), fail()], [true, false]);
        breakers.answered(&Dependency::Mail);
        assert!(fail());
    }

    fn refusal(step: Option<StepKind>) -> Refusal {
        let detail = "AADSTS700016 (400)".to_owned();
        let code = "AADSTS700016".to_owned();
        Refusal { waiting: Waiting::ApplicationRefused, detail, code, remedy: "check client_id", step }
    }

    fn main() -> Dependency {
        Dependency::Tenant("main".parse().unwrap())
    }

    fn breakers() -> CircuitBreakers {
        CircuitBreakers::new(Duration::from_secs(4), Duration::from_secs(60), Metrics::off())
    }

    #[test]
    fn a_refused_application_is_tried_by_one_operation_at_a_time_after_growing_pauses() {
        let (breakers, dependency, entropy) = (breakers(), main(), Entropy::seeded(1));
        let mut now = at(0);
        let mut waits = Vec::new();
        for _ in 0..8 {
            // Operations that were under way together are refused together.
            (0..16).for_each(|_| breakers.refused(&dependency, refusal(None), now, &entropy));
            let until = breakers.paused_until(&dependency, now).unwrap();
            assert!(breakers.probe(&dependency, now).is_none(), "the pause is kept");
            waits.push(until.since(now));
            now = until;
            let probe = breakers.probe(&dependency, now).expect("one may try");
            assert!(breakers.probe(&dependency, now).is_none(), "one at a time");
            assert!(breakers.pause_of(&dependency, false, now).is_some(), "the others wait");
            assert!(breakers.pause_of(&dependency, true, now).is_none());
            drop(probe);
        }
        assert!(waits[0] <= Duration::from_secs(4) && waits[3] > Duration::from_secs(8), "{waits:?}");
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(60)), "{waits:?}");
        assert_eq!(
            breakers.troubled(now),
            [Trouble { tenant: dependency.tenant().cloned(), kind: TroubleKind::Refusing }]
        );
    }

    #[test]
    fn only_a_probe_that_came_through_the_refused_step_ends_a_refusal() {
        let (breakers, dependency, entropy) = (breakers(), main(), Entropy::seeded(1));
        breakers.refused(&dependency, refusal(Some(StepKind::CreateUser)), at(0), &entropy);
        breakers.accepted(&dependency, StepKind::CreateUser, false, at(1));
        assert!(breakers.is_refused(&dependency), "that answer may be older");
        breakers.accepted(&dependency, StepKind::Entitle, true, at(9));
        assert!(breakers.is_refused(&dependency), "another permission is there");
        breakers.accepted(&dependency, StepKind::CreateUser, true, at(9));
        assert!(!breakers.is_refused(&dependency) && breakers.troubled(at(9)).is_empty());
        let (refusing, accepting) = breakers.refusals();
        assert!(refusing.is_empty() && accepting.len() == 1);
        breakers.refused(&dependency, refusal(None), at(20), &entropy);
        breakers.accepted(&dependency, StepKind::Entitle, true, at(30));
        assert!(!breakers.is_refused(&dependency), "any call shows that the application is accepted");
    }

    #[test]
    fn a_probe_without_an_answer_makes_the_pause_longer() {
        let (breakers, dependency, entropy) = (breakers(), main(), Entropy::seeded(1));
        breakers.refused(&dependency, refusal(None), at(0), &entropy);
        breakers.failed(&dependency, at(10), &entropy);
        assert!(breakers.paused_until(&dependency, at(13)).is_some(), "one failure is enough");
    }
}
