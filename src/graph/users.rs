//! Users: create one, find one.
//!
//! Source: <https://learn.microsoft.com/graph/api/user-post-users> and
//! <https://learn.microsoft.com/graph/api/user-get>.

use std::fmt;

use bytes::Bytes;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{
    Error, ErrorKind, Graph, Operation,
    classify::About,
    dry_run,
    http::Call,
    new_user::{Body, marker_of},
    wire::Reply,
};
use crate::domain::{Country, ObjectId, Password, PrincipalName, SignupId};

/// A user to be created.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// The signup it is created for; it marks the user as its own.
    pub signup: SignupId,
    /// What the person will sign in with.
    pub principal: &'a PrincipalName,
    /// The first password; it must be changed at the first sign-in.
    pub password: &'a Password,
    /// The name shown to others, unless `attributes` say otherwise.
    pub display_name: &'a str,
    /// Where licences will be used.
    pub usage_location: Option<Country>,
    /// What else is written: Graph's names with their values.
    pub attributes: &'a [(&'static str, String)],
}

/// Why a user was not created, or perhaps was.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CreateError {
    /// The principal name belongs to a user already, perhaps to this signup's: [`Graph::find_user`] tells.
    /// [`Graph::taken_names`] may not list it yet.
    #[error("the principal name is taken")]
    NameTaken,
    /// The tenant wants another password.
    #[error("the tenant refuses the password")]
    PasswordRefused,
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

/// A user that is in the tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundUser {
    /// Its object id.
    pub id: ObjectId,
    /// What its marker attribute says.
    pub marker: Option<String>,
}

impl FoundUser {
    /// Whether the user was created for this signup.
    #[must_use]
    pub fn is_of(&self, signup: SignupId) -> bool {
        self.marker.as_deref() == Some(marker_of(signup).as_str())
    }
}

/// A marker that another program wrote may say anything.
impl fmt::Debug for FoundUser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FoundUser").field("id", &self.id).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Created {
    id: String,
}

#[derive(Deserialize)]
struct Found {
    id: String,
    #[serde(rename = "onPremisesExtensionAttributes")]
    extensions: Option<Map<String, Value>>,
}

impl Graph {
    /// Creates a user (`POST /users`).
    ///
    /// # Errors
    /// [`CreateError`]. After [`ErrorKind::Unclear`] the user may be there.
    pub async fn create_user(&self, user: &NewUser<'_>) -> Result<ObjectId, CreateError> {
        if self.is_dry() {
            return Ok(dry_run::create_user(user.signup)?);
        }
        let call = Call::post(Operation::CreateUser, self.http().url(&["users"]), self.body_of(user)?);
        let reply = self.http().call(&call).await?;
        if reply.status.is_success() {
            let created: Created = reply.read()?;
            return Ok(created.id.parse().map_err(|_| reply.unreadable())?);
        }
        Err(refused(user, &reply))
    }

    /// The body, in memory that is wiped after the call.
    fn body_of(&self, user: &NewUser<'_>) -> Result<Bytes, Error> {
        let mut json = Zeroizing::new(Vec::with_capacity(2048));
        serde_json::to_writer(&mut *json, &Body { user, marker: self.marker() })
            .map_err(|error| Error::new(ErrorKind::UserRefused, "unwritable_user").caused_by(error))?;
        Ok(Bytes::from_owner(json))
    }

    /// Finds a user by its principal name (`GET /users/{name}`). Just after a write it may not be found yet.
    ///
    /// # Errors
    /// [`Error`]; nothing is changed by asking.
    pub async fn find_user(&self, principal: &PrincipalName) -> Result<Option<FoundUser>, Error> {
        if self.is_dry() {
            return Ok(dry_run::find_user());
        }
        let mut url = self.http().url(&["users", &principal.to_string()]);
        url.query_pairs_mut().append_pair("$select", "id,onPremisesExtensionAttributes");
        let reply = self.http().call(&Call::get(Operation::FindUser, url)).await?;
        if reply.status.is_success() {
            let mut found: Found = reply.read()?;
            let marker = found.extensions.as_mut().and_then(|all| all.remove(self.marker()));
            let marker = marker.and_then(|value| value.as_str().map(str::to_owned));
            let id = found.id.parse().map_err(|_| reply.unreadable())?;
            return Ok(Some(FoundUser { id, marker }));
        }
        match reply.graph_error() {
            Some(_) if reply.status == StatusCode::NOT_FOUND => Ok(None),
            error => Err(reply.refusal(About::OneUser, error.as_ref())),
        }
    }
}

/// Why the tenant did not create the user.
fn refused(user: &NewUser<'_>, reply: &Reply) -> CreateError {
    let error = reply.graph_error();
    if let Some(error) = &error
        && matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT)
    {
        let mail_is_sent = user.attributes.iter().any(|(name, _)| *name == "mail");
        if error.is_taken_name(mail_is_sent) {
            return CreateError::NameTaken;
        }
        if error.is_refused_password() {
            return CreateError::PasswordRefused;
        }
    }
    CreateError::Other(reply.refusal(About::User, error.as_ref()))
}
