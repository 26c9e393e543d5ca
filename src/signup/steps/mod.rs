//! The steps of signups: what each does in the tenant or by mail, and how its outcome is recorded.

mod account_now;
mod create_user;
mod deliver;
mod entitle;
mod reset;

pub use self::create_user::MARKER_REFUSAL_HOLDS;
use super::{Signups, account_check, mails::Mails};
use crate::{
    audit::Act,
    domain::{Attention, Profile, SecretKey, StepKind},
    engine::{Abandon, Ending, OperationRun, Step, StepFailure, StepFuture, StepResult},
    graph::Graph,
    store::{Effect, Signup, StoreError},
    texts::CurrentTexts,
};

/// The context of the steps of signups, in addition to their operation.
#[derive(Clone)]
pub(super) struct Context {
    pub(super) signups: Signups,
    texts: CurrentTexts,
}

/// A signup in one run of its operation.
pub(super) struct SignupRun<'a> {
    context: &'a Context,
    run: &'a mut OperationRun,
    signup: Box<Signup>,
}

/// The condition of a step.
type IsNeeded = fn(&SignupRun<'_>) -> bool;

/// The steps that provision an account in their order, each with the condition under which an account needs it.
const PROVISION: [(StepKind, IsNeeded); 3] = [
    (StepKind::CreateUser, |_| true),
    (StepKind::Entitle, |it| it.needs_entitlements()),
    (StepKind::SendPassword, |_| true),
];

/// A step of a signup.
type SignupStep = for<'a> fn(&'a mut SignupRun<'_>) -> StepFuture<'a>;

/// The steps of signups, for the registry.
#[must_use]
pub fn steps(signups: &Signups, texts: &CurrentTexts) -> Vec<Step> {
    let context = Context { signups: signups.clone(), texts: texts.clone() };
    let step = |kind, run: SignupStep| {
        let context = context.clone();
        Step::new(kind, move |operation| {
            let context = context.clone();
            Box::pin(async move { context.run(operation, run).await })
        })
    };
    vec![
        step(StepKind::SendCode, |it| Box::pin(it.send_code()))
            .audited(Act::CodeMailed)
            // The person may ask for another code: no admin is needed.
            .abandoned(Abandon::End(Ending {
                message: "a confirmation code could not be mailed",
                event: "code_refused",
                act: None,
            })),
        step(StepKind::CreateUser, |it| Box::pin(it.create_user()))
            .audited(Act::AccountCreated)
            .undone_by_pause(),
        step(StepKind::Entitle, |it| Box::pin(it.entitle())).audited(Act::AccountEntitled),
        step(StepKind::SendPassword, |it| Box::pin(it.send_password())).audited(Act::PasswordMailed),
        // These two first check whether a mail is to be sent, and a reset checks whether the password is already set.
        step(StepKind::SendReminder, |it| Box::pin(it.send_reminder()))
            .audited(Act::ReminderMailed)
            .run_in_pause(),
        step(StepKind::SendNotice, |it| Box::pin(it.send_notice()))
            .audited(Act::ErasureNoticeMailed)
            .run_in_pause(),
        step(StepKind::ResetPassword, |it| Box::pin(it.reset_password()))
            .audited(Act::PasswordReset)
            .run_in_pause()
            .abandoned(Abandon::Revert(Ending {
                message: "a new password was asked for and could not be set; the earlier one holds",
                event: "reset_refused",
                act: Some(Act::PasswordKept),
            })),
        step(StepKind::SendNewPassword, |it| Box::pin(it.send_password())).audited(Act::NewPasswordMailed),
        Step::new(StepKind::ReadAccount, |run| Box::pin(account_check::read_account(run))),
    ]
}

impl Context {
    /// Runs a step with the signup that the operation is about.
    async fn run(&self, run: &mut OperationRun, step: SignupStep) -> StepResult {
        let Some(signup) = run.signup.take() else { return Err(StoreError::LeaseLost.into()) };
        let mut this = SignupRun { context: self, run, signup };
        let result = step(&mut this).await;
        let result = match result {
            Err(failure) => Err(this.record_gone(failure).await?),
            done => done,
        };
        let SignupRun { run, signup, .. } = this;
        run.signup = Some(signup);
        result
    }
}

impl SignupRun<'_> {
    /// The step of provisioning that follows the present one: the next that the account needs.
    fn next_step(&self) -> StepKind {
        let mut later = PROVISION.iter().skip_while(|(step, _)| *step != self.run.operation.step).skip(1);
        later.find(|(_, is_needed)| is_needed(self)).map_or(StepKind::SendPassword, |(step, _)| *step)
    }

    /// Records effects of the present step in the tenant. Returns the step with which the operation continues: `next`,
    /// or the same one where it is not complete.
    async fn record_step(
        &mut self,
        effects: &[Effect],
        next: Option<StepKind>,
        event: (&'static str, &str),
    ) -> Result<StepKind, StoreError> {
        let (now, until) = (self.run.now(), self.run.lease_end());
        let recorded = self.run.store().record_step(&self.run.lease, effects, next, event, now, until);
        self.run.lease = recorded.await?;
        Ok(self.run.lease.step)
    }

    /// Records for the status page that the account is gone, where a step fails for that reason.
    async fn record_gone(&self, failure: StepFailure) -> Result<StepFailure, StoreError> {
        let is_gone = matches!(failure, StepFailure::NeedsAttention { reason: Attention::UserGone, .. });
        if is_gone && self.signup.object_id.is_some() {
            self.run.store().account_gone(self.signup.id, self.run.now()).await?;
        }
        Ok(failure)
    }

    fn key(&self) -> &SecretKey {
        &self.context.signups.0.key
    }

    fn mails(&self) -> Mails<'_> {
        Mails { texts: self.context.texts.get(), config: self.run.config() }
    }

    /// The client of the signup's tenant.
    fn graph(&self) -> Result<Graph, StepFailure> {
        let graph = self.run.graph(&self.signup.tenant);
        graph.cloned().ok_or_else(|| StepFailure::attention(Attention::ProfileGone))
    }

    fn profile(&self) -> Result<&Profile, StepFailure> {
        let profile = self.run.config().profiles.named(&self.signup.profile);
        profile.ok_or_else(|| StepFailure::attention(Attention::ProfileGone))
    }
}
