//! A user as it is now.
//!
//! Source: <https://learn.microsoft.com/graph/api/user-get>.

use reqwest::StatusCode;
use serde::Deserialize;

use super::{Error, Graph, classify::About};
use crate::{
    domain::{ObjectId, SignInName},
    entra::{Call, Operation},
};

/// A user that exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentUser {
    /// The name it signs in with, which admins may change; unknown in a dry run, and where it is not a valid one.
    pub principal: Option<SignInName>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    user_principal_name: String,
}

impl Graph {
    /// Reads a user by its object id (`GET /users/{id}`), which stays the same when the user is renamed; `None` where
    /// there is no such user, or none that can be seen yet.
    ///
    /// # Errors
    /// [`Error`]; nothing is changed by asking.
    pub async fn current_user(&self, user: ObjectId) -> Result<Option<CurrentUser>, Error> {
        if self.is_dry() {
            tracing::info!(%user, "dry run: the tenant would be asked for the user's name");
            return Ok(Some(CurrentUser { principal: None }));
        }
        let mut url = self.http().url(&["users", &user.to_string()]);
        url.query_pairs_mut().append_pair("$select", "id,userPrincipalName");
        let reply = self.http().call(&Call::get(Operation::FindUser, url)).await?;
        if reply.status.is_success() {
            let body: Body = reply.read()?;
            return Ok(Some(CurrentUser { principal: body.user_principal_name.parse().ok() }));
        }
        match reply.graph_error() {
            Some(_) if reply.status == StatusCode::NOT_FOUND => Ok(None),
            error => Err(reply.refusal(About::OneUser, error.as_ref())),
        }
    }
}
