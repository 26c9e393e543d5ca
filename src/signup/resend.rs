//! A new password for a person whose mail did not arrive.
//!
//! The password was wiped when the mail server accepted it, so that it cannot be mailed again: a new one is set in the
//! tenant. Everyone who has the status page's address can ask for it, which is why it is mailed to the signup's own
//! address only, a few times, and for a few days after the delivery.
//!
//! A further request for an address with an account has the same page, and asking there shows the same words, but sets
//! no password: the owner of the address is reminded, as often as configured. The outcome of asking is therefore
//! reported by mail alone. A tenant's refusal is shown in the log and to the admin; the page shows everyone the address
//! of support. Such a request is done sooner, though, since nothing is asked of the tenant: an observer who measures
//! the time may distinguish the two. Where that matters, `signup.confirm_email` lets only the owner of the address ask.

use std::time::Duration;

use super::{Again, Signups};
use crate::{
    audit::{self, Act},
    domain::{Attention, Password, RequestedBy, Requester, Stage, StatusToken, Timestamp},
    store::{ResetLimits, Signup, StoreError},
};

/// The most new passwords for one signup.
const MOST: u32 = 3;
/// The least time between a mail and asking for another.
const BETWEEN: Duration = Duration::from_mins(5);

/// The outcome of a request for a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordAgain {
    /// It is being set and will be mailed.
    OnItsWay,
    /// A mail was sent just now.
    TooSoon,
    /// The most passwords were set, the time for them is over, the account is gone, or the tenant does not allow it.
    NotOffered,
    /// The first password is still on its way, or a new one is.
    NotDone,
    /// No such signup.
    Unknown,
}

impl Signups {
    /// Has a new password set and mailed; or has the same mail tried again, if the mail server refused the recipient.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn send_password_again(&self, token: &StatusToken) -> Result<PasswordAgain, StoreError> {
        let Some(signup) = self.opened(token).await? else { return Ok(PasswordAgain::Unknown) };
        let now = self.0.clock.now();
        if let Some(again) = self.same_mail(&signup) {
            if now < again.from {
                return Ok(PasswordAgain::TooSoon);
            }
            self.0.store.retry(signup.id, RequestedBy::VISITOR, now).await?;
            audit::of_signup(&Requester::Visitor, Act::MailAsked, signup.id, &"");
            self.0.engine.wake();
            return Ok(PasswordAgain::OnItsWay);
        }
        if signup.stage != Stage::Done {
            return Ok(PasswordAgain::NotDone);
        }
        let Some(again) = self.new_password(&signup).filter(|again| again.left > 0) else {
            return Ok(PasswordAgain::NotOffered);
        };
        if now < again.from {
            return Ok(PasswordAgain::TooSoon);
        }
        let password = Password::generate(&self.0.entropy, self.0.config.signup.password_length);
        let sealed = self.0.key.seal(&self.0.entropy, signup.id, &password);
        let limits = ResetLimits {
            most: MOST,
            done_since: now.minus(BETWEEN),
            done_after: now.minus(self.0.config.signup.resend_within),
        };
        // The write checks the limits: of two requests at the same moment, only one succeeds.
        if self.0.store.ask_reset(signup.id, &sealed, limits, (&Requester::Visitor).into(), now).await? {
            audit::of_signup(&Requester::Visitor, Act::PasswordAsked, signup.id, &"");
            self.0.engine.wake();
        }
        Ok(PasswordAgain::OnItsWay)
    }

    /// Returns when the same mail can be tried again, if the mail server did not accept it for this address: the
    /// password is still known then, and a mailbox that was full may have space now.
    pub(super) fn same_mail(&self, signup: &Signup) -> Option<Again> {
        let is_refused = signup.attention == Some(Attention::RecipientRefused);
        let from = signup.updated_at.plus(BETWEEN);
        (signup.stage == Stage::NeedsAttention && is_refused).then_some(Again { left: 1, from, until: None })
    }

    /// Returns whether, how often and until when a new password can be asked for.
    pub(super) fn new_password(&self, signup: &Signup) -> Option<Again> {
        let config = &self.0.config;
        let is_allowed = config.tenants.get(&signup.tenant).is_some_and(|facts| facts.reset_passwords);
        let until: Timestamp = signup.done_at?.plus(config.signup.resend_within);
        let is_offered = is_allowed
            && signup.stage == Stage::Done
            && signup.gone_at.is_none()
            && self.0.clock.now() < until;
        is_offered.then(|| Again {
            left: MOST.saturating_sub(signup.resets),
            from: signup.updated_at.plus(BETWEEN),
            until: Some(until),
        })
    }
}
