//! Users signing in with a password.

use super::errors::Refusal;
use crate::sandbox::directory::Directory;
use crate::sandbox::lock;
use crate::sandbox::world::World;
use uuid::Uuid;

/// The outcome of a sign-in with a user name and a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The password is right.
    Welcome,
    /// The password is right, but must be changed before anything else.
    MustChangePassword,
    /// The password is wrong.
    WrongPassword,
    /// The account is disabled.
    Disabled,
    /// There is no such user.
    NoSuchUser,
}

impl SignIn {
    /// Returns whether the password is the user's.
    #[must_use]
    pub fn is_right_password(self) -> bool {
        matches!(self, Self::Welcome | Self::MustChangePassword)
    }

    /// The token endpoint's refusal, if any.
    pub(super) fn refusal(self, tenant: Uuid) -> Option<Refusal> {
        match self {
            Self::Welcome => None,
            Self::NoSuchUser => Some(Refusal::grant(
                50_034,
                format!(
                    "The user account {{EUII Hidden}} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory."
                ),
            )),
            Self::WrongPassword => Some(Refusal::grant(
                50_126,
                "Error validating credentials due to invalid username or password.",
            )),
            Self::Disabled => Some(Refusal::grant(50_057, "The user account is disabled.")),
            Self::MustChangePassword => Some(Refusal::grant(50_055, "The password is expired.")),
        }
    }
}

/// Tries a user name and a password; with the user's id if there is such a user.
pub(in crate::sandbox) fn sign_in(world: &World, name: &str, password: &str) -> (SignIn, Option<Uuid>) {
    let directory = lock(&world.directory);
    decide(&directory, name, password)
}

fn decide(directory: &Directory, name: &str, password: &str) -> (SignIn, Option<Uuid>) {
    let Some(user) = directory.user_by_name(name) else {
        return (SignIn::NoSuchUser, None);
    };
    let outcome = if user.password != password {
        SignIn::WrongPassword
    } else if !user.is_enabled() {
        SignIn::Disabled
    } else if user.must_change_password {
        SignIn::MustChangePassword
    } else {
        SignIn::Welcome
    };
    (outcome, Some(user.id))
}
