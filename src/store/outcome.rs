//! What the worker writes after an effect has happened. Each write names the stage and the lease it expects.

use super::{CountedMail, Held, Store, StoreError, event, mail_sent, step, value::args};
use crate::domain::{GroupId, ObjectId, Sealed, SkuId, Stage, StepKind, StepState, Timestamp};

/// The outcome of one item: which step, on what, how it ended, and the error's code.
pub type StepResult = (StepKind, String, StepState, Option<String>);

impl Store {
    /// Keeps another sealed password, before the user is created with it.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn replace_password(
        &self,
        held: &Held,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const REPLACE: &str = "UPDATE signup SET sealed = $4, updated_at = $5, \
             password_changes = password_changes + 1 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, REPLACE, args![sealed, now]).await?;
        event::write(&mut tx, held.id, now, "password_replaced", "").await?;
        tx.commit().await
    }

    /// The user exists. What it is to get is written down as intended, and the lease goes on until `until`;
    /// a user that is to get nothing goes on to the delivery. Returns what the next write expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn user_created(
        &self,
        held: &Held,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Held, StoreError> {
        let complete = licences.is_empty() && groups.is_empty();
        let stage = if complete { Stage::Delivering } else { Stage::Provisioning };
        self.created(held, stage, (user, licences, groups), now, until).await
    }

    /// The same for a user that lacks attributes: it does not go on to the delivery before [`Store::entitled`].
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn user_created_in_part(
        &self,
        held: &Held,
        user: ObjectId,
        licences: &[SkuId],
        groups: &[GroupId],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Held, StoreError> {
        self.created(held, Stage::Provisioning, (user, licences, groups), now, until).await
    }

    async fn created(
        &self,
        held: &Held,
        stage: Stage,
        (user, licences, groups): (ObjectId, &[SkuId], &[GroupId]),
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Held, StoreError> {
        const CREATED: &str = "UPDATE signup SET object_id = $4, stage = $5, due_at = $6, updated_at = $7, \
             attempts = 0, waiting = NULL, last_error = NULL \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let stage = held.stage.to(stage)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, CREATED, args![user, stage, until, now]).await?;
        step::done(&mut tx, held.id, StepKind::CreateUser, now).await?;
        for sku in licences {
            step::intend(&mut tx, held.id, StepKind::AssignLicence, &sku.to_string(), now).await?;
        }
        for group in groups {
            step::intend(&mut tx, held.id, StepKind::JoinGroup, &group.to_string(), now).await?;
        }
        if stage == Stage::Delivering {
            step::intend(&mut tx, held.id, StepKind::SendPassword, "", now).await?;
        }
        event::write(&mut tx, held.id, now, "user_created", &user.to_string()).await?;
        tx.commit().await?;
        Ok(Held { stage, ..*held })
    }

    /// Licences and memberships were answered, each with its result. When nothing is missing any more
    /// (`complete`) the signup goes on to the delivery. Returns what the next write expects.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn entitled(
        &self,
        held: &Held,
        results: &[StepResult],
        complete: bool,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Held, StoreError> {
        const COMPLETE: &str = "UPDATE signup SET stage = 'delivering', due_at = $4, attempts = 0, \
             waiting = NULL, last_error = NULL, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        const INCOMPLETE: &str = "UPDATE signup SET due_at = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let mut tx = self.database.begin().await?;
        let stage = if complete { held.stage.to(Stage::Delivering)? } else { held.stage };
        let sql = if complete { COMPLETE } else { INCOMPLETE };
        held.write(&mut tx, sql, args![until, now]).await?;
        for (kind, target, state, error) in results {
            step::conclude(&mut tx, held.id, (*kind, target), *state, error.as_deref(), now).await?;
        }
        if complete {
            step::intend(&mut tx, held.id, StepKind::SendPassword, "", now).await?;
        }
        event::write(&mut tx, held.id, now, "entitled", &summary(results)).await?;
        tx.commit().await?;
        Ok(Held { stage, ..*held })
    }

    /// The mail server has the password: name and password are wiped by the same write, which also counts the mail
    /// for its address.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn delivered(
        &self,
        held: &Held,
        mail: Option<&CountedMail>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const DELIVERED: &str = "UPDATE signup SET stage = 'done', first_name = NULL, last_name = NULL, \
             sealed = NULL, lease_token = NULL, due_at = NULL, attempts = 0, waiting = NULL, \
             last_error = NULL, updated_at = $4, delivered_at = $4, undelivered_at = NULL, \
             done_at = COALESCE(done_at, $4) \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        held.stage.to(Stage::Done)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, DELIVERED, args![now]).await?;
        step::delivered(&mut tx, held.id, now).await?;
        if let Some(mail) = mail {
            mail_sent::count(&mut tx, mail, now).await?;
        }
        event::write(&mut tx, held.id, now, "delivered", "").await?;
        tx.commit().await
    }

    /// The mail server has the confirmation code: nothing to do until the person acts.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`], also when the person was faster than this write.
    pub async fn code_sent(&self, held: &Held, now: Timestamp) -> Result<(), StoreError> {
        const SENT: &str = "UPDATE signup SET lease_token = NULL, due_at = NULL, attempts = 0, \
             waiting = NULL, last_error = NULL, undelivered_at = NULL, updated_at = $4 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, SENT, args![now]).await?;
        step::done(&mut tx, held.id, StepKind::SendCode, now).await?;
        event::write(&mut tx, held.id, now, "code_sent", "").await?;
        tx.commit().await
    }

    /// The confirmation code could not be mailed, and trying again won't help: the person may ask for another.
    ///
    /// # Errors
    /// As [`Store::code_sent`].
    pub async fn code_refused(&self, held: &Held, detail: &str, now: Timestamp) -> Result<(), StoreError> {
        const REFUSED: &str = "UPDATE signup SET lease_token = NULL, due_at = NULL, attempts = 0, \
             waiting = NULL, last_error = $4, updated_at = $5 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, REFUSED, args![detail, now]).await?;
        step::conclude(&mut tx, held.id, (StepKind::SendCode, ""), StepState::Failed, Some(detail), now)
            .await?;
        event::write(&mut tx, held.id, now, "code_refused", detail).await?;
        tx.commit().await
    }
}

fn summary(results: &[StepResult]) -> String {
    let done = results.iter().filter(|(_, _, state, _)| *state == StepState::Done).count();
    format!("{done} of {}", results.len())
}
