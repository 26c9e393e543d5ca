//! The registry of steps: what each kind of step does, and what follows from that.

use std::{collections::BTreeMap, fmt, pin::Pin};

use super::{failure::StepResult, run::OperationRun};
use crate::{audit::Act, domain::StepKind};

/// A step that is being run.
pub(crate) type StepFuture<'a> = Pin<Box<dyn Future<Output = StepResult> + Send + 'a>>;

type Run = Box<dyn for<'a> Fn(&'a mut OperationRun) -> StepFuture<'a> + Send + Sync>;

/// What follows once a step is not tried any more.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Abandon {
    /// An admin has to act, and to have the operation tried again.
    NeedsAttention,
    /// The state before the operation holds, unless the step may have had its effect: then an admin has to act.
    Revert(&'static str, Act),
    /// The operation ends. It can be asked for again.
    End(&'static str),
}

/// One kind of step as a module registers it.
pub struct Step {
    pub(super) kind: StepKind,
    pub(super) abandon: Abandon,
    /// Written to the audit trail when the step has had its effect.
    pub(super) act: Option<Act>,
    pub(super) run: Run,
}

impl Step {
    /// A step that needs attention when it fails for good and that is not audited.
    pub(crate) fn new(
        kind: StepKind,
        run: impl for<'a> Fn(&'a mut OperationRun) -> StepFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        Self { kind, abandon: Abandon::NeedsAttention, act: None, run: Box::new(run) }
    }

    pub(crate) fn audited(self, act: Act) -> Self {
        Self { act: Some(act), ..self }
    }

    pub(crate) fn abandoned(self, abandon: Abandon) -> Self {
        Self { abandon, ..self }
    }

    /// The kind.
    #[must_use]
    pub const fn kind(&self) -> StepKind {
        self.kind
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Step").field("kind", &self.kind).field("act", &self.act).finish_non_exhaustive()
    }
}

/// The steps that a worker can run.
#[derive(Debug, Default)]
pub struct Registry(BTreeMap<StepKind, Step>);

impl Registry {
    /// The steps of these modules.
    ///
    /// # Panics
    /// Where a kind of step is registered twice: a defect of the program.
    #[must_use]
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        let mut registry = BTreeMap::new();
        for step in steps {
            let kind = step.kind;
            assert!(registry.insert(kind, step).is_none(), "the step {kind} is registered twice");
        }
        Self(registry)
    }

    /// All steps, by their kinds.
    pub fn iter(&self) -> impl Iterator<Item = &Step> {
        self.0.values()
    }

    pub(super) fn get(&self, kind: StepKind) -> Option<&Step> {
        self.0.get(&kind)
    }
}
