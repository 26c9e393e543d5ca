//! Signups, operations, steps and events as they are read.

use super::{StoreError, row::Row};
use crate::domain::{
    Attention, Consent, Email, Locale, MailKind, ObjectId, OperationId, OperationKind, PersonName,
    PrincipalName, ProfileName, Reason, Requester, Sealed, SignInName, SignupId, SignupMail, Stage, StepKind,
    StepState, Subject, TenantAlias, Timestamp, UpnDomain, Username, Waiting,
};

/// One person's request for an account, with its account and the operation that carries it out or did so last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signup {
    /// Its public name.
    pub id: SignupId,
    /// The stage that it has reached.
    pub stage: Stage,
    /// The step that is next or under way, or was the last.
    pub step: Option<StepKind>,
    /// True if an earlier claim had begun that step, so that its effect may have happened.
    pub in_doubt: bool,
    /// True if it is a further request for an address that has an account.
    pub is_further: bool,
    /// The signup that made that account.
    pub duplicate_of: Option<SignupId>,
    /// The address, until it is erased.
    pub email: Option<Email>,
    /// The person's name, until the password is delivered.
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
    /// The last known name that the user signs in with, if an admin has changed it.
    pub renamed_to: Option<SignInName>,
    /// The time since which the user is known to be no longer in the tenant.
    pub gone_at: Option<Timestamp>,
    /// The sealed password, from the confirmation until it is delivered.
    pub sealed: Option<Sealed>,
    /// The number of times that the password has replaced another.
    pub password_changes: u32,
    /// The number of claims since it last got a step further.
    pub attempts: u32,
    /// The reason why it continues later.
    pub waiting: Option<Waiting>,
    /// The reason why it needs a person.
    pub attention: Option<Attention>,
    /// The last error's code.
    pub last_error: Option<String>,
    /// The round whose confirmation code and link are valid; 0 if no confirmation was asked for.
    pub confirm_round: u32,
    /// The time until which they are valid.
    pub confirm_until: Option<Timestamp>,
    /// The number of codes that were tried in this round.
    pub wrong_codes: u32,
    /// True if a user may exist although the signup is not confirmed, as after a failover or a restore.
    pub may_have_user: bool,
    /// The text that the person agreed to, and the time.
    pub consent: Consent,
    /// The time at which it came in.
    pub created_at: Timestamp,
    /// The time at which it last changed.
    pub updated_at: Timestamp,
    /// The time at which the worker has something to do for it; under a lease, the end of the lease.
    pub due_at: Option<Timestamp>,
    /// The time at which the mail server took the password last.
    pub delivered_at: Option<Timestamp>,
    /// The time at which it was done for the first time.
    pub done_at: Option<Timestamp>,
    /// The number of times that a new password was asked for.
    pub resets: u32,
    /// The time since which it is being carried out: that of the request, its confirmation, or an admin's retry.
    pub trying_since: Timestamp,
    /// The time at which it was found that the data of this address were erased before: no account follows.
    pub declined_at: Option<Timestamp>,
    /// The time since which the last mail is known to have come back.
    pub undelivered_at: Option<Timestamp>,
}

/// One effect of a signup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The kind of the effect.
    pub kind: StepKind,
    /// Its target: a SKU id or a group id; empty for the other kinds.
    pub target: String,
    /// Its state.
    pub state: StepState,
    /// The number of outcomes that were written for it.
    pub attempts: u32,
    /// The last refusal's code.
    pub error: Option<String>,
    /// The time at which it was last intended.
    pub started_at: Timestamp,
    /// The time at which its last outcome was written.
    pub finished_at: Option<Timestamp>,
}

/// One line of the audit trail. Its detail holds no personal data; its reason may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The time at which it happened.
    pub at: Timestamp,
    /// The event, as a word.
    pub kind: String,
    /// More of it: a stage, a reason, an error's code.
    pub detail: String,
    /// The requester, or the worker; missing in events that version 0.1.0 wrote.
    pub requester: Option<Requester>,
    /// The reason, in the words of the requester.
    pub reason: Option<Reason>,
}

/// An operation as a worker has claimed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operation {
    /// Its number.
    pub id: OperationId,
    /// Its kind.
    pub kind: OperationKind,
    /// Its subject.
    pub subject: Subject,
    /// The affair of the site that it is about, such as the kind of an alert; empty for other operations.
    pub target: String,
    /// The tenant in whose queue it is; an operation of the site has no tenant.
    pub tenant: Option<TenantAlias>,
    /// The step to run.
    pub step: StepKind,
    /// True if an earlier claim had begun that step, so that its effect may have happened.
    pub in_doubt: bool,
    /// The number of claims of the step.
    pub attempts: u32,
    /// The reason why it was put back the last time.
    pub waiting: Option<Waiting>,
    /// The last error's code.
    pub last_error: Option<String>,
    /// The time since which it is being carried out: that of the request, its confirmation, or an admin's retry.
    pub trying_since: Timestamp,
    /// The first requester.
    pub requester: Requester,
    /// The reason, in the words of the last person who gave one: the requester, or someone who had it tried again.
    pub reason: Option<Reason>,
}

/// A claimed operation, and the signup that it carries out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The operation.
    pub operation: Operation,
    /// The signup that it carries out; missing if it only has to do with a signup, with an account, or with the site.
    pub signup: Option<Signup>,
}

/// The stage of a signup `s` whose operation is `o`.
macro_rules! stage {
    () => {
        "CASE WHEN s.state <> 'open' THEN s.state \
         WHEN o.attention IS NOT NULL THEN 'needs_attention' \
         WHEN o.step = 'create_user' AND o.begun = 0 THEN 'queued' \
         WHEN o.step IN ('send_password', 'send_new_password') THEN 'delivering' \
         WHEN o.kind = 'provision' THEN 'provisioning' \
         WHEN o.kind = 'reset_password' THEN 'resetting' \
         ELSE 'queued' END"
    };
}
pub(super) use stage;

/// The columns of a [`Signup`] `s` with its operation `o` and its account `a`.
macro_rules! signup_columns {
    () => {
        concat!(
            "s.id AS id, ",
            $crate::store::record::stage!(),
            " AS stage, o.step AS step, COALESCE(o.in_doubt, 0) AS in_doubt, s.is_further AS is_further, \
             CASE WHEN s.is_further = 1 THEN (SELECT first.id FROM signup AS first \
             WHERE first.account_id = s.account_id AND first.is_further = 0) END AS duplicate_of, \
             s.email AS email, s.first_name AS first_name, s.last_name AS last_name, s.locale AS locale, \
             s.profile AS profile, s.tenant AS tenant, s.domain AS domain, a.username AS username, \
             s.username_base AS username_base, s.shown_username AS shown_username, a.object_id AS object_id, \
             a.principal AS principal, COALESCE(a.gone_at, s.gone_at) AS gone_at, o.sealed AS sealed, \
             COALESCE(o.password_changes, 0) AS password_changes, COALESCE(o.attempts, 0) AS attempts, \
             o.waiting AS waiting, o.attention AS attention, o.last_error AS last_error, \
             s.confirm_round AS confirm_round, s.confirm_until AS confirm_until, s.wrong_codes AS wrong_codes, \
             s.may_have_user AS may_have_user, \
             s.consent_version AS consent_version, s.consent_at AS consent_at, s.created_at AS created_at, \
             s.updated_at AS updated_at, o.updated_at AS operation_updated_at, o.due_at AS due_at, \
             s.delivered_at AS delivered_at, s.done_at AS done_at, s.resets AS resets, \
             COALESCE(o.trying_since, s.created_at) AS trying_since, s.declined_at AS declined_at, \
             s.undelivered_at AS undelivered_at"
        )
    };
}
pub(super) use signup_columns;

/// Reads whole [`Signup`]s; the condition on `s` follows.
macro_rules! select_signups {
    ($($condition:expr),+ $(,)?) => {
        concat!(
            "SELECT ",
            $crate::store::record::signup_columns!(),
            " FROM signup AS s LEFT JOIN operation AS o ON o.id = s.operation_id \
             LEFT JOIN account AS a ON a.id = s.account_id AND s.is_further = 0 ",
            $($condition),+
        )
    };
}
pub(super) use select_signups;

impl Signup {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.value("id")?,
            stage: row.value("stage")?,
            step: row.maybe("step")?,
            in_doubt: row.flag("in_doubt")?,
            is_further: row.flag("is_further")?,
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
            may_have_user: row.flag("may_have_user")?,
            consent: Consent {
                text_version: row.value("consent_version")?,
                given_at: row.time("consent_at")?,
            },
            created_at: row.time("created_at")?,
            updated_at: row
                .time("updated_at")?
                .max(row.maybe_time("operation_updated_at")?.unwrap_or_default()),
            due_at: row.maybe_time("due_at")?,
            delivered_at: row.maybe_time("delivered_at")?,
            done_at: row.maybe_time("done_at")?,
            resets: row.count("resets")?,
            trying_since: row.time("trying_since")?,
            declined_at: row.maybe_time("declined_at")?,
            undelivered_at: row.maybe_time("undelivered_at")?,
        })
    }

    /// Returns the last known name that the account signs in with.
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

fn read_requester(row: &Row) -> Result<Option<Requester>, StoreError> {
    let logins = row.text("requester")?;
    row.read("requester_kind", |kind| Requester::parse(kind, logins.as_deref()).ok())
}

impl Claimed {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        let operation = Operation::read(row)?;
        let signup = row.text("id")?.map(|_| Signup::read(row)).transpose()?;
        Ok(Self { operation, signup })
    }
}

impl Operation {
    pub(super) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: OperationId::new(row.count("operation_id")?),
            kind: row.value("operation_kind")?,
            subject: match (row.maybe("operation_signup")?, row.maybe("operation_account")?) {
                (Some(signup), _) => Subject::Signup(signup),
                (None, Some(account)) => Subject::Account(account),
                (None, None) => Subject::Site,
            },
            target: row.text("operation_target")?.unwrap_or_default(),
            tenant: row
                .read("operation_tenant", |text| match text {
                    "" => Some(None),
                    alias => alias.parse().ok().map(Some),
                })?
                .flatten(),
            step: row.value("step")?,
            in_doubt: row.flag("in_doubt")?,
            attempts: row.count("attempts")?,
            waiting: row.maybe("waiting")?,
            last_error: row.text("last_error")?,
            trying_since: row.time("trying_since")?,
            requester: read_requester(row)?.ok_or(StoreError::Unreadable("requester_kind"))?,
            reason: row.maybe("reason")?,
        })
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
        Ok(Self {
            at: row.time("at")?,
            kind: row.value("kind")?,
            detail: row.value("detail")?,
            requester: read_requester(row)?,
            reason: row.maybe("reason")?,
        })
    }
}
