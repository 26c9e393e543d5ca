//! The audit trail: one line per write. A detail is made of codes and stages, never of personal data.

use super::{StoreError, database::Transaction, value::args};
use crate::domain::{OperationId, SignupId, Timestamp};

/// Writes a line about a signup.
pub(super) async fn write(
    tx: &mut Transaction,
    signup: SignupId,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    write_of(tx, Some(signup), None, at, kind, detail).await
}

/// Writes a line about an operation and the signup it is for.
pub(super) async fn write_of(
    tx: &mut Transaction,
    signup: Option<SignupId>,
    operation: Option<OperationId>,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    const WRITE: &str =
        "INSERT INTO event (signup_id, operation_id, at, kind, detail) VALUES ($1, $2, $3, $4, $5)";
    tx.execute(WRITE, &args![signup, operation, at, kind, detail]).await.map(drop)
}
