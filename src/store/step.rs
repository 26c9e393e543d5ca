//! The effects of operations: intents before they happen, outcomes after them.

use std::sync::LazyLock;

use super::{
    StoreError,
    database::Transaction,
    value::{Value, args},
};
use crate::domain::{OperationId, StepKind, StepState, Timestamp};

/// The intent or outcome of one effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Its kind.
    pub kind: StepKind,
    /// Its target: a SKU id or a group id; empty for the other kinds.
    pub target: String,
    /// Its state.
    pub state: StepState,
    /// The code of the error that refused it.
    pub error: Option<String>,
    /// True if this is an outcome, which counts as an attempt; an intent does not.
    is_outcome: bool,
}

/// The most effects of one statement.
const ROWS: usize = 24;

/// One statement for each number of effects. An effect that has happened stays so when it is intended again.
static WRITE: LazyLock<Vec<String>> = LazyLock::new(|| {
    let row = |at: usize| {
        let [kind, target, state, attempts, error, finished_at] = [3, 4, 5, 6, 7, 8].map(|n| at * 6 + n);
        format!("($1, ${kind}, ${target}, ${state}, ${attempts}, ${error}, $2, ${finished_at})")
    };
    let statement = |rows: usize| {
        format!(
            "INSERT INTO step (operation_id, kind, target, state, attempts, error, started_at, finished_at) VALUES {} \
             ON CONFLICT (operation_id, kind, target) DO UPDATE SET state = excluded.state, \
             attempts = step.attempts + excluded.attempts, error = excluded.error, \
             started_at = CASE WHEN excluded.attempts = 0 THEN excluded.started_at ELSE step.started_at END, \
             finished_at = excluded.finished_at WHERE step.state <> 'done' OR excluded.attempts > 0",
            (0..rows).map(row).collect::<Vec<_>>().join(", ")
        )
    };
    (1..=ROWS).map(statement).collect()
});

impl Effect {
    /// An effect that is about to happen.
    #[must_use]
    #[allow(clippy::needless_pass_by_value, reason = "ids are given as values")]
    pub fn intended(kind: StepKind, target: impl ToString) -> Self {
        let (target, state) = (target.to_string(), StepState::Intended);
        Self { kind, target, state, error: None, is_outcome: false }
    }

    /// The intent of the effect that a step begins with. The effects of [`StepKind::Entitle`] are intended one by one, when
    /// they are known.
    pub(super) fn first_of(step: StepKind) -> Option<Self> {
        (step != StepKind::Entitle).then(|| Self::intended(step, ""))
    }

    /// An effect that has happened.
    #[must_use]
    pub fn done(kind: StepKind, target: impl ToString) -> Self {
        Self { state: StepState::Done, is_outcome: true, ..Self::intended(kind, target) }
    }

    /// An effect that was refused: for good, or to be tried again where `state` is [`StepState::Intended`].
    #[must_use]
    pub fn refused(kind: StepKind, target: impl ToString, state: StepState, error: &str) -> Self {
        let error = Some(error.to_owned());
        Self { state, error, is_outcome: true, ..Self::intended(kind, target) }
    }
}

/// Writes intents and outcomes of an operation.
pub(super) async fn write(
    tx: &mut Transaction,
    operation: OperationId,
    effects: &[Effect],
    now: Timestamp,
) -> Result<(), StoreError> {
    for some in effects.chunks(ROWS) {
        let mut values: Vec<Value<'_>> = args![operation, now].into();
        for Effect { kind, target, state, error, is_outcome } in some {
            let (attempts, finished_at) = (*is_outcome, is_outcome.then_some(now));
            values.extend(args![*kind, target.as_str(), *state, attempts, error.as_deref(), finished_at]);
        }
        tx.execute(&LazyLock::force(&WRITE)[some.len() - 1], &values).await?;
    }
    Ok(())
}

/// Notes an error at an effect that was intended and has not happened.
pub(super) async fn trouble(
    tx: &mut Transaction,
    operation: OperationId,
    kind: StepKind,
    state: StepState,
    error: &str,
) -> Result<(), StoreError> {
    const TROUBLE: &str = "UPDATE step SET state = $3, attempts = attempts + 1, error = $4 \
         WHERE operation_id = $1 AND kind = $2 AND target = '' AND state <> 'done'";
    tx.execute(TROUBLE, &args![operation, kind, state, error]).await.map(drop)
}
