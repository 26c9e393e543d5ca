//! Confirming that an address belongs to the visitor.

use std::time::Duration;

use super::{Again, Signups};
use crate::{
    audit::{self, Act, Actor},
    domain::{ConfirmationCode, ConfirmationLink, Password, Stage, StatusToken, Timestamp},
    store::{Signup, StoreError},
};

/// Wrong codes that are forgiven in one round.
const TRIES: u32 = 5;
/// Codes that are sent for one signup in all, so that nobody can guess on for ever.
const ROUNDS: u32 = 10;
/// The least time between two codes.
const BETWEEN_CODES: Duration = Duration::from_secs(60);

/// What became of an attempt to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// The address is confirmed; the account is on its way.
    Confirmed(StatusToken),
    /// It was confirmed before.
    AlreadyConfirmed(StatusToken),
    /// Not the code; so many tries are left.
    WrongCode {
        /// Tries left with this code.
        left: u32,
    },
    /// No try is left; a new code is needed.
    TooManyWrong,
    /// The code's time is over; a new one is needed.
    Expired(StatusToken),
    /// No such signup.
    Unknown,
}

/// What became of the wish for a new code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAgain {
    /// A new code is on its way; the old one holds no longer.
    Sent,
    /// The last one was sent just now.
    TooSoon,
    /// So many were sent that no further one is.
    TooMany,
    /// The signup waits for no code.
    NotWaiting,
    /// No such signup.
    Unknown,
}

impl Signups {
    /// Confirms by the code that was typed on the waiting page.
    ///
    /// # Errors
    /// What the database says.
    pub async fn confirm_by_code(
        &self,
        token: &StatusToken,
        code: &ConfirmationCode,
    ) -> Result<Confirmation, StoreError> {
        let Some(signup) = self.opened_by(token).await? else { return Ok(Confirmation::Unknown) };
        if let Some(settled) = self.settled(&signup, true) {
            return Ok(settled);
        }
        // Counted before it is compared: tries at the same moment cannot pass the limit together.
        let tries = match self.0.store.count_wrong_code(signup.id, self.0.clock.now()).await {
            // The same press twice: the other one was quicker.
            Err(StoreError::NotAwaiting) => return Ok(Confirmation::AlreadyConfirmed(*token)),
            tries => tries?,
        };
        if tries > TRIES {
            return Ok(Confirmation::TooManyWrong);
        }
        if ConfirmationCode::of(signup.id, signup.confirm_round, &self.0.key).matches(code) {
            return self.take(&signup).await;
        }
        let left = TRIES - tries;
        Ok(if left == 0 { Confirmation::TooManyWrong } else { Confirmation::WrongCode { left } })
    }

    /// What a link opens: the status page it belongs to. Changes nothing, since mail scanners open links.
    ///
    /// # Errors
    /// What the database says.
    pub async fn open_link(&self, link: &ConfirmationLink) -> Result<Confirmation, StoreError> {
        Ok(match self.linked(link).await? {
            None => Confirmation::Unknown,
            Some((signup, newest)) => {
                let settled = self.settled(&signup, newest);
                settled.unwrap_or_else(|| Confirmation::Confirmed(self.token(&signup)))
            }
        })
    }

    /// Confirms by the button behind a link.
    ///
    /// # Errors
    /// What the database says.
    pub async fn confirm_by_link(&self, link: &ConfirmationLink) -> Result<Confirmation, StoreError> {
        let Some((signup, newest)) = self.linked(link).await? else { return Ok(Confirmation::Unknown) };
        match self.settled(&signup, newest) {
            Some(settled) => Ok(settled),
            None => self.take(&signup).await,
        }
    }

    /// Sends a new code and makes the old one void.
    ///
    /// # Errors
    /// What the database says.
    pub async fn send_code_again(&self, token: &StatusToken) -> Result<CodeAgain, StoreError> {
        let Some(signup) = self.opened_by(token).await? else { return Ok(CodeAgain::Unknown) };
        let now = self.0.clock.now();
        match self.new_code(&signup) {
            None => return Ok(CodeAgain::NotWaiting),
            Some(again) if now < again.from => return Ok(CodeAgain::TooSoon),
            Some(again) if again.left == 0 => return Ok(CodeAgain::TooMany),
            Some(_) => {}
        }
        let (round, until) = (signup.confirm_round, now.plus(self.0.settings.confirm_within));
        // The round is in the write: of several wishes at the same moment, one has a new code sent.
        match self.0.store.new_confirmation_round(signup.id, round, until, now).await {
            Ok(Some(_)) => {
                audit::of_signup(Actor::Visitor, Act::CodeAsked, signup.id, &"");
                self.0.wake.notify_one();
            }
            Ok(None) => return Ok(CodeAgain::TooSoon),
            Err(StoreError::NotAwaiting) => return Ok(CodeAgain::NotWaiting),
            Err(error) => return Err(error),
        }
        Ok(CodeAgain::Sent)
    }

    /// How often and from when a new code can be asked for, while one is awaited.
    pub(super) fn new_code(&self, signup: &Signup) -> Option<Again> {
        let until = signup.confirm_until.filter(|_| signup.stage == Stage::AwaitingConfirmation)?;
        let sent_at = until.minus(self.0.settings.confirm_within);
        Some(Again {
            left: ROUNDS.saturating_sub(signup.confirm_round),
            from: sent_at.plus(BETWEEN_CODES),
            until: None,
        })
    }

    async fn take(&self, signup: &Signup) -> Result<Confirmation, StoreError> {
        // No password is kept for an address that nobody has confirmed; here it is made.
        let password = Password::generate(&self.0.entropy, self.0.settings.password_length);
        let sealed = self.0.key.seal(&self.0.entropy, signup.id, &password);
        let confirmed = self.0.store.confirm(signup.id, None, &sealed, self.0.clock.now()).await?;
        audit::of_signup(Actor::Visitor, Act::AddressConfirmed, signup.id, &format!("{confirmed:?}"));
        self.0.wake.notify_one();
        Ok(Confirmation::Confirmed(self.token(signup)))
    }

    /// The answer where there is nothing to confirm any more, or not by this code or link: a newer one was sent.
    fn settled(&self, signup: &Signup, newest: bool) -> Option<Confirmation> {
        if signup.stage != Stage::AwaitingConfirmation {
            return Some(Confirmation::AlreadyConfirmed(self.token(signup)));
        }
        let over = |until: Timestamp| until <= self.0.clock.now();
        let expired = !newest || signup.confirm_until.is_none_or(over);
        expired.then(|| Confirmation::Expired(self.token(signup)))
    }

    /// The signup of a link that we made, and whether the link is its newest one. An older one confirms
    /// nothing, but still leads to the page where a new code is to be had.
    async fn linked(&self, link: &ConfirmationLink) -> Result<Option<(Signup, bool)>, StoreError> {
        let Some(signup) = self.0.store.signup(link.claimed_id()).await? else { return Ok(None) };
        let round = (1..=signup.confirm_round).find(|round| link.verify(*round, &self.0.key));
        Ok(round.map(|round| {
            let newest = round == signup.confirm_round;
            (signup, newest)
        }))
    }

    async fn opened_by(&self, token: &StatusToken) -> Result<Option<Signup>, StoreError> {
        match token.verify(&self.0.key) {
            Some(id) => self.0.store.signup(id).await,
            None => Ok(None),
        }
    }

    fn token(&self, signup: &Signup) -> StatusToken {
        StatusToken::of(signup.id, &self.0.key)
    }
}
