//! Confirming that an address belongs to the visitor.
//!
//! A code confirms only the request on whose page it is typed. A mailed link opens all open requests for its address,
//! since its reader owns the mailbox: the owner confirms one of them, which closes the others, or refuses all.
//!
//! The chance to guess a code is bounded for an address as a whole: a code has a million values and [`TRIES`] tries,
//! each new code needs a mail, and the mails to an address are limited over all its requests. A request whose mail is
//! withheld has no code that could be guessed.

use std::time::Duration;

use super::{Again, Signups};
use crate::{
    audit::{self, Act},
    domain::{
        AddressHash, ConfirmationCode, ConfirmationLink, Email, Locale, Password, PersonName, PrincipalName,
        Requester, SecretKey, SignupId, Stage, StatusToken, Timestamp,
    },
    metrics::Limit,
    store::{Confirmed, MailBudget, NewRound, Signup, StoreError},
};

/// The most codes that may be tried in one round.
const TRIES: u32 = 5;
/// The most codes that are sent for one signup, so that guessing has an end.
const ROUNDS: u32 = 10;
/// The least time between two codes.
const BETWEEN_CODES: Duration = Duration::from_secs(60);
/// The most open requests that a link shows in addition to its own.
const SHOWN_REQUESTS: u32 = 20;

/// The outcome of an attempt to confirm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// The address is confirmed; the account is on its way.
    Confirmed(StatusToken),
    /// It was confirmed before.
    AlreadyConfirmed(StatusToken),
    /// The request was closed: another one was confirmed, or the owner of the address refused it.
    Voided(StatusToken),
    /// The code is wrong; some tries are left.
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

/// The outcome of opening a mailed link.
#[derive(Debug, Clone)]
pub enum OpenedLink {
    /// The open requests for its address, the newest first; there is at least one.
    Requests(Vec<OpenRequest>),
    /// All requests were closed.
    NoneOpen,
    /// Its own request was confirmed before.
    AlreadyConfirmed(StatusToken),
    /// Its time is over; a new one is needed.
    Expired(StatusToken),
    /// No such signup, or not made by us.
    Unknown,
}

/// A request that the owner of an address can confirm or refuse.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    /// Its id.
    pub id: SignupId,
    /// The person's name, as typed.
    pub name: PersonName,
    /// The username, if it is known, with its domain.
    pub username: Option<String>,
    /// The language of its form.
    pub locale: Locale,
    /// The time of the request.
    pub asked_at: Timestamp,
}

/// The outcome of asking for a new code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeAgain {
    /// A new code is on its way; the old one is no longer valid.
    Sent,
    /// The last one was sent just now.
    TooSoon,
    /// The limit of codes is reached: no further one is sent.
    TooMany,
    /// The address has had as many mails as it gets in this time: the last code stays valid.
    Withheld,
    /// The signup waits for no code.
    NotWaiting,
    /// No such signup.
    Unknown,
}

/// A link that was made by us, with its signup.
struct Linked {
    signup: Signup,
    is_expired: bool,
}

impl Signups {
    /// Confirms by the code that was typed on the waiting page.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn confirm_by_code(
        &self,
        token: &StatusToken,
        code: &ConfirmationCode,
    ) -> Result<Confirmation, StoreError> {
        let Some(signup) = self.opened_by(token).await? else { return Ok(Confirmation::Unknown) };
        if let Some(settled) = self.settled(&signup) {
            return Ok(settled);
        }
        // Counted before it is compared: tries at the same moment cannot pass the limit together.
        let tries = match self.0.store.count_wrong_code(signup.id, self.0.clock.now()).await {
            // The button was pressed twice: the other request came first.
            Err(StoreError::NotAwaiting) => return Ok(Confirmation::AlreadyConfirmed(*token)),
            tries => tries?,
        };
        if tries > TRIES {
            return Ok(Confirmation::TooManyWrong);
        }
        let is_of =
            |key: SecretKey| ConfirmationCode::of(signup.id, signup.confirm_round, &key).matches(code);
        if self.0.key.each().any(is_of) {
            return self.take(&signup).await;
        }
        let left = TRIES - tries;
        Ok(if left == 0 { Confirmation::TooManyWrong } else { Confirmation::WrongCode { left } })
    }

    /// Returns what a link opens. Changes nothing, since mail scanners open links.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn open_link(&self, link: &ConfirmationLink) -> Result<OpenedLink, StoreError> {
        let Some(Linked { signup, is_expired }) = self.linked(link).await? else {
            return Ok(OpenedLink::Unknown);
        };
        match signup.stage {
            Stage::Erased => return Ok(OpenedLink::Unknown),
            Stage::AwaitingConfirmation | Stage::Voided => {}
            _ => return Ok(OpenedLink::AlreadyConfirmed(self.token(&signup))),
        }
        if is_expired {
            return Ok(OpenedLink::Expired(self.token(&signup)));
        }
        let requests = self.open_requests(signup).await?;
        Ok(if requests.is_empty() { OpenedLink::NoneOpen } else { OpenedLink::Requests(requests) })
    }

    /// Confirms a request by the button behind a link: the one that was chosen there, or the link's own.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn confirm_by_link(
        &self,
        link: &ConfirmationLink,
        chosen: Option<SignupId>,
    ) -> Result<Confirmation, StoreError> {
        let Some(Linked { signup: own, is_expired }) = self.linked(link).await? else {
            return Ok(Confirmation::Unknown);
        };
        let chosen = chosen.unwrap_or(own.id);
        let is_same = self.0.store.have_same_address(own.id, chosen).await?;
        let signup = if is_same { self.0.store.signup(chosen).await? } else { None };
        match signup {
            None => Ok(Confirmation::Unknown),
            Some(signup) if signup.stage != Stage::AwaitingConfirmation => Ok(self.passed(&signup)),
            Some(_) if is_expired => Ok(Confirmation::Expired(self.token(&own))),
            Some(signup) if self.is_over(&signup) => Ok(Confirmation::Expired(self.token(&signup))),
            Some(signup) => self.take(&signup).await,
        }
    }

    /// Closes all open requests for the address of a link. The personal data in them is wiped at once.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn refuse_by_link(&self, link: &ConfirmationLink) -> Result<OpenedLink, StoreError> {
        if let Some(Linked { signup, is_expired: false }) = self.linked(link).await?
            && matches!(signup.stage, Stage::AwaitingConfirmation | Stage::Voided)
        {
            let refused = self.0.store.refuse(signup.id, self.0.clock.now()).await?;
            if refused > 0 {
                audit::of_signup(
                    &Requester::Visitor,
                    Act::RequestsRefused,
                    signup.id,
                    &format!("{refused} closed"),
                );
            }
        }
        self.open_link(link).await
    }

    /// Sends a new code and makes the old one void.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn send_code_again(&self, token: &StatusToken) -> Result<CodeAgain, StoreError> {
        let Some(signup) = self.opened_by(token).await? else { return Ok(CodeAgain::Unknown) };
        let Some(email) = &signup.email else { return Ok(CodeAgain::NotWaiting) };
        let now = self.0.clock.now();
        match self.new_code(&signup, None) {
            None => return Ok(CodeAgain::NotWaiting),
            Some(again) if now < again.from => return Ok(CodeAgain::TooSoon),
            Some(again) if again.left == 0 => return Ok(CodeAgain::TooMany),
            Some(_) => {}
        }
        let (round, until) = (signup.confirm_round, now.plus(self.0.config.signup.confirm_within));
        let budget = self.mail_budget(email);
        // The write checks the round: of several presses at the same moment, one has a new code sent.
        match self.0.store.new_confirmation_round(signup.id, round, &budget, until, now).await {
            Ok(NewRound::Begun(_)) => {
                audit::of_signup(&Requester::Visitor, Act::CodeAsked, signup.id, &"");
                self.0.engine.wake();
                Ok(CodeAgain::Sent)
            }
            Ok(NewRound::Ended) => Ok(CodeAgain::TooSoon),
            Ok(NewRound::Withheld(_)) => {
                self.0.metrics.limit_hit(Limit::MailsPerAddress, None);
                Ok(CodeAgain::Withheld)
            }
            Err(StoreError::NotAwaiting) => Ok(CodeAgain::NotWaiting),
            Err(error) => Err(error),
        }
    }

    /// Returns how often and from when a new code can be asked for, while one is awaited; not before `next_mail`, the
    /// time from which the address may get a mail.
    pub(super) fn new_code(&self, signup: &Signup, next_mail: Option<Timestamp>) -> Option<Again> {
        let until = signup.confirm_until.filter(|_| signup.stage == Stage::AwaitingConfirmation)?;
        let sent_at = until.minus(self.0.config.signup.confirm_within);
        let from = if signup.confirm_round == 0 { sent_at } else { sent_at.plus(BETWEEN_CODES) };
        Some(Again {
            left: ROUNDS.saturating_sub(signup.confirm_round),
            from: next_mail.map_or(from, |next_mail| next_mail.max(from)),
            until: None,
        })
    }

    /// The limits on mails to this address.
    pub(super) fn mail_budget(&self, email: &Email) -> MailBudget {
        let limits = self.0.config.limits.mails_per_address.clone();
        MailBudget { address: self.0.key.hash_mailbox(email), limits }
    }

    /// The hash that open requests for the same address have in common.
    pub(super) fn address_hash(&self, email: &Email) -> AddressHash {
        if self.0.store.folds_subaddresses() {
            self.0.key.hash_mailbox(email)
        } else {
            self.0.key.hash_address(email)
        }
    }

    async fn take(&self, signup: &Signup) -> Result<Confirmation, StoreError> {
        // No password is kept for an address that is not confirmed; it is made here.
        let password = Password::generate(&self.0.entropy, self.0.config.signup.password_length);
        let sealed = self.0.key.seal(&self.0.entropy, signup.id, &password);
        let confirmed =
            self.0.store.confirm(signup.id, None, &sealed, &Requester::Visitor, self.0.clock.now()).await?;
        if let Confirmed::Queued | Confirmed::Duplicate { .. } = confirmed {
            audit::of_signup(
                &Requester::Visitor,
                Act::AddressConfirmed,
                signup.id,
                &format!("{confirmed:?}"),
            );
            self.0.engine.wake();
        }
        Ok(Confirmation::Confirmed(self.token(signup)))
    }

    /// The answer if there is nothing to confirm any more, or not by this code: its time is over.
    fn settled(&self, signup: &Signup) -> Option<Confirmation> {
        if signup.stage != Stage::AwaitingConfirmation {
            return Some(self.passed(signup));
        }
        let has_no_code = signup.confirm_round == 0;
        (has_no_code || self.is_over(signup)).then(|| Confirmation::Expired(self.token(signup)))
    }

    /// The answer for a request that no longer waits.
    fn passed(&self, signup: &Signup) -> Confirmation {
        match signup.stage {
            Stage::Voided => Confirmation::Voided(self.token(signup)),
            _ => Confirmation::AlreadyConfirmed(self.token(signup)),
        }
    }

    fn is_over(&self, signup: &Signup) -> bool {
        signup.confirm_until.is_none_or(|until| until <= self.0.clock.now())
    }

    /// The signup of a link that we made. The link of each round is valid for its own time.
    async fn linked(&self, link: &ConfirmationLink) -> Result<Option<Linked>, StoreError> {
        let Some(signup) = self.0.store.signup(link.claimed_id()).await? else { return Ok(None) };
        let Some(round) = (1..=signup.confirm_round).find(|round| link.verify(*round, &self.0.key)) else {
            return Ok(None);
        };
        let expires_at = self.0.store.link_expires_at(signup.id, round).await?;
        let is_expired = expires_at.is_none_or(|expires_at| expires_at <= self.0.clock.now());
        Ok(Some(Linked { signup, is_expired }))
    }

    /// The open requests for the address of this one, and this one if it is open.
    async fn open_requests(&self, own: Signup) -> Result<Vec<OpenRequest>, StoreError> {
        let now = self.0.clock.now();
        let mut open = self.0.store.open_of_address(own.id, SHOWN_REQUESTS, now).await?;
        let is_open = own.stage == Stage::AwaitingConfirmation && !self.is_over(&own);
        if is_open && open.iter().all(|signup| signup.id != own.id) {
            open.push(own);
        }
        Ok(open.into_iter().filter_map(OpenRequest::new).collect())
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

impl OpenRequest {
    /// Returns `None` for a signup whose name is wiped, which is not so for an open one.
    fn new(signup: Signup) -> Option<Self> {
        let domain = signup.domain;
        let username = signup.shown_username.map(|username| PrincipalName { username, domain }.to_string());
        Some(Self {
            id: signup.id,
            name: signup.name?,
            username,
            locale: signup.locale,
            asked_at: signup.created_at,
        })
    }
}
