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
}

impl Store {
    /// Puts a signup back for a later try. Its attempts stay counted. The time that it waits for a seat is no
    /// time of trying in vain.
    ///
    /// # Errors
    /// [`StoreError::LeaseLost`].
    pub async fn put_back(&self, held: &Held, back: &PutBack, now: Timestamp) -> Result<(), StoreError> {
        const PUT_BACK: &str = "UPDATE signup SET stage = $4, lease_token = NULL, due_at = $5, waiting = $6, \
             trying_since = CASE WHEN $6 = 'no_seats' THEN $8 ELSE trying_since END, last_error = $7, updated_at = $8 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        let refused = back.stage != held.stage;
        if refused {
            held.stage.to(back.stage)?;
        }
        let mut tx = self.database.begin().await?;
        let row = args![back.stage, back.due_at, back.waiting, back.error.as_str(), now];
        held.write(&mut tx, PUT_BACK, row).await?;
        if let Some(kind) = step_of(held.stage) {
            let state = if refused { StepState::Failed } else { StepState::Intended };
            step::trouble(&mut tx, held.id, kind, state, &back.error).await?;
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
        const NEEDS: &str = "UPDATE signup SET stage = 'needs_attention', attention = $4, last_error = $5, \
             lease_token = NULL, due_at = NULL, attempts = 0, waiting = NULL, updated_at = $6 \
             WHERE id = $1 AND lease_token = $2 AND stage = $3";
        held.stage.to(Stage::NeedsAttention)?;
        let mut tx = self.database.begin().await?;
        held.write(&mut tx, NEEDS, args![reason, detail, now]).await?;
        if let Some(kind) = step_of(held.stage) {
            // An earlier POST may have created the user all the same: only asking the tenant can tell.
            let in_doubt = kind == StepKind::CreateUser;
            let state = if in_doubt { StepState::Intended } else { StepState::Failed };
            step::trouble(&mut tx, held.id, kind, state, detail).await?;
        }
        event::write(&mut tx, held.id, now, "needs_attention", &format!("{reason} {detail}")).await?;
        tx.commit().await
    }
}

/// The step a stage is about, where it is a single one. Once the user is created its step is done and
/// takes no more errors; licences and groups have results of their own.
const fn step_of(stage: Stage) -> Option<StepKind> {
    match stage {
        Stage::AwaitingConfirmation => Some(StepKind::SendCode),
        Stage::Provisioning => Some(StepKind::CreateUser),
        Stage::Delivering => Some(StepKind::SendPassword),
        Stage::Queued | Stage::Done | Stage::NeedsAttention | Stage::Erased => None,
    }
}
