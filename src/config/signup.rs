//! `[signup]`: what a person is asked for and shown.

use std::time::Duration;

use crate::domain::{
    NameRules, OneName, PasswordLength, RefusedWord, RefusedWords, ReservedNames, UsernameChoice,
    UsernameRules,
};

use super::section::{Section, Takes};

/// The settings of signups: what a person is asked for and shown.
#[derive(Debug, Clone)]
pub struct Signup {
    /// True if the address is confirmed before anything is created.
    pub confirm_email: bool,
    /// The time for which code and link are valid.
    pub confirm_within: Duration,
    /// True if the page says that an address already has an account.
    pub disclose_registered: bool,
    /// True if sub-addresses count as the mailbox without them.
    pub fold_subaddresses: bool,
    /// The length of passwords.
    pub password_length: PasswordLength,
    /// The time after which a signup that makes no progress needs a person.
    pub give_up_after: Duration,
    /// Reserved usernames, and the choice between several.
    pub usernames: UsernameRules,
    /// The rules for names.
    pub names: NameRules,
    /// The version of the wording of the consents.
    pub consent_version: String,
    /// The shortest time between two reminders to an address of the account it has.
    pub remind_every: Duration,
    /// The time after the last change for which a status page can be opened.
    pub status_page_for: Duration,
    /// The time after the delivery for which a new password can be asked for on the status page.
    pub resend_within: Duration,
}

/// The danger while addresses are not confirmed.
pub const CONFIRMATION_IS_OFF: &str = "signup.confirm_email is off: anybody can sign up with somebody else's address, \
     whose owner then gets an account and its password without having asked, and keeps the name that was typed";
/// The remedy for it.
pub const CONFIRMATION_REMEDY: &str =
    "set signup.confirm_email = true, so that a mailed code confirms the address before anything is created";

const CONSENT_VERSION: Takes = Takes("the version of the consent texts", "\"2026-11\"");
const RESERVED_NAME: Takes = Takes("a username", "\"admin\"");
const REFUSED_WORD: Takes = Takes("a word with letters", "\"helpdesk\"");

impl Signup {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let minute = Duration::from_mins(1);
        let day = Duration::from_hours(24);
        let confirm_email = section.flag("confirm_email");
        let confirm_within = section.duration("confirm_within", minute..=day * 7);
        let disclose_registered = section.flag("disclose_registered");
        let fold_subaddresses = section.flag("fold_subaddresses");
        let configurable = PasswordLength::MIN_CONFIGURABLE.into()..=PasswordLength::MAX.into();
        let password_length = section.number("password_length", configurable);
        let give_up_after = section.duration("give_up_after", minute..=day * 90);
        let reserved_names = section.list::<String>("reserved_names", RESERVED_NAME);
        let refused = section.list::<RefusedWord>("refused_name_words", REFUSED_WORD);
        let choices = [
            ("when_unclear", UsernameChoice::WhenUnclear),
            ("always", UsernameChoice::Always),
            ("never", UsernameChoice::Never),
        ];
        let username_choice = section.choice("username_choice", &choices);
        let one_name = section.choice("one_name", &[("refuse", OneName::Refuse), ("allow", OneName::Allow)]);
        let consent_version = section.parse("consent_version", CONSENT_VERSION);
        let remind_every = section.duration("remind_every", minute..=day * 90);
        let status_page_for = section.duration("status_page_for", minute..=day * 365);
        let resend_within = section.duration("resend_within", minute..=day * 30);
        Some(Self {
            confirm_email: confirm_email?,
            confirm_within: confirm_within?,
            disclose_registered: disclose_registered?,
            fold_subaddresses: fold_subaddresses?,
            password_length: PasswordLength::new(password_length?)?,
            give_up_after: give_up_after?,
            usernames: UsernameRules {
                reserved: ReservedNames::new(reserved_names?.iter().map(String::as_str)),
                choice: username_choice?,
            },
            names: NameRules { refused: RefusedWords::new(refused?), one_name: one_name? },
            consent_version: consent_version?,
            remind_every: remind_every?,
            status_page_for: status_page_for?,
            resend_within: resend_within?,
        })
    }
}
