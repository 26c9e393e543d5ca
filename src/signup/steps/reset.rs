//! Sets a new password in the tenant, for a signup that is done and whose mail has not arrived.
//!
//! The sealed password is in the row before the PATCH, and the PATCH can be repeated: after any doubt it is sent
//! again, and only a password whose PATCH has succeeded is mailed.

use super::SignupRun;
use crate::{
    domain::{Attention, ObjectId, StepKind, Waiting},
    engine::{Done, StepFailure, StepResult},
    graph::{ErrorKind, Graph, ResetError},
    store::Effect,
};

/// Further passwords tried in one run.
const CHANGES: u32 = 8;
/// The claims after which a user that was not found, twice in a row, is searched for: it is older than any replication
/// lag, but one of the tenant's servers may be slow.
const GONE_ATTEMPTS: u32 = 6;

/// The outcome of one PATCH.
enum Patched {
    Set,
    PasswordRefused,
}

impl SignupRun<'_> {
    pub(super) async fn reset_password(&mut self) -> StepResult {
        let in_doubt = self.run.operation.in_doubt;
        self.set_new_password(in_doubt).await.map_err(|failure| match failure {
            // In doubt the tenant may have the new password, which must not be lost.
            StepFailure::NeedsAttention { .. } => failure.without_effect(!in_doubt),
            failure => failure,
        })
    }

    async fn set_new_password(&mut self, in_doubt: bool) -> StepResult {
        // Since the claim, another operation may have learned that the tenant is paused.
        if let Some(pause) = self.run.tenant_pause(&self.signup.tenant) {
            return Err(pause.without_effect(!in_doubt));
        }
        let (Some(user), Ok(graph)) = (self.signup.object_id, self.graph()) else {
            return Err(StepFailure::attention(Attention::UserGone));
        };
        for _ in 0..CHANGES {
            match self.patch(&graph, user, in_doubt).await? {
                Patched::PasswordRefused => self.change_password().await?,
                Patched::Set => {
                    let (set, next) = (Effect::done(StepKind::ResetPassword, ""), StepKind::SendNewPassword);
                    let next = self.record_step(&[set], Some(next), ("password_reset", "")).await?;
                    return Ok(Done::Next(next));
                }
            }
        }
        Err(StepFailure::attention(Attention::PasswordRefused))
    }

    async fn patch(&self, graph: &Graph, user: ObjectId, in_doubt: bool) -> Result<Patched, StepFailure> {
        let password = self.password()?;
        match graph.reset_password(user, &password).await {
            Ok(()) => {
                self.run.tenant_answered();
                Ok(Patched::Set)
            }
            Err(ResetError::PasswordRefused) => Ok(Patched::PasswordRefused),
            Err(ResetError::Other(error)) => Err(match self.run.tenant_failure(&error) {
                StepFailure::Retry { detail, .. }
                    if error.kind == ErrorKind::Lag
                        && self.seems_gone()
                        && self.is_gone(graph, user).await? =>
                {
                    StepFailure::needs_attention(Attention::UserGone, detail)
                }
                failure @ StepFailure::Retry { .. } => {
                    failure.without_effect(!in_doubt && error.kind.effect_is_absent())
                }
                failure => failure,
            }),
        }
    }

    /// Returns whether the user seems to be gone. Many attempts may also come from an outage, so the previous attempt
    /// must have had the same result.
    fn seems_gone(&self) -> bool {
        let operation = &self.run.operation;
        operation.attempts >= GONE_ATTEMPTS && operation.waiting == Some(Waiting::TenantLag)
    }

    /// Returns whether the user is gone. A PATCH that does not find it proves little: a request of another kind must
    /// not find it either.
    async fn is_gone(&self, graph: &Graph, user: ObjectId) -> Result<bool, StepFailure> {
        let is_there = graph.has_user(user).await;
        is_there.map(|is_there| !is_there).map_err(|error| self.run.tenant_failure(&error))
    }
}
