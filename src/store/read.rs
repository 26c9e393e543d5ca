//! Reading, on connections that never wait for a writer.

use std::collections::BTreeMap;

use super::{
    Event, Operation, Signup, Step, Store, StoreError,
    record::{select_signups, stage},
    value::{Value, args},
};
use crate::domain::{Email, SignupId, Stage, TenantAlias, Timestamp};

/// The signups to list, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this stage.
    pub stage: Option<Stage>,
    /// The most signups to list.
    pub limit: u32,
    /// Only those after this one, the last of the page before.
    pub after: Option<After>,
}

/// A place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// The time at which the signup there came in.
    pub created_at: Timestamp,
    /// The signup there.
    pub id: SignupId,
}

impl From<&Signup> for After {
    fn from(signup: &Signup) -> Self {
        Self { created_at: signup.created_at, id: signup.id }
    }
}

pub(super) const BY_ID: &str = select_signups!("WHERE s.id = $1");
pub(super) const BY_EMAIL: &str = select_signups!(
    "WHERE s.is_further = 0 AND s.account_id IN (SELECT id FROM account WHERE email_key = $1 OR person_key = $2)"
);
/// The newest of several operations come last.
pub(super) const STEPS: &str = "SELECT step.kind, step.target, step.state, step.attempts, step.error, \
     step.started_at, step.finished_at FROM operation JOIN step ON step.operation_id = operation.id \
     WHERE operation.signup_id = $1 ORDER BY operation.id";
pub(super) const EVENTS: &str = "SELECT at, kind, detail, requester_kind, requester, reason FROM event \
     WHERE signup_id = $1 ORDER BY seq";
pub(super) const OPERATIONS: &str = "SELECT id AS operation_id, kind AS operation_kind, target AS operation_target, \
     signup_id AS operation_signup, account_id AS operation_account, tenant AS operation_tenant, step, in_doubt, attempts, \
     waiting, last_error, trying_since, requester_kind, requester, reason FROM operation WHERE signup_id = $1 ORDER BY id";
/// Without `after` the list begins with the newest signup of all.
pub(super) const NEWEST: &str =
    select_signups!("WHERE (s.created_at, s.id) < ($1, $2) ORDER BY s.created_at DESC, s.id DESC LIMIT $3");
pub(super) const NEWEST_OF_STAGE: &str = select_signups!(
    "WHERE s.state = $4 AND ",
    stage!(),
    " = $5 AND (s.created_at, s.id) < ($1, $2) ORDER BY s.created_at DESC, s.id DESC LIMIT $3"
);
/// Of many signups under way few need attention: these are found by their operations.
pub(super) const NEWEST_OF_ATTENTION: &str = select_signups!(
    "WHERE s.state = $4 AND s.operation_id IN (SELECT id FROM operation WHERE attention IS NOT NULL) AND ",
    stage!(),
    " = $5 AND (s.created_at, s.id) < ($1, $2) ORDER BY s.created_at DESC, s.id DESC LIMIT $3"
);
pub(super) const COUNTS: &str =
    "SELECT state AS stage, COUNT(*) AS signups FROM signup WHERE state <> 'open' GROUP BY state";
pub(super) const OPEN_COUNTS: &str = concat!(
    "SELECT ",
    stage!(),
    " AS stage, COUNT(*) AS signups FROM signup AS s JOIN operation AS o ON o.id = s.operation_id \
     WHERE s.state = 'open' GROUP BY 1"
);
/// An earlier request's wait is its own, and counted as such. Waiting for a seat counts from the beginning, though it
/// does not count as time of trying.
pub(super) const OLDEST_WAITING: &str = "SELECT MIN(CASE WHEN o.waiting = 'no_seats' THEN s.created_at \
     ELSE o.trying_since END) AS since FROM operation AS o JOIN signup AS s ON s.id = o.signup_id \
     WHERE o.due_at IS NOT NULL AND o.needs <> 'background' AND COALESCE(o.waiting, '') <> 'earlier_request'";

/// The state that signups of a stage are in.
pub(super) const fn state(stage: Stage) -> &'static str {
    match stage {
        Stage::AwaitingConfirmation | Stage::Done | Stage::Voided | Stage::Erased => stage.as_str(),
        Stage::Queued
        | Stage::Provisioning
        | Stage::Delivering
        | Stage::Resetting
        | Stage::NeedsAttention => "open",
    }
}

impl Store {
    /// One signup.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signup(&self, id: SignupId) -> Result<Option<Signup>, StoreError> {
        self.one(BY_ID, &args![id]).await
    }

    /// The signup that owns an address, or else the one that owns its mailbox where sub-addresses are folded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn signup_by_email(&self, email: &Email) -> Result<Option<Signup>, StoreError> {
        let mailbox = self.folds_subaddresses.then(|| email.person_key());
        let rows = self.database.fetch_all(BY_EMAIL, &args![email.key(), mailbox]).await?;
        let owns_it = |signup: &Signup| signup.email.as_ref().is_some_and(|own| own.key() == email.key());
        Ok(Signup::read_all(&rows)?.into_iter().max_by_key(owns_it))
    }

    /// The steps of a signup, each as it was taken last, in the order they are taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn steps(&self, id: SignupId) -> Result<Vec<Step>, StoreError> {
        let rows = self.database.fetch_all(STEPS, &args![id]).await?;
        let mut steps = BTreeMap::new();
        for row in &rows {
            let step = Step::read(row)?;
            steps.insert((step.kind, step.target.clone()), step);
        }
        Ok(steps.into_values().collect())
    }

    /// The operations of a signup, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn operations(&self, id: SignupId) -> Result<Vec<Operation>, StoreError> {
        self.database.fetch_all(OPERATIONS, &args![id]).await?.iter().map(Operation::read).collect()
    }

    /// The audit trail of a signup, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events(&self, id: SignupId) -> Result<Vec<Event>, StoreError> {
        self.database.fetch_all(EVENTS, &args![id]).await?.iter().map(Event::read).collect()
    }

    /// A page of signups, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self, filter: &Filter) -> Result<Vec<Signup>, StoreError> {
        let created_at = filter.after.map_or(Timestamp::from_millis(i64::MAX), |after| after.created_at);
        let id = filter.after.map_or_else(String::new, |after| after.id.to_string());
        let rows = match filter.stage {
            None => self.database.fetch_all(NEWEST, &args![created_at, id, filter.limit]).await?,
            Some(stage) => {
                let args = args![created_at, id, filter.limit, state(stage), stage];
                let sql = if stage == Stage::NeedsAttention { NEWEST_OF_ATTENTION } else { NEWEST_OF_STAGE };
                self.database.fetch_all(sql, &args).await?
            }
        };
        Signup::read_all(&rows)
    }

    /// Returns the number of signups in each stage, by the stage's stored word; every stage is in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_by_stage(&self) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        let mut counts: BTreeMap<_, _> = Stage::ALL.iter().map(|stage| (stage.as_str(), 0)).collect();
        for sql in [COUNTS, OPEN_COUNTS] {
            for row in self.database.fetch_all(sql, &[]).await? {
                counts.insert(row.value::<Stage>("stage")?.as_str(), row.count("signups")?);
            }
        }
        Ok(counts)
    }

    /// Returns the number of signups that wait for each tenant, also for one that is no longer configured.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_waiting_by_tenant(&self) -> Result<BTreeMap<TenantAlias, u64>, StoreError> {
        const WAITING: &str = "SELECT tenant, COUNT(*) AS signups FROM operation \
             WHERE due_at IS NOT NULL AND signup_id IS NOT NULL AND needs <> 'background' GROUP BY tenant";
        let rows = self.database.fetch_all(WAITING, &[]).await?;
        rows.iter().map(|row| Ok((row.value("tenant")?, row.count("signups")?))).collect()
    }

    /// Returns the time since which the signup has waited that has waited longest for the worker; `None` if no signup
    /// waits.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn oldest_waiting(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = self.database.fetch_optional(OLDEST_WAITING, &[]).await?;
        row.map_or(Ok(None), |row| row.maybe_time("since"))
    }

    async fn one(&self, sql: &'static str, args: &[Value<'_>]) -> Result<Option<Signup>, StoreError> {
        self.database.fetch_optional(sql, args).await?.as_ref().map(Signup::read).transpose()
    }
}
