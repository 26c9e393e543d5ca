//! The account as it is in the tenant when a mail names it: an admin may have renamed or deleted it since.

use super::SignupRun;
use crate::{
    domain::{ObjectId, SignInName, Waiting},
    engine::StepFailure,
    graph::{CurrentUser, Graph},
    signup::account_check::{is_past_lag, record_found},
    store::Signup,
};

/// The claims after which a user that cannot be found counts as gone, since one of the tenant's servers may be slow.
const GONE_ATTEMPTS: u32 = 6;

/// The account as a mail presents it.
#[derive(Debug)]
pub(super) enum AccountNow {
    /// Its sign-in name; `None` for an account that was imported without it.
    Named(Option<SignInName>),
    /// The tenant no longer has it.
    Gone,
}

impl SignupRun<'_> {
    /// Reads the account of `signup`, this run's own or the one it is a further request for, and records what has
    /// changed. Where the tenant refuses the read, the known name is used.
    pub(super) async fn account_now(&self, signup: &Signup) -> Result<AccountNow, StepFailure> {
        let known = signup.principal();
        let (Some(user), Some(graph)) = (signup.object_id, self.run.graph(&signup.tenant)) else {
            return Ok(AccountNow::Named(known));
        };
        if let Some(pause) = self.run.tenant_pause(&signup.tenant) {
            return Err(pause);
        }
        let found = match self.read_account(graph, user, signup).await {
            Ok(found) => found,
            Err(StepFailure::NeedsAttention { detail, .. }) => {
                tracing::warn!(signup = %self.signup.id, detail, "the account's present name could not be read; the mail has the name that is known");
                return Ok(AccountNow::Named(known));
            }
            Err(failure) => return Err(failure),
        };
        let (store, now) = (self.run.store(), self.run.now());
        match found {
            Some(user) => Ok(AccountNow::Named(record_found(store, signup, user, now).await?)),
            None if self.no_longer_exists(signup) => {
                store.account_gone(signup.id, now).await?;
                Ok(AccountNow::Gone)
            }
            None => Err(StepFailure::retry(Waiting::TenantLag, "account_not_found")),
        }
    }

    async fn read_account(
        &self,
        graph: &Graph,
        user: ObjectId,
        signup: &Signup,
    ) -> Result<Option<CurrentUser>, StepFailure> {
        graph.current_user(user).await.map_err(|error| {
            if signup.tenant == self.signup.tenant {
                self.run.tenant_failure(&error)
            } else {
                // The queue of another tenant than this operation's is not changed.
                StepFailure::retry(Waiting::TenantUnavailable, &error.code)
            }
        })
    }

    fn no_longer_exists(&self, signup: &Signup) -> bool {
        let operation = &self.run.operation;
        is_past_lag(signup, self.run.now())
            && operation.attempts >= GONE_ATTEMPTS
            && operation.waiting == Some(Waiting::TenantLag)
    }
}
