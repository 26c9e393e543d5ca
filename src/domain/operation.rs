//! Operations: durable units of work on a signup, an account or the site.

use std::{fmt, str::FromStr};

use super::{AccountId, IdError, SignupId, StepKind, step::stored_as};

/// The number of an operation in the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OperationId(i64);

impl OperationId {
    /// The operation with this number.
    #[must_use]
    pub const fn new(number: i64) -> Self {
        Self(number)
    }

    /// The number as it is stored.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The subject of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A request for an account.
    Signup(SignupId),
    /// A user in a tenant.
    Account(AccountId),
    /// The site as a whole.
    Site,
}

impl Subject {
    /// The signup that it is about.
    #[must_use]
    pub const fn signup(self) -> Option<SignupId> {
        if let Self::Signup(id) = self { Some(id) } else { None }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signup(id) => write!(f, "signup {id}"),
            Self::Account(id) => write!(f, "account {id}"),
            Self::Site => f.write_str("site"),
        }
    }
}

/// The purpose of an operation. Each kind begins with its first step and says which step follows which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OperationKind {
    /// Mail the code that confirms the address of a signup.
    ConfirmAddress,
    /// Create the account of a signup, with its licences and groups, and mail the password.
    Provision,
    /// Answer a request that gets no account of its own: a further one, or one for an erased address.
    AnswerRequest,
    /// Set a new password and mail it.
    ResetPassword,
    /// Read the account of a page in the tenant.
    CheckAccount,
    /// Mail admins what needs them; the target is the kind of the alert.
    SendAlert,
    /// Remove what is past its retention period.
    Retain,
}

stored_as!(
    OperationKind,
    "no such kind of operation",
    ConfirmAddress = "confirm_address",
    Provision = "provision",
    AnswerRequest = "answer_request",
    ResetPassword = "reset_password",
    CheckAccount = "check_account",
    SendAlert = "send_alert",
    Retain = "retain",
);

impl OperationKind {
    /// Returns whether one row of this kind becomes due again and again. Such operations have no trail of events, and
    /// are tried without an end.
    #[must_use]
    pub const fn recurs(self) -> bool {
        match self {
            Self::CheckAccount | Self::SendAlert | Self::Retain => true,
            Self::ConfirmAddress | Self::Provision | Self::AnswerRequest | Self::ResetPassword => false,
        }
    }

    /// The step that it begins with.
    #[must_use]
    pub const fn first_step(self) -> StepKind {
        match self {
            Self::ConfirmAddress => StepKind::SendCode,
            Self::Provision => StepKind::CreateUser,
            Self::AnswerRequest => StepKind::SendReminder,
            Self::ResetPassword => StepKind::ResetPassword,
            Self::CheckAccount => StepKind::ReadAccount,
            Self::SendAlert => StepKind::SendAlert,
            Self::Retain => StepKind::Prune,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_read_back() {
        for kind in OperationKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
    }
}
