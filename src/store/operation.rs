//! Operations: claiming them under a lease, and writing their progress. Each write names operation, lease and step, and
//! changes one row or fails.

use super::{
    Claimed, Effect, Operation, Store, StoreError,
    database::{Database, Transaction},
    event,
    record::signup_columns,
    step,
    value::{Stored, Value, args},
};
use crate::domain::{
    Attention, LeaseToken, Needs, OperationId, OperationKind, RequestedBy, Sealed, SignupId, StepKind,
    StepState, Subject, TenantAlias, Timestamp, Waiting,
};

/// The request of a worker for operations.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    /// The tenant of the operations; operations of the site have no tenant.
    pub tenant: Option<&'a TenantAlias>,
    /// Dependencies that are usable at present: operations whose step needs another are left.
    pub needs: &'a [Needs],
    /// The most operations to take.
    pub limit: u32,
    /// A token that no claim had before.
    pub lease: LeaseToken,
    /// The time now.
    pub now: Timestamp,
    /// The end of the lease: another worker may take them over then.
    pub until: Timestamp,
}

/// An operation under a lease: what each write of a worker expects its row to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The operation.
    pub operation: OperationId,
    /// Its kind.
    pub kind: OperationKind,
    /// Its subject.
    pub subject: Subject,
    /// The claim's token.
    pub token: LeaseToken,
    /// The step that is under way.
    pub step: StepKind,
}

/// The state of an operation that is put back to be tried later.
#[derive(Debug, Clone)]
pub struct PutBack {
    /// The time of the next try.
    pub due_at: Timestamp,
    /// The reason for waiting.
    pub waiting: Waiting,
    /// The error's code.
    pub error: String,
    /// True if the step certainly had no effect, now or in an earlier try: the next try is not in doubt.
    pub undone: bool,
    /// True if the try counts as an attempt. One that only met a pause does not.
    pub counted: bool,
}

/// An operation that is to be recorded.
pub(super) struct NewOperation<'a> {
    pub kind: OperationKind,
    pub signup: SignupId,
    pub tenant: &'a TenantAlias,
    pub step: StepKind,
    /// True if the effect of the step may have happened: a user may exist without a record.
    pub begun: bool,
    pub sealed: Option<&'a Sealed>,
    /// The requester and the reason.
    pub by: RequestedBy<'a>,
    pub due_at: Option<Timestamp>,
    pub now: Timestamp,
}

/// The oldest due rows are taken. From now on the effect of their step may have happened.
macro_rules! claim {
    ($which:literal, $lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (SELECT id FROM operation \
             WHERE tenant = $1 AND due_at <= $2 AND needs IN ($3, $4, $5, $6)",
            $which,
            " ORDER BY due_at LIMIT $7",
            $lock,
            ") UPDATE operation SET in_doubt = begun, begun = 1, \
             lease_token = $8, due_at = $9, attempts = attempts + 1, updated_at = $2 \
             WHERE id IN (SELECT id FROM due)"
        )
    };
}
pub(super) const CLAIM: &str = claim!("", "");
/// Rows that another claim is taking at this moment are passed over instead of waited for.
const CLAIM_POSTGRES: &str = claim!("", " FOR UPDATE SKIP LOCKED");
/// Only those that were tried for too long.
pub(super) const CLAIM_OVERDUE: &str = claim!(" AND trying_since <= $10", "");
const CLAIM_OVERDUE_POSTGRES: &str = claim!(" AND trying_since <= $10", " FOR UPDATE SKIP LOCKED");

/// The rows of one claim, found again by the index of due rows.
macro_rules! claimed {
    () => {
        "o.tenant = $1 AND o.due_at = $2 AND o.lease_token = $3"
    };
}

pub(super) const CLAIMED: &str = concat!(
    "SELECT o.id AS operation_id, o.kind AS operation_kind, o.target AS operation_target, \
     o.signup_id AS operation_signup, o.account_id AS operation_account, o.tenant AS operation_tenant, \
     o.requester_kind AS requester_kind, o.requester AS requester, o.reason AS reason, ",
    signup_columns!(),
    " FROM operation AS o LEFT JOIN signup AS s ON s.id = o.signup_id AND s.operation_id = o.id \
     LEFT JOIN account AS a ON a.id = s.account_id AND s.is_further = 0 WHERE ",
    claimed!(),
    " ORDER BY o.created_at, o.id"
);

/// The claim is the intent of a first effect.
const INTEND_FIRST: &str = concat!(
    "INSERT INTO step (operation_id, kind, target, state, attempts, started_at) \
     SELECT o.id, o.step, '', 'intended', 0, $4 FROM operation AS o WHERE ",
    claimed!(),
    " AND o.step IN ('create_user', 'send_code', 'reset_password') \
     AND (o.in_doubt = 0 OR NOT EXISTS (SELECT 1 FROM step WHERE step.operation_id = o.id \
     AND step.kind = o.step AND step.target = '')) \
     ON CONFLICT (operation_id, kind, target) DO UPDATE \
     SET state = excluded.state, started_at = excluded.started_at, finished_at = NULL"
);
/// The detail is the stage that the signup had.
const NOTE_CLAIM: &str = concat!(
    "INSERT INTO event (signup_id, operation_id, at, requester_kind, kind, detail) \
     SELECT o.signup_id, o.id, $4, 'worker', 'claimed', \
     CASE WHEN o.step = 'send_code' THEN 'awaiting_confirmation' \
     WHEN o.step = 'create_user' AND o.in_doubt = 0 THEN 'queued' \
     WHEN o.step IN ('send_password', 'send_new_password') THEN 'delivering' \
     WHEN o.kind = 'provision' THEN 'provisioning' \
     WHEN o.kind = 'reset_password' THEN 'resetting' ELSE 'queued' END FROM operation AS o WHERE ",
    claimed!(),
    " AND o.signup_id IS NOT NULL AND o.needs <> 'background'"
);

pub(super) const NEXT_DUE: &str = "SELECT MIN(due_at) AS due_at FROM operation WHERE due_at IS NOT NULL";
pub(super) const NEXT_BACKGROUND: &str =
    "SELECT MIN(due_at) AS due_at FROM operation WHERE needs = 'background' AND due_at IS NOT NULL";

impl Store {
    /// Takes due operations under a lease, the oldest first. A failover of the database is noticed here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim(&self, claim: &Claim<'_>) -> Result<Vec<Claimed>, StoreError> {
        self.claim_any(claim, None).await
    }

    /// The same, but only for operations that have been tried since then or longer.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_overdue(
        &self,
        claim: &Claim<'_>,
        trying_since: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        self.claim_any(claim, Some(trying_since)).await
    }

    async fn claim_any(
        &self,
        claim: &Claim<'_>,
        trying_since: Option<Timestamp>,
    ) -> Result<Vec<Claimed>, StoreError> {
        let Claim { tenant, needs, limit, lease, now, until } = *claim;
        let tenant = tenant.map_or("", TenantAlias::as_str);
        let mut needs = needs.iter().copied();
        let mut need = || needs.next();
        let sql = match (&self.database, trying_since) {
            (Database::Sqlite { .. }, None) => CLAIM,
            (Database::Sqlite { .. }, Some(_)) => CLAIM_OVERDUE,
            (Database::Postgres { .. }, None) => CLAIM_POSTGRES,
            (Database::Postgres { .. }, Some(_)) => CLAIM_OVERDUE_POSTGRES,
        };
        let mut tx = self.begin_checked(now).await?;
        let mut args = Vec::from(args![tenant, now, need(), need(), need(), need(), limit, lease, until]);
        args.extend(trying_since.map(Stored::stored));
        if tx.execute(sql, &args).await? == 0 {
            tx.commit().await?;
            return Ok(Vec::new());
        }
        let these = args![tenant, until, lease];
        let claimed = tx.fetch_all(CLAIMED, &these).await?;
        let claimed = claimed.iter().map(Claimed::read).collect::<Result<Vec<_>, _>>()?;
        let these = args![tenant, until, lease, now];
        tx.execute(INTEND_FIRST, &these).await?;
        tx.execute(NOTE_CLAIM, &these).await?;
        tx.commit().await?;
        Ok(claimed)
    }

    /// The time at which the next operation falls due, or a lease ends.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = self.database.fetch_optional(NEXT_DUE, &[]).await?;
        row.map_or(Ok(None), |row| row.maybe_time("due_at"))
    }

    /// Ends reads of accounts in tenants that are not configured: no worker carries them out. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_background_elsewhere(
        &self,
        configured: &[&TenantAlias],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        const TENANTS: &str =
            "SELECT DISTINCT tenant FROM operation WHERE needs = 'background' AND due_at IS NOT NULL";
        const END: &str = "UPDATE operation SET due_at = NULL, lease_token = NULL, finished_at = $2, updated_at = $2 \
             WHERE tenant = $1 AND needs = 'background' AND due_at IS NOT NULL";
        let mut ended = 0;
        for row in self.database.fetch_all(TENANTS, &[]).await? {
            let tenant: TenantAlias = row.value("tenant")?;
            if !configured.contains(&&tenant) {
                let mut tx = self.database.begin().await?;
                ended += tx.execute(END, &args![&tenant, now]).await?;
                tx.commit().await?;
            }
        }
        Ok(ended)
    }

    /// Returns whether a background step is due. This is a read, since a claim is a write and mostly no such step is
    /// due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_background_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        let row = self.database.fetch_optional(NEXT_BACKGROUND, &[]).await?;
        let due = row.map_or(Ok(None), |row| row.maybe_time("due_at"))?;
        Ok(due.is_some_and(|due| due <= now))
    }

    /// Keeps an operation until then, for an effect that takes long. A lease that has ended is renewed as well, as long
    /// as no other worker has taken the operation over.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn renew_lease(
        &self,
        lease: &Lease,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<(), StoreError> {
        const RENEW: &str = "UPDATE operation SET due_at = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        let mut tx = self.database.begin().await?;
        lease.write(&mut tx, RENEW, args![until, now]).await?;
        tx.commit().await
    }

    /// Gives an operation back whose step was not tried, as at shutdown: due now, and the claim is not counted.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn release(&self, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
        const RELEASE: &str = "UPDATE operation SET lease_token = NULL, due_at = $4, updated_at = $4, \
             begun = in_doubt, attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        let mut tx = self.database.begin().await?;
        lease.write(&mut tx, RELEASE, args![now]).await?;
        lease.note(&mut tx, now, "released", lease.step.as_str()).await?;
        tx.commit().await
    }

    /// Puts an operation back for a later try. The time for which it waits for a seat does not count as time of trying.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn put_back(&self, lease: &Lease, back: &PutBack, now: Timestamp) -> Result<(), StoreError> {
        const PUT_BACK: &str = "UPDATE operation SET begun = CASE WHEN $4 = 1 THEN 0 ELSE begun END, \
             lease_token = NULL, due_at = $5, waiting = $6, \
             trying_since = CASE WHEN $6 = 'no_seats' THEN $8 ELSE trying_since END, last_error = $7, updated_at = $8, \
             attempts = CASE WHEN attempts >= $9 THEN attempts - $9 ELSE 0 END \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        let mut tx = self.database.begin().await?;
        let row =
            args![back.undone, back.due_at, back.waiting, back.error.as_str(), now, u32::from(!back.counted)];
        lease.write(&mut tx, PUT_BACK, row).await?;
        let state = if back.undone { StepState::Failed } else { StepState::Intended };
        step::trouble(&mut tx, lease.operation, lease.step, state, &back.error).await?;
        lease.note(&mut tx, now, "put_back", &format!("{} {}", back.waiting, back.error)).await?;
        tx.commit().await
    }

    /// Trying again does not help: the operation is not run until [`Store::retry`]. If the step is not certainly
    /// `undone`, an earlier request may have had its effect all the same, and only the tenant can show it. A user that
    /// was certainly not created may get another name, domain and tenant by a retry.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn needs_attention(
        &self,
        lease: &Lease,
        reason: Attention,
        detail: &str,
        undone: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const NEEDS: &str = "UPDATE operation SET begun = CASE WHEN $4 = 1 THEN 0 ELSE begun END, attention = $5, \
             last_error = $6, lease_token = NULL, due_at = NULL, attempts = 0, waiting = NULL, updated_at = $7, \
             alerted_at = NULL WHERE id = $1 AND lease_token = $2 AND step = $3";
        let mut tx = self.database.begin().await?;
        lease.write(&mut tx, NEEDS, args![undone, reason, detail, now]).await?;
        // The effect may have happened, or the right to send one mail in a while is kept for the retry.
        let is_kept = !undone
            && matches!(
                lease.step,
                StepKind::CreateUser
                    | StepKind::ResetPassword
                    | StepKind::SendReminder
                    | StepKind::SendNotice
            );
        let state = if is_kept { StepState::Intended } else { StepState::Failed };
        step::trouble(&mut tx, lease.operation, lease.step, state, detail).await?;
        lease.note(&mut tx, now, "needs_attention", &format!("{reason} {detail}")).await?;
        tx.commit().await
    }

    /// A step was refused for good, and the operation ends with this `event`: its signup is as before, and the sealed
    /// password is wiped.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn end_refused(
        &self,
        lease: &Lease,
        event: &'static str,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const REVERT: &str = "UPDATE signup SET state = CASE state WHEN 'open' THEN 'done' ELSE state END, \
             updated_at = $2 WHERE id = $1";
        let mut tx = self.database.begin().await?;
        lease.finish(&mut tx, Some(detail), now).await?;
        tx.execute(REVERT, &args![lease.signup(), now]).await?;
        let refused = Effect::refused(lease.step, "", StepState::Failed, detail);
        lease.record(&mut tx, &[refused], now).await?;
        lease.note(&mut tx, now, event, detail).await?;
        tx.commit().await
    }
}

impl Lease {
    /// The lease of a claimed operation.
    #[must_use]
    pub fn new(claimed: &Claimed, token: LeaseToken) -> Self {
        let Operation { id, kind, subject, step, .. } = claimed.operation;
        Self { operation: id, kind, subject, token, step }
    }

    /// The signup that the operation is for.
    #[must_use]
    pub const fn signup(&self) -> Option<SignupId> {
        self.subject.signup()
    }

    /// Runs an UPDATE of this operation's row whose first three placeholders are id, lease and step.
    pub(super) async fn write<const N: usize>(
        &self,
        tx: &mut Transaction,
        sql: &'static str,
        more: [Value<'_>; N],
    ) -> Result<(), StoreError> {
        let args: Vec<_> = args![self.operation, self.token, self.step].into_iter().chain(more).collect();
        match tx.execute(sql, &args).await? {
            1 => Ok(()),
            _ => Err(StoreError::LeaseLost),
        }
    }

    /// Checks that one of these steps is under way: an outcome of another step comes too late.
    pub(super) fn expect(&self, steps: &[StepKind]) -> Result<(), StoreError> {
        if steps.contains(&self.step) { Ok(()) } else { Err(StoreError::LeaseLost) }
    }

    /// Writes a line of the trail of events, but not for an operation of the site or one that recurs.
    pub(super) async fn note(
        &self,
        tx: &mut Transaction,
        now: Timestamp,
        kind: &'static str,
        detail: &str,
    ) -> Result<(), StoreError> {
        if self.signup().is_none() || self.kind.recurs() {
            return Ok(());
        }
        event::write_of(tx, self.signup(), Some(self.operation), now, kind, detail).await
    }

    /// The step is done and `next` is under way, under the same lease until `until`. Returns what the next write
    /// expects.
    pub(super) async fn advance(
        &self,
        tx: &mut Transaction,
        next: StepKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Self, StoreError> {
        const ADVANCE: &str = "UPDATE operation SET step = $4, needs = $5, begun = 1, in_doubt = 0, due_at = $6, \
             updated_at = $7, attempts = 0, waiting = NULL, last_error = NULL \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        self.write(tx, ADVANCE, args![next, next.needs(), until, now]).await?;
        Ok(Self { step: next, ..*self })
    }

    /// The operation is over, with the code of an error if it has failed. Its password is wiped.
    pub(super) async fn finish(
        &self,
        tx: &mut Transaction,
        error: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const FINISH: &str = "UPDATE operation SET sealed = NULL, lease_token = NULL, due_at = NULL, attempts = 0, \
             waiting = NULL, last_error = $4, updated_at = $5, finished_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        self.write(tx, FINISH, args![error, now]).await
    }

    /// Records outcomes and intents of this operation.
    pub(super) async fn record(
        &self,
        tx: &mut Transaction,
        effects: &[Effect],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        step::write(tx, self.operation, effects, now).await
    }
}

/// Writes the row of an operation, where the condition (` WHERE …`, or nothing) holds.
macro_rules! insert_operation {
    ($condition:literal) => {
        concat!(
            "INSERT INTO operation (kind, signup_id, tenant, step, needs, begun, due_at, trying_since, sealed, \
             password_changes, requester_kind, requester, reason, created_at, updated_at, finished_at) \
             SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $6, $10, $11, $12, $8, $8, $13",
            $condition
        )
    };
}
pub(super) use insert_operation;

/// Records an operation and returns its number. One that is not due is over.
pub(super) async fn insert(tx: &mut Transaction, new: &NewOperation<'_>) -> Result<OperationId, StoreError> {
    const INSERT: &str = concat!(insert_operation!(""), " RETURNING id");
    let row = tx.fetch_optional(INSERT, &new.columns()).await?.ok_or(StoreError::Unreadable("id"))?;
    Ok(OperationId::new(row.count("id")?))
}

impl NewOperation<'_> {
    /// The arguments of [`insert_operation`].
    pub(super) fn columns(&self) -> [Value<'_>; 13] {
        let Self { kind, signup, tenant, step, begun, sealed, by, due_at, now } = *self;
        let finished_at = due_at.is_none().then_some(now);
        args![
            kind,
            signup,
            tenant,
            step,
            step.needs(),
            begun,
            due_at,
            now,
            sealed,
            by.requester.kind(),
            by.requester.logins(),
            by.reason,
            finished_at
        ]
    }
}

/// Keeps workers from the operations of a signup until the transaction ends. Operations are locked before their signup, as
/// workers do it. SQLite has one writer and needs no lock.
pub(super) async fn hold_all(tx: &mut Transaction, signup: SignupId) -> Result<(), StoreError> {
    const HOLD: &str = "UPDATE operation SET kind = kind WHERE signup_id = $1";
    if tx.is_sqlite() {
        return Ok(());
    }
    tx.execute(HOLD, &args![signup]).await.map(drop)
}

/// Ends the operation of a signup that was changed by another than its worker: the worker finds its lease lost.
pub(super) async fn end(tx: &mut Transaction, signup: SignupId, now: Timestamp) -> Result<(), StoreError> {
    const END: &str = "UPDATE operation SET lease_token = NULL, due_at = NULL, attempts = 0, waiting = NULL, \
         last_error = NULL, sealed = NULL, updated_at = $2, finished_at = $2 \
         WHERE id = (SELECT operation_id FROM signup WHERE id = $1)";
    tx.execute(END, &args![signup, now]).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_is_the_intent_of_the_steps_that_say_so() {
        for step in StepKind::ALL {
            assert_eq!(INTEND_FIRST.contains(&format!("'{step}'")), step.is_intended_by_claim(), "{step}");
        }
    }
}
