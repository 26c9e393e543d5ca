//! The steps of a signup: intents before effects, outcomes after them.

use super::{StoreError, database::Transaction, value::args};
use crate::domain::{SignupId, StepKind, StepState, Timestamp};

/// Writes that an effect is about to happen. What is done stays done.
pub(super) async fn intend(
    tx: &mut Transaction,
    id: SignupId,
    kind: StepKind,
    target: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const INTEND: &str = "INSERT INTO step (signup_id, kind, target, state, attempts, started_at) \
         VALUES ($1, $2, $3, 'intended', 0, $4) \
         ON CONFLICT (signup_id, kind, target) DO UPDATE \
         SET state = excluded.state, started_at = excluded.started_at, finished_at = NULL \
         WHERE step.state <> 'done'";
    tx.execute(INTEND, &args![id, kind, target, now]).await.map(drop)
}

/// Writes that an effect is about to happen once more, though it was done before.
pub(super) async fn intend_again(
    tx: &mut Transaction,
    id: SignupId,
    kind: StepKind,
    now: Timestamp,
) -> Result<(), StoreError> {
    const AGAIN: &str = "INSERT INTO step (signup_id, kind, target, state, attempts, started_at) \
         VALUES ($1, $2, '', 'intended', 0, $3) \
         ON CONFLICT (signup_id, kind, target) DO UPDATE \
         SET state = excluded.state, started_at = excluded.started_at, error = NULL, finished_at = NULL";
    tx.execute(AGAIN, &args![id, kind, now]).await.map(drop)
}

/// Writes that the mail with the password is out, the first or a new one: the one that was to be sent.
pub(super) async fn delivered(tx: &mut Transaction, id: SignupId, now: Timestamp) -> Result<(), StoreError> {
    const DELIVERED: &str = "UPDATE step SET state = 'done', attempts = attempts + 1, error = NULL, \
         finished_at = $4 WHERE signup_id = $1 AND kind IN ($2, $3) AND state <> 'done'";
    let args = args![id, StepKind::SendPassword, StepKind::SendNewPassword, now];
    tx.execute(DELIVERED, &args).await.map(drop)
}

/// Writes that an effect has happened or was refused.
pub(super) async fn conclude(
    tx: &mut Transaction,
    id: SignupId,
    (kind, target): (StepKind, &str),
    state: StepState,
    error: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const CONCLUDE: &str = "INSERT INTO step \
         (signup_id, kind, target, state, attempts, error, started_at, finished_at) \
         VALUES ($1, $2, $3, $4, 1, $5, $6, $6) \
         ON CONFLICT (signup_id, kind, target) DO UPDATE \
         SET state = excluded.state, attempts = step.attempts + 1, error = excluded.error, \
             finished_at = excluded.finished_at";
    tx.execute(CONCLUDE, &args![id, kind, target, state, error, now]).await.map(drop)
}

/// Writes that an effect was done at once and for good.
pub(super) async fn done(
    tx: &mut Transaction,
    id: SignupId,
    kind: StepKind,
    now: Timestamp,
) -> Result<(), StoreError> {
    conclude(tx, id, (kind, ""), StepState::Done, None, now).await
}

/// Notes an error at a step that was intended and is not done.
pub(super) async fn trouble(
    tx: &mut Transaction,
    id: SignupId,
    kind: StepKind,
    state: StepState,
    error: &str,
) -> Result<(), StoreError> {
    const TROUBLE: &str = "UPDATE step SET state = $3, attempts = attempts + 1, error = $4 \
         WHERE signup_id = $1 AND kind = $2 AND target = '' AND state <> 'done'";
    tx.execute(TROUBLE, &args![id, kind, state, error]).await.map(drop)
}
