//! Further requests for an address: whether its owner is told, and how they end.

use super::{
    CountedMail, Held, Store, StoreError,
    database::Transaction,
    event,
    mail_sent::{self, MailCount},
    step, undelivered,
    value::args,
};
use crate::domain::{SignupId, Stage, StepKind, StepState, Timestamp};

impl Store {
    /// Takes the right to remind the owner of the address, which one duplicate at a time has: the one that
    /// asked first after `none_since`, unless the limits on mails to the address withhold it. The duplicate keeps the
    /// right until the mail is out.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn take_reminder(
        &self,
        held: &Held,
        mail: &CountedMail,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const HELD: &str = "UPDATE signup SET updated_at = $4 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND duplicate_of IS NOT NULL";
        const TAKE: &str = "UPDATE signup SET reminded_at = $2 \
             WHERE id = (SELECT duplicate_of FROM signup WHERE id = $1) \
             AND (reminded_at IS NULL OR reminded_at <= $3)";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, HELD, args![now]).await?;
        if has_reminder(&mut tx, held.id).await? {
            return Ok(true);
        }
        if tx.execute(TAKE, &args![held.id, now, none_since]).await? == 0 {
            return Ok(false);
        }
        let CountedMail { budget, id } = mail;
        if mail_sent::count_within_limits(&mut tx, budget, id, now).await? != MailCount::Counted {
            return Ok(false);
        }
        step::intend_again(&mut tx, held.id, StepKind::SendReminder, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A duplicate has nothing more to wait for; its names are wiped. `reminded` says that the owner of the
    /// address was told by mail.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn duplicate_settled(
        &self,
        held: &Held,
        reminded: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SETTLED: &str = "UPDATE signup SET stage = 'done', first_name = NULL, last_name = NULL, \
             lease_token = NULL, due_at = NULL, attempts = 0, waiting = NULL, last_error = NULL, \
             updated_at = $4, done_at = COALESCE(done_at, $4) \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND duplicate_of IS NOT NULL";
        held.stage.to(Stage::Done)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, SETTLED, args![now]).await?;
        if reminded {
            step::done(&mut tx, held.id, StepKind::SendReminder, now).await?;
            undelivered::clear(&mut tx, held.id).await?;
        }
        let detail = if reminded { "reminded" } else { "" };
        event::write(&mut tx, held.id, now, "duplicate_settled", detail).await?;
        tx.commit().await
    }
}

/// Whether this duplicate took the reminder in an earlier turn and has not sent it yet.
async fn has_reminder(tx: &mut Transaction, duplicate: SignupId) -> Result<bool, StoreError> {
    const TAKEN: &str = "SELECT kind FROM step WHERE signup_id = $1 AND kind = $2 AND state = $3";
    let args = args![duplicate, StepKind::SendReminder, StepState::Intended];
    Ok(tx.fetch_optional(TAKEN, &args).await?.is_some())
}
