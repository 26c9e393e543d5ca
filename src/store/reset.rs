//! A new password for a signup that is done: asked for within limits, set in the tenant, then delivered.

use super::{Held, Store, StoreError, event, step, value::args};
use crate::domain::{Sealed, SignupId, Stage, StepKind, StepState, Timestamp};

/// How often, and until when, a new password may be asked for.
#[derive(Debug, Clone, Copy)]
pub struct ResetLimits {
    /// So many times in all.
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
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const ASK: &str = "UPDATE signup SET stage = 'resetting', claimed_from = 'resetting', \
             sealed = CASE WHEN duplicate_of IS NULL AND declined_at IS NULL THEN $2 ELSE NULL END, resets = resets + 1, \
             due_at = $3, updated_at = $3, trying_since = $3, attempts = 0, waiting = NULL, \
             attention = NULL, last_error = NULL \
             WHERE id = $1 AND stage = 'done' AND resets < $4 AND updated_at <= $5 AND done_at > $6";
        Stage::Done.to(Stage::Resetting)?;
        let ResetLimits { most, done_since, done_after } = limits;
        let mut tx = self.database.begin().await?;
        if tx.execute(ASK, &args![id, sealed, now, most, done_since, done_after]).await? == 0 {
            return Ok(false);
        }
        event::write(&mut tx, id, now, "reset_asked", "").await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Writes that the password is about to be set in the tenant; says whether it may have been already, by an
    /// earlier try whose outcome is not known.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn begin_reset(&self, held: &Held, now: Timestamp) -> Result<bool, StoreError> {
        const HELD: &str = "UPDATE signup SET updated_at = $4 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND stage = 'resetting'";
        const DOUBT: &str = "SELECT kind FROM step WHERE signup_id = $1 AND kind = $2 AND state = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, HELD, args![now]).await?;
        let intended = args![held.id, StepKind::ResetPassword, StepState::Intended];
        if tx.fetch_optional(DOUBT, &intended).await?.is_some() {
            return Ok(true);
        }
        step::intend_again(&mut tx, held.id, StepKind::ResetPassword, now).await?;
        tx.commit().await?;
        Ok(false)
    }

    /// The tenant has the new password: it is to be delivered, and the lease goes on until `until`. Returns what
    /// the next write expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn password_reset(
        &self,
        held: &Held,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Held, StoreError> {
        const RESET: &str = "UPDATE signup SET stage = 'delivering', due_at = $4, attempts = 0, \
             waiting = NULL, last_error = NULL, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND stage = 'resetting'";
        let stage = held.stage.to(Stage::Delivering)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, RESET, args![until, now]).await?;
        step::done(&mut tx, held.id, StepKind::ResetPassword, now).await?;
        step::intend_again(&mut tx, held.id, StepKind::SendNewPassword, now).await?;
        event::write(&mut tx, held.id, now, "password_reset", "").await?;
        tx.commit().await?;
        Ok(Held { stage, ..*held })
    }

    /// The tenant has clearly refused the new password, which is wiped: the signup is done as before, and the
    /// earlier password holds.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn reset_refused(&self, held: &Held, detail: &str, now: Timestamp) -> Result<(), StoreError> {
        const REFUSED: &str = "UPDATE signup SET stage = 'done', sealed = NULL, lease_token = NULL, \
             due_at = NULL, attempts = 0, waiting = NULL, last_error = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND stage = 'resetting'";
        held.stage.to(Stage::Done)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, REFUSED, args![detail, now]).await?;
        step::trouble(&mut tx, held.id, StepKind::ResetPassword, StepState::Failed, detail).await?;
        event::write(&mut tx, held.id, now, "reset_refused", detail).await?;
        tx.commit().await
    }
}
