//! What is read from the record: a signup, its steps, its events.

use super::{StoreError, row::Row};
use crate::domain::{
    Attention, Consent, Email, Locale, MailKind, ObjectId, PersonName, PrincipalName, ProfileName, Sealed,
    SignInName, SignupId, SignupMail, Stage, StepKind, StepState, TenantAlias, Timestamp, UpnDomain,
    Username, Waiting,
};

/// One person's request for an account, as the record has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    /// Its public name.
    pub id: SignupId,
    /// How far it is.
    pub stage: Stage,
    /// The stage it was last claimed from: `Queued` says that nothing was ever posted since it was queued.
    pub claimed_from: Stage,
    /// The signup that owns the address already.
    pub duplicate_of: Option<SignupId>,
    /// The address; none once erased.
    pub email: Option<Email>,
    /// The person's name; none once delivered.
    pub name: Option<PersonName>,
    /// The language of pages and mails.
    pub locale: Locale,
    /// The profile that admitted it.
    pub profile: ProfileName,
    /// The tenant the account is for.
    pub tenant: TenantAlias,
    /// The domain of the account.
    pub domain: UpnDomain,
    /// The username that is reserved for it.
    pub username: Option<Username>,
    /// The username before it was numbered.
    pub username_base: Option<Username>,
    /// The username its page shows.
    pub shown_username: Option<Username>,
    /// The tenant's user, once created.
    pub object_id: Option<ObjectId>,
    /// The name the user signs in with where an admin has changed it, as far as is known.
    pub renamed_to: Option<SignInName>,
    /// Since when the user is known to be no longer in the tenant.
    pub gone_at: Option<Timestamp>,
    /// The sealed password; none before it is confirmed and once delivered.
    pub sealed: Option<Sealed>,
    /// How often that password has replaced another.
    pub password_changes: u32,
    /// How often it was claimed since it last got a step further.
    pub attempts: u32,
    /// Why it goes on later.
    pub waiting: Option<Waiting>,
    /// Why it needs a person.
    pub attention: Option<Attention>,
    /// The last error's code.
    pub last_error: Option<String>,
    /// Which confirmation code and link hold; 0 when none was asked for.
    pub confirm_round: u32,
    /// Until when they hold.
    pub confirm_until: Option<Timestamp>,
    /// How many codes were tried in this round.
    pub wrong_codes: u32,
    /// What the person agreed to.
    pub consent: Consent,
    /// When it came in.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When the worker has something to do for it; under a lease, when the lease ends.
    pub due_at: Option<Timestamp>,
    /// When the mail server took the password last.
    pub delivered_at: Option<Timestamp>,
    /// When it was done for the first time.
    pub done_at: Option<Timestamp>,
    /// How often a new password was asked for.
    pub resets: u32,
    /// Since when it is being carried out: the request, its confirmation, or an admin's retry.
    pub trying_since: Timestamp,
    /// When it was found that the data of this address were erased before: no account follows.
    pub declined_at: Option<Timestamp>,
    /// Since when the last mail is known to have come back.
    pub undelivered_at: Option<Timestamp>,
}

/// One effect of a signup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What is done.
    pub kind: StepKind,
    /// To what: a SKU id or a group id; empty for the others.
    pub target: String,
    /// How far it is.
    pub state: StepState,
    /// How many outcomes were written for it.
    pub attempts: u32,
    /// The last refusal's code.
    pub error: Option<String>,
    /// When it was last intended.
    pub started_at: Timestamp,
    /// When its last outcome was written.
    pub finished_at: Option<Timestamp>,
}

/// One line of the audit trail. It holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What happened, as a word.
    pub kind: String,
    /// More of it: a stage, a reason, an error's code.
    pub detail: String,
}

/// The columns of a [`Signup`].
macro_rules! signup_columns {
    () => {
        "id, stage, claimed_from, duplicate_of, email, first_name, last_name, locale, profile, tenant, \
         domain, username, username_base, shown_username, object_id, principal, gone_at, sealed, \
         password_changes, attempts, waiting, attention, \
         last_error, confirm_round, confirm_until, wrong_codes, consent_version, consent_at, created_at, \
         updated_at, due_at, delivered_at, done_at, resets, trying_since, declined_at, undelivered_at"
    };
}
pub(super) use signup_columns;

impl Signup {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.value("id")?,
            stage: row.value("stage")?,
            claimed_from: row.value("claimed_from")?,
            duplicate_of: row.maybe("duplicate_of")?,
            email: read_email(row)?,
            name: read_name(row)?,
            locale: row.value("locale")?,
            profile: row.value("profile")?,
            tenant: row.value("tenant")?,
            domain: row.value("domain")?,
            username: row.maybe("username")?,
            username_base: row.maybe("username_base")?,
            shown_username: row.maybe("shown_username")?,
            object_id: row.maybe("object_id")?,
            renamed_to: row.maybe("principal")?,
            gone_at: row.maybe_time("gone_at")?,
            sealed: row.text("sealed")?.map(Sealed::stored),
            password_changes: row.count("password_changes")?,
            attempts: row.count("attempts")?,
            waiting: row.maybe("waiting")?,
            attention: row.maybe("attention")?,
            last_error: row.text("last_error")?,
            confirm_round: row.count("confirm_round")?,
            confirm_until: row.maybe_time("confirm_until")?,
            wrong_codes: row.count("wrong_codes")?,
            consent: Consent {
                text_version: row.value("consent_version")?,
                given_at: row.time("consent_at")?,
            },
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            due_at: row.maybe_time("due_at")?,
            delivered_at: row.maybe_time("delivered_at")?,
            done_at: row.maybe_time("done_at")?,
            resets: row.count("resets")?,
            trying_since: row.time("trying_since")?,
            declined_at: row.maybe_time("declined_at")?,
            undelivered_at: row.maybe_time("undelivered_at")?,
        })
    }

    /// The name that the account signs in with, as far as is known.
    #[must_use]
    pub fn principal(&self) -> Option<SignInName> {
        self.renamed_to.clone().or_else(|| self.original_principal())
    }

    /// The name that the account was created with.
    #[must_use]
    pub fn original_principal(&self) -> Option<SignInName> {
        let username = self.username.clone()?;
        Some(PrincipalName { username, domain: self.domain.clone() }.into())
    }

    /// The mail of this kind that is to be sent, or was sent last: another for each that is asked for.
    #[must_use]
    pub const fn mail(&self, kind: MailKind) -> SignupMail {
        let number = match kind {
            MailKind::Code => self.confirm_round,
            MailKind::Password | MailKind::Reminder | MailKind::Notice => self.resets + 1,
        };
        SignupMail { signup: self.id, kind, number }
    }

    pub(super) fn read_all(rows: &[Row]) -> Result<Vec<Self>, StoreError> {
        rows.iter().map(Self::read).collect()
    }
}

pub(super) fn read_email(row: &Row) -> Result<Option<Email>, StoreError> {
    row.read("email", |text| Email::from_stored(text).ok())
}

fn read_name(row: &Row) -> Result<Option<PersonName>, StoreError> {
    match (row.text("first_name")?, row.text("last_name")?) {
        (Some(first), Some(last)) => {
            PersonName::from_stored(&first, &last).map(Some).map_err(|_| StoreError::Unreadable("first_name"))
        }
        _ => Ok(None),
    }
}

impl Step {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            kind: row.value("kind")?,
            target: row.value("target")?,
            state: row.value("state")?,
            attempts: row.count("attempts")?,
            error: row.text("error")?,
            started_at: row.time("started_at")?,
            finished_at: row.maybe_time("finished_at")?,
        })
    }
}

impl Event {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self { at: row.time("at")?, kind: row.value("kind")?, detail: row.value("detail")? })
    }
}
