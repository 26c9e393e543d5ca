//! Users: create one, complete one, find one.
//!
//! Source: <https://learn.microsoft.com/graph/api/user-post-users>,
//! <https://learn.microsoft.com/graph/api/user-update> and <https://learn.microsoft.com/graph/api/user-get>.

use std::{fmt, time::Duration};

use bytes::Bytes;
use reqwest::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{
    Error, ErrorKind, Graph, MarkerMethod,
    classify::About,
    marker::{employee_id_of, is_employee_marker, is_marker, marker_of},
    new_user::{Body, Completion, Extensions, extensions_of},
};
use crate::{
    domain::{Country, ObjectId, Password, PrincipalName, SignupId, Timestamp},
    entra::{Call, Operation, Reply, retry_after},
};

/// A user to be created.
#[derive(Clone, Copy)]
pub struct NewUser<'a> {
    /// The signup it is created for; it marks the user as its own.
    pub signup: SignupId,
    /// The name that the person will sign in with.
    pub principal: &'a PrincipalName,
    /// The first password; it must be changed at the first sign-in.
    pub password: &'a Password,
    /// The name shown to others, unless `attributes` say otherwise.
    pub display_name: &'a str,
    /// The country where licences will be used.
    pub usage_location: Option<Country>,
    /// The other attributes to write: Graph's names with their values.
    pub attributes: &'a [(&'static str, String)],
}

/// The reason why a user was not created, or perhaps was: no refusal proves that an earlier call, or a repetition of
/// this one on the way, had no effect.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CreateError {
    /// The principal name belongs to a user already, perhaps to this signup's: [`Graph::find_user`] finds out.
    /// [`Graph::namesakes`] may not list it yet.
    #[error("the principal name is taken")]
    NameTaken,
    /// Another object has the mail address that the principal name would get.
    #[error("the address of the principal name is taken")]
    AddressTaken,
    /// The tenant wants another password.
    #[error("the tenant refuses the password")]
    PasswordRefused,
    /// The tenant takes no marker in this property: [`Graph::refuses_markers`] has the next call do without.
    #[error("the tenant takes no marker in {property}")]
    MarkerRefused {
        /// Graph's name of it.
        property: String,
        /// The refusal.
        #[source]
        error: Error,
    },
    /// Anything else.
    #[error(transparent)]
    Other(#[from] Error),
}

/// The owner of a user, according to its marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// It was created for this signup.
    ThisSignup,
    /// It was created for another signup.
    AnotherSignup,
    /// It has no marker of ours.
    Unmarked,
}

/// A user that is in the tenant.
#[derive(Clone, PartialEq, Eq)]
pub struct FoundUser {
    /// Its object id.
    pub id: ObjectId,
    /// The value of its marker attribute.
    pub marker: Option<String>,
    /// Its employee id, which may be a marker too.
    pub employee_id: Option<String>,
    /// The time since its creation, by the tenant's own clock.
    pub age: Option<Duration>,
}

impl FoundUser {
    /// Returns whether the user was created for this signup.
    #[must_use]
    pub fn is_of(&self, signup: SignupId) -> bool {
        self.owner(signup) == Owner::ThisSignup
    }

    /// The owner of the user, as seen from this signup.
    #[must_use]
    pub fn owner(&self, signup: SignupId) -> Owner {
        let (marker, employee_id) = (self.marker.as_deref(), self.employee_id.as_deref());
        let is_own_employee_id = |id: &str| id.eq_ignore_ascii_case(&employee_id_of(signup));
        if marker == Some(marker_of(signup).as_str()) || employee_id.is_some_and(is_own_employee_id) {
            Owner::ThisSignup
        } else if marker.is_some_and(is_marker) || employee_id.is_some_and(is_employee_marker) {
            Owner::AnotherSignup
        } else {
            Owner::Unmarked
        }
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

/// The properties of a user that are selected to determine its owner.
pub(super) const OF_OWNER: &str = "id,createdDateTime,employeeId,onPremisesExtensionAttributes";

/// The same properties in Graph's answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnerBody {
    id: String,
    created_date_time: Option<String>,
    employee_id: Option<String>,
    on_premises_extension_attributes: Option<Map<String, Value>>,
}

impl OwnerBody {
    /// The user, if its id can be read.
    pub(super) fn read(mut self, marker: &str, now: Timestamp) -> Option<FoundUser> {
        let value = self.on_premises_extension_attributes.as_mut().and_then(|all| all.remove(marker));
        let created_at = self.created_date_time.and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let age = |at: jiff::Timestamp| now.since(Timestamp::from_millis(at.as_millisecond()));
        Some(FoundUser {
            id: self.id.parse().ok()?,
            marker: value.and_then(|value| value.as_str().map(str::to_owned)),
            employee_id: self.employee_id,
            age: created_at.map(age),
        })
    }
}

impl Graph {
    /// Creates a user (`POST /users`).
    ///
    /// # Errors
    /// [`CreateError`]. Unless [`Error::was_sent`] denies it, the user may be there.
    pub async fn create_user(&self, user: &NewUser<'_>) -> Result<ObjectId, CreateError> {
        if self.is_dry() {
            tracing::info!(signup = %user.signup, "dry run: the user would be created");
            // Repeated calls for the same signup return the same user.
            let id = user.signup.to_string().parse();
            return Ok(id.map_err(|error| Error::new(ErrorKind::UserRefused, "dry_run").caused_by(error))?);
        }
        // The answers to other signups may change it while this one is awaited.
        let method = self.marker_method();
        let body = Body { user, method, marker: self.marker_attribute() };
        let json = sealed_json(&body, 2048, "unwritable_user")?;
        let call = Call::post(Operation::CreateUser, self.http().url(&["users"]), json);
        let reply = self.http().call(&call).await?;
        if reply.status.is_success() {
            let created: Created = reply.read()?;
            return Ok(created.id.parse().map_err(|_| reply.unreadable())?);
        }
        Err(self.why_refused(user, method, &reply))
    }

    /// Returns whether [`Self::complete_user`] has to write what the POST could not.
    #[must_use]
    pub fn completes_users(&self, attributes: &[(&'static str, String)]) -> bool {
        match self.marker_method() {
            MarkerMethod::ExtensionAttribute => false,
            MarkerMethod::EmployeeId => extensions_of(attributes).next().is_some(),
            MarkerMethod::ExtensionAttributeAfterwards => true,
        }
    }

    /// Writes the extension attributes, the marker among them, to a user that was created without
    /// (`PATCH /users/{id}`). Writing them again does no harm.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn complete_user(
        &self,
        id: ObjectId,
        signup: SignupId,
        attributes: &[(&'static str, String)],
    ) -> Result<(), Error> {
        if self.is_dry() {
            tracing::info!(user = %id, "dry run: the user's extension attributes would be written");
            return Ok(());
        }
        let extensions = Extensions { signup, attributes, marker: self.marker_attribute() };
        let body = Completion { on_premises_extension_attributes: extensions };
        let url = self.http().url(&["users", &id.to_string()]);
        let json = sealed_json(&body, 512, "unwritable_attributes")?;
        let reply = self.http().call(&Call::patch(Operation::CompleteUser, url, json)).await?;
        match reply.status {
            StatusCode::NO_CONTENT => Ok(()),
            // Not Graph's own words: something on the way has answered.
            status if status.is_success() => Err(reply.unreadable()),
            _ => Err(reply.refusal(About::OneUser, reply.graph_error().as_ref())),
        }
    }

    /// Finds a user by its principal name (`GET /users/{name}`). Just after a write it may not be found yet.
    ///
    /// # Errors
    /// [`Error`]; nothing is changed by asking.
    pub async fn find_user(&self, principal: &PrincipalName) -> Result<Option<FoundUser>, Error> {
        if self.is_dry() {
            tracing::info!("dry run: the tenant would be asked for the user");
            return Ok(None);
        }
        let reply = self.get_user(&principal.to_string(), OF_OWNER).await?;
        if reply.status.is_success() {
            let found: OwnerBody = reply.read()?;
            let found = found.read(self.marker_attribute(), self.time_of(&reply));
            return found.ok_or_else(|| reply.unreadable()).map(Some);
        }
        match reply.graph_error() {
            Some(_) if reply.status == StatusCode::NOT_FOUND => Ok(None),
            error => Err(reply.refusal(About::OneUser, error.as_ref())),
        }
    }

    /// Returns whether there is a user of this id (`GET /users/{id}`). Just after a write it may not be found yet.
    ///
    /// # Errors
    /// [`Error`]; nothing is changed by asking.
    pub async fn has_user(&self, id: ObjectId) -> Result<bool, Error> {
        if self.is_dry() {
            return Ok(true);
        }
        let reply = self.get_user(&id.to_string(), "id").await?;
        match reply.graph_error() {
            _ if reply.status.is_success() => reply.read::<Created>().map(|_| true),
            Some(_) if reply.status == StatusCode::NOT_FOUND => Ok(false),
            error => Err(reply.refusal(About::OneUser, error.as_ref())),
        }
    }

    async fn get_user(&self, key: &str, select: &str) -> Result<Reply, Error> {
        let mut url = self.http().url(&["users", key]);
        url.query_pairs_mut().append_pair("$select", select);
        self.http().call(&Call::get(Operation::FindUser, url)).await
    }

    /// The tenant's time when it answered; ours where it does not say.
    pub(super) fn time_of(&self, reply: &Reply) -> Timestamp {
        let date = reply.date.as_ref().and_then(|date| date.to_str().ok()).and_then(retry_after::http_date);
        date.unwrap_or_else(|| self.http().service.wire.clock.now())
    }

    /// The reason why the tenant did not create the user.
    fn why_refused(&self, user: &NewUser<'_>, method: MarkerMethod, reply: &Reply) -> CreateError {
        let error = reply.graph_error();
        let refusal = || reply.refusal(About::User, error.as_ref());
        if let Some(error) = &error
            && matches!(reply.status, StatusCode::BAD_REQUEST | StatusCode::CONFLICT)
        {
            let mail_is_sent = user.attributes.iter().any(|(name, _)| *name == "mail");
            if error.is_taken_name(mail_is_sent) {
                return if error.is_of_address() {
                    CreateError::AddressTaken
                } else {
                    CreateError::NameTaken
                };
            }
            if error.is_refused_password() {
                return CreateError::PasswordRefused;
            }
            let set_by_profile: Vec<&str> = extensions_of(user.attributes).map(|(name, _)| name).collect();
            if let Some(property) = self.marker().refused_by(method, error, &set_by_profile) {
                return CreateError::MarkerRefused { property: property.to_owned(), error: refusal() };
            }
        }
        CreateError::Other(refusal())
    }
}

/// A body in memory that is wiped after the call.
fn sealed_json(body: &impl serde::Serialize, room: usize, code: &str) -> Result<Bytes, Error> {
    let mut json = Zeroizing::new(Vec::with_capacity(room));
    serde_json::to_writer(&mut *json, body)
        .map_err(|error| Error::new(ErrorKind::UserRefused, code).caused_by(error))?;
    Ok(Bytes::from_owner(json))
}
