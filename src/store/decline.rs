//! Requests for an address with a tombstone: a mail to its owner instead of an account, and nothing is kept of them.

use super::{
    Held, Store, StoreError,
    database::Transaction,
    event,
    mail_sent::{self, CountedMail, MailCount},
    record::read_email,
    step, tombstone,
    value::args,
};
use crate::domain::{SignupId, Stage, StepKind, StepState, Timestamp};

impl Store {
    /// Takes the right to mail the owner of the address, which one declined request at a time has: the one that asks
    /// first after `none_since`, unless a limit withholds mails to the address. It keeps the right until the mail is out.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn take_notice(
        &self,
        held: &Held,
        mail: Option<&CountedMail>,
        none_since: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        const HELD: &str = "UPDATE signup SET updated_at = $4 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND declined_at IS NOT NULL";
        const EMAIL: &str = "SELECT email FROM signup WHERE id = $1";
        const TAKEN: &str = "SELECT kind FROM step WHERE signup_id = $1 AND kind = $2 AND state = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, HELD, args![now]).await?;
        let Some(row) = tx.fetch_optional(EMAIL, &args![held.id]).await? else { return Ok(false) };
        // A request that was answered before has no address any more.
        let Some(email) = read_email(&row)? else { return Ok(false) };
        let taken = args![held.id, StepKind::SendNotice, StepState::Intended];
        if tx.fetch_optional(TAKEN, &taken).await?.is_some() {
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
        step::intend_again(&mut tx, held.id, StepKind::SendNotice, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// A declined request is answered, and all personal data of it are wiped by the same write. `noticed` says that
    /// the owner of the address was told by mail.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn decline_settled(
        &self,
        held: &Held,
        noticed: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const SETTLED: &str = "UPDATE signup SET stage = 'done', email = NULL, first_name = NULL, \
             last_name = NULL, username_base = NULL, shown_username = NULL, lease_token = NULL, due_at = NULL, \
             attempts = 0, waiting = NULL, last_error = NULL, updated_at = $4, done_at = COALESCE(done_at, $4) \
             WHERE id = $1 AND lease_token = $2 AND stage = $3 AND declined_at IS NOT NULL";
        held.stage.to(Stage::Done)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, SETTLED, args![now]).await?;
        if noticed {
            step::done(&mut tx, held.id, StepKind::SendNotice, now).await?;
        }
        event::write(&mut tx, held.id, now, "declined", if noticed { "noticed" } else { "" }).await?;
        tx.commit().await
    }
}

/// Makes a request that has just taken its address one that gets no account: address and username are free again.
pub(super) async fn decline(tx: &mut Transaction, id: SignupId, now: Timestamp) -> Result<(), StoreError> {
    const DECLINE: &str = "UPDATE signup SET email_key = NULL, person_key = NULL, username = NULL, sealed = NULL, declined_at = $2 \
         WHERE id = $1";
    tx.execute(DECLINE, &args![id, now]).await.map(drop)
}
