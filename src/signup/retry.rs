//! Tries a signup that needs attention again, with the configuration in force.

use std::{collections::BTreeMap, time::Duration};

use super::erase::own_user;
use crate::{
    audit::{self, Act},
    domain::{
        Clock, PrincipalName, Profiles, RequestedBy, Stage, StepKind, StepState, TenantAlias, UsernameRules,
    },
    graph::{self, Graph, Owner},
    store::{Plan, Retried, Signup, Store, StoreError},
};

/// The time after a refused creation in which a user that was created all the same may not be listed yet.
const LISTING_LAG: Duration = Duration::from_mins(2);

/// Tries signups again. A signup that has no user in the tenant yet follows the configuration.
pub struct Retrier {
    /// The record.
    pub store: Store,
    /// The tenants of the configuration, each with its client if it can be asked.
    pub tenants: BTreeMap<TenantAlias, Option<Graph>>,
    /// The allowlist.
    pub profiles: Profiles,
    /// The rules for usernames.
    pub usernames: UsernameRules,
    /// The time.
    pub clock: Clock,
}

/// The reason for which a signup keeps its profile, domain and username, although the configuration has others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// A user may have been created under its name.
    UserMayExist,
    /// The refusal is so recent that the tenant may not list the user yet.
    TooSoon,
    /// The tenant cannot be asked whether there is a user.
    TenantNotAsked,
    /// The configuration has no tenant of this alias any more.
    TenantGone,
}

impl Kept {
    /// The reason in words, with what to do.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserMayExist => "keeps its username, since its user may exist in the tenant",
            Self::TooSoon => {
                "keeps its username, since it was refused just now; try again in two minutes if it fails"
            }
            Self::TenantNotAsked => {
                "keeps its username, since its tenant cannot be asked for a user; run `accountcreator doctor`"
            }
            Self::TenantGone => {
                "keeps its username, since its tenant is not in the configuration any more; add the tenant under its \
                 earlier alias and try again, or run `accountcreator signups erase` with --allow-again and --without-tenant"
            }
        }
    }
}

impl Retrier {
    /// Tries a signup again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn retry(
        &self,
        signup: &Signup,
        by: RequestedBy<'_>,
    ) -> Result<(Retried, Option<Kept>), StoreError> {
        let plan = self.plan(signup).filter(|plan| plan.differs_from(signup));
        let kept = match &plan {
            Some(_) => self.kept(signup).await?,
            None => None,
        };
        let now = self.clock.now();
        let retried = match plan.filter(|_| kept.is_none()) {
            Some(plan) => self.store.retry_as_planned(signup.id, &plan, by, now).await?,
            None => self.store.retry(signup.id, by, now).await?,
        };
        if retried == Retried::Queued {
            audit::of_signup(by.requester, Act::SignupRetried, signup.id, &"");
        }
        Ok((retried, kept.filter(|_| retried == Retried::Queued)))
    }

    /// Plans a signup without a user: the profile that admits its address, and the username that was picked if that is
    /// still one of those to pick from. `None` where nothing is to be planned, no profile admits the address any more,
    /// or no username can be made of the name.
    fn plan(&self, signup: &Signup) -> Option<Plan> {
        if signup.stage != Stage::NeedsAttention || signup.object_id.is_some() || signup.username.is_none() {
            return None;
        }
        let (email, name) = (signup.email.as_ref()?, signup.name.as_ref()?);
        let admission = self.profiles.admit(email)?;
        let mut suggested = admission.usernames(name, &self.usernames).ok()?;
        let picked = suggested.iter().position(|username| signup.username_base.as_ref() == Some(username));
        let profile = admission.profile;
        Some(Plan {
            profile: profile.name.clone(),
            tenant: profile.tenant.clone(),
            domain: profile.domain.clone(),
            username: suggested.swap_remove(picked.unwrap_or(0)),
        })
    }

    /// The reason for which no plan may be applied. A clear refusal is not enough: the server that sent it may have
    /// hidden an effect, so the tenant is asked as well.
    async fn kept(&self, signup: &Signup) -> Result<Option<Kept>, StoreError> {
        let steps = self.store.steps(signup.id).await?;
        let creation = steps.iter().find(|step| step.kind == StepKind::CreateUser);
        if creation.is_some_and(|step| step.state != StepState::Failed) {
            return Ok(Some(Kept::UserMayExist));
        }
        if self.clock.now() < signup.updated_at.plus(LISTING_LAG) {
            return Ok(Some(Kept::TooSoon));
        }
        let graph = match self.tenants.get(&signup.tenant) {
            Some(Some(graph)) => graph,
            Some(None) => return Ok(Some(Kept::TenantNotAsked)),
            None => return Ok(Some(Kept::TenantGone)),
        };
        Ok(match may_have_user(graph, signup).await {
            Ok(false) => None,
            Ok(true) => Some(Kept::UserMayExist),
            Err(error) => {
                tracing::warn!(signup = %signup.id, error = &error as &dyn std::error::Error, "the tenant could not be asked for the user of a signup");
                Some(Kept::TenantNotAsked)
            }
        })
    }
}

/// Returns whether the tenant has the signup's user, or one without a marker under its name.
async fn may_have_user(graph: &Graph, signup: &Signup) -> Result<bool, graph::Error> {
    if own_user(graph, signup).await?.is_some() {
        return Ok(true);
    }
    let Some(username) = signup.username.clone() else { return Ok(false) };
    let name = PrincipalName { username, domain: signup.domain.clone() };
    let found = graph.find_user(&name).await?;
    Ok(found.is_some_and(|user| user.owner(signup.id) == Owner::Unmarked))
}
