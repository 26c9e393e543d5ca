//! A new password for a user that is there.
//!
//! Source: <https://learn.microsoft.com/graph/api/user-update>. `User.ReadWrite.All` does not allow it;
//! `User-PasswordProfile.ReadWrite.All` does, for users without an administrator's role.

use bytes::Bytes;
use reqwest::StatusCode;
use serde::Serialize;
use zeroize::Zeroizing;

use super::{Error, ErrorKind, Graph, classify::About, new_user::PasswordProfile};
use crate::{
    domain::{ObjectId, Password},
    entra::{Call, Operation},
};

/// The reason why a password was not set, or perhaps was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ResetError {
    /// The tenant wants another password.
    #[error("the tenant refuses the password")]
    PasswordRefused,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    password_profile: PasswordProfile<'a>,
}

impl Graph {
    /// Sets a password, which must be changed at the next sign-in (`PATCH /users/{id}`). Setting the same one
    /// again does no harm.
    ///
    /// # Errors
    /// [`ResetError`]. After [`ErrorKind::Unclear`] the password may be set.
    pub async fn reset_password(&self, user: ObjectId, password: &Password) -> Result<(), ResetError> {
        if self.is_dry() {
            tracing::info!(%user, "dry run: a new password would be set");
            return Ok(());
        }
        let url = self.http().url(&["users", &user.to_string()]);
        let reply = self.http().call(&Call::patch(Operation::ResetPassword, url, body_of(password)?)).await?;
        if reply.status == StatusCode::NO_CONTENT {
            return Ok(());
        }
        if reply.status.is_success() {
            // Not Graph's own words: something on the way has answered.
            return Err(reply.unreadable().into());
        }
        let error = reply.graph_error();
        let is_about_it = |error: &super::classify::GraphError| error.is_refused_password();
        if reply.status == StatusCode::BAD_REQUEST && error.as_ref().is_some_and(is_about_it) {
            return Err(ResetError::PasswordRefused);
        }
        Err(reply.refusal(About::OneUser, error.as_ref()).into())
    }
}

/// The body, in memory that is wiped after the call.
fn body_of(password: &Password) -> Result<Bytes, Error> {
    let mut json = Zeroizing::new(Vec::with_capacity(256));
    serde_json::to_writer(&mut *json, &Body { password_profile: PasswordProfile::once(password) })
        .map_err(|error| Error::new(ErrorKind::UserRefused, "unwritable_password").caused_by(error))?;
    Ok(Bytes::from_owner(json))
}
