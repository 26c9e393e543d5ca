//! The audit trail in the log: one line for each act that matters to security or that an administrator did.
//!
//! Its target is `audit`: `log.filter = "info,audit=off"` leaves it out, and collectors of logs can keep it apart. A
//! line names the act, who did it, the signup and the request where there are such, and nothing of a person.

use std::fmt;

use tokio::task::JoinHandle;

use crate::domain::{Requester, SignupId, Subject};

tokio::task_local! {
    static REQUEST: String;
}

macro_rules! acts {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $sentence:literal;)+) => {
        /// An act that the audit trail notes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Act { $($(#[$doc])* $name,)+ }

        impl Act {
            /// All acts.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The act as a word for programs.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),+ }
            }

            /// The act as a sentence for people.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$name => $sentence),+ }
            }
        }
    };
}

acts! {
    /// A request for an account is recorded.
    SignupRecorded = "signup_recorded", "a signup was recorded";
    /// A further request for an address is recorded.
    FurtherRequestRecorded = "further_request_recorded", "a further request for an address was recorded";
    /// The visitor sent another request with the right address.
    SignupWithdrawn = "signup_withdrawn", "a request was withdrawn for one with another address";
    /// The mail server has the code.
    CodeMailed = "code_mailed", "a confirmation code was mailed";
    /// A new code was asked for.
    CodeAsked = "code_asked", "a new confirmation code was asked for";
    /// The address belongs to the person who asked.
    AddressConfirmed = "address_confirmed", "the address of a signup was confirmed";
    /// The owner of an address refused the requests for it.
    RequestsRefused = "requests_refused", "the owner of an address refused the requests for it";
    /// No mail may be sent to the address now.
    CodeWithheld = "code_withheld", "a confirmation code was not mailed, the limit on mails to the address is reached";
    /// The user is in the tenant.
    AccountCreated = "account_created", "an account was created";
    /// Licences and groups are complete.
    AccountEntitled = "account_entitled", "an account has its licences and groups";
    /// The mail server has the first password.
    PasswordMailed = "password_mailed", "a password was mailed, the signup is done";
    /// The mail server has a new password.
    NewPasswordMailed = "new_password_mailed", "a new password was mailed";
    /// The owner of an address was reminded of the account.
    ReminderMailed = "reminder_mailed", "the owner of an address was reminded of the account";
    /// The owner of an erased address was informed that no account follows.
    ErasureNoticeMailed = "erasure_notice_mailed", "the owner of an erased address was told that no account follows";
    /// A mail that was refused was asked for again.
    MailAsked = "mail_asked", "a mail that was refused was asked for again";
    /// A new password was asked for.
    PasswordAsked = "password_asked", "a new password was asked for";
    /// A new password is in the tenant.
    PasswordReset = "password_reset", "a new password was set in the tenant";
    /// A new password was asked for and could not be set.
    PasswordKept = "password_kept", "a new password could not be set, the earlier one holds";
    /// A mail was marked as undelivered.
    MailUndelivered = "mail_undelivered", "a mail was marked as come back";
    /// A person has to act.
    AttentionNeeded = "attention_needed", "a signup needs attention";
    /// A signup that needed attention is tried again.
    SignupRetried = "signup_retried", "a signup that needed attention is tried again";
    /// The personal data of a signup were removed.
    SignupErased = "signup_erased", "the personal data of a signup were erased";
    /// An erased address may have an account again.
    TombstonesLifted = "tombstones_lifted", "tombstones of an erased address were removed";
    /// Data was removed at the end of its retention period.
    Pruned = "pruned", "what has had its time was removed";
    /// The schema has changed.
    MigrationApplied = "migration_applied", "a migration was applied";
    /// The database was copied.
    BackedUp = "backed_up", "the database was copied";
    /// The form and the API take no signups.
    SignupsClosed = "signups_closed", "signups were closed";
    /// They take signups again.
    SignupsOpened = "signups_opened", "signups were opened";
    /// Texts, files, credentials and filter were read again.
    Reloaded = "reloaded", "texts, static files, certificates, passwords and log.filter were put into force";
}

/// Does something for a request: audit lines written during it have its id.
pub fn during<F: Future>(request: String, work: F) -> impl Future<Output = F::Output> {
    REQUEST.scope(request, work)
}

/// The point of [`apart`] in `frames`.
#[cfg(test)]
pub(crate) const TASK: &str = "a task of its own";

/// Runs the same work as a task of its own, which continues when no caller waits for it any more.
pub fn apart<F>(work: F) -> JoinHandle<F::Output>
where
    F: Future<Output: Send> + Send + 'static,
{
    #[cfg(test)]
    crate::frames::record(TASK);
    match REQUEST.try_with(Clone::clone) {
        Ok(request) => tokio::spawn(during(request, work)),
        Err(_) => tokio::spawn(work),
    }
}

/// Notes what was done to the subject of an operation.
pub fn of(by: &Requester, act: Act, subject: Subject, detail: &dyn fmt::Display) {
    write(by, act, subject.signup(), detail);
}

/// Notes what was done to a signup.
pub fn of_signup(by: &Requester, act: Act, signup: SignupId, detail: &dyn fmt::Display) {
    of(by, act, Subject::Signup(signup), detail);
}

/// Notes what was done to the service.
pub fn of_service(by: &Requester, act: Act, detail: &dyn fmt::Display) {
    of(by, act, Subject::Site, detail);
}

fn write(by: &Requester, act: Act, signup: Option<SignupId>, detail: &dyn fmt::Display) {
    let request = REQUEST.try_with(Clone::clone).ok();
    tracing::info!(
        target: "audit",
        act = act.word(),
        actor = by.kind(),
        signup = signup.map(tracing::field::display),
        request,
        detail = Some(detail.to_string()).filter(|detail| !detail.is_empty()),
        "{}",
        act.sentence()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_act_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> = Act::ALL.iter().map(|act| act.word()).collect();
        assert_eq!(words.len(), Act::ALL.len());
    }
}
