//! Requests for an address with a tombstone: a mail to its owner instead of an account, and nothing is kept of them.

use super::{
    Effect, Lease, Store, StoreError,
    database::Transaction,
    mail_sent::{self, CountedMail, MailCount},
    record::read_email,
    reminder::is_intended,
    tombstone,
    value::args,
};
use crate::domain::{AccountId, SignupId, StepKind, Timestamp};

impl Store {
    /// Takes the right to mail the owner of the address, which one declined request at a time has: the one that asks
    /// first after `none_since`, unless a limit withholds mails to the address. It keeps the right until the mail is out.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn take_notice(
        &self,
        lease: &Lease,
        mail: Option<&CountedMail>,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const EMAIL: &str = "SELECT email FROM signup WHERE id = $1 AND declined_at IS NOT NULL";
        lease.expect(&[StepKind::SendNotice])?;
        let mut tx = self.database.begin().await?;
        lease.hold(&mut tx, now).await?;
        let Some(row) = tx.fetch_optional(EMAIL, &args![lease.signup()]).await? else { return Ok(false) };
        // A request that was answered before has no address any more.
        let Some(email) = read_email(&row)? else { return Ok(false) };
        if is_intended(&mut tx, lease.operation, StepKind::SendNotice).await? {
            return Ok(true);
        }
        if !tombstone::take_notice(&mut tx, self.tombstones.as_ref(), &email, none_since, now).await? {
            return Ok(false);
        }
        if let Some(CountedMail { budget, id }) = mail
            && let MailCount::Withheld(_) = mail_sent::count_within_limits(&mut tx, budget, id, now).await?
        {
            return Ok(false);
        }
        lease.record(&mut tx, &[Effect::intended(StepKind::SendNotice, "")], now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A declined request is answered, and all personal data of it are wiped by the same write. `noticed` is true if
    /// the owner of the address was notified by mail.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn decline_settled(
        &self,
        lease: &Lease,
        noticed: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SETTLED: &str = "UPDATE signup SET state = 'done', email = NULL, first_name = NULL, last_name = NULL, \
             username_base = NULL, shown_username = NULL, updated_at = $2, done_at = COALESCE(done_at, $2) \
             WHERE id = $1 AND declined_at IS NOT NULL";
        lease.expect(&[StepKind::SendNotice])?;
        let mut tx = self.database.begin().await?;
        lease.finish(&mut tx, None, now).await?;
        if tx.execute(SETTLED, &args![lease.signup(), now]).await? != 1 {
            return Err(StoreError::LeaseLost);
        }
        if noticed {
            lease.record(&mut tx, &[Effect::done(StepKind::SendNotice, "")], now).await?;
        }
        lease.note(&mut tx, now, "declined", if noticed { "noticed" } else { "" }).await?;
        tx.commit().await
    }
}

/// Makes a request that has just taken its address one that gets no account: address and username are free again.
pub(super) async fn decline(tx: &mut Transaction, id: SignupId, now: Timestamp) -> Result<(), StoreError> {
    const SIGNUP: &str = "UPDATE signup SET account_id = NULL, declined_at = $2 WHERE id = $1";
    const ACCOUNT: &str = "DELETE FROM account WHERE id = $1";
    const OPERATION: &str = "UPDATE operation SET kind = 'answer_request', step = 'send_notice', needs = 'mail', \
         begun = 0, sealed = NULL, due_at = $2 WHERE id = (SELECT operation_id FROM signup WHERE id = $1)";
    tx.execute(SIGNUP, &args![id, now]).await?;
    tx.execute(ACCOUNT, &args![AccountId::from(id)]).await?;
    tx.execute(OPERATION, &args![id, now]).await.map(drop)
}
