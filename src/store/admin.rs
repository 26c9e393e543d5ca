//! What an admin writes.

use super::{
    Signup, Store, StoreError,
    database::Transaction,
    error::{is_deadlock, is_unique_violation},
    event,
    names::{NAME_TRIES, free_name},
    value::args,
};
use crate::domain::{
    ProfileName, SignupId, Stage, StepKind, StepState, TenantAlias, Timestamp, UpnDomain, Username,
};

/// What became of a retry.
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
    /// Lets a signup that needs attention go on by `plan` where no user can have been created for it, and from where it
    /// is otherwise.
    ///
    /// # Errors
    /// [`StoreError`]; [`StoreError::Contended`] may pass.
    pub async fn retry_as_planned(
        &self,
        id: SignupId,
        plan: &Plan,
        now: Timestamp,
    ) -> Result<Retried, StoreError> {
        for _ in 0..NAME_TRIES {
            match self.try_retry(id, Some(plan), now).await {
                Err(error) if is_unique_violation(&error) || is_deadlock(&error) => {}
                retried => return retried,
            }
        }
        Err(StoreError::Contended)
    }

    /// Lets a signup that needs attention go on from where it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry(&self, id: SignupId, now: Timestamp) -> Result<Retried, StoreError> {
        self.try_retry(id, None, now).await
    }

    async fn try_retry(
        &self,
        id: SignupId,
        plan: Option<&Plan>,
        now: Timestamp,
    ) -> Result<Retried, StoreError> {
        const RETRY: &str = "UPDATE signup SET stage = $2, claimed_from = $2, attention = NULL, \
             attempts = 0, due_at = $3, updated_at = $3, trying_since = $3 WHERE id = $1 AND stage = 'needs_attention'";
        let mut tx = self.database.begin().await?;
        let Some(stage) = stage_to_resume(&mut tx, id).await? else {
            return Ok(Retried::Unknown);
        };
        if tx.execute(RETRY, &args![id, stage, now]).await? == 0 {
            return Ok(Retried::NotStuck);
        }
        event::write(&mut tx, id, now, "retried", stage.as_str()).await?;
        if let (Some(plan), Stage::Queued) = (plan, stage) {
            apply(&mut tx, id, plan, now).await?;
        }
        tx.commit().await?;
        Ok(Retried::Queued)
    }
}

/// Writes a plan that differs from the row of a signup with a username. The name keeps its number where name and domain
/// stay.
async fn apply(tx: &mut Transaction, id: SignupId, plan: &Plan, now: Timestamp) -> Result<(), StoreError> {
    const ROW: &str = "SELECT profile, tenant, domain, username, username_base FROM signup \
         WHERE id = $1 AND duplicate_of IS NULL AND declined_at IS NULL AND username IS NOT NULL";
    const APPLY: &str = "UPDATE signup SET profile = $2, tenant = $3, domain = $4, username_base = $5, \
         username = $6, shown_username = $6 WHERE id = $1";
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
    tx.execute(APPLY, &args).await?;
    event::write(tx, id, now, "replanned", &format!("profile {}", plan.profile)).await
}

/// Where the signup goes on, by what is there: once the delivery was intended it is to be delivered, unless a new
/// password may or may not be set; once a POST was intended the user may exist; a POST that was clearly refused, or never
/// intended, left nothing.
async fn stage_to_resume(tx: &mut Transaction, id: SignupId) -> Result<Option<Stage>, StoreError> {
    const SIGNUP: &str = "SELECT object_id FROM signup WHERE id = $1";
    const STEPS: &str = "SELECT kind, state FROM step WHERE signup_id = $1";
    let Some(row) = tx.fetch_optional(SIGNUP, &args![id]).await? else {
        return Ok(None);
    };
    let has_user = row.text("object_id")?.is_some();
    let (mut post_intended, mut entitled, mut resetting, mut deliverable) = (false, true, false, false);
    for row in tx.fetch_all(STEPS, &args![id]).await? {
        let state: StepState = row.value("state")?;
        match row.value("kind")? {
            StepKind::CreateUser => post_intended = state != StepState::Failed,
            StepKind::AssignLicence | StepKind::JoinGroup => entitled &= state == StepState::Done,
            StepKind::ResetPassword => resetting = state == StepState::Intended,
            StepKind::SendPassword | StepKind::SendNewPassword => deliverable = true,
            StepKind::SendCode
            | StepKind::SendReminder
            | StepKind::SendNotice
            | StepKind::Entitle
            | StepKind::ReadAccount
            | StepKind::SendAlert
            | StepKind::Prune => {}
        }
    }
    Ok(Some(match (has_user, entitled && deliverable) {
        (true, true) if resetting => Stage::Resetting,
        (true, true) => Stage::Delivering,
        (true, false) => Stage::Provisioning,
        (false, _) if post_intended => Stage::Provisioning,
        (false, _) => Stage::Queued,
    }))
}
