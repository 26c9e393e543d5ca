//! Faults on demand: their kinds, their operations and their frequency.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::operation::Operation;
use super::random::Random;
use super::throttle::Limits;

/// Everything that can be made to go wrong in the tenant and its mail server. [`Faults::format`] describes it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// The time that every token and Graph request takes.
    pub latency_ms: u64,
    /// The time that the mail server takes to accept a mail.
    pub smtp_latency_ms: u64,
    /// The time for which a new user is unknown to every request but the one that created it.
    pub lag_ms: u64,
    /// Numbers come as text, and the ids of a batch's answers as numbers: clients must read either.
    pub odd_numbers: bool,
    /// Throttling; off unless set. `{}` means the documented limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<Limits>,
    /// The faults of each operation, tried in order; the first that strikes counts.
    pub operations: BTreeMap<Operation, Vec<Fault>>,
}

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// An error status instead of the effect.
    Status,
    /// The effect happens, and yet an error status is answered, as gateways do.
    StatusAfter,
    /// The connection is reset before the effect.
    ResetBefore,
    /// The effect happens, then the connection is reset.
    ResetAfter,
    /// No effect and no answer, until the client gives up.
    Hang,
    /// The effect happens, but no answer comes, until the client gives up.
    HangAfter,
    /// The effect happens; the answer breaks off in the middle.
    HalfBody,
    /// The effect happens; the answer is not JSON.
    Garbage,
}

/// One fault: its kind, how often it strikes, and what exactly is answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The kind of the fault.
    pub kind: FaultKind,
    /// The HTTP status, or the SMTP reply code; 503 or 451 unless given, and for a token with `code` the usual one of
    /// that code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Seconds for the `Retry-After` header, perhaps with a fraction; without it there is no such header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<f64>,
    /// Graph's `error.code`, if it is not the usual one of the status; for a token Entra's number, as `AADSTS700016`;
    /// for SMTP the enhanced status code, as `5.7.3`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The message, if it is not the usual one of the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The property that Graph's `error.details` name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The number of times that the operation passes before the fault strikes.
    #[serde(default)]
    pub skip: u32,
    /// The number of times that the fault strikes; unlimited unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The share of the cases in which it strikes, from 0 to 1; always unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probability: Option<f64>,
}

impl Fault {
    /// A fault that strikes every time.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self {
            kind,
            status: None,
            retry_after: None,
            code: None,
            message: None,
            target: None,
            skip: 0,
            count: None,
            probability: None,
        }
    }

    /// An HTTP status or SMTP reply code instead of the effect.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self { status: Some(status), ..Self::new(FaultKind::Status) }
    }

    /// Adds a `Retry-After` header.
    #[must_use]
    pub fn retry_after(mut self, seconds: impl Into<f64>) -> Self {
        self.retry_after = Some(seconds.into());
        self
    }

    /// A refused token, with Entra's error number.
    #[must_use]
    pub fn aadsts(number: u32) -> Self {
        Self { code: Some(format!("AADSTS{number}")), ..Self::new(FaultKind::Status) }
    }

    /// Names the property that is refused.
    #[must_use]
    pub fn naming(mut self, target: &str) -> Self {
        self.target = Some(target.to_owned());
        self
    }

    /// Sets `error.code` and the message.
    #[must_use]
    pub fn saying(mut self, code: &str, message: &str) -> Self {
        self.code = Some(code.to_owned());
        self.message = Some(message.to_owned());
        self
    }

    /// Limits the number of times that the fault strikes.
    #[must_use]
    pub fn times(mut self, count: u32) -> Self {
        self.count = Some(count);
        self
    }

    /// Lets the operation pass this many times first.
    #[must_use]
    pub fn after(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// Strikes in this share of the cases.
    #[must_use]
    pub fn with_probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability);
        self
    }

    /// Returns whether it strikes now; counts `skip` and `count` down.
    fn strikes(&mut self, random: &Random) -> bool {
        if self.count == Some(0) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        if self.probability.is_some_and(|p| !random.chance(p)) {
            return false;
        }
        if let Some(count) = &mut self.count {
            *count -= 1;
        }
        true
    }
}

/// The format of faults as JSON, before the names of the operations.
const FORMAT: &str = r#"Faults are set as JSON by PUT /sandbox/faults, shown by GET and ended by DELETE:

  {"lag_ms": 50, "operations": {"create_user": [{"kind": "status", "status": 503, "count": 3}]}}

  latency_ms       how long every token and Graph request takes
  smtp_latency_ms  how long the mail server takes to accept a mail
  lag_ms           how long a new user is unknown to every request but the one that created it
  odd_numbers      true: numbers come as text, and the ids of a batch's answers as numbers
  throttle         {}: the documented limits of Graph
  operations       the faults of each operation, tried in order; the first that strikes counts

Each fault:

  kind         status: an error status instead of the effect
               status_after: the effect happens, and an error status is answered
               reset_before, reset_after: the connection is reset before or after the effect
               hang, hang_after: no answer, without or after the effect
               half_body: the effect happens, and the answer breaks off in the middle
               garbage: the effect happens, and the answer is not JSON
  status       the HTTP status or SMTP reply code; 503 or 451 unless given, and for a token the
               usual one of its code
  code         error.code of Graph; for a token the number of Entra, as AADSTS700016; for SMTP the
               enhanced status code, as 5.7.3
  message      the text, where the usual one is not meant
  target       the property that error.details of Graph name
  retry_after  seconds for the header Retry-After
  skip         how many times to let the operation pass first
  count        how many times the fault strikes; without it, always
  probability  in which share of the cases it strikes, from 0 to 1

Examples of "operations":

  Entra does not know the application:
    {"token": [{"kind": "status", "code": "AADSTS700016", "count": 5}]}
  Graph refuses every token:
    {"any_graph": [{"kind": "status", "status": 401}]}
  A permission is missing:
    {"create_user": [{"kind": "status", "status": 403}]}
  A group refuses the application:
    {"add_member": [{"kind": "status", "status": 403}]}
  The directory is full:
    {"create_user": [{"kind": "status", "status": 403, "code": "Directory_QuotaExceeded"}]}
  Two writes meet:
    {"add_member": [{"kind": "status", "status": 409, "code": "Directory_ConcurrencyViolation"}]}
  A property is refused:
    {"create_user": [{"kind": "status", "status": 400, "target": "jobTitle"}]}
  A mailbox refuses the application:
    {"send_mail": [{"kind": "status", "status": 403}]}
  The sender may not be used:
    {"send_mail": [{"kind": "status", "status": 403, "code": "ErrorSendAsDenied"}]}
  Exchange refuses a token, with a challenge:
    {"smtp_token": [{"kind": "status"}]}
  The same, at once:
    {"smtp_auth": [{"kind": "status", "status": 535, "code": "5.7.3"}]}
  Passwords are no longer accepted:
    {"smtp_auth": [{"kind": "status", "status": 550, "code": "5.7.30"}]}

Operations:"#;

impl Faults {
    /// A description of the format as JSON, for people.
    #[must_use]
    pub fn format() -> String {
        let mut text = FORMAT.to_owned();
        for names in Operation::ALL.chunks(5) {
            text.push_str("\n ");
            for operation in names {
                text.push(' ');
                text.push_str(operation.name());
            }
        }
        text
    }

    /// Adds a fault for an operation.
    #[must_use]
    pub fn on(mut self, operation: Operation, fault: Fault) -> Self {
        self.operations.entry(operation).or_default().push(fault);
        self
    }

    /// Sets the latency of every token and Graph request.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.latency_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Sets the replication lag.
    #[must_use]
    pub fn lag(mut self, lag: Duration) -> Self {
        self.lag_ms = u64::try_from(lag.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// The problem with the settings themselves, if any.
    pub(super) fn problem(&self) -> Option<String> {
        let faults = self.operations.iter().flat_map(|(o, f)| f.iter().map(move |f| (o, f)));
        for (operation, fault) in faults {
            let smtp = operation.name().starts_with("smtp_");
            let range = if smtp { 400..600 } else { 200..600 };
            if fault.status.is_some_and(|status| !range.contains(&status)) {
                return Some(format!("{}: status must be between {} and 599", operation.name(), range.start));
            }
            if let Some(problem) = fault.code.as_deref().and_then(|code| operation.code_problem(code)) {
                return Some(format!("{}: {problem}", operation.name()));
            }
            if fault.retry_after.is_some_and(|seconds| !(0.0..=1e9).contains(&seconds)) {
                return Some(format!("{}: retry_after must be a number of seconds", operation.name()));
            }
            if fault.probability.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
                return Some(format!("{}: probability must be between 0 and 1", operation.name()));
            }
        }
        None
    }

    /// The fault that strikes this operation now, if any.
    pub(super) fn draw(&mut self, operation: Operation, random: &Random) -> Option<Fault> {
        if self.operations.is_empty() {
            return None;
        }
        let any = operation.is_graph().then_some(Operation::AnyGraph);
        [Some(operation), any].into_iter().flatten().find_map(|key| {
            let faults = self.operations.get_mut(&key)?;
            faults.iter_mut().find_map(|fault| fault.strikes(random).then(|| fault.clone()))
        })
    }
}
