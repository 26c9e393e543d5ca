//! What is asked of the tenant, named for logs and counters.

/// One kind of request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Operation {
    /// Fetch an access token.
    FetchToken,
    /// Create a user.
    CreateUser,
    /// Read one user by its principal name.
    FindUser,
    /// List the principal names that begin alike.
    ListNames,
    /// Assign licences and join groups.
    Entitle,
    /// Set a new password.
    ResetPassword,
    /// Look at the tenant for a diagnosis.
    Inspect,
}

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[
        Self::FetchToken,
        Self::CreateUser,
        Self::FindUser,
        Self::ListNames,
        Self::Entitle,
        Self::ResetPassword,
        Self::Inspect,
    ];

    /// The operation's name in logs and counters.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FetchToken => "fetch_token",
            Self::CreateUser => "create_user",
            Self::FindUser => "find_user",
            Self::ListNames => "list_names",
            Self::Entitle => "entitle",
            Self::ResetPassword => "reset_password",
            Self::Inspect => "inspect",
        }
    }
}
