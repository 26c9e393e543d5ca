//! Asking for an account: from the parsed form to the durable row.

use super::Signups;
use crate::{
    audit::{self, Act},
    domain::{
        Consent, Email, FormNonce, Locale, Password, PersonName, Requester, SignupId, StatusToken, Timestamp,
        UpnDomain, Username, UsernameError, UsernameFacts,
    },
    metrics::Limit,
    store::{Inserted, NewSignup, PendingConfirmation, StoreError},
};

/// Which texts the person has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consented {
    /// Those of this site, in the configured version.
    Here,
    /// Those of the program that sends the request.
    Elsewhere,
}

/// A form that was filled in correctly; both consents were given.
#[derive(Debug)]
pub struct Request {
    /// The showing of the form it comes from: the same one sent twice is one request.
    pub form: FormNonce,
    /// The university address.
    pub email: Email,
    /// Given and family name.
    pub name: PersonName,
    /// The username that was picked from those that [`Signups::preview`] has; the usual one without it.
    pub username: Option<Username>,
    /// The language of pages and mails.
    pub locale: Locale,
    /// Where the consents were given.
    pub consented: Consented,
    /// Whether the address must be confirmed even where `signup.confirm_email` is off.
    pub confirm: bool,
    /// Who sends it.
    pub by: Requester,
}

/// How a request for an account would begin.
#[derive(Debug)]
pub struct Preview {
    /// The usernames to pick from, the usual one first, before anybody is asked whether they are taken.
    pub usernames: Vec<Username>,
    /// The domain of the account, where the address already says it.
    pub domain: Option<UpnDomain>,
}

/// The request is safe: whatever fails from here on, it will be carried out.
#[derive(Debug, Clone, Copy)]
pub struct Requested {
    /// Opens the status page.
    pub status: StatusToken,
}

/// Why a request is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// No profile admits the address.
    #[error("no profile admits the address")]
    NotAdmitted,
    /// Nothing of the name can be part of a username.
    #[error("no username can be made of the name")]
    NoUsername,
    /// The name would give a reserved username.
    #[error("the username made of the name is reserved")]
    ReservedName,
    /// The username that was picked is none of those to pick from.
    #[error("the username is none of those to pick from")]
    NotSuggested,
    /// The address has an account (told only where `signup.disclose_registered` is on).
    #[error("the address has an account already")]
    AlreadyRegistered,
    /// No licence is free, and nobody is to wait for one.
    #[error("no licence is free for the profile")]
    NoSeats,
    /// An operator has closed signups.
    #[error("signups are closed")]
    Closed,
    /// The request could not be recorded.
    #[error("the request could not be recorded")]
    Store(#[from] StoreError),
}

impl Signups {
    /// Records a request durably and wakes the worker.
    ///
    /// Someone else's address and one's own look the same from here: a second request for an address is
    /// recorded too, and ends in a mail to its owner instead of an account.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was recorded then.
    pub async fn request(&self, request: Request) -> Result<Requested, RequestError> {
        let by = request.by.clone();
        let new = self.new_signup(request, self.0.clock.now())?;
        if self.are_switched_off() {
            return self.unless_sent(&new, RequestError::Closed).await;
        }
        if self.profiles().named(&new.profile).is_some_and(|profile| self.is_closed_for(profile)) {
            return self.unless_sent(&new, RequestError::NoSeats).await;
        }
        if self.is_registered(&new.email).await? {
            return self.unless_sent(&new, RequestError::AlreadyRegistered).await;
        }
        // Whoever hangs up meanwhile keeps neither the trail nor the worker from what is recorded.
        let signups = self.clone();
        let id = match audit::apart(async move { signups.record(new, &by).await }).await {
            Ok(recorded) => recorded?,
            Err(defect) => std::panic::resume_unwind(defect.into_panic()),
        };
        Ok(Requested { status: StatusToken::of(id, &self.0.key) })
    }

    /// Writes the row, notes it, and wakes the worker.
    async fn record(self, new: NewSignup, by: &Requester) -> Result<SignupId, StoreError> {
        let id = match self.0.store.insert_signup(&new).await? {
            Inserted::New(id) => {
                let detail = format!("profile {}, language {}", new.profile, new.locale);
                audit::of_signup(by, Act::SignupRecorded, id, &detail);
                id
            }
            Inserted::WithoutMail(id) => {
                self.0.metrics.limit_hit(Limit::MailsPerAddress, None);
                let detail = format!("profile {}, language {}", new.profile, new.locale);
                audit::of_signup(by, Act::SignupRecorded, id, &detail);
                audit::of_signup(&Requester::Service, Act::CodeWithheld, id, &"");
                id
            }
            Inserted::Repeated(id) => id,
            Inserted::Duplicate { id, of } => {
                audit::of_signup(by, Act::FurtherRequestRecorded, id, &format!("earlier {of}"));
                id
            }
        };
        self.0.wake.notify_one();
        Ok(id)
    }

    /// The refusal, except for the very form that made a signup before: that one leads to its status page.
    async fn unless_sent(&self, new: &NewSignup, refusal: RequestError) -> Result<Requested, RequestError> {
        match self.0.store.signup_by_form(new.form).await? {
            Some(id) => Ok(Requested { status: StatusToken::of(id, &self.0.key) }),
            None => Err(refusal),
        }
    }

    fn new_signup(&self, request: Request, now: Timestamp) -> Result<NewSignup, RequestError> {
        let config = &self.0.config;
        let admission = config.profiles.admit(&request.email).ok_or(RequestError::NotAdmitted)?;
        let suggested = admission.usernames(&request.name, &config.signup.usernames)?;
        let username = match request.username {
            Some(picked) if !suggested.contains(&picked) => return Err(RequestError::NotSuggested),
            Some(picked) => picked,
            None => suggested.into_iter().next().ok_or(RequestError::NoUsername)?,
        };
        let profile = admission.profile;
        let confirm = config.signup.confirm_email || request.confirm;
        let confirm = confirm.then(|| PendingConfirmation {
            until: now.plus(config.signup.confirm_within),
            budget: self.mail_budget(&request.email),
            address: self.address_hash(&request.email),
        });
        let id = SignupId::random(&self.0.entropy);
        let password = Password::generate(&self.0.entropy, config.signup.password_length);
        Ok(NewSignup {
            id,
            form: request.form,
            email: request.email,
            name: request.name,
            locale: request.locale,
            profile: profile.name.clone(),
            tenant: profile.tenant.clone(),
            domain: profile.domain.clone(),
            username,
            sealed: self.0.key.seal(&self.0.entropy, id, &password),
            consent: Consent { text_version: self.consent_version(request.consented), given_at: now },
            confirm,
            now,
        })
    }

    /// The usernames that this name gives to pick from, without asking the record or the tenant. An address that no
    /// profile admits (yet) gets some where all profiles make them alike.
    ///
    /// # Errors
    /// [`RequestError::NoUsername`] and [`RequestError::ReservedName`].
    pub fn preview(&self, email: Option<&Email>, name: &PersonName) -> Result<Option<Preview>, RequestError> {
        let (profiles, rules) = (self.profiles(), &self.0.config.signup.usernames);
        if let Some(admission) = email.and_then(|email| profiles.admit(email)) {
            let domain = Some(admission.profile.domain.clone());
            return Ok(Some(Preview { usernames: admission.usernames(name, rules)?, domain }));
        }
        let Some(template) = profiles.common_template() else { return Ok(None) };
        let usernames = template.suggestions(&UsernameFacts { name, captures: None }, rules)?;
        Ok(Some(Preview { usernames, domain: None }))
    }

    /// The version of the consent texts, as it is recorded.
    #[must_use]
    pub fn consent_version(&self, consented: Consented) -> String {
        match consented {
            Consented::Here => self.0.config.signup.consent_version.clone(),
            Consented::Elsewhere => "asked by the calling program".to_owned(),
        }
    }

    /// Whether an address has an account, as far as that may be told.
    ///
    /// # Errors
    /// What the database says.
    pub async fn is_registered(&self, email: &Email) -> Result<bool, StoreError> {
        Ok(self.0.config.signup.disclose_registered && self.0.store.signup_by_email(email).await?.is_some())
    }
}

impl From<UsernameError> for RequestError {
    fn from(error: UsernameError) -> Self {
        match error {
            UsernameError::Reserved => Self::ReservedName,
            UsernameError::Empty | UsernameError::Malformed => Self::NoUsername,
        }
    }
}

impl Preview {
    /// The usernames as they are shown, with the domain where it is known.
    #[must_use]
    pub fn shown(&self) -> Vec<String> {
        let shown = |username: &Username| match &self.domain {
            Some(domain) => format!("{username}@{domain}"),
            None => username.to_string(),
        };
        self.usernames.iter().map(shown).collect()
    }
}
