//! Creates the user exactly once, although Graph has no idempotency key.
//!
//! The name is in the row before the POST, and the POST carries a marker of the signup where the tenant accepts one.
//! Only a success is believed: a refusal may be the answer to a repetition of the call on its way, whose first copy had
//! its effect. So before another name or another password is used, the tenant is asked by name whose the user is. No
//! user is adopted by its name alone.

use std::{collections::BTreeSet, time::Duration};

use super::SignupRun;
use crate::{
    domain::{
        Attention, Attribute, Facts, ObjectId, Password, PersonName, PrincipalName, Profile, Purpose,
        StepKind, Timestamp, Username, Waiting, smallest_free,
    },
    engine::{Done, LAG_ATTEMPTS, StepFailure, StepResult},
    graph::{CreateError, ErrorKind, FoundUser, Graph, MarkerMethod, Namesakes, NewUser, Owner, ResetError},
    store::{NameTaken, RefusedMarker, StoreError},
};

/// Further names or passwords tried in one run.
const CHANGES: u32 = 8;
/// The code of a name that is taken although no user can be seen under it.
const UNSEEN: &str = "name_taken_but_unseen";
/// The code of a name whose user has no marker and may be this signup's own.
const UNMARKED: &str = "name_taken_by_unmarked_user";
/// The last wait for such a user to be seen with its marker, much longer than any replication lag.
const WAIT_FOR_MARKER: Duration = Duration::from_mins(15);
/// The largest difference that is expected between the clocks of the tenant's servers.
const CLOCK_MARGIN: Duration = Duration::from_mins(5);
/// The time for which a recorded refusal of the marker is believed by processes that start.
pub const MARKER_REFUSAL_HOLDS: Duration = Duration::from_hours(30 * 24);

/// The tenant's answer about the name in the row.
enum Name {
    Ours(ObjectId),
    Theirs,
    /// Not known yet.
    Unmarked,
    Unseen,
}

/// The user of this signup, where there is one, or the names that are taken in the tenant and in our own rows.
enum Own {
    Adopted(ObjectId),
    None { taken: BTreeSet<Username> },
}

/// The outcome of one POST.
enum Posted {
    Created(ObjectId),
    NameTaken,
    AddressTaken,
    PasswordRefused,
    MarkerRefused(RefusedMarker),
}

/// The action that follows an answer.
enum Next {
    Post,
    Adopt(ObjectId),
}

/// A creation in one run.
struct Creation {
    graph: Graph,
    /// True if an earlier POST under this name may have had its effect.
    in_doubt: bool,
    /// True if the last wait for this name is over.
    has_waited: bool,
}

impl SignupRun<'_> {
    pub(super) async fn create_user(&mut self) -> StepResult {
        let in_doubt = self.run.operation.in_doubt;
        let graph = self.graph().map_err(|failure| failure.without_effect(!in_doubt))?;
        self.load_refused_markers(&graph).await?;
        let mut creation = Creation { graph, in_doubt, has_waited: self.has_waited() };
        let mut next = if in_doubt { self.resolve_doubt(&mut creation).await? } else { Next::Post };
        let mut refused_passwords = 0;
        for _ in 0..CHANGES {
            if let Next::Adopt(user) = next {
                return self.adopt(&creation.graph, user).await;
            }
            let posted = self.post(&creation).await;
            next = match posted.map_err(|failure| failure.without_effect_unless(creation.in_doubt))? {
                Posted::Created(user) => return self.record_user(user).await,
                Posted::NameTaken => self.after_conflict(&mut creation, false).await?,
                Posted::AddressTaken => self.after_conflict(&mut creation, true).await?,
                Posted::PasswordRefused => {
                    refused_passwords += 1;
                    self.after_refused_password(&creation).await?
                }
                Posted::MarkerRefused(refused) => {
                    self.keep_refused_marker(&creation.graph, &refused).await?;
                    // A user of an earlier POST is recognised by another property now, or not at all.
                    if creation.in_doubt { self.resolve_doubt(&mut creation).await? } else { Next::Post }
                }
            };
        }
        Err(if refused_passwords == CHANGES {
            StepFailure::attention(Attention::PasswordRefused)
        } else {
            StepFailure::retry(Waiting::TenantLag, "no_name_or_password_was_taken")
        })
    }

    /// Looks for the user of an earlier POST.
    async fn resolve_doubt(&mut self, creation: &mut Creation) -> Result<Next, StepFailure> {
        match self.look_up(&creation.graph).await? {
            Name::Ours(user) => Ok(Next::Adopt(user)),
            Name::Theirs => self.take_next_name(creation).await,
            Name::Unmarked => Err(self.wait_for_marker(creation, UNMARKED)),
            // After a failover or a restore, the record may not know the name under which the user was created at last.
            Name::Unseen => Ok(match self.find_own(creation).await? {
                Own::Adopted(user) => Next::Adopt(user),
                Own::None { .. } => Next::Post,
            }),
        }
    }

    /// Handles a name that is taken, perhaps by the user of this POST or of an earlier one that the record may not
    /// contain.
    async fn after_conflict(
        &mut self,
        creation: &mut Creation,
        is_address: bool,
    ) -> Result<Next, StepFailure> {
        match self.look_up(&creation.graph).await? {
            Name::Ours(user) => Ok(Next::Adopt(user)),
            Name::Theirs => self.take_next_name(creation).await,
            Name::Unmarked => Err(self.wait_for_marker(creation, UNMARKED)),
            // Groups and contacts have addresses too, but are not found as users.
            Name::Unseen if is_address && !creation.in_doubt => self.take_next_name(creation).await,
            Name::Unseen => Err(self.wait_for_marker(creation, UNSEEN)),
        }
    }

    /// Handles a refused password. One that a POST in doubt may have set is kept: the user may have it.
    async fn after_refused_password(&mut self, creation: &Creation) -> Result<Next, StepFailure> {
        match self.look_up(&creation.graph).await? {
            Name::Ours(user) => return Ok(Next::Adopt(user)),
            Name::Unmarked => return Err(self.wait_for_marker(creation, UNMARKED)),
            Name::Unseen if creation.in_doubt && !creation.has_waited => {
                return Err(self.wait_for_marker(creation, UNSEEN));
            }
            Name::Unseen | Name::Theirs => {}
        }
        self.change_password().await?;
        Ok(Next::Post)
    }

    /// Returns whether the long wait at the end of [`Self::wait_for_marker`] is over. The attempts alone do not show
    /// it: an outage makes many of them, and the answer may have been lost in the last.
    fn has_waited(&self) -> bool {
        let operation = &self.run.operation;
        let waited_for = operation.last_error.as_deref();
        operation.attempts >= LAG_ATTEMPTS && matches!(waited_for, Some(UNSEEN | UNMARKED))
    }

    /// The failure for a user that cannot be seen or has no marker yet, which replication explains. After the last wait
    /// only an admin can find out whose it is.
    fn wait_for_marker(&self, creation: &Creation, detail: &str) -> StepFailure {
        if creation.has_waited {
            return StepFailure::needs_attention(Attention::NameInDoubt, detail.to_owned());
        }
        let is_last = self.run.operation.attempts + 1 >= LAG_ATTEMPTS;
        let not_before = is_last.then(|| self.run.now().plus(WAIT_FOR_MARKER));
        StepFailure::retry_after(Waiting::TenantLag, detail.to_owned(), not_before)
    }

    async fn look_up(&self, graph: &Graph) -> Result<Name, StepFailure> {
        let principal = self.principal()?;
        let found = graph.find_user(&principal).await.map_err(|error| self.run.tenant_failure(&error))?;
        let Some(found) = found else { return Ok(Name::Unseen) };
        Ok(match found.owner(self.signup.id) {
            Owner::ThisSignup => Name::Ours(found.id),
            Owner::AnotherSignup => Name::Theirs,
            Owner::Unmarked if self.is_older(&found, self.first_post(graph).await?) => Name::Theirs,
            Owner::Unmarked => Name::Unmarked,
        })
    }

    /// Returns whether the user was there before `first_post`. Ages are compared, each by one clock alone: the tenant's
    /// and ours need not agree.
    fn is_older(&self, user: &FoundUser, first_post: Timestamp) -> bool {
        let since_first_post = self.run.now().since(first_post);
        user.age.is_some_and(|age| age > since_first_post + CLOCK_MARGIN)
    }

    /// The earliest moment at which a POST of this signup may have been sent. Where users are not marked by the POST,
    /// that is the request itself: a database that has lost its last writes would name a later one.
    async fn first_post(&self, graph: &Graph) -> Result<Timestamp, StoreError> {
        if graph.marker_method() == MarkerMethod::ExtensionAttributeAfterwards {
            return Ok(self.signup.created_at);
        }
        let steps = self.run.store().steps(self.signup.id).await?;
        let intended = steps.iter().find(|step| step.kind == StepKind::CreateUser);
        Ok(intended.map_or(self.signup.created_at, |step| step.started_at))
    }

    async fn post(&self, creation: &Creation) -> Result<Posted, StepFailure> {
        let profile = self.profile()?;
        let principal = self.principal()?;
        let password = self.password()?;
        let attributes = self.attributes(profile, &principal)?;
        let display_name = self.signup.name.as_ref().map(PersonName::display).unwrap_or_default();
        let user = NewUser {
            signup: self.signup.id,
            principal: &principal,
            password: &password,
            display_name: &display_name,
            usage_location: profile.usage_location,
            attributes: &attributes,
        };
        match creation.graph.create_user(&user).await {
            Ok(user) => {
                self.run.tenant_answered();
                Ok(Posted::Created(user))
            }
            Err(CreateError::NameTaken) => Ok(Posted::NameTaken),
            Err(CreateError::AddressTaken) => Ok(Posted::AddressTaken),
            Err(CreateError::PasswordRefused) => Ok(Posted::PasswordRefused),
            Err(CreateError::MarkerRefused { property, error }) => {
                let reason = error.detail();
                Ok(Posted::MarkerRefused(RefusedMarker { property, reason, refused_at: self.run.now() }))
            }
            Err(CreateError::Other(error)) => Err(match self.run.tenant_failure(&error) {
                StepFailure::Retry { detail, .. }
                    if error.kind == ErrorKind::Lag && self.run.is_lag_over() =>
                {
                    StepFailure::needs_attention(Attention::UserRefused, detail)
                }
                failure @ StepFailure::Retry { .. } => {
                    // The application was refused as a whole, so that the request had no effect in the directory.
                    let is_of_application =
                        matches!(error.kind, ErrorKind::IdentityRefused | ErrorKind::Forbidden);
                    failure.without_effect(is_of_application || !error.was_sent())
                }
                failure => failure,
            }),
        }
    }

    /// Reserves the smallest number that is free in the tenant and in our own rows, unless the signup's own user has
    /// one of them.
    async fn take_next_name(&mut self, creation: &mut Creation) -> Result<Next, StepFailure> {
        let Some(base) = self.signup.username_base.clone() else {
            return Err(StepFailure::attention(Attention::UserRefused));
        };
        let mut taken = match self.find_own(creation).await? {
            Own::Adopted(user) => return Ok(Next::Adopt(user)),
            Own::None { taken } => taken,
        };
        // The name just refused may be too young, or too long deleted, for the search to list it.
        taken.extend(self.signup.username.clone());
        for _ in 0..CHANGES {
            let name: Username = base.numbered(smallest_free(&base, &taken));
            match self.run.store().take_name(&self.run.lease, &name, self.run.now()).await? {
                NameTaken::Reserved => {
                    self.signup.username = Some(name);
                    (creation.in_doubt, creation.has_waited) = (false, false);
                    return Ok(Next::Post);
                }
                NameTaken::Taken => taken.insert(name),
            };
        }
        Err(StepFailure::retry(Waiting::TenantLag, "names_are_contended"))
    }

    /// Looks for the signup's own user under all numbers of its name.
    async fn find_own(&mut self, creation: &Creation) -> Result<Own, StepFailure> {
        let Some(base) = self.signup.username_base.clone() else {
            return Ok(Own::None { taken: BTreeSet::new() });
        };
        let domain = self.signup.domain.clone();
        let found = creation.graph.namesakes(&base, &domain, self.signup.id).await;
        let found = found.map_err(|error| self.run.tenant_failure(&error))?;
        if let Some((name, user)) = found.own {
            return self.adopt_under(name, user).await;
        }
        let Namesakes { mut taken, unmarked, .. } = found;
        let reserved = self.run.store().reserved_names(&domain, &base).await?;
        let may_be_own = |name: &Username, user: &FoundUser| {
            !reserved.contains(name) && !self.is_older(user, self.signup.created_at)
        };
        if creation.graph.marker_method() == MarkerMethod::ExtensionAttributeAfterwards
            && unmarked.iter().any(|(name, user)| may_be_own(name, user))
        {
            return Err(self.wait_for_marker(creation, UNMARKED));
        }
        taken.extend(reserved);
        Ok(Own::None { taken })
    }

    /// The signup's own user has another name than the record says: the record is older than the user.
    async fn adopt_under(&mut self, name: Username, user: ObjectId) -> Result<Own, StepFailure> {
        if self.signup.username.as_ref() != Some(&name) {
            match self.run.store().take_name(&self.run.lease, &name, self.run.now()).await? {
                NameTaken::Reserved => self.signup.username = Some(name),
                // That signup will find its name taken, and leave it.
                NameTaken::Taken => {
                    return Err(StepFailure::retry(Waiting::TenantLag, "own_name_is_reserved"));
                }
            }
        }
        Ok(Own::Adopted(user))
    }

    /// Adopts the user of an earlier POST. Where the password in the record has replaced another, it is not known which
    /// of them that POST has set: so it is set again.
    async fn adopt(&mut self, graph: &Graph, user: ObjectId) -> StepResult {
        if self.signup.password_changes > 0 {
            self.set_password(graph, user).await?;
        }
        self.record_user(user).await
    }

    async fn set_password(&mut self, graph: &Graph, user: ObjectId) -> Result<(), StepFailure> {
        for _ in 0..CHANGES {
            let password = self.password()?;
            match graph.reset_password(user, &password).await {
                Ok(()) => return Ok(()),
                Err(ResetError::PasswordRefused) => self.change_password().await?,
                Err(ResetError::Other(error)) => return Err(self.run.tenant_failure(&error)),
            }
        }
        Err(StepFailure::attention(Attention::PasswordRefused))
    }

    /// Reads the recorded refusals, once in the life of a process.
    async fn load_refused_markers(&self, graph: &Graph) -> Result<(), StoreError> {
        if !graph.knows_refused_markers() {
            let since = self.run.now().minus(MARKER_REFUSAL_HOLDS);
            let refused = self.run.store().refused_markers(&self.signup.tenant, since).await?;
            graph.refuses_markers(refused.iter().map(|one| one.property.as_str()));
        }
        Ok(())
    }

    async fn keep_refused_marker(&self, graph: &Graph, refused: &RefusedMarker) -> Result<(), StoreError> {
        let RefusedMarker { property, reason, .. } = refused;
        self.run.store().keep_refused_marker(&self.signup.tenant, refused).await?;
        graph.refuses_markers([property.as_str()]);
        let method = graph.marker_method();
        tracing::warn!(tenant = %self.signup.tenant, property, reason, ?method, "the tenant refuses the marker of a new user; another method is used from now on");
        Ok(())
    }

    pub(super) async fn change_password(&mut self) -> Result<(), StoreError> {
        let (entropy, now) = (self.run.entropy(), self.run.now());
        let password = Password::generate(entropy, self.run.config().signup.password_length);
        let sealed = self.key().seal(entropy, self.signup.id, &password);
        self.run.store().replace_password(&self.run.lease, &sealed, now).await?;
        self.signup.sealed = Some(sealed);
        self.signup.password_changes += 1;
        Ok(())
    }

    async fn record_user(&mut self, user: ObjectId) -> StepResult {
        let (intended, next) = (self.intended_entitlements(), self.next_step());
        let (store, now, until) = (self.run.store(), self.run.now(), self.run.lease_end());
        let recorded = store.user_created(&self.run.lease, user, &intended, next, now, until);
        self.run.lease = recorded.await?;
        self.signup.object_id = Some(user);
        Ok(Done::Next(next))
    }

    /// Writes to the user what its POST could not: the profile's extension attributes, and the marker. A marker that
    /// the tenant refuses here too is left out, since the record has the user's id by now.
    ///
    /// The process may have started after the POST: what the tenant refuses is then read from the record first.
    pub(super) async fn complete_user(&self, graph: &Graph, user: ObjectId) -> Result<(), StepFailure> {
        self.load_refused_markers(graph).await?;
        let attributes = self.attributes(self.profile()?, &self.principal()?)?;
        if !graph.completes_users(&attributes) {
            return Ok(());
        }
        let Err(error) = graph.complete_user(user, self.signup.id, &attributes).await else {
            return Ok(());
        };
        let is_marker_only = !attributes.iter().any(|(name, _)| name.starts_with("extensionAttribute"));
        match error.kind {
            ErrorKind::UserRefused | ErrorKind::TargetForbidden if is_marker_only => {
                tracing::warn!(signup = %self.signup.id, error = &error as &dyn std::error::Error, "the tenant refuses the marker on the user, which goes without");
                Ok(())
            }
            ErrorKind::Lag if self.run.is_lag_over() => Err(StepFailure::attention(Attention::UserGone)),
            _ => Err(self.run.tenant_failure(&error)),
        }
    }

    pub(super) fn password(&self) -> Result<Password, StepFailure> {
        let unreadable = || StepFailure::attention(Attention::PasswordUnreadable);
        let sealed = self.signup.sealed.as_ref().ok_or_else(unreadable)?;
        self.key().open(self.signup.id, sealed).map_err(|_| unreadable())
    }

    pub(super) fn principal(&self) -> Result<PrincipalName, StepFailure> {
        let username = self.signup.username.clone();
        let username = username.ok_or_else(|| StepFailure::attention(Attention::UserRefused))?;
        Ok(PrincipalName { username, domain: self.signup.domain.clone() })
    }

    pub(super) fn attributes(
        &self,
        profile: &Profile,
        principal: &PrincipalName,
    ) -> Result<Vec<(&'static str, String)>, StepFailure> {
        let (Some(name), Some(email)) = (&self.signup.name, &self.signup.email) else {
            return Err(StepFailure::attention(Attention::UserRefused));
        };
        let captures = profile.rule.captures(email).unwrap_or_default();
        let render = |attribute: &Attribute| {
            let random = self.anonymous(attribute.name);
            let facts = Facts { name, email, captures: &captures, principal, random: &random };
            (attribute.name, attribute.render(&facts))
        };
        Ok(profile.attributes.iter().map(render).filter(|(_, value)| !value.is_empty()).collect())
    }

    /// An anonymous value that is the same at every attempt and reveals nothing about the person.
    fn anonymous(&self, attribute: &str) -> String {
        let message = [self.signup.id.as_bytes().as_slice(), attribute.as_bytes()].concat();
        // After a change of the secret, the value remains the one that an earlier attempt has sent.
        let key = self.key();
        let key = self.signup.sealed.as_ref().map(|sealed| key.that_sealed(self.signup.id, sealed));
        let bytes = key.as_ref().unwrap_or(self.key()).sign(Purpose::Anonymous, &message);
        bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
