//! What the operator decides about signups.

use std::{collections::BTreeMap, time::Duration};

use crate::domain::{
    Email, Locale, MailLimits, NameRules, PasswordLength, Profiles, TenantAlias, UsernameRules,
};

/// How signups are handled.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The allowlist.
    pub profiles: Profiles,
    /// What mails say of each tenant.
    pub tenants: BTreeMap<TenantAlias, TenantFacts>,
    /// The name of the service, as pages and mails show it.
    pub site_name: String,
    /// Whom people ask.
    pub support_email: Email,
    /// The public address of the pages without a slash at the end, for links in mails.
    pub public_url: String,
    /// Whether the address must be confirmed by a mailed code before an account is created.
    pub confirm_email: bool,
    /// How long a code holds.
    pub confirm_within: Duration,
    /// True if the code is in the subject of its mail.
    pub code_in_subject: bool,
    /// The limits on mails to one address, over all its requests.
    pub mails_per_address: MailLimits,
    /// Whether a visitor is told openly that an address has an account.
    pub disclose_registered: bool,
    /// How long generated passwords are.
    pub password_length: PasswordLength,
    /// Reserved usernames, and the choice between several.
    pub usernames: UsernameRules,
    /// Which names are accepted.
    pub names: NameRules,
    /// The version of the consent texts, recorded with each consent.
    pub consent_version: String,
    /// For how long retries go on before a person is asked.
    pub give_up_after: Duration,
    /// The least time between two reminders to the owner of an address.
    pub remind_every: Duration,
    /// How long a status page can be opened after the last change.
    pub status_page_for: Duration,
    /// How long after the delivery a new password can be asked for.
    pub resend_within: Duration,
    /// How many signups are carried out at once.
    pub concurrency: usize,
    /// How long a worker holds a signup without a sign of life.
    pub lease: Duration,
    /// The first pause before a retry; it doubles from there.
    pub retry_base: Duration,
    /// The longest pause before a retry.
    pub retry_max: Duration,
    /// The pause when no licence is free.
    pub seats_retry: Duration,
    /// When free seats are few, and what follows where there is none.
    pub seats: SeatSettings,
    /// Who is told when something needs a person.
    pub alerts: AlertSettings,
}

/// When free seats are few, and what follows where there is none.
#[derive(Clone, Copy, Debug)]
pub struct SeatSettings {
    /// Under how many admins are told.
    pub warn_below: u32,
    /// Whether signups without a seat are not taken.
    pub close_without: bool,
}

/// Who is told by mail when something needs a person.
#[derive(Clone, Debug)]
pub struct AlertSettings {
    /// Their addresses.
    pub to: Vec<Email>,
    /// In which language.
    pub language: Locale,
    /// How often at most, for each kind of mail.
    pub every: Duration,
}

impl SeatSettings {
    /// Whether so many free seats are nothing to tell of.
    #[must_use]
    pub fn are_enough(self, free: i64) -> bool {
        free >= i64::from(self.warn_below.max(1))
    }
}

/// What a person needs to know of the tenant the account is in.
#[derive(Clone, Debug)]
pub struct TenantFacts {
    /// Where one signs in.
    pub sign_in_url: String,
    /// Whether a new password may be set there for who asks for one.
    pub reset_passwords: bool,
}
