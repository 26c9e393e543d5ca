//! How far a signup is, as its own page tells.

use super::Signups;
use crate::{
    domain::{Attention, Email, Locale, PrincipalName, Stage, StatusToken, Timestamp, Waiting},
    store::{Signup, StoreError},
};

/// What the status page shows.
#[derive(Debug, Clone)]
pub struct Status {
    /// The signup's stage.
    pub stage: Stage,
    /// The steps in order, each with its state.
    pub progress: Vec<Progress>,
    /// Why it takes longer, if it does.
    pub waiting: Option<Waiting>,
    /// Where the mail goes, as `s•••@example.edu`.
    pub masked_email: Option<String>,
    /// The account's name, once the mail is out.
    pub principal: Option<String>,
    /// Where one signs in.
    pub sign_in_url: String,
    /// Until when the code holds, while one is awaited.
    pub confirm_until: Option<Timestamp>,
    /// The language the signup was made in.
    pub locale: Locale,
    /// When the form was received.
    pub created_at: Timestamp,
}

/// One step and its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: ProgressStep,
    /// Its state.
    pub state: ProgressState,
}

/// The steps a person understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressStep {
    /// The address is being confirmed.
    ConfirmAddress,
    /// The account is being created.
    CreateAccount,
    /// Licences and groups are being given.
    GrantAccess,
    /// The mail is being sent.
    SendMail,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProgressState {
    /// Not begun.
    Waiting,
    /// At work, or to be tried again.
    Running,
    /// Complete.
    Done,
    /// A person has been asked to look.
    Stuck,
}

impl Signups {
    /// The status behind an address; `None` when the address is not ours or its time is over.
    ///
    /// # Errors
    /// What the database says.
    pub async fn status(&self, token: &StatusToken) -> Result<Option<Status>, StoreError> {
        let Some(id) = token.verify(&self.0.key) else { return Ok(None) };
        let Some(signup) = self.0.store.signup(id).await? else { return Ok(None) };
        let expired = signup.stage.is_settled()
            && self.0.clock.now().since(signup.updated_at) > self.0.settings.status_page_for;
        Ok((!expired && signup.stage != Stage::Erased).then(|| self.status_of(&signup)))
    }

    fn status_of(&self, signup: &Signup) -> Status {
        let current = current_step(signup);
        let steps = [
            (signup.confirm_until.is_some()).then_some(ProgressStep::ConfirmAddress),
            Some(ProgressStep::CreateAccount),
            Some(ProgressStep::GrantAccess),
            Some(ProgressStep::SendMail),
        ];
        let steps: Vec<ProgressStep> = steps.into_iter().flatten().collect();
        let at =
            current.and_then(|current| steps.iter().position(|step| *step == current)).unwrap_or(steps.len());
        let state = |index: usize| match index.cmp(&at) {
            std::cmp::Ordering::Less => ProgressState::Done,
            std::cmp::Ordering::Greater => ProgressState::Waiting,
            std::cmp::Ordering::Equal if signup.stage == Stage::NeedsAttention => ProgressState::Stuck,
            std::cmp::Ordering::Equal => ProgressState::Running,
        };
        let facts = self.0.settings.tenants.get(&signup.tenant);
        Status {
            stage: signup.stage,
            progress: steps
                .iter()
                .enumerate()
                .map(|(at, step)| Progress { step: *step, state: state(at) })
                .collect(),
            // That an earlier request exists is the owner's business alone.
            waiting: signup.waiting.filter(|waiting| *waiting != Waiting::EarlierRequest),
            masked_email: signup.email.as_ref().map(Email::masked),
            principal: principal(signup).filter(|_| signup.stage == Stage::Done),
            sign_in_url: facts.map(|facts| facts.sign_in_url.clone()).unwrap_or_default(),
            confirm_until: signup.confirm_until.filter(|_| signup.stage == Stage::AwaitingConfirmation),
            locale: signup.locale.clone(),
            created_at: signup.created_at,
        }
    }
}

fn principal(signup: &Signup) -> Option<String> {
    let username = signup.shown_username.clone()?;
    Some(PrincipalName { username, domain: signup.domain.clone() }.to_string())
}

/// The step that is at work; none when all are complete.
fn current_step(signup: &Signup) -> Option<ProgressStep> {
    match signup.stage {
        Stage::AwaitingConfirmation => Some(ProgressStep::ConfirmAddress),
        Stage::Queued | Stage::Provisioning if signup.object_id.is_none() => {
            Some(ProgressStep::CreateAccount)
        }
        Stage::Queued | Stage::Provisioning => Some(ProgressStep::GrantAccess),
        Stage::Delivering => Some(ProgressStep::SendMail),
        Stage::NeedsAttention => Some(match (signup.object_id, signup.attention) {
            (None, _) => ProgressStep::CreateAccount,
            (Some(_), Some(Attention::RecipientRefused)) => ProgressStep::SendMail,
            (Some(_), _) => ProgressStep::GrantAccess,
        }),
        Stage::Done | Stage::Erased => None,
    }
}
