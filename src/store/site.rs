//! Operations that recur: mails to admins, retention, and reads of accounts for pages. There is one row for each, which
//! becomes due again.

use super::{Lease, Store, StoreError, database::Transaction, value::args};
use crate::domain::{AlertKind, OperationKind, Requester, StepKind, Timestamp};

/// An operation that belongs to no signup and no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteOperation {
    /// A mail to admins about this kind of alert.
    Alert(AlertKind),
    /// Retention: what is past its retention period is removed.
    Retention,
}

impl SiteOperation {
    /// Its kind, target and step, as they are stored.
    const fn columns(self) -> (OperationKind, &'static str, StepKind) {
        match self {
            Self::Alert(kind) => (OperationKind::SendAlert, kind.as_str(), StepKind::SendAlert),
            Self::Retention => (OperationKind::Retain, "", StepKind::Prune),
        }
    }
}

macro_rules! make_due {
    ($which:literal) => {
        concat!(
            "INSERT INTO operation (kind, target, tenant, step, needs, due_at, trying_since, requester_kind, \
             created_at, updated_at) VALUES ($1, $2, '', $3, $4, $5, $5, $6, $5, $5) \
             ON CONFLICT (kind, target) WHERE signup_id IS NULL AND account_id IS NULL DO UPDATE \
             SET due_at = excluded.due_at, trying_since = excluded.trying_since, attempts = 0, waiting = NULL, \
             last_error = NULL, updated_at = excluded.updated_at WHERE ",
            $which
        )
    };
}

impl Store {
    /// Makes an operation of the site due now, unless it is due already, or was done after `none_since`. Returns whether
    /// it was made due.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn request_site(
        &self,
        operation: SiteOperation,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const REQUEST: &str = make_due!(
            "operation.due_at IS NULL AND (operation.finished_at IS NULL OR operation.finished_at <= $7)"
        );
        let (kind, target, step) = operation.columns();
        let requester = Requester::Service.kind();
        let mut tx = self.database.begin().await?;
        let args = args![kind, target, step, step.needs(), now, requester, none_since];
        let is_due = tx.execute(REQUEST, &args).await? > 0;
        tx.commit().await?;
        Ok(is_due)
    }

    /// Makes an operation of the site due now, unless a worker has it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn hasten_site(&self, operation: SiteOperation, now: Timestamp) -> Result<(), StoreError> {
        const HASTEN: &str = make_due!(
            "operation.lease_token IS NULL AND (operation.due_at IS NULL OR operation.due_at > excluded.due_at)"
        );
        let (kind, target, step) = operation.columns();
        let requester = Requester::Service.kind();
        let mut tx = self.database.begin().await?;
        tx.execute(HASTEN, &args![kind, target, step, step.needs(), now, requester]).await?;
        tx.commit().await
    }

    /// An operation that recurs is done. It is due again at `next`, or once it is requested.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn recurring_done(
        &self,
        lease: &Lease,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lease.end_run(&mut tx, next, Some(now), now).await?;
        tx.commit().await
    }

    /// An operation that recurs has done nothing. It is due again at `next`, or once it is requested.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn recurring_postponed(
        &self,
        lease: &Lease,
        next: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lease.end_run(&mut tx, next, None, now).await?;
        tx.commit().await
    }
}

impl Lease {
    /// Ends a run of an operation that recurs; `finished_at` keeps its value if there is no `done_at`.
    pub(super) async fn end_run(
        &self,
        tx: &mut Transaction,
        next: Option<Timestamp>,
        done_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const END: &str = "UPDATE operation SET lease_token = NULL, due_at = $4, attempts = 0, waiting = NULL, \
             last_error = NULL, begun = 0, finished_at = COALESCE($5, finished_at), updated_at = $6 \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        self.write(tx, END, args![next, done_at, now]).await
    }
}
