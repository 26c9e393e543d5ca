//! A new password for a signup that is done: asked for within limits, set in the tenant, then delivered.

use super::{Store, StoreError, event, value::args};
use crate::domain::{OperationId, RequestedBy, Sealed, SignupId, Timestamp};

/// Limits on how often, and until when, a new password may be asked for.
#[derive(Debug, Clone, Copy)]
pub struct ResetLimits {
    /// The most times in all.
    pub most: u32,
    /// It has been done since this moment at least: a mail that was just sent may still come.
    pub done_since: Timestamp,
    /// The signup was done for the first time after this.
    pub done_after: Timestamp,
}

impl Store {
    /// Keeps a new sealed password and makes the signup due for a reset; says whether the limits allowed it. A
    /// further or declined request, which has no account of its own, is due all the same but keeps no password.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ask_reset(
        &self,
        id: SignupId,
        sealed: &Sealed,
        limits: ResetLimits,
        by: RequestedBy<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const INSERT: &str = "INSERT INTO operation (kind, signup_id, tenant, step, needs, due_at, trying_since, sealed, \
             requester_kind, requester, reason, created_at, updated_at) \
             SELECT 'reset_password', id, tenant, \
             CASE WHEN declined_at IS NOT NULL THEN 'send_notice' WHEN is_further = 1 THEN 'send_reminder' \
             ELSE 'reset_password' END, \
             CASE WHEN declined_at IS NULL AND is_further = 0 THEN 'tenant' ELSE 'mail' END, $2, $2, \
             CASE WHEN declined_at IS NULL AND is_further = 0 THEN $3 END, $4, $5, $6, $2, $2 \
             FROM signup WHERE id = $1 AND state = 'done' RETURNING id";
        const ASK: &str = "UPDATE signup SET state = 'open', operation_id = $2, resets = resets + 1, updated_at = $3 \
             WHERE id = $1 AND state = 'done' AND resets < $4 AND updated_at <= $5 AND done_at > $6";
        let ResetLimits { most, done_since, done_after } = limits;
        let mut tx = self.database.begin().await?;
        let asked = args![id, now, sealed, by.requester.kind(), by.requester.logins(), by.reason];
        let Some(row) = tx.fetch_optional(INSERT, &asked).await? else { return Ok(false) };
        let operation = OperationId::new(row.count("id")?);
        if tx.execute(ASK, &args![id, operation, now, most, done_since, done_after]).await? == 0 {
            // Dropped, the transaction changes nothing.
            return Ok(false);
        }
        event::write_by(&mut tx, id, Some(operation), by, now, "reset_asked", "").await?;
        tx.commit().await?;
        Ok(true)
    }
}
