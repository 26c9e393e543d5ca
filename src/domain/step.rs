//! The steps of operations and the effects that they record.

use std::{fmt, str::FromStr};

use super::IdError;

/// One kind of step. A step has one effect, which has its name; [`StepKind::Entitle`] has one for each licence and
/// group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum StepKind {
    /// Mail the code that confirms the address.
    SendCode,
    /// Create the user in the tenant.
    CreateUser,
    /// Assign the licences and join the groups of a profile.
    Entitle,
    /// Assign a licence; the step's target is its SKU id.
    AssignLicence,
    /// Join a group; the step's target is its object id.
    JoinGroup,
    /// Mail the password.
    SendPassword,
    /// Mail the owner of the address that an account is there already.
    SendReminder,
    /// Mail the owner of an erased address that no account follows.
    SendNotice,
    /// Set a new password in the tenant, as the person asked for.
    ResetPassword,
    /// Mail the new password.
    SendNewPassword,
    /// Read an account in the tenant for its page.
    ReadAccount,
    /// Mail admins what needs them.
    SendAlert,
    /// Remove what is past its retention period.
    Prune,
}

impl StepKind {
    /// Dependency of the step.
    #[must_use]
    pub const fn needs(self) -> Needs {
        match self {
            Self::CreateUser
            | Self::Entitle
            | Self::AssignLicence
            | Self::JoinGroup
            | Self::ResetPassword => Needs::Tenant,
            Self::SendCode
            | Self::SendPassword
            | Self::SendReminder
            | Self::SendNotice
            | Self::SendNewPassword
            | Self::SendAlert => Needs::Mail,
            Self::ReadAccount => Needs::Background,
            Self::Prune => Needs::Nothing,
        }
    }

    /// Returns whether the claim of an operation that begins with this step is the intent of its effect. The others write
    /// their intent when they are run, or have no effect outside the database.
    #[must_use]
    pub const fn is_intended_by_claim(self) -> bool {
        match self {
            Self::CreateUser | Self::SendCode | Self::ResetPassword => true,
            Self::Entitle
            | Self::AssignLicence
            | Self::JoinGroup
            | Self::SendPassword
            | Self::SendReminder
            | Self::SendNotice
            | Self::SendNewPassword
            | Self::ReadAccount
            | Self::SendAlert
            | Self::Prune => false,
        }
    }

    /// The label of the step in the metrics; `None` for an effect that is part of a step, and for background work.
    #[must_use]
    pub const fn metric_label(self) -> Option<&'static str> {
        match self {
            Self::SendReminder | Self::SendNotice => Some("settle_duplicate"),
            Self::SendPassword | Self::SendNewPassword => Some("send_password"),
            Self::SendCode | Self::CreateUser | Self::Entitle | Self::ResetPassword => Some(self.as_str()),
            Self::AssignLicence | Self::JoinGroup | Self::ReadAccount | Self::SendAlert | Self::Prune => None,
        }
    }
}

/// Dependency of a step. While it does not answer, steps that need it wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Needs {
    /// The tenant of the operation.
    Tenant,
    /// The mail server, or the mailbox that sends through Graph.
    Mail,
    /// The tenant, for a read that no signup waits for: such steps take a part of the places at most.
    Background,
    /// Nothing but the database.
    Nothing,
}

/// State of a recorded effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Written down before it happens; it may have happened.
    Intended,
    /// It has happened.
    Done,
    /// It was refused; the step's error says why.
    Failed,
}

macro_rules! stored_as {
    ($name:ident, $what:literal, $($variant:ident = $text:literal),+ $(,)?) => {
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The value as it is stored and shown to machines.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err(IdError($what)) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(super) use stored_as;

stored_as!(
    StepKind,
    "no such kind of step",
    SendCode = "send_code",
    CreateUser = "create_user",
    Entitle = "entitle",
    AssignLicence = "assign_licence",
    JoinGroup = "join_group",
    SendPassword = "send_password",
    SendReminder = "send_reminder",
    SendNotice = "send_notice",
    ResetPassword = "reset_password",
    SendNewPassword = "send_new_password",
    ReadAccount = "read_account",
    SendAlert = "send_alert",
    Prune = "prune",
);
stored_as!(StepState, "no such state of a step", Intended = "intended", Done = "done", Failed = "failed");
stored_as!(
    Needs,
    "no such dependency",
    Tenant = "tenant",
    Mail = "mail",
    Background = "background",
    Nothing = "nothing"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_words_read_back() {
        for kind in StepKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        for needs in Needs::ALL {
            assert_eq!(needs.as_str().parse(), Ok(*needs));
        }
    }
}
