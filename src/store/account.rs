//! Accounts: users in a tenant. Constraints decide who has an address, a mailbox or a username.

use super::value::{Value, args};
use crate::domain::{AccountId, Email, SignupId, TenantAlias, Timestamp, UpnDomain, Username};

/// The account of a signup, before its user is created.
pub(super) struct NewAccount<'a> {
    pub signup: SignupId,
    pub email: &'a Email,
    pub person_key: Option<&'a str>,
    pub tenant: &'a TenantAlias,
    pub domain: &'a UpnDomain,
    pub username: &'a Username,
    pub now: Timestamp,
}

/// Records an account unless another has its address, its mailbox or its username.
pub(super) const TAKE: &str = "INSERT INTO account (id, state, origin, email, email_key, person_key, tenant, domain, \
     username, created_at, updated_at) VALUES ($1, 'provisioning', 'signup', $2, $3, $4, $5, $6, $7, $8, $8) \
     ON CONFLICT DO NOTHING";

impl NewAccount<'_> {
    /// The arguments of [`TAKE`].
    pub(super) fn columns(&self) -> [Value<'_>; 8] {
        let Self { signup, email, person_key, tenant, domain, username, now } = *self;
        let id = AccountId::from(signup);
        args![id, email.as_str(), email.key(), person_key, tenant, domain, username, now]
    }
}
