//! Erases a person: the personal data of all requests of an address are removed, and a tombstone is left so that no
//! second account follows.
//!
//! The account itself stays in the tenant. A creation whose outcome is not known is settled first, so that the account
//! can be reported to the operator. Requests that a worker may take are held under a lease until then, and everything
//! is removed in one transaction: a crash before it leaves the requests to the workers as they were.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    audit::{self, Act},
    domain::{
        Clock, Email, Entropy, FormNonce, LeaseToken, ObjectId, PrincipalName, Requester, SecretKey,
        SignInName, SignupId, Stage, TenantAlias, Timestamp,
    },
    graph::{self, Graph},
    store::{Erasable, Erased, ErasureLease, Remains, Signup, Store, StoreError},
};

/// The most rounds of an erasure, which starts again if a request has changed.
const ROUNDS: usize = 10;
/// The time between two looks at a request that a worker has, and between two tries to empty SQLite's log.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
/// The most tries to empty SQLite's log while others read from it.
const SCRUB_TRIES: usize = 20;

/// Erases people. It needs a store that knows its tombstones.
pub struct Eraser {
    /// The record.
    pub store: Store,
    /// The clients of the tenants that can be asked.
    pub tenants: BTreeMap<TenantAlias, Graph>,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub entropy: Entropy,
    /// Hashes addresses in the same way as requests that wait for their confirmation.
    pub key: SecretKey,
    /// The longest time that a worker holds a request and that an erasure waits for it.
    pub lease: Duration,
}

/// The people to be erased.
#[derive(Debug, Clone)]
pub enum Subject {
    /// Everyone with the address of this request.
    Signup(SignupId),
    /// Everyone with this address.
    Address(Email),
}

/// An order to erase people.
#[derive(Debug, Clone)]
pub struct EraseOrder {
    /// The people.
    pub subject: Subject,
    /// Leaves no tombstone, and removes an earlier one.
    pub allow_again: bool,
    /// Erases also where the tenant cannot be asked for an account that may have been created.
    pub without_tenant: bool,
}

/// The data that an erasure removes, or has removed, and those that stay.
#[derive(Debug)]
pub struct Erasure {
    /// The requests as they were before.
    pub signups: Vec<Signup>,
    /// Their addresses, each once.
    pub addresses: Vec<Email>,
    /// The accounts that stay in their tenants, or may be there.
    pub accounts: Vec<Account>,
    /// True if a tombstone is left.
    pub leaves_tombstone: bool,
}

/// An account that an erased person has or may have.
#[derive(Debug)]
pub struct Account {
    /// The request it was created for.
    pub signup: SignupId,
    /// Its tenant.
    pub tenant: TenantAlias,
    /// Its sign-in name there, if it is known.
    pub principal: Option<SignInName>,
    /// The evidence about its existence.
    pub existence: Existence,
}

/// The evidence about the existence of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existence {
    /// It was created with this object id.
    Created(ObjectId),
    /// Another program created it; its name is not known here.
    Imported,
    /// It may have been created, and the tenant has no such user that carries the mark of the request. Just after a
    /// try it may not be visible yet.
    NotFound,
    /// It may have been created, and the tenant was not asked.
    NotAsked,
}

/// The data that exist of a person.
#[derive(Debug)]
pub enum Found {
    /// Requests with personal data.
    Requests(Erasure),
    /// No data any more: they were erased before.
    Erased {
        /// The tombstone that keeps a second account away, and when it was left.
        tombstone: Option<Timestamp>,
    },
}

/// The reason for which nothing was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// There is no request and no tombstone.
    #[error("there is no such signup; `accountcreator signups list` shows those there are")]
    Unknown,
    /// A worker does not release a request.
    #[error("nothing was erased: a worker has signup {0} until {1} at the latest; try again then")]
    Held(SignupId, Timestamp),
    /// Requests changed at every try.
    #[error("nothing was erased: the requests of this address change at this moment; try again")]
    Busy,
    /// The tenant cannot be asked.
    #[error(
        "nothing was erased: the tenant `{alias}` cannot be asked for an account that may have been created; try \
         again, or use --without-tenant and look for the account there yourself"
    )]
    Tenant {
        /// The tenant's alias.
        alias: TenantAlias,
        /// The error; absent if the tenant is not configured.
        #[source]
        source: Option<graph::Error>,
    },
    /// The error of the database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Eraser {
    /// Looks for all that an order would erase. Nothing is written.
    ///
    /// # Errors
    /// [`EraseError`].
    pub async fn look(&self, order: &EraseOrder) -> Result<Found, EraseError> {
        let signups = self.requests(&order.subject).await?;
        if signups.is_empty() {
            return self.erased_before(&order.subject).await;
        }
        Ok(Found::Requests(self.erasure(signups, order).await?))
    }

    /// Erases.
    ///
    /// # Errors
    /// [`EraseError`]; nothing was erased then.
    pub async fn erase(&self, order: &EraseOrder, by: &Requester) -> Result<Found, EraseError> {
        let lease = LeaseToken::random(&self.entropy);
        let mut leased = Vec::new();
        let erased = self.erase_under(order, by, lease, &mut leased).await;
        match &erased {
            Ok(Found::Requests(Erasure { signups, leaves_tombstone, .. })) => {
                let detail = if *leaves_tombstone { "tombstone" } else { "no tombstone" };
                for signup in signups {
                    audit::of_signup(by, Act::SignupErased, signup.id, &detail);
                }
            }
            Ok(Found::Erased { .. }) => {}
            Err(_) => self.release(&leased, lease).await,
        }
        erased
    }

    /// Removes the tombstones of an address whose data were erased before; returns how many there were.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn allow_again(&self, email: &Email, by: &Requester) -> Result<u64, StoreError> {
        let lifted = self.store.lift_tombstones(email).await?;
        if lifted > 0 {
            audit::of_service(by, Act::TombstonesLifted, &lifted);
        }
        Ok(lifted)
    }

    /// Clears SQLite's file and log of what was erased; returns whether nothing is left there. Others may read from the
    /// log for a while.
    ///
    /// # Errors
    /// The error of the database.
    pub async fn scrub(&self) -> Result<bool, StoreError> {
        for _ in 0..SCRUB_TRIES {
            match self.store.scrub().await {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error),
            }
            self.clock.sleep_until(self.clock.now().plus(LOOK_AGAIN)).await;
        }
        Ok(false)
    }

    async fn erase_under(
        &self,
        order: &EraseOrder,
        by: &Requester,
        lease: LeaseToken,
        leased: &mut Vec<SignupId>,
    ) -> Result<Found, EraseError> {
        let end = self.clock.now().plus(self.lease);
        for _ in 0..ROUNDS {
            for signup in self.requests(&order.subject).await? {
                leased.push(signup.id);
                self.hold(signup.id, lease, end).await?;
            }
            let signups = self.requests(&order.subject).await?;
            if signups.is_empty() {
                return self.erased_before(&order.subject).await;
            }
            let erasure = self.erasure(signups, order).await?;
            let erasable: Vec<_> = erasure
                .signups
                .iter()
                .map(|signup| Erasable::new(signup, FormNonce::random(&self.entropy)))
                .collect();
            let remains = match (erasure.leaves_tombstone, order.allow_again) {
                (true, _) => Remains::Tombstones(&erasure.addresses),
                (false, true) => Remains::Nothing(&erasure.addresses),
                // An earlier tombstone of the address stays.
                (false, false) => Remains::Nothing(&[]),
            };
            if self.store.erase(&erasable, lease, remains, by, self.clock.now()).await? == Erased::All {
                for email in &erasure.addresses {
                    // Hashes of both kinds: sub-addresses may have been folded, or not, when the request came.
                    for hash in [self.key.hash_mailbox(email), self.key.hash_address(email)] {
                        self.store.forget_address(&hash).await?;
                    }
                }
                return Ok(Found::Requests(erasure));
            }
        }
        Err(EraseError::Busy)
    }

    /// All requests behind a subject that have personal data.
    async fn requests(&self, subject: &Subject) -> Result<Vec<Signup>, EraseError> {
        let email = match subject {
            Subject::Address(email) => email.clone(),
            Subject::Signup(id) => {
                let signup = self.store.signup(*id).await?.ok_or(EraseError::Unknown)?;
                match signup.email {
                    Some(email) => email,
                    None => return Ok(Vec::new()),
                }
            }
        };
        Ok(self.store.signups_of(&email).await?)
    }

    async fn erased_before(&self, subject: &Subject) -> Result<Found, EraseError> {
        match subject {
            Subject::Signup(_) => Ok(Found::Erased { tombstone: None }),
            Subject::Address(email) => match self.store.tombstone_of(email).await? {
                None => Err(EraseError::Unknown),
                tombstone => Ok(Found::Erased { tombstone }),
            },
        }
    }

    /// Leases a request so that no worker takes it. Waits for a worker that has it, until `end` at the latest.
    async fn hold(&self, id: SignupId, lease: LeaseToken, end: Timestamp) -> Result<(), EraseError> {
        loop {
            let now = self.clock.now();
            match self.store.lease_for_erasure(id, lease, now, now.plus(self.lease)).await? {
                ErasureLease::Taken | ErasureLease::NotNeeded => return Ok(()),
                ErasureLease::HeldUntil(until) if now >= end => return Err(EraseError::Held(id, until)),
                ErasureLease::HeldUntil(_) => self.clock.sleep_until(now.plus(LOOK_AGAIN).min(end)).await,
            }
        }
    }

    /// Releases the leased requests. One that cannot be released is taken up when its lease ends.
    async fn release(&self, signups: &[SignupId], lease: LeaseToken) {
        for id in signups {
            if let Err(error) = self.store.release_from_erasure(*id, lease, self.clock.now()).await {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(signup = %id, error, "a signup is taken up again only when its lease ends");
            }
        }
    }

    async fn erasure(&self, signups: Vec<Signup>, order: &EraseOrder) -> Result<Erasure, EraseError> {
        let mut accounts = Vec::new();
        for signup in &signups {
            accounts.extend(self.account_of(signup, order.without_tenant).await?);
        }
        let mut addresses: Vec<Email> = Vec::new();
        for email in signups.iter().filter_map(|signup| signup.email.as_ref()) {
            if addresses.iter().all(|known| known.key() != email.key()) {
                addresses.push(email.clone());
            }
        }
        // Without an account there cannot be a second one.
        let leaves_tombstone = !order.allow_again && !accounts.is_empty();
        Ok(Erasure { signups, addresses, accounts, leaves_tombstone })
    }

    /// The account that was or may have been created for a request.
    async fn account_of(&self, signup: &Signup, without_tenant: bool) -> Result<Option<Account>, EraseError> {
        let recorded = signup.principal();
        let (principal, existence) = if let Some(user) = signup.object_id {
            (recorded, Existence::Created(user))
        } else if signup.is_imported() {
            (recorded, Existence::Imported)
        } else if Self::is_in_doubt(signup) {
            self.settle(signup, without_tenant).await?
        } else {
            return Ok(None);
        };
        Ok(Some(Account { signup: signup.id, tenant: signup.tenant.clone(), principal, existence }))
    }

    /// Returns whether a user may have been created whose object id is not recorded.
    const fn is_in_doubt(signup: &Signup) -> bool {
        match signup.stage {
            Stage::Provisioning | Stage::NeedsAttention => !signup.is_further && signup.username.is_some(),
            Stage::AwaitingConfirmation => signup.may_have_user,
            _ => false,
        }
    }

    /// Asks the tenant for a user that may have been created.
    async fn settle(
        &self,
        signup: &Signup,
        without_tenant: bool,
    ) -> Result<(Option<SignInName>, Existence), EraseError> {
        let asked = match self.tenants.get(&signup.tenant) {
            Some(graph) => own_user(graph, signup).await.map_err(Some),
            None => Err(None),
        };
        match asked {
            Ok(Some((name, user))) => Ok((Some(name.into()), Existence::Created(user))),
            Ok(None) => Ok((signup.principal(), Existence::NotFound)),
            Err(_) if without_tenant => Ok((signup.principal(), Existence::NotAsked)),
            Err(source) => Err(EraseError::Tenant { alias: signup.tenant.clone(), source }),
        }
    }
}

/// The user that carries the mark of a request: under the recorded name, or under another number of it where the record
/// is older than the user.
pub(super) async fn own_user(
    graph: &Graph,
    signup: &Signup,
) -> Result<Option<(PrincipalName, ObjectId)>, graph::Error> {
    let Some(recorded) = principal(signup) else { return Ok(None) };
    if let Some(user) = graph.find_user(&recorded).await?.filter(|user| user.is_of(signup.id)) {
        return Ok(Some((recorded, user.id)));
    }
    let Some(base) = &signup.username_base else { return Ok(None) };
    let found = graph.namesakes(base, &recorded.domain, signup.id).await?;
    Ok(found.own.map(|(username, user)| (PrincipalName { username, domain: recorded.domain }, user)))
}

/// The recorded name, or without one the name that is tried first.
fn principal(signup: &Signup) -> Option<PrincipalName> {
    let username = signup.username.as_ref().or(signup.username_base.as_ref())?.clone();
    Some(PrincipalName { username, domain: signup.domain.clone() })
}
