//! The writes of an admin.

use super::{
    Signup, Store, StoreError,
    database::Transaction,
    error::{is_deadlock, is_unique_violation},
    event,
    names::{NAME_TRIES, free_name},
    read::BY_ID,
    value::args,
};
use crate::domain::{
    OperationId, ProfileName, RequestedBy, SignupId, Stage, TenantAlias, Timestamp, UpnDomain, Username,
};

/// The outcome of a retry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retried {
    /// It is due now.
    Queued,
    /// It does not need attention.
    NotStuck,
    /// There is no such signup.
    Unknown,
}

/// The values that the configuration in force gives a signup without a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The profile that admits it.
    pub profile: ProfileName,
    /// The tenant of the account.
    pub tenant: TenantAlias,
    /// The domain of the account.
    pub domain: UpnDomain,
    /// The username without a number.
    pub username: Username,
}

impl Plan {
    /// Returns whether it changes anything of a signup.
    #[must_use]
    pub fn differs_from(&self, signup: &Signup) -> bool {
        self.profile != signup.profile
            || self.tenant != signup.tenant
            || self.domain != signup.domain
            || signup.username_base.as_ref() != Some(&self.username)
    }
}

impl Store {
    /// Lets a signup that needs attention continue: by `plan` if no user can have been created for it, otherwise from
    /// its present step.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Contended`] may pass.
    pub async fn retry_as_planned(
        &self,
        id: SignupId,
        plan: &Plan,
        by: RequestedBy<'_>,
        now: Timestamp,
    ) -> Result<Retried, StoreError> {
        for _ in 0..NAME_TRIES {
            match self.try_retry(id, Some(plan), by, now).await {
                Err(error) if is_unique_violation(&error) || is_deadlock(&error) => {}
                retried => return retried,
            }
        }
        Err(StoreError::Contended)
    }

    /// Lets a signup that needs attention continue from its present step.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry(
        &self,
        id: SignupId,
        by: RequestedBy<'_>,
        now: Timestamp,
    ) -> Result<Retried, StoreError> {
        self.try_retry(id, None, by, now).await
    }

    async fn try_retry(
        &self,
        id: SignupId,
        plan: Option<&Plan>,
        by: RequestedBy<'_>,
        now: Timestamp,
    ) -> Result<Retried, StoreError> {
        const RETRY: &str = "UPDATE operation SET attention = NULL, attempts = 0, due_at = $2, updated_at = $2, \
             trying_since = $2, reason = COALESCE($3, reason) \
             WHERE id = (SELECT operation_id FROM signup WHERE id = $1) AND attention IS NOT NULL RETURNING id";
        let mut tx = self.database.begin().await?;
        let Some(row) = tx.fetch_optional(RETRY, &args![id, now, by.reason]).await? else {
            let known = tx.fetch_optional(BY_ID, &args![id]).await?;
            return Ok(known.map_or(Retried::Unknown, |_| Retried::NotStuck));
        };
        let operation = OperationId::new(row.count("id")?);
        let row = tx.fetch_optional(BY_ID, &args![id]).await?.ok_or(StoreError::Unreadable("id"))?;
        let stage: Stage = row.value("stage")?;
        event::write_by(&mut tx, id, Some(operation), by, now, "retried", stage.as_str()).await?;
        if let (Some(plan), Stage::Queued) = (plan, stage) {
            apply(&mut tx, id, plan, (operation, by), now).await?;
        }
        tx.commit().await?;
        Ok(Retried::Queued)
    }
}

/// Writes a plan that differs from the row of a signup with a username. The name keeps its number where name and domain
/// stay.
async fn apply(
    tx: &mut Transaction,
    id: SignupId,
    plan: &Plan,
    (operation, by): (OperationId, RequestedBy<'_>),
    now: Timestamp,
) -> Result<(), StoreError> {
    const ROW: &str = "SELECT s.profile, s.tenant, s.domain, a.username, s.username_base \
         FROM signup AS s JOIN account AS a ON a.id = s.account_id \
         WHERE s.id = $1 AND s.is_further = 0 AND a.username IS NOT NULL";
    const SIGNUP: &str = "UPDATE signup SET profile = $2, tenant = $3, domain = $4, username_base = $5, \
         shown_username = $6 WHERE id = $1";
    const ACCOUNT: &str = "UPDATE account SET tenant = $2, domain = $3, username = $4, updated_at = $5 \
         WHERE id = (SELECT account_id FROM signup WHERE id = $1)";
    const OPERATION: &str = "UPDATE operation SET tenant = $2 WHERE id = $1";
    let Some(row) = tx.fetch_optional(ROW, &args![id]).await? else { return Ok(()) };
    let kept: (UpnDomain, Option<Username>) = (row.value("domain")?, row.maybe("username_base")?);
    let is_kept = kept.0 == plan.domain && kept.1.as_ref() == Some(&plan.username);
    let of_profile = (row.value::<ProfileName>("profile")?, row.value::<TenantAlias>("tenant")?);
    if is_kept && of_profile.0 == plan.profile && of_profile.1 == plan.tenant {
        return Ok(());
    }
    let username =
        if is_kept { row.value("username")? } else { free_name(tx, &plan.domain, &plan.username).await? };
    let args = args![id, &plan.profile, &plan.tenant, &plan.domain, &plan.username, &username];
    tx.execute(SIGNUP, &args).await?;
    tx.execute(ACCOUNT, &args![id, &plan.tenant, &plan.domain, &username, now]).await?;
    tx.execute(OPERATION, &args![operation, &plan.tenant]).await?;
    let detail = format!("profile {}", plan.profile);
    event::write_by(tx, id, Some(operation), by, now, "replanned", &detail).await
}
