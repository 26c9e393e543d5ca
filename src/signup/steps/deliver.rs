//! The mails: the password, the code that confirms an address, the reminder to its owner.

use std::{pin::pin, time::Duration};

use super::{StepResult, Turn, account_now::AccountNow, verdict::Verdict};
use crate::{
    audit::Act,
    domain::{Attention, Clock, MailKind, SignInName, Stage, Timestamp, Waiting},
    mail,
    signup::{mails, pauses::Lane},
    store::{CountedMail, Signup, StoreError},
};

/// The pause before a write that failed for the moment is tried again.
const WRITE_AGAIN: Duration = Duration::from_secs(1);

/// The pause before a renewal of the lease that failed is tried again.
const RENEW_AGAIN: Duration = Duration::from_secs(5);

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
        self.record(|| self.shared.store().delivered(&self.held, mail.as_ref(), self.now())).await?;
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
        self.record(|| self.shared.store().code_sent(&self.held, self.now())).await?;
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
        self.record(|| self.shared.store().duplicate_settled(&self.held, reminded, self.now())).await?;
        Ok(Ok(()))
    }

    /// Ends a request for an address whose data were erased: its owner is told by mail, and the request's own data are
    /// wiped.
    async fn settle_declined(&mut self) -> StepResult {
        let none_since = self.now().minus(self.shared.config().signup.remind_every);
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
        self.record(|| self.shared.store().decline_settled(&self.held, noticed, self.now())).await?;
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
        let none_since = self.now().minus(self.shared.config().signup.remind_every);
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
    /// waited for, only where the lease is lost: then another worker has the signup. The effect begins under a lease of
    /// full length.
    async fn keeping_the_lease<T>(&self, effect: impl Future<Output = T>) -> Result<T, StoreError> {
        let mut effect = pin!(effect);
        let lease = self.shared.config().worker.lease;
        let between = lease / 3;
        // The lease runs from the time that the write names, however long the write takes.
        let renew = async |now: Timestamp| {
            self.shared.store().renew_lease(&self.held, now, now.plus(lease)).await?;
            Ok::<_, StoreError>(now.plus(between))
        };
        let mut renewal = renew(self.now()).await?;
        loop {
            tokio::select! {
                biased;
                result = &mut effect => return Ok(result),
                () = self.shared.clock().sleep_until(renewal) => {}
            }
            renewal = match renew(self.now()).await {
                Ok(next) => next,
                Err(StoreError::LeaseLost) => return Err(StoreError::LeaseLost),
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(signup = %self.held.id, error, "the lease could not be renewed; it is tried again");
                    self.now().plus(RENEW_AGAIN.min(between))
                }
            };
        }
    }

    /// Records that a mail was sent. Without the record the mail is sent again when the lease has ended: while the
    /// database is away, the write is repeated.
    async fn record<W>(&self, write: impl Fn() -> W) -> Result<(), StoreError>
    where
        W: Future<Output = Result<(), StoreError>>,
    {
        repeated(self.shared.clock(), self.lease_end(), write).await
    }

    /// The mail as it counts for its address.
    fn counted_mail(&self, kind: MailKind) -> Option<CountedMail> {
        let budget = self.shared.signups.mail_budget(self.signup.email.as_ref()?);
        Some(CountedMail { budget, id: self.signup.mail(kind).message_id() })
    }
}

/// Repeats a write while its error may pass, until then. A write that took effect though its answer was lost ends with
/// [`StoreError::LeaseLost`].
async fn repeated<W>(clock: &Clock, until: Timestamp, write: impl Fn() -> W) -> Result<(), StoreError>
where
    W: Future<Output = Result<(), StoreError>>,
{
    loop {
        match write().await {
            Err(error) if error.is_transient() && clock.now() < until => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "it could not be recorded that a mail was sent; it is tried again");
            }
            result => return result,
        }
        clock.sleep_until(clock.now().plus(WRITE_AGAIN)).await;
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Fails so often at first; returns how it ends, and how often it was tried.
    async fn repeated_after(failures: u32, error: fn() -> StoreError) -> (Result<(), StoreError>, u32) {
        let (clock, tries) = (Clock::manual(Timestamp::from_millis(0)), Cell::new(0));
        let write = || {
            tries.set(tries.get() + 1);
            std::future::ready(if tries.get() > failures { Ok(()) } else { Err(error()) })
        };
        let until = clock.now().plus(WRITE_AGAIN * 20);
        let write = repeated(&clock, until, write);
        let advanced = async {
            loop {
                tokio::task::yield_now().await;
                clock.advance(WRITE_AGAIN);
            }
        };
        let result = tokio::select! {
            result = write => result,
            () = advanced => unreachable!("it has no end"),
        };
        (result, tries.get())
    }

    #[tokio::test]
    async fn a_sent_mail_is_recorded_though_the_database_is_away_for_a_while() {
        let (result, tries) = repeated_after(3, || StoreError::Contended).await;
        assert!(result.is_ok() && tries == 4, "{result:?} after {tries} tries");
        let (result, tries) = repeated_after(u32::MAX, || StoreError::Contended).await;
        assert!(
            matches!(result, Err(StoreError::Contended)) && (5..=20).contains(&tries),
            "{result:?}, {tries}"
        );
        let (result, tries) = repeated_after(3, || StoreError::LeaseLost).await;
        assert!(matches!(result, Err(StoreError::LeaseLost)) && tries == 1, "{result:?}, {tries}");
    }
}
