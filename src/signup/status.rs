//! The status of a signup, as its own page shows it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Signups, correct::is_correctable};
use crate::{
    domain::{Email, Locale, PrincipalName, Stage, StatusToken, StepKind, Timestamp, Waiting},
    store::{Signup, StoreError},
};

/// The content of the status page.
#[derive(Debug, Clone)]
pub struct Status {
    /// The signup's stage.
    pub stage: Stage,
    /// The steps in order, each with its state.
    pub progress: Vec<Progress>,
    /// The reason for a delay, if there is one.
    pub waiting: Option<Waiting>,
    /// The address of the mail, as `s•••@example.edu`.
    pub masked_email: Option<String>,
    /// The same in full, only for the browser that typed it.
    pub email: Option<Email>,
    /// True if the address can still be corrected.
    pub correctable: bool,
    /// The account's name, once it is chosen. Until the account exists, it may still get another number.
    pub principal: Option<String>,
    /// True if the account is known to be no longer in the tenant.
    pub gone: bool,
    /// True if the account is being read in the tenant, so that its name or [`Status::gone`] may change soon.
    pub checking: bool,
    /// True if the last mail is known to have come back.
    pub undelivered: bool,
    /// True if the account exists and a new password for it is on its way.
    pub renewing: bool,
    /// True if a new password was asked for.
    pub renewed: bool,
    /// The limits on asking for a further mail, with a new code or with a new password, if that is possible.
    pub again: Option<Again>,
    /// The time until which the page can be opened, if nothing changes any more.
    pub open_until: Option<Timestamp>,
    /// The address of the page for signing in.
    pub sign_in_url: String,
    /// The time until which the code is valid, while one is awaited.
    pub confirm_until: Option<Timestamp>,
    /// True if a code is awaited that was not mailed, since the address has had too many mails.
    pub mail_withheld: bool,
    /// The language the signup was made in.
    pub locale: Locale,
    /// The time at which the form was received.
    pub created_at: Timestamp,
}

/// The limits on asking for a further mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Again {
    /// The number of mails that can still be asked for.
    pub left: u32,
    /// The earliest time.
    pub from: Timestamp,
    /// The latest time, if there is one.
    pub until: Option<Timestamp>,
}

/// One step and its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The step.
    pub step: ProgressStep,
    /// Its state.
    pub state: ProgressState,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StepName)]
pub enum ProgressStep {
    /// The address is being confirmed.
    ConfirmAddress,
    /// The account is being created.
    CreateAccount,
    /// Licences and groups are being given.
    GrantAccess,
    /// A new password is being set.
    SetPassword,
    /// The mail is being sent.
    SendMail,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = StepState)]
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
    /// The error of the database.
    pub async fn status(&self, token: &StatusToken) -> Result<Option<Status>, StoreError> {
        let Some(signup) = self.opened(token).await? else { return Ok(None) };
        let next_mail = match &signup.email {
            Some(email) if signup.stage == Stage::AwaitingConfirmation => {
                self.0.store.next_mail(&self.mail_budget(email), self.0.clock.now()).await?
            }
            _ => None,
        };
        let checking = self.check_account(&signup).await;
        Ok(Some(Status { checking, ..self.status_of(&signup, next_mail) }))
    }

    /// The signup whose page an address still opens.
    pub(super) async fn opened(&self, token: &StatusToken) -> Result<Option<Signup>, StoreError> {
        let Some(id) = token.verify(&self.0.key) else { return Ok(None) };
        let Some(signup) = self.0.store.signup(id).await? else { return Ok(None) };
        let is_over = self.open_until(&signup).is_some_and(|until| until < self.0.clock.now());
        Ok((!is_over).then_some(signup))
    }

    /// The time until which the page can be opened, if nothing more happens to the signup by itself; until then there
    /// is no limit.
    fn open_until(&self, signup: &Signup) -> Option<Timestamp> {
        let since = match signup.stage {
            Stage::AwaitingConfirmation => signup.confirm_until,
            stage => stage.is_settled().then_some(signup.updated_at),
        };
        since.map(|since| since.plus(self.0.config.signup.status_page_for))
    }

    fn status_of(&self, signup: &Signup, next_mail: Option<Timestamp>) -> Status {
        let current = current_step(signup);
        let steps = steps(signup);
        let at =
            current.and_then(|current| steps.iter().position(|step| *step == current)).unwrap_or(steps.len());
        let state = |index: usize| match index.cmp(&at) {
            std::cmp::Ordering::Less => ProgressState::Done,
            std::cmp::Ordering::Greater => ProgressState::Waiting,
            std::cmp::Ordering::Equal if signup.stage == Stage::NeedsAttention => ProgressState::Stuck,
            std::cmp::Ordering::Equal => ProgressState::Running,
        };
        let facts = self.0.config.tenants.get(&signup.tenant);
        Status {
            stage: signup.stage,
            progress: steps
                .iter()
                .enumerate()
                .map(|(at, step)| Progress { step: *step, state: state(at) })
                .collect(),
            // Only the owner of the address may learn that an earlier request exists.
            waiting: signup.waiting.filter(|waiting| *waiting != Waiting::EarlierRequest),
            masked_email: signup.email.as_ref().map(Email::masked),
            email: signup.email.clone(),
            correctable: is_correctable(signup),
            principal: principal(signup).filter(|_| is_name_chosen(signup)),
            gone: is_gone(signup),
            checking: false,
            undelivered: is_undelivered(signup),
            renewing: is_renewing(signup),
            renewed: signup.resets > 0,
            again: (self.new_code(signup, next_mail).or_else(|| self.same_mail(signup)))
                .or_else(|| self.new_password(signup)),
            open_until: self.open_until(signup),
            sign_in_url: facts.map(|facts| facts.sign_in_url.clone()).unwrap_or_default(),
            confirm_until: signup.confirm_until.filter(|_| signup.stage == Stage::AwaitingConfirmation),
            mail_withheld: signup.stage == Stage::AwaitingConfirmation && signup.confirm_round == 0,
            locale: signup.locale.clone(),
            created_at: signup.created_at,
        }
    }
}

/// The steps of a signup in order; for a new password, only the steps that set and mail it.
fn steps(signup: &Signup) -> Vec<ProgressStep> {
    use ProgressStep::{ConfirmAddress, CreateAccount, GrantAccess, SendMail, SetPassword};
    if signup.stage == Stage::Erased {
        return Vec::new();
    }
    if is_renewing(signup) {
        return vec![SetPassword, SendMail];
    }
    if signup.stage == Stage::Voided {
        return Vec::new();
    }
    let confirm = signup.confirm_until.map(|_| ConfirmAddress);
    confirm.into_iter().chain([CreateAccount, GrantAccess, SendMail]).collect()
}

fn is_renewing(signup: &Signup) -> bool {
    match signup.stage {
        Stage::Resetting => true,
        Stage::Delivering | Stage::NeedsAttention => signup.resets > 0,
        _ => false,
    }
}

/// Returns whether the name is chosen: no name is taken before the address is confirmed, and a signup that is stuck
/// before its user exists may still get another.
const fn is_name_chosen(signup: &Signup) -> bool {
    match signup.stage {
        Stage::Queued | Stage::Provisioning | Stage::Resetting | Stage::Delivering | Stage::Done => true,
        Stage::NeedsAttention => signup.object_id.is_some(),
        Stage::AwaitingConfirmation | Stage::Voided | Stage::Erased => false,
    }
}

/// Returns whether the account no longer exists, also if that is the reason for which a person has to look.
fn is_gone(signup: &Signup) -> bool {
    signup.gone_at.is_some() && matches!(signup.stage, Stage::Done | Stage::NeedsAttention)
}

/// Returns whether the last mail has come back and no further one is on its way.
fn is_undelivered(signup: &Signup) -> bool {
    let is_last = matches!(signup.stage, Stage::AwaitingConfirmation | Stage::Done);
    signup.undelivered_at.is_some() && is_last && signup.due_at.is_none()
}

fn principal(signup: &Signup) -> Option<String> {
    if let Some(name) = &signup.renamed_to {
        return Some(name.as_str().to_owned());
    }
    let username = signup.shown_username.clone()?;
    Some(PrincipalName { username, domain: signup.domain.clone() }.to_string())
}

/// The row of the page that is in progress, unless all are complete.
fn current_step(signup: &Signup) -> Option<ProgressStep> {
    match signup.stage {
        Stage::Done | Stage::Voided | Stage::Erased => None,
        _ => signup.step.map(|step| row_of(step, signup.resets > 0)),
    }
}

/// The row that a step belongs to. A further request looks like a first one.
const fn row_of(step: StepKind, is_renewal: bool) -> ProgressStep {
    match step {
        StepKind::SendCode => ProgressStep::ConfirmAddress,
        StepKind::SendReminder | StepKind::SendNotice if is_renewal => ProgressStep::SetPassword,
        StepKind::CreateUser | StepKind::SendReminder | StepKind::SendNotice => ProgressStep::CreateAccount,
        StepKind::Entitle | StepKind::AssignLicence | StepKind::JoinGroup => ProgressStep::GrantAccess,
        StepKind::ResetPassword => ProgressStep::SetPassword,
        StepKind::SendPassword
        | StepKind::SendNewPassword
        | StepKind::ReadAccount
        | StepKind::SendAlert
        | StepKind::Prune => ProgressStep::SendMail,
    }
}
