//! Reading, on connections that never wait for a writer.

use std::collections::BTreeMap;

use super::{
    Event, Signup, Step, Store, StoreError,
    record::signup_columns,
    value::{Value, args},
};
use crate::domain::{Email, SignupId, Stage, TenantAlias, Timestamp};

/// Which signups to list, the newest first.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only of this stage.
    pub stage: Option<Stage>,
    /// How many at most.
    pub limit: u32,
    /// Only those after this one, the last of the page before.
    pub after: Option<After>,
}

/// A place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After {
    /// When the signup there came in.
    pub created_at: Timestamp,
    /// The signup there.
    pub id: SignupId,
}

impl From<&Signup> for After {
    fn from(signup: &Signup) -> Self {
        Self { created_at: signup.created_at, id: signup.id }
    }
}

pub(super) const BY_ID: &str = concat!("SELECT ", signup_columns!(), " FROM signup WHERE id = $1");
pub(super) const BY_EMAIL: &str =
    concat!("SELECT ", signup_columns!(), " FROM signup WHERE email_key = $1 OR person_key = $2");
pub(super) const STEPS: &str = "SELECT kind, target, state, attempts, error, started_at, finished_at \
     FROM step WHERE signup_id = $1";
pub(super) const EVENTS: &str = "SELECT at, kind, detail FROM event WHERE signup_id = $1 ORDER BY seq";
/// Without `after` the list begins past all times there are.
pub(super) const NEWEST: &str = concat!(
    "SELECT ",
    signup_columns!(),
    " FROM signup WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT $3"
);
pub(super) const NEWEST_OF_STAGE: &str = concat!(
    "SELECT ",
    signup_columns!(),
    " FROM signup WHERE stage = $4 AND (created_at, id) < ($1, $2) \
     ORDER BY created_at DESC, id DESC LIMIT $3"
);
pub(super) const COUNTS: &str = "SELECT stage, COUNT(*) AS signups FROM signup GROUP BY stage";
/// An earlier request's wait is its own, and counted as such. Waiting for a seat counts from the beginning, though it
/// is no time of trying in vain.
pub(super) const OLDEST_WAITING: &str = "SELECT MIN(CASE WHEN waiting = 'no_seats' THEN created_at \
     ELSE trying_since END) AS since FROM signup \
     WHERE due_at IS NOT NULL AND COALESCE(waiting, '') <> 'earlier_request'";

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

    /// The steps of a signup, in the order they are taken.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn steps(&self, id: SignupId) -> Result<Vec<Step>, StoreError> {
        let rows = self.database.fetch_all(STEPS, &args![id]).await?;
        let mut steps = rows.iter().map(Step::read).collect::<Result<Vec<_>, _>>()?;
        steps.sort_by(|one, other| (one.kind, &one.target).cmp(&(other.kind, &other.target)));
        Ok(steps)
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
                let args = args![created_at, id, filter.limit, stage];
                self.database.fetch_all(NEWEST_OF_STAGE, &args).await?
            }
        };
        Signup::read_all(&rows)
    }

    /// How many signups there are in each stage, by the stage's stored word; every stage is in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_by_stage(&self) -> Result<BTreeMap<&'static str, u64>, StoreError> {
        let mut counts: BTreeMap<_, _> = Stage::ALL.iter().map(|stage| (stage.as_str(), 0)).collect();
        for row in self.database.fetch_all(COUNTS, &[]).await? {
            counts.insert(row.value::<Stage>("stage")?.as_str(), row.count("signups")?);
        }
        Ok(counts)
    }

    /// How many signups wait for each tenant, also for one that is configured no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn count_waiting_by_tenant(&self) -> Result<BTreeMap<TenantAlias, u64>, StoreError> {
        const WAITING: &str =
            "SELECT tenant, COUNT(*) AS signups FROM signup WHERE due_at IS NOT NULL GROUP BY tenant";
        let rows = self.database.fetch_all(WAITING, &[]).await?;
        rows.iter().map(|row| Ok((row.value("tenant")?, row.count("signups")?))).collect()
    }

    /// Since when the signup has waited that has waited longest for the worker; none when none waits.
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
