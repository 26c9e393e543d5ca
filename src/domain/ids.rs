//! Identifiers, each its own type so that one cannot be used in place of another.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::Entropy;

/// The reason for which a text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct IdError(pub(super) &'static str);

/// The public name of a signup: in logs, in the admin's commands, in the marker on the tenant's user.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SignupId(Uuid);

impl SignupId {
    /// A fresh random id (UUID version 4, RFC 9562).
    #[must_use]
    pub fn random(entropy: &Entropy) -> Self {
        Self(uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid())
    }

    /// The id's 16 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The id of these 16 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(Uuid::from_bytes(bytes))
    }
}

impl FromStr for SignupId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::try_parse(text)
            .map(Self)
            .map_err(|_| IdError("a signup id is a UUID, as `accountcreator signups list` shows it"))
    }
}

macro_rules! shows_its_inside {
    ($($name:ident),+) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

/// The id of an account. An account that a signup made has the signup's id, which is also the marker on its user.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId(Uuid);

impl From<SignupId> for AccountId {
    fn from(signup: SignupId) -> Self {
        Self(signup.0)
    }
}

impl FromStr for AccountId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::try_parse(text).map(Self).map_err(|_| IdError("an account id is a UUID"))
    }
}

/// An id Microsoft gave: a GUID, kept in lower case with hyphens.
macro_rules! guid {
    ($(#[$doc:meta])* $name:ident, $fault:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Uuid);

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::try_parse(text.trim()).map(Self).map_err(|_| IdError($fault))
            }
        }
    };
}

guid!(
    /// The object id of a tenant's group.
    GroupId, "a group is named by its object id, a GUID like 6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
);
guid!(
    /// The id of a licence (a subscribed SKU).
    SkuId, "a licence is named by its SKU id, a GUID like 314c4481-f395-4525-be8b-2ec4bb1e9d91"
);
guid!(
    /// The object id of a tenant's user.
    ObjectId, "an object id is a GUID"
);

/// A short name given in the configuration: letters, digits, `-` and `_`, at most 40.
macro_rules! short_name {
    ($(#[$doc:meta])* $name:ident, $fault:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits = (1..=40).contains(&text.len())
                    && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
                if fits { Ok(Self(text.to_owned())) } else { Err(IdError($fault)) }
            }
        }
    };
}

short_name!(
    /// The name of a profile.
    ProfileName, "a profile's name has 1 to 40 letters, digits, hyphens or underscores"
);
short_name!(
    /// The name under which the configuration knows a tenant.
    TenantAlias, "a tenant's alias has 1 to 40 letters, digits, hyphens or underscores"
);

/// Marks one showing of the form: sending it twice is one request.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FormNonce([u8; 16]);

/// Proves that a write comes from the worker that holds the signup.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LeaseToken([u8; 16]);

/// Distinguishes the processes that use a database.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProcessId(Uuid);

impl ProcessId {
    /// A fresh random id.
    #[must_use]
    pub fn random(entropy: &Entropy) -> Self {
        Self(uuid::Builder::from_random_bytes(entropy.bytes()).into_uuid())
    }
}

impl FromStr for ProcessId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        Uuid::try_parse(text).map(Self).map_err(|_| IdError("a process is recorded under a UUID"))
    }
}

macro_rules! random_token {
    ($($name:ident),+) => {$(
        impl $name {
            /// A fresh random token.
            #[must_use]
            pub fn random(entropy: &Entropy) -> Self {
                Self(entropy.bytes())
            }

            /// The token of these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The token's bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// The token as it is stored: unpadded base64url (RFC 4648, section 5).
            #[must_use]
            pub fn encoded(&self) -> String {
                URL_SAFE_NO_PAD.encode(self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

random_token!(FormNonce, LeaseToken);
shows_its_inside!(SignupId, AccountId, ProcessId, GroupId, SkuId, ObjectId, ProfileName, TenantAlias);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signup_id_reads_back_what_it_shows() {
        let id = SignupId::random(&Entropy::seeded(1));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(SignupId::from_bytes(*id.as_bytes()), id);
    }

    #[test]
    fn guids_take_any_case_and_refuse_other_text() {
        let sku: SkuId = "314C4481-F395-4525-BE8B-2EC4BB1E9D91".parse().expect("a GUID");
        assert_eq!(sku.to_string(), "314c4481-f395-4525-be8b-2ec4bb1e9d91");
        assert!("STANDARDWOFFPACK_STUDENT".parse::<SkuId>().is_err());
    }

    #[test]
    fn short_names_are_plain() {
        assert!("students-2026".parse::<ProfileName>().is_ok());
        for bad in ["", "a b", "ä", "x/y", &"x".repeat(41)] {
            assert!(bad.parse::<TenantAlias>().is_err(), "{bad:?} must be refused");
        }
    }
}
