//! What an admin writes.

use super::{Store, StoreError, database::Transaction, event, value::args};
use crate::domain::{SignupId, Stage, StepKind, StepState, Timestamp};

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

impl Store {
    /// Lets a signup that needs attention go on from where it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry(&self, id: SignupId, now: Timestamp) -> Result<Retried, StoreError> {
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
        tx.commit().await?;
        Ok(Retried::Queued)
    }
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
            StepKind::SendCode | StepKind::SendReminder | StepKind::SendNotice => {}
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
