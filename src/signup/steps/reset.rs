//! Setting a new password in the tenant, for a signup that is done and whose mail has not come.
//!
//! The sealed password is in the row before the PATCH, and the PATCH can be repeated: after any doubt it is sent
//! again, and only a password whose PATCH has succeeded is mailed.

use super::{StepResult, Turn, verdict::Verdict};
use crate::{
    audit::Act,
    domain::{Attention, ObjectId, Waiting},
    graph::{ErrorKind, Graph, ResetError},
};

/// Further passwords tried in one turn.
const CHANGES: u32 = 8;
/// Claims after which a user that cannot be found, twice in a row, is looked for: it is older than any replication
/// lag, but one of the tenant's servers may be slow.
const GONE_ATTEMPTS: u32 = 6;

/// What one PATCH led to.
enum Patched {
    Set,
    PasswordRefused,
}

impl Turn {
    pub(super) async fn reset_password(&mut self) -> StepResult {
        let in_doubt = self.shared.store().begin_reset(&self.held, self.now()).await?;
        // Since the claim, another signup may have learned that the tenant wants a rest.
        if let Some(rest) = self.tenant_rest(!in_doubt) {
            return Ok(Err(rest));
        }
        let (Some(user), Some(tenant)) = (self.signup.object_id, self.tenant()) else {
            return Ok(Err(Verdict::stuck(Attention::UserGone).in_reset(in_doubt)));
        };
        let graph = tenant.graph.clone();
        for _ in 0..CHANGES {
            match self.patch(&graph, user, in_doubt).await {
                Err(verdict) => return Ok(Err(verdict)),
                Ok(Patched::PasswordRefused) => self.change_password().await?,
                Ok(Patched::Set) => {
                    let (now, until) = (self.now(), self.lease_end());
                    self.held = self.shared.store().password_reset(&self.held, now, until).await?;
                    self.signup.attempts = 0;
                    self.note(Act::PasswordReset, &"");
                    return Ok(Ok(()));
                }
            }
        }
        Ok(Err(Verdict::stuck(Attention::PasswordRefused).in_reset(in_doubt)))
    }

    async fn patch(&self, graph: &Graph, user: ObjectId, in_doubt: bool) -> Result<Patched, Verdict> {
        let password = self.password().map_err(|verdict| verdict.in_reset(in_doubt))?;
        match graph.reset_password(user, &password).await {
            Ok(()) => {
                self.tenant_answered();
                Ok(Patched::Set)
            }
            Err(ResetError::PasswordRefused) => Ok(Patched::PasswordRefused),
            Err(ResetError::Other(error)) => Err(match self.judge_tenant(&error) {
                Verdict::Later { detail, .. }
                    if error.kind == ErrorKind::Lag
                        && self.seems_gone()
                        && self.is_gone(graph, user).await? =>
                {
                    Verdict::Stuck { reason: Attention::UserGone, detail }.in_reset(in_doubt)
                }
                Verdict::Later { waiting, detail, at_least, .. } => {
                    let unposted = !in_doubt && error.kind.effect_is_absent();
                    Verdict::Later { waiting, detail, at_least, unposted }
                }
                refused => refused.in_reset(in_doubt),
            }),
        }
    }

    /// Many attempts may also come from an outage, so the time before must have looked the same.
    fn seems_gone(&self) -> bool {
        self.signup.attempts >= GONE_ATTEMPTS && self.signup.waiting == Some(Waiting::TenantLag)
    }

    /// A PATCH that does not find the user proves little: a request of another kind must not find it either.
    async fn is_gone(&self, graph: &Graph, user: ObjectId) -> Result<bool, Verdict> {
        graph.has_user(user).await.map(|is_there| !is_there).map_err(|error| self.judge_tenant(&error))
    }
}
