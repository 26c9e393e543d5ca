//! Values that can only be valid, and the states that signups, accounts and operations go through.
//!
//! Nothing here does I/O and nothing imports another module of ours.

mod alert;
mod assertion;
mod attribute;
mod browser_pattern;
mod clock;
mod colour;
mod consent;
mod email;
mod email_rule;
mod entropy;
mod ids;
mod locale;
mod mail_limit;
mod mail_reference;
mod name;
mod name_rules;
mod network;
mod operation;
mod password;
mod profile;
mod reason;
mod requester;
mod secret;
mod sign_in_name;
mod stage;
mod step;
mod token;
mod tombstone;
mod transliterate;
mod typed;
mod username;
mod web_address;

pub use alert::AlertKind;
pub use assertion::AssertionKind;
pub use attribute::{Attribute, AttributeError, AttributeTemplate, Facts};
pub use clock::{Clock, Timestamp};
pub use colour::{Colour, ColourError};
pub use consent::Consent;
pub use email::{Email, EmailError};
pub use email_rule::{EmailRule, EmailRuleError};
pub use entropy::Entropy;
pub use ids::{
    AccountId, FormNonce, GroupId, IdError, LeaseToken, ObjectId, ProcessId, ProfileName, SignupId, SkuId,
    TenantAlias,
};
pub use locale::{Locale, LocaleError};
pub use mail_limit::{MailLimit, MailLimits};
pub use mail_reference::{MailKind, MailReference, SignupMail};
pub use name::{NameError, PersonName};
pub use name_rules::{NameRules, OneName, RefusedWord, RefusedWords};
pub use network::{Network, NetworkPrefix, NetworkSize};
pub use operation::{OperationId, OperationKind, Subject};
pub use password::{Password, PasswordLength};
#[cfg(test)]
pub(crate) use profile::ALLOWLIST;
pub use profile::{Admission, AdmittedEmail, Country, Profile, Profiles};
pub use reason::{Reason, ReasonError};
pub use requester::{RequestedBy, Requester};
pub use secret::{AddressHash, Purpose, Sealed, SecretKey, SecretKeyError};
pub use sign_in_name::SignInName;
pub use stage::{Attention, Stage, Waiting};
pub use step::{Needs, StepKind, StepState};
pub use token::{ConfirmationCode, ConfirmationLink, StatusToken};
pub use tombstone::{Tombstone, TombstoneKey};
pub use transliterate::to_ascii;
pub use username::{
    PrincipalName, ReservedNames, UpnDomain, Username, UsernameChoice, UsernameError, UsernameFacts,
    UsernameRules, UsernameTemplate, UsernameTemplateError, smallest_free,
};
