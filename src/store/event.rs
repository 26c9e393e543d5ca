//! The audit trail: one line per write. A detail is made of codes and stages, never of personal data.

use super::{StoreError, database::Transaction, value::args};
use crate::domain::{SignupId, Timestamp};

pub(super) async fn write(
    tx: &mut Transaction,
    id: SignupId,
    at: Timestamp,
    kind: &'static str,
    detail: &str,
) -> Result<(), StoreError> {
    const WRITE: &str = "INSERT INTO event (signup_id, at, kind, detail) VALUES ($1, $2, $3, $4)";
    tx.execute(WRITE, &args![id, at, kind, detail]).await.map(drop)
}
