//! Creating the user exactly once, although Graph knows no idempotency key.
//!
//! The name is in the row before the POST, and the POST carries the signup's id as a marker. After any
//! doubt the tenant is asked by name: our marker means the user is ours, another's that the name is taken.

use std::time::Duration;

use super::{LAG_ATTEMPTS, StepResult, Turn, verdict::Verdict};
use crate::{
    audit::Act,
    domain::{
        Attention, Attribute, Facts, ObjectId, Password, PersonName, PrincipalName, Profile, Purpose, Stage,
        Username, Waiting, smallest_free,
    },
    graph::{CreateError, ErrorKind, Graph, NewUser},
    store::{NameTaken, StoreError},
};

/// Further names or passwords tried in one turn.
const CHANGES: u32 = 8;
/// The code of a name that is taken although no user can be seen under it.
const UNSEEN: &str = "name_taken_but_unseen";
/// The last wait for such a user to be seen, far above any lag. Then the name is somebody else's.
const UNSEEN_FOR: Duration = Duration::from_mins(10);

/// What the tenant says of the name in the row.
enum Name {
    Ours(ObjectId),
    Theirs,
    Unseen,
}

/// What one POST led to.
enum Posted {
    Created(ObjectId),
    NameTaken,
    PasswordRefused,
}

impl Turn {
    pub(super) async fn create_user(&mut self) -> StepResult {
        let graph = match self.tenant() {
            Some(tenant) => tenant.graph.clone(),
            None => return Ok(Err(Verdict::profile_gone())),
        };
        // Claimed from the queue, nothing was ever posted under this name: there is no doubt to resolve.
        let mut in_doubt = self.signup.claimed_from == Stage::Provisioning;
        let mut refused_passwords = 0;
        for _ in 0..CHANGES {
            if in_doubt {
                match self.look_up(&graph).await {
                    Err(verdict) => return Ok(Err(verdict)),
                    Ok(Name::Ours(user)) => return self.record_user(user).await.map(Ok),
                    Ok(Name::Theirs) => {
                        if let Err(verdict) = self.take_next_name(&graph).await? {
                            return Ok(Err(verdict));
                        }
                        in_doubt = false;
                    }
                    Ok(Name::Unseen) => {}
                }
            }
            match self.post(&graph, in_doubt).await {
                Err(verdict) => return Ok(Err(verdict)),
                Ok(Posted::Created(user)) => return self.record_user(user).await.map(Ok),
                Ok(Posted::PasswordRefused) => {
                    refused_passwords += 1;
                    self.change_password().await?;
                }
                // It may be our own user of an earlier attempt that cannot be read yet.
                Ok(Posted::NameTaken) if in_doubt && !self.is_unseen_for_long() => {
                    return Ok(Err(self.unseen()));
                }
                Ok(Posted::NameTaken) => {
                    if let Err(verdict) = self.take_next_name(&graph).await? {
                        return Ok(Err(verdict));
                    }
                    in_doubt = false;
                }
            }
        }
        Ok(Err(if refused_passwords == CHANGES {
            Verdict::stuck(Attention::PasswordRefused)
        } else {
            Verdict::later(Waiting::TenantLag, "no_name_or_password_was_taken")
        }))
    }

    /// Whether the long wait at the end of [`Self::unseen`] is over. The attempts alone would not tell: an
    /// outage makes many of them, and the answer may have been lost in the last.
    fn is_unseen_for_long(&self) -> bool {
        self.signup.attempts >= LAG_ATTEMPTS && self.signup.last_error.as_deref() == Some(UNSEEN)
    }

    fn unseen(&self) -> Verdict {
        Verdict::Later {
            waiting: Waiting::TenantLag,
            detail: UNSEEN.to_owned(),
            at_least: (self.signup.attempts + 1 >= LAG_ATTEMPTS).then(|| self.now().plus(UNSEEN_FOR)),
            unposted: false,
        }
    }

    async fn look_up(&self, graph: &Graph) -> Result<Name, Verdict> {
        let found = graph.find_user(&self.principal()?).await.map_err(|error| self.judge_tenant(&error))?;
        Ok(match found {
            Some(user) if user.is_of(self.signup.id) => Name::Ours(user.id),
            Some(_) => Name::Theirs,
            None => Name::Unseen,
        })
    }

    async fn post(&self, graph: &Graph, in_doubt: bool) -> Result<Posted, Verdict> {
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
        match graph.create_user(&user).await {
            Ok(user) => {
                self.tenant_answered();
                Ok(Posted::Created(user))
            }
            Err(CreateError::NameTaken) => Ok(Posted::NameTaken),
            Err(CreateError::PasswordRefused) => Ok(Posted::PasswordRefused),
            Err(CreateError::Other(error)) => Err(match self.judge_tenant(&error) {
                Verdict::Later { detail, .. } if error.kind == ErrorKind::Lag && self.is_lag_over() => {
                    Verdict::Stuck { reason: Attention::UserRefused, detail }
                }
                Verdict::Later { waiting, detail, at_least, .. } => {
                    let unposted = !in_doubt && error.kind.effect_is_absent();
                    Verdict::Later { waiting, detail, at_least, unposted }
                }
                verdict => verdict,
            }),
        }
    }

    /// Reserves the smallest number that is free in the tenant and in our own rows.
    async fn take_next_name(&mut self, graph: &Graph) -> StepResult {
        let Some(base) = self.signup.username_base.clone() else {
            return Ok(Err(Verdict::stuck(Attention::UserRefused)));
        };
        let domain = self.signup.domain.clone();
        let mut taken = match graph.taken_names(&base, &domain).await {
            Ok(taken) => taken,
            Err(error) => return Ok(Err(self.judge_tenant(&error))),
        };
        // The name just refused may be too young, or too long deleted, for the search to list it.
        taken.extend(self.signup.username.clone());
        taken.extend(self.shared.store().reserved_names(&domain, &base).await?);
        for _ in 0..CHANGES {
            let name: Username = base.numbered(smallest_free(&base, &taken));
            match self.shared.store().take_name(&self.held, &name, self.now()).await? {
                NameTaken::Reserved => {
                    self.signup.username = Some(name);
                    return Ok(Ok(()));
                }
                NameTaken::Taken => taken.insert(name),
            };
        }
        Ok(Err(Verdict::later(Waiting::TenantLag, "names_are_contended")))
    }

    pub(super) async fn change_password(&mut self) -> Result<(), StoreError> {
        let password = Password::generate(self.shared.entropy(), self.shared.settings().password_length);
        let sealed = self.shared.key().seal(self.shared.entropy(), self.signup.id, &password);
        self.shared.store().replace_password(&self.held, &sealed, self.now()).await?;
        self.signup.sealed = Some(sealed);
        Ok(())
    }

    async fn record_user(&mut self, user: ObjectId) -> Result<(), StoreError> {
        let (licences, groups) = match self.profile() {
            Ok(profile) => (profile.licences.clone(), profile.groups.clone()),
            Err(_) => (Vec::new(), Vec::new()),
        };
        let until = self.lease_end();
        self.held =
            self.shared.store().user_created(&self.held, user, &licences, &groups, self.now(), until).await?;
        self.signup.object_id = Some(user);
        self.signup.attempts = 0;
        self.note(Act::AccountCreated, &"");
        Ok(())
    }

    pub(super) fn password(&self) -> Result<Password, Verdict> {
        let sealed =
            self.signup.sealed.as_ref().ok_or_else(|| Verdict::stuck(Attention::PasswordUnreadable))?;
        self.shared
            .key()
            .open(self.signup.id, sealed)
            .map_err(|_| Verdict::stuck(Attention::PasswordUnreadable))
    }

    pub(super) fn principal(&self) -> Result<PrincipalName, Verdict> {
        let username = self.signup.username.clone().ok_or_else(|| Verdict::stuck(Attention::UserRefused))?;
        Ok(PrincipalName { username, domain: self.signup.domain.clone() })
    }

    fn attributes(
        &self,
        profile: &Profile,
        principal: &PrincipalName,
    ) -> Result<Vec<(&'static str, String)>, Verdict> {
        let (Some(name), Some(email)) = (&self.signup.name, &self.signup.email) else {
            return Err(Verdict::stuck(Attention::UserRefused));
        };
        let captures = profile.rule.captures(email).unwrap_or_default();
        let render = |attribute: &Attribute| {
            let random = self.anonymous(attribute.name);
            let facts = Facts { name, email, captures: &captures, principal, random: &random };
            (attribute.name, attribute.render(&facts))
        };
        Ok(profile.attributes.iter().map(render).filter(|(_, value)| !value.is_empty()).collect())
    }

    /// An anonymous value that is the same at every attempt and says nothing of the person.
    fn anonymous(&self, attribute: &str) -> String {
        let message = [self.signup.id.as_bytes().as_slice(), attribute.as_bytes()].concat();
        let bytes = self.shared.key().sign(Purpose::Anonymous, &message);
        bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
    }
}
