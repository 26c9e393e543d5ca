//! The audit trail: one line per write. A detail is made of codes and stages, never of personal data; a reason may be
//! personal, and is removed when the signup is erased.

use super::{StoreError, database::Transaction, value::args};
use crate::domain::{OperationId, RequestedBy, Requester, SignupId, Timestamp};

/// Writes a line about what the worker did to a signup.
pub(super) async fn write(
    tx: &mut Transaction,
    signup: SignupId,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    write_of(tx, Some(signup), None, at, kind, detail).await
}

/// Writes a line about what the worker did by an operation, and the signup it is for.
pub(super) async fn write_of(
    tx: &mut Transaction,
    signup: Option<SignupId>,
    operation: Option<OperationId>,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    insert(tx, (signup, operation), RequestedBy::from(&Requester::Worker), at, kind, detail).await
}

/// Writes a line about an act that a requester asked for.
pub(super) async fn write_by(
    tx: &mut Transaction,
    signup: SignupId,
    operation: Option<OperationId>,
    by: RequestedBy<'_>,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    insert(tx, (Some(signup), operation), by, at, kind, detail).await
}

async fn insert(
    tx: &mut Transaction,
    (signup, operation): (Option<SignupId>, Option<OperationId>),
    RequestedBy { requester, reason }: RequestedBy<'_>,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    const INSERT: &str = "INSERT INTO event (signup_id, operation_id, at, kind, detail, requester_kind, requester, reason) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let args = args![signup, operation, at, kind, detail, requester.kind(), requester.logins(), reason];
    tx.execute(INSERT, &args).await.map(drop)
}
