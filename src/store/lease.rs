//! Leases: who works on which signup, and until when.

use super::{
    Signup, Store, StoreError,
    database::{Database, Transaction},
    event,
    record::signup_columns,
    value::{Stored, Value, args},
};
use crate::domain::{LeaseToken, SignupId, Stage, TenantAlias, Timestamp};

/// What a worker asks for.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// Whose signups.
    pub tenant: &'a TenantAlias,
    /// In which stages.
    pub stages: &'a [Stage],
    /// How many at most.
    pub limit: u32,
    /// A token that no claim had before.
    pub lease: LeaseToken,
    /// The time now.
    pub now: Timestamp,
    /// When another worker may take them over.
    pub until: Timestamp,
}

/// What each write of a worker expects the row to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Which signup.
    pub id: SignupId,
    /// Under which lease.
    pub lease: LeaseToken,
    /// In which stage.
    pub stage: Stage,
}

/// The oldest due rows are taken; `claimed_from` keeps the stage they had. A queued signup that is nobody's
/// duplicate moves on at once: from now on its user may exist.
macro_rules! claim {
    ($which:literal, $lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM signup \
             WHERE tenant = $1 AND due_at <= $2 AND stage IN ($3, $4, $5, $6, $7)",
            $which,
            " ORDER BY due_at LIMIT $8",
            $lock,
            ") UPDATE signup SET claimed_from = stage, \
             stage = CASE WHEN stage = 'queued' AND duplicate_of IS NULL AND declined_at IS NULL THEN 'provisioning' ELSE stage END, \
             lease_token = $9, due_at = $10, attempts = attempts + 1, updated_at = $2 \
             WHERE id IN (SELECT id FROM due) RETURNING ",
            signup_columns!()
        )
    };
}
pub(super) const CLAIM: &str = claim!("", "");
/// Rows that another claim is taking at this moment are passed over instead of waited for.
const CLAIM_POSTGRES: &str = claim!("", " FOR UPDATE SKIP LOCKED");
/// Those alone that were tried for too long.
pub(super) const CLAIM_OVERDUE: &str = claim!(" AND trying_since <= $11", "");
const CLAIM_OVERDUE_POSTGRES: &str = claim!(" AND trying_since <= $11", " FOR UPDATE SKIP LOCKED");

/// The rows of one claim, found again by the index of due rows.
macro_rules! claimed {
    () => {
        "FROM signup WHERE tenant = $1 AND due_at = $2 AND lease_token = $3"
    };
}

/// The claim is the intent of the first effect: creating the user, or mailing the code.
const INTEND_FIRST: &str = concat!(
    "INSERT INTO step (signup_id, kind, target, state, attempts, started_at) \
     SELECT id, CASE stage WHEN 'provisioning' THEN 'create_user' ELSE 'send_code' END, '', 'intended', 0, $4 ",
    claimed!(),
    " AND claimed_from IN ('queued', 'awaiting_confirmation') AND duplicate_of IS NULL AND declined_at IS NULL \
     ON CONFLICT (signup_id, kind, target) DO UPDATE \
     SET state = excluded.state, started_at = excluded.started_at, finished_at = NULL"
);
const NOTE_CLAIM: &str = concat!(
    "INSERT INTO event (signup_id, at, kind, detail) SELECT id, $4, 'claimed', claimed_from ",
    claimed!()
);

pub(super) const NEXT_DUE: &str = "SELECT MIN(due_at) AS due_at FROM (\
     SELECT MIN(due_at) AS due_at FROM signup WHERE due_at IS NOT NULL \
     UNION ALL SELECT MIN(due_at) FROM account_check WHERE due_at IS NOT NULL) AS next";

impl Store {
    /// Takes due signups under a lease. In those returned, `stage` is the stage they have now and
    /// `claimed_from` the one they had: a signup claimed from `Queued` was never posted to the tenant, one
    /// claimed from `Provisioning` may have been. A failover of the database is noticed here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, claim: &Claim<'_>) -> Result<Vec<Signup>, StoreError> {
        self.claim_any(claim, None).await
    }

    /// The same, of those alone that have been tried since then or longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_overdue(
        &self,
        claim: &Claim<'_>,
        trying_since: Timestamp,
    ) -> Result<Vec<Signup>, StoreError> {
        self.claim_any(claim, Some(trying_since)).await
    }

    async fn claim_any(
        &self,
        claim: &Claim<'_>,
        trying_since: Option<Timestamp>,
    ) -> Result<Vec<Signup>, StoreError> {
        let Claim { tenant, stages, limit, lease, now, until } = *claim;
        // Settled signups are never due: five stages are all there can be.
        let mut stages = stages.iter().copied().filter(|stage| !stage.is_settled());
        let mut stage = || stages.next();
        let sql = match (&self.database, trying_since) {
            (Database::Sqlite { .. }, None) => CLAIM,
            (Database::Sqlite { .. }, Some(_)) => CLAIM_OVERDUE,
            (Database::Postgres { .. }, None) => CLAIM_POSTGRES,
            (Database::Postgres { .. }, Some(_)) => CLAIM_OVERDUE_POSTGRES,
        };
        let mut tx = self.begin_checked(now).await?;
        let mut args =
            Vec::from(args![tenant, now, stage(), stage(), stage(), stage(), stage(), limit, lease, until]);
        args.extend(trying_since.map(Stored::stored));
        let mut claimed = Signup::read_all(&tx.fetch_all(sql, &args).await?)?;
        if !claimed.is_empty() {
            let these = args![tenant, until, lease, now];
            tx.execute(INTEND_FIRST, &these).await?;
            tx.execute(NOTE_CLAIM, &these).await?;
        }
        tx.commit().await?;
        claimed.sort_by_key(|signup| (signup.created_at, signup.id));
        Ok(claimed)
    }

    /// When the next signup or the next read of an account falls due, or a lease ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        match self.database.fetch_optional(NEXT_DUE, &[]).await? {
            Some(row) => row.maybe_time("due_at"),
            None => Ok(None),
        }
    }

    /// Keeps a signup until then, for an effect that takes long. A lease that has ended is renewed as well, as long as
    /// no other worker has taken the signup over.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn renew_lease(&self, held: &Held, now: Timestamp, until: Timestamp) -> Result<(), StoreError> {
        const RENEW: &str = "UPDATE signup SET due_at = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, RENEW, args![until, now]).await?;
        tx.commit().await
    }

    /// Gives a signup back untouched, as at shutdown: due now, and the claim is not counted.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn release(&self, held: &Held, now: Timestamp) -> Result<(), StoreError> {
        const RELEASE: &str = "UPDATE signup SET lease_token = NULL, due_at = $4, updated_at = $4, \
             attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, RELEASE, args![now]).await?;
        event::write(&mut tx, held.id, now, "released", held.stage.as_str()).await?;
        tx.commit().await
    }
}

impl Held {
    /// Runs an UPDATE of this signup's row whose first three placeholders are id, lease and stage.
    pub(super) async fn write<const N: usize>(
        &self,
        tx: &mut Transaction,
        sql: &'static str,
        more: [Value<'_>; N],
    ) -> Result<(), StoreError> {
        let args: Vec<_> = args![self.id, self.lease, self.stage].into_iter().chain(more).collect();
        match tx.execute(sql, &args).await? {
            1 => Ok(()),
            _ => Err(StoreError::LeaseLost),
        }
    }
}
