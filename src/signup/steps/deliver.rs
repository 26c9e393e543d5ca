//! The mails: the password, the code that confirms an address, the reminder to its owner.

use super::{SignupRun, account_now::AccountNow};
use crate::{
    domain::{Attention, MailKind, SignInName, Stage, StepKind, Waiting},
    engine::{Done, StepFailure, StepResult},
    mail,
    signup::mails,
    store::{CountedMail, Signup, StoreError},
};

impl SignupRun<'_> {
    /// Mails the password the tenant has, then wipes it in the write that records the delivery.
    pub(super) async fn send_password(&mut self) -> StepResult {
        let principal = self.mailed_principal().await?;
        let content = self.password_mail(&principal)?;
        self.send(MailKind::Password, content).await?;
        let mail = self.counted_mail(MailKind::Password);
        let (store, run) = (self.run.store(), &self.run);
        run.record(|| store.delivered(&run.lease, mail.as_ref(), run.now())).await?;
        if self.run.operation.step == StepKind::SendPassword {
            self.run.metrics().finished(None);
        }
        Ok(Done::Finished)
    }

    /// Mails the code of the current round.
    pub(super) async fn send_code(&mut self) -> StepResult {
        let content = rendered(self.mails().code(&self.signup, self.key()))?;
        self.send(MailKind::Code, content).await?;
        let run = &self.run;
        run.record(|| run.store().code_sent(&run.lease, run.now())).await?;
        Ok(Done::Finished)
    }

    /// Ends a further request for an address: its owner learns the username, by a reminder or by the mail that the
    /// earlier request has just caused.
    pub(super) async fn send_reminder(&mut self) -> StepResult {
        let original = match self.signup.duplicate_of {
            Some(original) => self.run.store().signup(original).await?,
            None => None,
        };
        let original = original.ok_or_else(|| StepFailure::attention(Attention::GaveUp))?;
        if original.stage == Stage::Erased {
            return Err(StepFailure::attention(Attention::UserGone));
        }
        if original.stage != Stage::Done {
            return Err(StepFailure::retry(Waiting::EarlierRequest, "an_earlier_request_goes_first"));
        }
        let reminded = self.takes_reminder(&original).await?;
        if reminded {
            self.remind(&original).await?;
        }
        let run = &self.run;
        run.record(|| run.store().duplicate_settled(&run.lease, reminded, run.now())).await?;
        Ok(if reminded { Done::Finished } else { Done::NothingToDo })
    }

    async fn remind(&self, original: &Signup) -> Result<(), StepFailure> {
        let account = self.account_now(original).await?;
        let content = match &account {
            AccountNow::Named(principal) => self.mails().reminder(&self.signup, original, principal.as_ref()),
            AccountNow::Gone => self.mails().account_gone(&self.signup),
        };
        let is_confirmed = self.signup.confirm_until.is_some();
        if matches!(account, AccountNow::Gone) && is_confirmed {
            // The page shows it only where the address was confirmed: otherwise an address with an account looks like
            // any other.
            self.run.store().account_gone(self.signup.id, self.run.now()).await?;
        }
        self.send(MailKind::Reminder, rendered(content)?).await
    }

    /// Ends a request for an address whose data were erased: its owner is informed by mail, and the request's own data
    /// are wiped.
    pub(super) async fn send_notice(&mut self) -> StepResult {
        let run = &self.run;
        let none_since = run.now().minus(run.config().signup.remind_every);
        let mail = self.counted_mail(MailKind::Notice);
        let noticed = run.store().take_notice(&run.lease, mail.as_ref(), none_since, run.now()).await?;
        if noticed {
            let content = rendered(self.mails().notice(&self.signup))?;
            self.send(MailKind::Notice, content).await?;
        }
        run.record(|| run.store().decline_settled(&run.lease, noticed, run.now())).await?;
        Ok(if noticed { Done::Finished } else { Done::NothingToDo })
    }

    /// Returns whether a reminder is sent: not if the owner has just had the mail itself, not more often than
    /// configured, and not beyond the limits on mails to the address. Where addresses are confirmed, a request is as
    /// old as its confirmation.
    async fn takes_reminder(&self, original: &Signup) -> Result<bool, StoreError> {
        if original.delivered_at.is_some_and(|delivered| delivered >= self.signup.trying_since) {
            return Ok(false);
        }
        let Some(mail) = self.counted_mail(MailKind::Reminder) else { return Ok(false) };
        let run = &self.run;
        let none_since = run.now().minus(run.config().signup.remind_every);
        run.store().take_reminder(&run.lease, &mail, none_since, run.now()).await
    }

    /// The sign-in name that the mail with the password has: the present one in the tenant, where the account is older
    /// than this run. For an ordinary signup the tenant is not asked once more.
    async fn mailed_principal(&self) -> Result<SignInName, StepFailure> {
        if self.run.operation.step == StepKind::SendPassword {
            return self.principal().map(SignInName::from);
        }
        match self.account_now(&self.signup).await? {
            AccountNow::Named(Some(principal)) => Ok(principal),
            AccountNow::Named(None) => Err(StepFailure::attention(Attention::UserRefused)),
            AccountNow::Gone => Err(StepFailure::attention(Attention::UserGone)),
        }
    }

    fn password_mail(&self, principal: &SignInName) -> Result<mails::Content, StepFailure> {
        let (password, mails) = (self.password()?, self.mails());
        rendered(if self.run.operation.step == StepKind::SendPassword {
            mails.password(&self.signup, principal, &password)
        } else {
            mails.renewed(&self.signup, principal, &password)
        })
    }

    async fn send(&self, kind: MailKind, content: mails::Content) -> Result<(), StepFailure> {
        let to = self.signup.email.as_ref();
        let to = to.ok_or_else(|| StepFailure::attention(Attention::RecipientRefused))?;
        let identity = self.signup.mail(kind);
        let mail = mail::Mail {
            to,
            to_name: None,
            subject: content.subject,
            text: content.text,
            html: content.html,
            message_id: identity.message_id(),
            reference: Some(identity.reference()),
            date: self.run.now(),
            locale: &self.signup.locale,
        };
        self.run.send_mail(self.run.mailer(), &mail).await
    }

    /// The mail as it counts towards the limits of its address.
    fn counted_mail(&self, kind: MailKind) -> Option<CountedMail> {
        let budget = self.context.signups.mail_budget(self.signup.email.as_ref()?);
        Some(CountedMail { budget, id: self.signup.mail(kind).message_id() })
    }
}

/// A mail whose template fails is tried again: another version of the texts may be put into force.
fn rendered(content: Result<mails::Content, askama::Error>) -> Result<mails::Content, StepFailure> {
    content.map_err(|error| StepFailure::retry(Waiting::MailUnavailable, &format!("template: {error}")))
}
