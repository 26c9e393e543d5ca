//! The account as it is in the tenant when a mail names it: an admin may have renamed or deleted it since.

use super::{Turn, verdict::Verdict};
use crate::{
    domain::{ObjectId, SignInName, Waiting},
    graph::{CurrentUser, Graph},
    signup::{
        account_check::{is_past_lag, record_found},
        pauses::Lane,
    },
    store::{Signup, StoreError},
};

/// Claims after which a user that cannot be found is gone, though one of the tenant's servers may be slow.
const GONE_ATTEMPTS: u32 = 6;

/// What a mail says of an account.
#[derive(Debug)]
pub(super) enum AccountNow {
    /// Its sign-in name; `None` for one that was imported without it.
    Named(Option<SignInName>),
    /// The tenant no longer has it.
    Gone,
}

impl Turn {
    /// Reads the account of `signup`, this turn's own or the one it is a further request for, and records what has
    /// changed. Where the tenant refuses to tell, the name that is known is taken: the mail is worth more than that.
    pub(super) async fn account_now(
        &self,
        signup: &Signup,
    ) -> Result<Result<AccountNow, Verdict>, StoreError> {
        let known = signup.principal();
        let (Some(user), Some(tenant)) = (signup.object_id, self.shared.tenants.get(&signup.tenant)) else {
            return Ok(Ok(AccountNow::Named(known)));
        };
        let lane = Lane::Tenant(signup.tenant.clone());
        if let Some(rest) = self.shared.pauses().rest_of(&lane, self.probe.is_some(), self.now()) {
            return Ok(Err(Verdict::tenant_rests(rest, false)));
        }
        let found = match self.read_account(&tenant.graph, user, signup).await {
            Ok(found) => found,
            Err(Verdict::Stuck { detail, .. }) => {
                tracing::warn!(signup = %self.held.id, detail, "the account's present name could not be read; the mail has the name that is known");
                return Ok(Ok(AccountNow::Named(known)));
            }
            Err(verdict) => return Ok(Err(verdict)),
        };
        let (store, now) = (self.shared.store(), self.now());
        Ok(match found {
            Some(user) => Ok(AccountNow::Named(record_found(store, signup, user, now).await?)),
            None if self.no_longer_exists(signup) => {
                store.account_gone(signup.id, now).await?;
                Ok(AccountNow::Gone)
            }
            None => Err(Verdict::later(Waiting::TenantLag, "account_not_found")),
        })
    }

    async fn read_account(
        &self,
        graph: &Graph,
        user: ObjectId,
        signup: &Signup,
    ) -> Result<Option<CurrentUser>, Verdict> {
        match graph.current_user(user).await {
            Ok(found) => Ok(found),
            Err(error) if signup.tenant == self.signup.tenant => Err(self.judge_tenant(&error)),
            // The queue of another tenant than this turn's is left alone.
            Err(error) => Err(Verdict::later(Waiting::TenantUnavailable, &error.code)),
        }
    }

    fn no_longer_exists(&self, signup: &Signup) -> bool {
        is_past_lag(signup, self.now())
            && self.signup.attempts >= GONE_ATTEMPTS
            && self.signup.waiting == Some(Waiting::TenantLag)
    }
}
