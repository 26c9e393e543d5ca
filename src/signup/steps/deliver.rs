//! The mails: the password, the code that confirms an address, the reminder to its owner.

use std::pin::pin;

use super::{StepResult, Turn, account_now::AccountNow, verdict::Verdict};
use crate::{
    audit::Act,
    domain::{Attention, MailKind, SignInName, Stage, Waiting},
    mail,
    signup::{mails, pauses::Lane},
    store::{CountedMail, Signup, StoreError},
};

impl Turn {
    /// Mails the password the tenant has, then wipes it in the write that records the delivery.
    pub(super) async fn send_password(&mut self) -> StepResult {
        let principal = match self.mailed_principal().await? {
            Ok(principal) => principal,
            Err(verdict) => return Ok(Err(verdict)),
        };
        let content = match self.password_mail(&principal) {
            Ok(content) => content,
            Err(verdict) => return Ok(Err(verdict)),
        };
        if let Err(verdict) = self.send(MailKind::Password, content).await? {
            return Ok(Err(verdict));
        }
        let mail = self.counted_mail(MailKind::Password);
        self.shared.store().delivered(&self.held, mail.as_ref(), self.now()).await?;
        if self.is_renewed() {
            self.note(Act::NewPasswordMailed, &"");
        } else {
            self.note(Act::PasswordMailed, &"");
            self.shared.metrics().finished(None);
        }
        Ok(Ok(()))
    }

    /// Mails the code of the current round.
    pub(super) async fn send_code(&mut self) -> StepResult {
        let content = self.shared.mails().code(&self.signup, self.shared.key());
        if let Err(verdict) = self.send(MailKind::Code, content).await? {
            return Ok(Err(verdict));
        }
        self.shared.store().code_sent(&self.held, self.now()).await?;
        self.note(Act::CodeMailed, &"");
        Ok(Ok(()))
    }

    /// Ends a further request for an address: its owner learns the username, by a reminder or by the mail
    /// that the earlier request has just brought.
    pub(super) async fn settle_duplicate(&mut self) -> StepResult {
        if self.signup.declined_at.is_some() {
            return self.settle_declined().await;
        }
        let Some(original) = self.original().await? else {
            return Ok(Err(Verdict::stuck(Attention::GaveUp)));
        };
        if original.stage == Stage::Erased {
            return Ok(Err(Verdict::stuck(Attention::UserGone)));
        }
        if original.stage != Stage::Done {
            return Ok(Err(Verdict::later(Waiting::EarlierRequest, "an_earlier_request_goes_first")));
        }
        let reminded = self.takes_reminder(&original).await?;
        if reminded {
            let account = match self.account_now(&original).await? {
                Ok(account) => account,
                Err(verdict) => return Ok(Err(verdict)),
            };
            let content = match &account {
                AccountNow::Named(principal) => {
                    self.shared.mails().reminder(&self.signup, &original, principal.as_ref())
                }
                AccountNow::Gone => self.shared.mails().account_gone(&self.signup),
            };
            if matches!(account, AccountNow::Gone) && self.is_confirmed() {
                // Only who has confirmed the address is told on the page: for anybody else an address with an
                // account looks like any other.
                self.shared.store().account_gone(self.held.id, self.now()).await?;
            }
            if let Err(verdict) = self.send(MailKind::Reminder, content).await? {
                return Ok(Err(verdict));
            }
            self.note(Act::ReminderMailed, &"");
        }
        self.shared.store().duplicate_settled(&self.held, reminded, self.now()).await?;
        Ok(Ok(()))
    }

    /// Ends a request for an address whose data were erased: its owner is told by mail, and the request's own data are
    /// wiped.
    async fn settle_declined(&mut self) -> StepResult {
        let none_since = self.now().minus(self.shared.settings().remind_every);
        let mail = self.counted_mail(MailKind::Notice);
        let (store, now) = (self.shared.store(), self.now());
        let noticed = store.take_notice(&self.held, mail.as_ref(), none_since, now).await?;
        if noticed {
            let content = self.shared.mails().notice(&self.signup);
            if let Err(verdict) = self.send(MailKind::Notice, content).await? {
                return Ok(Err(verdict));
            }
            self.note(Act::ErasureNoticeMailed, &"");
        }
        self.shared.store().decline_settled(&self.held, noticed, self.now()).await?;
        Ok(Ok(()))
    }

    async fn original(&self) -> Result<Option<Signup>, StoreError> {
        match self.signup.duplicate_of {
            Some(original) => self.shared.store().signup(original).await,
            None => Ok(None),
        }
    }

    /// Not when the owner has just had the mail itself, nor more often than configured, nor beyond the limits on mails
    /// to the address. Where addresses are
    /// confirmed, a request is as old as its confirmation.
    async fn takes_reminder(&self, original: &Signup) -> Result<bool, StoreError> {
        if original.delivered_at.is_some_and(|delivered| delivered >= self.signup.trying_since) {
            return Ok(false);
        }
        let Some(mail) = self.counted_mail(MailKind::Reminder) else { return Ok(false) };
        let none_since = self.now().minus(self.shared.settings().remind_every);
        self.shared.store().take_reminder(&self.held, &mail, none_since, self.now()).await
    }

    /// The sign-in name that the mail with the password has: as the tenant has it now, where the account is older
    /// than this turn. For an ordinary signup the tenant is not asked once more.
    async fn mailed_principal(&self) -> Result<Result<SignInName, Verdict>, StoreError> {
        if !self.is_renewed() {
            return Ok(self.principal().map(SignInName::from));
        }
        Ok(match self.account_now(&self.signup).await? {
            Ok(AccountNow::Named(Some(principal))) => Ok(principal),
            Ok(AccountNow::Named(None)) => Err(Verdict::stuck(Attention::UserRefused)),
            Ok(AccountNow::Gone) => Err(Verdict::stuck(Attention::UserGone)),
            Err(verdict) => Err(verdict),
        })
    }

    fn password_mail(
        &self,
        principal: &SignInName,
    ) -> Result<Result<mails::Content, askama::Error>, Verdict> {
        let password = self.password()?;
        let mails = self.shared.mails();
        Ok(if self.is_renewed() {
            mails.renewed(&self.signup, principal, &password)
        } else {
            mails.password(&self.signup, principal, &password)
        })
    }

    /// Whether the address was confirmed by a mailed code.
    const fn is_confirmed(&self) -> bool {
        self.signup.confirm_until.is_some()
    }

    /// Whether the password is a new one for an account that had one already.
    const fn is_renewed(&self) -> bool {
        self.signup.resets > 0
    }

    async fn send(&self, kind: MailKind, content: Result<mails::Content, askama::Error>) -> StepResult {
        // Since the claim, another mail may have met a pause.
        if let Some(until) = self.resting(&Lane::Mail) {
            return Ok(Err(Verdict::mail_rests(until)));
        }
        let Some(to) = &self.signup.email else {
            return Ok(Err(Verdict::stuck(Attention::RecipientRefused)));
        };
        let content = match content {
            Ok(content) => content,
            Err(error) => {
                return Ok(Err(Verdict::later(Waiting::MailUnavailable, &format!("template: {error}"))));
            }
        };
        let identity = self.signup.mail(kind);
        let mail = mail::Mail {
            to,
            to_name: None,
            subject: content.subject,
            text: content.text,
            html: content.html,
            message_id: identity.message_id(),
            reference: Some(identity.reference()),
            date: self.now(),
            locale: &self.signup.locale,
        };
        match self.keeping_the_lease(self.shared.mailer.send(&mail)).await? {
            Ok(()) => {
                self.shared.pauses().answered(&Lane::Mail);
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(self.judge_mail(to, &error))),
        }
    }

    /// Waits for what may take longer than the lease, and renews the lease meanwhile. Ends early, and gives up what is
    /// waited for, only where the lease is lost: then another worker has the signup.
    async fn keeping_the_lease<T>(&self, effect: impl Future<Output = T>) -> Result<T, StoreError> {
        let mut effect = pin!(effect);
        loop {
            let renewal = self.now().plus(self.shared.settings().lease / 3);
            tokio::select! {
                biased;
                result = &mut effect => return Ok(result),
                () = self.shared.clock().sleep_until(renewal) => {}
            }
            match self.shared.store().renew_lease(&self.held, self.now(), self.lease_end()).await {
                Ok(()) => {}
                Err(StoreError::LeaseLost) => return Err(StoreError::LeaseLost),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(signup = %self.held.id, error, "the lease could not be renewed; it is tried again");
                }
            }
        }
    }

    /// The mail as it counts for its address.
    fn counted_mail(&self, kind: MailKind) -> Option<CountedMail> {
        let budget = self.shared.signups.mail_budget(self.signup.email.as_ref()?);
        Some(CountedMail { budget, id: self.signup.mail(kind).message_id() })
    }
}
