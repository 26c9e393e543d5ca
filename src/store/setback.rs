//! What the worker writes when an effect has to be tried again, or needs a person first.

use super::{Held, Store, StoreError, event, step, value::args};
use crate::domain::{Attention, Stage, StepKind, StepState, Timestamp, Waiting};

/// How a signup goes back to be tried later.
#[derive(Debug, Clone)]
pub struct PutBack {
    /// `Queued` when the tenant has clearly refused, so that nothing was created; else the stage it has.
    pub stage: Stage,
    /// When it is tried again.
    pub due_at: Timestamp,
    /// What it waits for.
    pub waiting: Waiting,
    /// The error's code.
    pub error: String,
    /// Whether the step had surely no effect, now or in an earlier try.
    pub undone: bool,
    /// Whether the try counts as an attempt. One that only met a pause does not.
    pub counted: bool,
}

impl Store {
    /// Puts a signup back for a later try. The time that it waits for a seat is no time of trying in vain.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn put_back(&self, held: &Held, back: &PutBack, now: Timestamp) -> Result<(), StoreError> {
        const PUT_BACK: &str = "UPDATE signup SET stage = $4, lease_token = NULL, due_at = $5, waiting = $6, \
             trying_since = CASE WHEN $6 = 'no_seats' THEN $8 ELSE trying_since END, last_error = $7, updated_at = $8, \
             attempts = CASE WHEN attempts >= $9 THEN attempts - $9 ELSE 0 END WHERE id = $1 AND lease_token = $2 AND stage = $3";
        if back.stage != held.stage {
            held.stage.to(back.stage)?;
        }
        let mut tx = self.database.begin().await?;
        let uncounted = u32::from(!back.counted);
        let row = args![back.stage, back.due_at, back.waiting, back.error.as_str(), now, uncounted];
        held.write(&mut tx, PUT_BACK, row).await?;
        let state = if back.undone { StepState::Failed } else { StepState::Intended };
        for kind in steps_of(held.stage) {
            step::trouble(&mut tx, held.id, *kind, state, &back.error).await?;
        }
        event::write(&mut tx, held.id, now, "put_back", &format!("{} {}", back.waiting, back.error)).await?;
        tx.commit().await
    }

    /// Retrying won't help: the signup rests until [`Store::retry`].
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn needs_attention(
        &self,
        held: &Held,
        reason: Attention,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // An earlier request may have had its effect all the same: only the tenant can tell.
        self.stop(held, reason, detail, StepState::Intended, now).await
    }

    /// The same for a user that was surely not created: a retry may give it another name, domain and tenant.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn creation_refused(
        &self,
        held: &Held,
        reason: Attention,
        detail: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.stop(held, reason, detail, StepState::Failed, now).await
    }

    /// `creation` is what remains of the creation of a user that was intended.
    async fn stop(
        &self,
        held: &Held,
        reason: Attention,
        detail: &str,
        creation: StepState,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        const NEEDS: &str = "UPDATE signup SET stage = 'needs_attention', attention = $4, last_error = $5, \
             lease_token = NULL, due_at = NULL, attempts = 0, waiting = NULL, updated_at = $6, alerted_at = NULL \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        held.stage.to(Stage::NeedsAttention)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, NEEDS, args![reason, detail, now]).await?;
        for kind in steps_of(held.stage) {
            let state = match kind {
                StepKind::CreateUser => creation,
                StepKind::ResetPassword => StepState::Intended,
                _ => StepState::Failed,
            };
            step::trouble(&mut tx, held.id, *kind, state, detail).await?;
        }
        event::write(&mut tx, held.id, now, "needs_attention", &format!("{reason} {detail}")).await?;
        tx.commit().await
    }
}

/// The step a stage is about; of two, the one that is not done. Once the user is created its step is done and
/// takes no more errors; licences and groups have results of their own.
const fn steps_of(stage: Stage) -> &'static [StepKind] {
    match stage {
        Stage::AwaitingConfirmation => &[StepKind::SendCode],
        Stage::Provisioning => &[StepKind::CreateUser],
        Stage::Resetting => &[StepKind::ResetPassword],
        Stage::Delivering => &[StepKind::SendPassword, StepKind::SendNewPassword],
        Stage::Queued | Stage::Done | Stage::NeedsAttention | Stage::Voided | Stage::Erased => &[],
    }
}
