//! Reads an account in the tenant after its page was viewed: an admin may have renamed, deleted or restored it.
//!
//! A view records at most that the account is to be read, once in a while, and the worker reads it. Pages of further
//! and of declined requests are treated alike, so that their content cannot be distinguished from that of others; no
//! account is read for them, unless the address was confirmed. A difference in time remains: without a request to
//! Graph, their read ends sooner.

use std::time::Duration;

use super::Signups;
use crate::{
    domain::{ObjectId, SignInName, SignupId, Stage, Timestamp, Waiting},
    engine::{Dependency, Done, OperationRun, StepFailure, StepResult},
    graph::CurrentUser,
    store::{Signup, Store, StoreError},
};

/// The least time between two reads for one page.
const CHECK_AGAIN: Duration = Duration::from_mins(10);
/// The longest time for which a page waits for the outcome of a read.
const AWAITED_FOR: Duration = Duration::from_mins(1);
/// The reads after which an account that is not found counts as gone: one of the tenant's servers may be slow for some
/// seconds.
const MISSES: u32 = 4;

/// The code of a read that found no user.
const NOT_FOUND: &str = "user_not_found";

/// The answer of a tenant about a user.
enum Reading {
    Found(CurrentUser),
    Missing,
    /// The tenant is paused, refuses the read or does not answer.
    Unknown,
}

/// The age of an account from which replication lag no longer explains that it cannot be found.
const LAG_AT_MOST: Duration = Duration::from_mins(15);

impl Signups {
    /// Has the account of a finished signup read, unless that was done recently; returns whether the outcome is still
    /// to come. If the database fails, the page shows what is already known.
    pub(super) async fn check_account(&self, signup: &Signup) -> bool {
        match self.try_check_account(signup).await {
            Ok(is_awaited) => is_awaited,
            Err(error) => {
                tracing::warn!(signup = %signup.id, error = &error as &dyn std::error::Error, "a read of the account for its status page could not be recorded; the page shows what is known");
                false
            }
        }
    }

    async fn try_check_account(&self, signup: &Signup) -> Result<bool, StoreError> {
        let (store, now) = (&self.0.store, self.0.clock.now());
        let is_configured = self.0.config.tenants.contains_key(&signup.tenant);
        if signup.stage != Stage::Done || !is_past_lag(signup, now) || !is_configured {
            return Ok(false);
        }
        let none_since = now.minus(CHECK_AGAIN);
        if let Some(check) = store.account_check(signup.id).await?.filter(|check| check.asked_at > none_since)
        {
            return Ok(check.is_due && now < check.asked_at.plus(AWAITED_FOR));
        }
        let is_due = store.ask_account_check(signup.id, none_since, now).await?;
        if is_due {
            self.0.engine.wake();
        }
        Ok(is_due)
    }
}

/// Reads an account for a page and records what has changed. If the tenant does not answer, the record stays as it is.
pub(super) async fn read_account(run: &OperationRun) -> StepResult {
    let Some(id) = run.lease.signup() else { return Ok(Done::NothingToDo) };
    let result = read(run, id).await;
    match &result {
        Err(StepFailure::Store(error))
            if !error.is_transient() && !matches!(error, StoreError::LeaseLost) =>
        {
            // It would fail again whenever its lease ends.
            tracing::error!(signup = %id, error = error as &dyn std::error::Error, "the outcome of reading an account could not be recorded; the next view of its page has it read again");
            run.store().recurring_postponed(&run.lease, None, run.now()).await?;
            Ok(Done::NothingToDo)
        }
        _ => result,
    }
}

async fn read(run: &OperationRun, id: SignupId) -> StepResult {
    let store = run.store();
    if let Some(signup) = store.signup(id).await?
        && let Some((account, user)) = account_of(store, &signup, run.now()).await?
    {
        let (reading, now) = (ask(run, &account, user).await, run.now());
        let is_further = account.id != signup.id;
        // Claims without an answer count as attempts, too.
        let was_missed = run.operation.last_error.as_deref() == Some(NOT_FOUND);
        let is_sure = was_missed && run.operation.attempts >= MISSES;
        match reading {
            Reading::Unknown => {}
            Reading::Found(user) => {
                record_found(store, &account, user, now).await?;
                if is_further {
                    store.account_found(signup.id, None, now).await?;
                }
            }
            Reading::Missing if account.gone_at.is_none() && !is_sure => {
                return Err(StepFailure::retry(Waiting::TenantLag, NOT_FOUND));
            }
            Reading::Missing => {
                store.account_gone(account.id, now).await?;
                if is_further {
                    store.account_gone(signup.id, now).await?;
                }
            }
        }
    }
    store.recurring_done(&run.lease, None, run.now()).await?;
    Ok(Done::Finished)
}

/// The signup whose account a page is about, and the tenant's user. For a further request, that is the original signup
/// if the address was confirmed.
async fn account_of(
    store: &Store,
    signup: &Signup,
    now: Timestamp,
) -> Result<Option<(Signup, ObjectId)>, StoreError> {
    let account = match signup.duplicate_of.filter(|_| signup.confirm_until.is_some()) {
        Some(original) => store.signup(original).await?,
        None => Some(signup.clone()),
    };
    let account = account.filter(|account| is_past_lag(account, now));
    Ok(account.and_then(|account| account.object_id.map(|user| (account, user))))
}

/// Asks the tenant for a user, unless it is paused. A refusal affects the tenant's queue only by the pause that it asks
/// for.
async fn ask(run: &OperationRun, account: &Signup, user: ObjectId) -> Reading {
    let is_paused = run.tenant_pause(&account.tenant).is_some();
    let Some(graph) = run.graph(&account.tenant).filter(|_| !is_paused) else {
        return Reading::Unknown;
    };
    match graph.current_user(user).await {
        Ok(found) => found.map_or(Reading::Missing, Reading::Found),
        Err(error) => {
            if let Some(pause) = error.retry_after {
                let tenant = Dependency::Tenant(account.tenant.clone());
                run.breakers().pause(&tenant, run.now().plus(pause));
            }
            tracing::debug!(signup = %account.id, detail = error.detail(), "the account could not be read for its status page");
            Reading::Unknown
        }
    }
}

/// Returns whether the account is so old that replication lag no longer explains that it cannot be found.
pub(super) fn is_past_lag(signup: &Signup, now: Timestamp) -> bool {
    signup.done_at.is_some_and(|done| done.plus(LAG_AT_MOST) <= now)
}

/// Records that the account exists and its present sign-in name; returns that name if it is known.
pub(super) async fn record_found(
    store: &Store,
    account: &Signup,
    user: CurrentUser,
    now: Timestamp,
) -> Result<Option<SignInName>, StoreError> {
    let principal = user.principal.or_else(|| account.principal());
    let original = account.original_principal();
    let is_renamed = |name: &&SignInName| original.as_ref().is_none_or(|original| !name.is_same(original));
    store.account_found(account.id, principal.as_ref().filter(is_renamed), now).await?;
    Ok(principal)
}
