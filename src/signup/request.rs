//! Requests for accounts: from the parsed form to the durable row.

use super::Signups;
use crate::{
    audit::{self, Act},
    domain::{
        Admission, Consent, Email, FormNonce, Locale, Password, PersonName, Requester, SignupId, StatusToken,
        Timestamp, UpnDomain, Username, UsernameError, UsernameFacts, UsernameRules,
    },
    metrics::Limit,
    store::{Inserted, NewSignup, PendingConfirmation, StoreError},
};

/// The texts that the person has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consented {
    /// Those of this site, in the configured version.
    Here,
    /// Those of the program that sends the request.
    Elsewhere,
}

/// A form that was filled in correctly; both consents were given.
#[derive(Debug)]
pub struct Request<'a> {
    /// The instance of the form that it comes from: the same form sent twice is one request.
    pub form: FormNonce,
    /// The person and the profile that admits the address.
    pub admission: Admission<'a>,
    /// The username that was picked from those of the admission; `None` for the usual one.
    pub username: Option<Username>,
    /// The language of pages and mails.
    pub locale: Locale,
    /// The place where the consents were given.
    pub consented: Consented,
    /// True if the address must be confirmed even where `signup.confirm_email` is off.
    pub confirm: bool,
    /// The sender of the request.
    pub by: Requester,
}

/// The usernames that a request for an account would choose from.
#[derive(Debug)]
pub struct Preview {
    /// The usernames to pick from, the usual one first. Some may be taken.
    pub usernames: Vec<Username>,
    /// The domain of the account, where the address determines it.
    pub domain: Option<UpnDomain>,
}

/// A request that is recorded: it is carried out even if this process ends now.
#[derive(Debug, Clone, Copy)]
pub struct Requested {
    /// Opens the status page.
    pub status: StatusToken,
}

/// The reason for which a request is not accepted.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// Nothing of the name can be part of a username.
    #[error("no username can be made of the name")]
    NoUsername,
    /// The name would give a reserved username.
    #[error("the username made of the name is reserved")]
    ReservedName,
    /// The username that was picked is not one of those to pick from.
    #[error("the username is none of those to pick from")]
    NotSuggested,
    /// The address has an account (reported only where `signup.disclose_registered` is on).
    #[error("the address has an account already")]
    AlreadyRegistered,
    /// No licence is free, and requests do not wait for one.
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
    /// The answer does not depend on whether the address is known: a second request for an address is recorded too,
    /// and ends in a mail to its owner instead of an account.
    ///
    /// # Errors
    /// [`RequestError`]; nothing was recorded then.
    pub async fn request(&self, request: Request<'_>) -> Result<Requested, RequestError> {
        let profile = request.admission.profile();
        let new = self.new_signup(request, self.0.clock.now())?;
        if self.are_switched_off() {
            return self.unless_sent(&new, RequestError::Closed).await;
        }
        if self.is_closed_for(profile) {
            return self.unless_sent(&new, RequestError::NoSeats).await;
        }
        if self.is_registered(&new.email).await? {
            return self.unless_sent(&new, RequestError::AlreadyRegistered).await;
        }
        // A task of its own, so that a client that disconnects now stops neither the audit line nor the worker.
        let signups = self.clone();
        let recorded = audit::apart(async move {
            let inserted = signups.0.store.insert_signup(&new).await?;
            Ok::<_, StoreError>(signups.recorded(&new, inserted))
        });
        let id = match recorded.await {
            Ok(recorded) => recorded?,
            Err(defect) => std::panic::resume_unwind(defect.into_panic()),
        };
        Ok(Requested { status: StatusToken::of(id, &self.0.key) })
    }

    /// Writes the row to the audit trail and wakes the worker.
    fn recorded(&self, new: &NewSignup, inserted: Inserted) -> SignupId {
        let id = match inserted {
            Inserted::New(id) => {
                let detail = format!("profile {}, language {}", new.profile, new.locale);
                audit::of_signup(&new.requester, Act::SignupRecorded, id, &detail);
                id
            }
            Inserted::WithoutMail(id) => {
                self.0.metrics.limit_hit(Limit::MailsPerAddress, None);
                let detail = format!("profile {}, language {}", new.profile, new.locale);
                audit::of_signup(&new.requester, Act::SignupRecorded, id, &detail);
                audit::of_signup(&Requester::Service, Act::CodeWithheld, id, &"");
                id
            }
            Inserted::Repeated(id) => id,
            Inserted::Duplicate { id, of } => {
                audit::of_signup(&new.requester, Act::FurtherRequestRecorded, id, &format!("earlier {of}"));
                id
            }
        };
        self.0.engine.wake();
        id
    }

    /// The refusal, except for a form that was sent before and made a signup: it leads to the same status page again.
    async fn unless_sent(&self, new: &NewSignup, refusal: RequestError) -> Result<Requested, RequestError> {
        match self.0.store.signup_by_form(new.form).await? {
            Some(id) => Ok(Requested { status: StatusToken::of(id, &self.0.key) }),
            None => Err(refusal),
        }
    }

    fn new_signup(&self, request: Request<'_>, now: Timestamp) -> Result<NewSignup, RequestError> {
        let (config, admission) = (&self.0.config, request.admission);
        let suggested = admission.usernames()?;
        let username = match request.username {
            Some(picked) if !suggested.contains(&picked) => return Err(RequestError::NotSuggested),
            Some(picked) => picked,
            None => suggested.first().cloned().ok_or(RequestError::NoUsername)?,
        };
        let profile = admission.profile();
        let (email, name) = admission.into_person();
        let confirm = config.signup.confirm_email || request.confirm;
        let confirm = confirm.then(|| PendingConfirmation {
            until: now.plus(config.signup.confirm_within),
            budget: self.mail_budget(&email),
            address: self.address_hash(&email),
        });
        let id = SignupId::random(&self.0.entropy);
        let password = Password::generate(&self.0.entropy, config.signup.password_length);
        Ok(NewSignup {
            id,
            form: request.form,
            requester: request.by,
            email,
            name,
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

    /// The usernames that this name gives to pick from, without asking the database or the tenant. An address that no
    /// profile admits (yet) gets some where all profiles have the same template.
    ///
    /// # Errors
    /// [`RequestError::NoUsername`] and [`RequestError::ReservedName`].
    pub fn preview(&self, email: Option<&Email>, name: &PersonName) -> Result<Option<Preview>, RequestError> {
        let (profiles, rules) = (self.profiles(), &self.0.config.signup.usernames);
        if let Some(admitted) = email.and_then(|email| profiles.admit(email)) {
            let domain = Some(admitted.profile.domain.clone());
            return Ok(Some(Preview { usernames: admitted.usernames(name, rules)?, domain }));
        }
        let Some(template) = profiles.common_template() else { return Ok(None) };
        let usernames = template.suggestions(&UsernameFacts { name, captures: None }, rules)?;
        Ok(Some(Preview { usernames, domain: None }))
    }

    /// The rules for usernames.
    #[must_use]
    pub fn username_rules(&self) -> &UsernameRules {
        &self.0.config.signup.usernames
    }

    /// The version of the consent texts, as it is recorded.
    #[must_use]
    pub fn consent_version(&self, consented: Consented) -> String {
        match consented {
            Consented::Here => self.0.config.signup.consent_version.clone(),
            Consented::Elsewhere => "asked by the calling program".to_owned(),
        }
    }

    /// Returns whether an address has an account; `false` for every address where that is not disclosed.
    ///
    /// # Errors
    /// [`StoreError`].
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
