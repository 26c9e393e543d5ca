//! The requests to Microsoft's services, named for logs and counters.

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Fetch an access token.
    FetchToken,
    /// Create a user.
    CreateUser,
    /// Write to a new user what its creation could not.
    CompleteUser,
    /// Read one user.
    FindUser,
    /// List the principal names that begin alike.
    ListNames,
    /// Assign licences and join groups.
    Entitle,
    /// Set a new password.
    ResetPassword,
    /// Look at the tenant for a diagnosis.
    Inspect,
    /// Send a mail by a mailbox.
    SendMail,
}

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[
        Self::FetchToken,
        Self::CreateUser,
        Self::CompleteUser,
        Self::FindUser,
        Self::ListNames,
        Self::Entitle,
        Self::ResetPassword,
        Self::Inspect,
        Self::SendMail,
    ];

    /// Their names, in the same order.
    pub(super) const NAMES: &'static [&'static str] = &[
        Self::FetchToken.as_str(),
        Self::CreateUser.as_str(),
        Self::CompleteUser.as_str(),
        Self::FindUser.as_str(),
        Self::ListNames.as_str(),
        Self::Entitle.as_str(),
        Self::ResetPassword.as_str(),
        Self::Inspect.as_str(),
        Self::SendMail.as_str(),
    ];

    /// The operation's name in logs and counters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FetchToken => "fetch_token",
            Self::CreateUser => "create_user",
            Self::CompleteUser => "complete_user",
            Self::FindUser => "find_user",
            Self::ListNames => "list_names",
            Self::Entitle => "entitle",
            Self::ResetPassword => "reset_password",
            Self::Inspect => "inspect",
            Self::SendMail => "send_mail",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_the_place_of_its_name() {
        for operation in Operation::ALL {
            assert_eq!(Operation::NAMES[*operation as usize], operation.as_str());
        }
        assert_eq!(Operation::NAMES.len(), Operation::ALL.len());
    }
}
