//! What a worker writes after an effect for a signup has happened.

use super::{CountedMail, Effect, Lease, Store, StoreError, database::Transaction, mail_sent, value::args};
use crate::domain::{GroupId, ObjectId, Sealed, SignupId, SkuId, StepKind, StepState, Timestamp};

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

    /// The user exists. What it is to get is written down as intended, and the lease goes on until `until`;
    /// a user that is to get nothing goes on to the delivery. Returns what the next write expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn user_created(
        &self,
        lease: &Lease,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        let is_complete = licences.is_empty() && groups.is_empty();
        let next = if is_complete { StepKind::SendPassword } else { StepKind::Entitle };
        self.created(lease, next, (user, licences, groups), now, until).await
    }

    /// The same for a user that lacks attributes: it does not go on to the delivery before [`Store::entitled`].
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn user_created_in_part(
        &self,
        lease: &Lease,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        self.created(lease, StepKind::Entitle, (user, licences, groups), now, until).await
    }

    async fn created(
        &self,
        lease: &Lease,
        next: StepKind,
        (user, licences, groups): (ObjectId, &[SkuId], &[GroupId]),
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
        effects.extend(licences.iter().map(|sku| Effect::intended(StepKind::AssignLicence, sku)));
        effects.extend(groups.iter().map(|group| Effect::intended(StepKind::JoinGroup, group)));
        if next == StepKind::SendPassword {
            effects.push(Effect::intended(next, ""));
        }
        lease.record(&mut tx, &effects, now).await?;
        lease.note(&mut tx, now, "user_created", &user.to_string()).await?;
        tx.commit().await?;
        Ok(advanced)
    }

    /// Licences and memberships were answered, each with its result. When nothing is missing any more
    /// (`complete`) the signup goes on to the delivery. Returns what the next write expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn entitled(
        &self,
        lease: &Lease,
        results: &[Effect],
        complete: bool,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Lease, StoreError> {
        const INCOMPLETE: &str = "UPDATE operation SET due_at = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND step = $3";
        lease.expect(&[StepKind::Entitle])?;
        let done = results.iter().filter(|effect| effect.state == StepState::Done).count();
        let mut effects = results.to_vec();
        let mut tx = self.database.begin().await?;
        let advanced = if complete {
            effects.push(Effect::intended(StepKind::SendPassword, ""));
            lease.advance(&mut tx, StepKind::SendPassword, now, until).await?
        } else {
            lease.write(&mut tx, INCOMPLETE, args![until, now]).await?;
            *lease
        };
        lease.record(&mut tx, &effects, now).await?;
        lease.note(&mut tx, now, "entitled", &format!("{done} of {}", results.len())).await?;
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

    /// The confirmation code could not be mailed, and trying again won't help: the person may ask for another.
    ///
    /// # Errors
    /// As [`Store::code_sent`].
    pub async fn code_refused(&self, lease: &Lease, detail: &str, now: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.begin().await?;
        lease.finish(&mut tx, Some(detail), now).await?;
        touch(&mut tx, lease.signup(), now).await?;
        let refused = Effect::refused(lease.step, "", StepState::Failed, detail);
        lease.record(&mut tx, &[refused], now).await?;
        lease.note(&mut tx, now, "code_refused", detail).await?;
        tx.commit().await
    }
}

/// Notes when a signup has changed last.
async fn touch(tx: &mut Transaction, signup: Option<SignupId>, now: Timestamp) -> Result<(), StoreError> {
    const TOUCH: &str = "UPDATE signup SET updated_at = $2 WHERE id = $1";
    tx.execute(TOUCH, &args![signup, now]).await.map(drop)
}
