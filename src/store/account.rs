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
macro_rules! take_account {
    ($id:literal, $email:literal, $key:literal, $person:literal, $tenant:literal, $domain:literal, $name:literal, $now:literal) => {
        concat!(
            "INSERT INTO account (id, state, origin, email, email_key, person_key, tenant, domain, username, \
             created_at, updated_at) VALUES (",
            $id,
            ", 'provisioning', 'signup', ",
            $email,
            ", ",
            $key,
            ", ",
            $person,
            ", ",
            $tenant,
            ", ",
            $domain,
            ", ",
            $name,
            ", ",
            $now,
            ", ",
            $now,
            ") ON CONFLICT DO NOTHING"
        )
    };
}
pub(super) use take_account;

/// [`take_account`] as a statement of its own.
pub(super) const TAKE: &str = take_account!("$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8");

impl NewAccount<'_> {
    /// The arguments of [`TAKE`].
    pub(super) fn columns(&self) -> [Value<'_>; 8] {
        let Self { signup, email, person_key, tenant, domain, username, now } = *self;
        let id = AccountId::from(signup);
        args![id, email.as_str(), email.key(), person_key, tenant, domain, username, now]
    }
}
