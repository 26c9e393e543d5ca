//! The state that all connections share: the tenant and everything that happened to it.

use std::sync::{Mutex, RwLock};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::watch;

use super::StartError;
use super::clock::Clock;
use super::directory::Directory;
use super::entra::access::AccessTokens;
use super::entra::assertion::UsedAssertions;
use super::faults::{Fault, Faults};
use super::lock;
use super::log::RequestLog;
use super::mailboxes::{MailboxLimits, Usage};
use super::operation::Operation;
use super::options::{Options, Preview, SmtpOptions, Tenant};
use super::random::Random;
use super::smtp::inbox::Inbox;
use super::throttle::Throttle;

/// The state of the sandbox. Each part has a lock of its own, and no lock is held across a wait.
pub(super) struct World {
    /// The tenant as it was configured; the contents that change are in `directory`.
    pub tenant: Tenant,
    pub smtp: SmtpOptions,
    pub refuse_assertion_reuse: bool,
    pub allow_permanent_deletion: bool,
    pub clock: Clock,
    pub random: Random,
    pub used_assertions: Mutex<UsedAssertions>,
    pub access: AccessTokens,
    pub directory: Mutex<Directory>,
    pub faults: Mutex<Faults>,
    pub throttle: Mutex<Throttle>,
    pub mailbox_limits: Option<MailboxLimits>,
    pub usage: Usage,
    pub log: RequestLog,
    pub inbox: Inbox,
    pub previews: RwLock<Vec<Preview>>,
    changes: watch::Sender<u64>,
}

impl World {
    /// The world that the options describe.
    pub fn new(options: Options) -> Result<Self, StartError> {
        if let Some(problem) = options.faults.problem() {
            return Err(StartError::Faults(problem));
        }
        let clock = Clock::default();
        let random = Random::new(options.seed);
        let directory = Directory::new(&options.tenant, &random, clock.now_ms())?;
        Ok(Self {
            access: AccessTokens::new(&random, options.token_lifetime),
            directory: Mutex::new(directory),
            tenant: options.tenant,
            smtp: options.smtp,
            refuse_assertion_reuse: options.refuse_assertion_reuse,
            allow_permanent_deletion: options.allow_permanent_deletion,
            clock,
            random,
            used_assertions: Mutex::default(),
            faults: Mutex::new(options.faults),
            throttle: Mutex::default(),
            mailbox_limits: options.mailbox_limits,
            usage: Usage::default(),
            log: RequestLog::default(),
            inbox: Inbox::default(),
            previews: RwLock::default(),
            changes: watch::Sender::new(0),
        })
    }

    /// The fault that strikes this operation now, if any.
    pub fn fault(&self, operation: Operation) -> Option<Fault> {
        lock(&self.faults).draw(operation, &self.random)
    }

    /// The time that token and Graph requests take.
    pub fn latency(&self) -> Duration {
        Duration::from_millis(lock(&self.faults).latency_ms)
    }

    /// The time that accepting a mail takes.
    pub fn smtp_latency(&self) -> Duration {
        Duration::from_millis(lock(&self.faults).smtp_latency_ms)
    }

    /// Returns whether this is the tenant's id or one of its domains, as authorities name a tenant.
    pub fn is_tenant(&self, name: &str) -> bool {
        let is_id = name.parse().is_ok_and(|id: uuid::Uuid| id == self.tenant.tenant_id);
        is_id || self.is_domain(name)
    }

    /// Returns whether this is one of the verified domains.
    pub fn is_domain(&self, name: &str) -> bool {
        self.tenant.domains.iter().any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// Returns whether another directory keeps this domain's users.
    pub fn is_federated(&self, name: &str) -> bool {
        self.tenant.federated_domains.iter().any(|domain| domain.eq_ignore_ascii_case(name))
    }

    /// A number, or the same as text if the faults ask for `odd_numbers`.
    pub fn number(&self, number: impl Into<serde_json::Number>) -> Value {
        let number = number.into();
        if lock(&self.faults).odd_numbers { Value::String(number.to_string()) } else { Value::Number(number) }
    }

    /// Wakes all tasks that wait for a change.
    pub fn changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Receives each change.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
