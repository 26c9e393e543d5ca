//! Further requests for an address: the reminder of its owner, and their end.

use super::{
    CountedMail, Effect, Lease, Store, StoreError,
    database::Transaction,
    mail_sent::{self, MailCount},
    undelivered,
    value::args,
};
use crate::domain::{OperationId, StepKind, StepState, Timestamp};

impl Store {
    /// Takes the right to remind the owner of the address, which one further request at a time has: the one that
    /// asked first after `none_since`, unless the limits on mails to the address withhold it. The request keeps the
    /// right until the mail is out.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn take_reminder(
        &self,
        lease: &Lease,
        mail: &CountedMail,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const TAKE: &str = "UPDATE account SET reminded_at = $2 \
             WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 1) \
             AND (reminded_at IS NULL OR reminded_at <= $3)";
        lease.expect(&[StepKind::SendReminder])?;
        let mut tx = self.database.begin().await?;
        lease.hold(&mut tx, now).await?;
        if is_intended(&mut tx, lease.operation, StepKind::SendReminder).await? {
            return Ok(true);
        }
        if tx.execute(TAKE, &args![lease.signup(), now, none_since]).await? == 0 {
            return Ok(false);
        }
        let CountedMail { budget, id } = mail;
        if mail_sent::count_within_limits(&mut tx, budget, id, now).await? != MailCount::Counted {
            return Ok(false);
        }
        lease.record(&mut tx, &[Effect::intended(StepKind::SendReminder, "")], now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Ends a further request, which has nothing more to wait for; its names are wiped. `reminded` is true if the owner
    /// of the address was reminded by mail.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn duplicate_settled(
        &self,
        lease: &Lease,
        reminded: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SETTLED: &str = "UPDATE signup SET state = 'done', first_name = NULL, last_name = NULL, \
             updated_at = $2, done_at = COALESCE(done_at, $2) WHERE id = $1 AND is_further = 1";
        lease.expect(&[StepKind::SendReminder])?;
        let mut tx = self.database.begin().await?;
        lease.finish(&mut tx, None, now).await?;
        if tx.execute(SETTLED, &args![lease.signup(), now]).await? != 1 {
            return Err(StoreError::LeaseLost);
        }
        if let (true, Some(signup)) = (reminded, lease.signup()) {
            lease.record(&mut tx, &[Effect::done(StepKind::SendReminder, "")], now).await?;
            undelivered::clear(&mut tx, signup).await?;
        }
        lease.note(&mut tx, now, "duplicate_settled", if reminded { "reminded" } else { "" }).await?;
        tx.commit().await
    }
}

impl Lease {
    /// Keeps the operation under this lease until the transaction ends.
    pub(super) async fn hold(&self, tx: &mut Transaction, now: Timestamp) -> Result<(), StoreError> {
        const HOLD: &str =
            "UPDATE operation SET updated_at = $4 WHERE id = $1 AND lease_token = $2 AND step = $3";
        self.write(tx, HOLD, args![now]).await
    }
}

/// Returns whether an earlier claim of this operation took the right to send a mail and has not sent it yet.
pub(super) async fn is_intended(
    tx: &mut Transaction,
    operation: OperationId,
    kind: StepKind,
) -> Result<bool, StoreError> {
    const TAKEN: &str = "SELECT kind FROM step WHERE operation_id = $1 AND kind = $2 AND state = $3";
    let args = args![operation, kind, StepState::Intended];
    Ok(tx.fetch_optional(TAKEN, &args).await?.is_some())
}
