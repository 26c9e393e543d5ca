//! The writes of a worker after an effect for a signup has happened.

use super::{CountedMail, Effect, Lease, Store, StoreError, mail_sent, value::args};
use crate::domain::{ObjectId, Sealed, StepKind, Timestamp};

impl Store {
    /// Keeps another sealed password, before the user is created with it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn replace_password(
        &self,
        lease: &Lease,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const REPLACE: &str = "UPDATE operation SET sealed = $4, updated_at = $5, \
             password_changes = password_changes + 1 \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        let mut tx = self.database.begin().await?;
        lease.write(&mut tx, REPLACE, args![sealed, now]).await?;
        lease.note(&mut tx, now, "password_replaced", "").await?;
        tx.commit().await
    }

    /// The user exists, which is what `lease` was for. The effects that it is to get next are written down as intended,
    /// and `next` is under way until `until`. Returns what the next write expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn user_created(
        &self,
        lease: &Lease,
        user: ObjectId,
        intended: &[Effect],
        next: StepKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        const CREATED: &str = "UPDATE account SET object_id = $2, state = 'active', updated_at = $3 \
             WHERE id = (SELECT account_id FROM signup WHERE id = $1 AND is_further = 0)";
        lease.expect(&[StepKind::CreateUser])?;
        let mut tx = self.database.begin().await?;
        let advanced = lease.advance(&mut tx, next, now, until).await?;
        if tx.execute(CREATED, &args![lease.signup(), user, now]).await? != 1 {
            return Err(StoreError::LeaseLost);
        }
        let mut effects = vec![Effect::done(StepKind::CreateUser, "")];
        effects.extend_from_slice(intended);
        effects.extend(Effect::first_of(next));
        lease.record(&mut tx, &effects, now).await?;
        lease.note(&mut tx, now, "user_created", &user.to_string()).await?;
        tx.commit().await?;
        Ok(advanced)
    }

    /// Records effects of a step, with the `event` and its detail for the audit trail. The operation continues with
    /// `next`, or with the same step if that is not complete, in both cases until `until`. Returns what the next write
    /// expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn record_step(
        &self,
        lease: &Lease,
        effects: &[Effect],
        next: Option<StepKind>,
        (event, detail): (&'static str, &str),
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        const INCOMPLETE: &str = "UPDATE operation SET due_at = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        let mut effects = effects.to_vec();
        let mut tx = self.database.begin().await?;
        let advanced = match next {
            Some(next) => {
                effects.extend(Effect::first_of(next));
                lease.advance(&mut tx, next, now, until).await?
            }
            None => {
                lease.write(&mut tx, INCOMPLETE, args![until, now]).await?;
                *lease
            }
        };
        lease.record(&mut tx, &effects, now).await?;
        lease.note(&mut tx, now, event, detail).await?;
        tx.commit().await?;
        Ok(advanced)
    }

    /// The mail server has the password: name and password are wiped by the same write, which also counts the mail
    /// for its address.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn delivered(
        &self,
        lease: &Lease,
        mail: Option<&CountedMail>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const DELIVERED: &str = "UPDATE signup SET state = 'done', first_name = NULL, last_name = NULL, \
             updated_at = $2, delivered_at = $2, undelivered_at = NULL, done_at = COALESCE(done_at, $2) WHERE id = $1";
        lease.expect(&[StepKind::SendPassword, StepKind::SendNewPassword])?;
        let mut tx = self.database.begin().await?;
        lease.finish(&mut tx, None, now).await?;
        tx.execute(DELIVERED, &args![lease.signup(), now]).await?;
        lease.record(&mut tx, &[Effect::done(lease.step, "")], now).await?;
        if let Some(mail) = mail {
            mail_sent::count(&mut tx, mail, now).await?;
        }
        lease.note(&mut tx, now, "delivered", "").await?;
        tx.commit().await
    }

    /// The mail server has the confirmation code: nothing to do until the person acts.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], also when the person was faster than this write.
    pub async fn code_sent(&self, lease: &Lease, now: Timestamp) -> Result<(), StoreError> {
        const SENT: &str = "UPDATE signup SET undelivered_at = NULL, updated_at = $2 WHERE id = $1";
        lease.expect(&[StepKind::SendCode])?;
        let mut tx = self.database.begin().await?;
        lease.finish(&mut tx, None, now).await?;
        tx.execute(SENT, &args![lease.signup(), now]).await?;
        lease.record(&mut tx, &[Effect::done(StepKind::SendCode, "")], now).await?;
        lease.note(&mut tx, now, "code_sent", "").await?;
        tx.commit().await
    }
}
