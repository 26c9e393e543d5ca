//! Tombstones: the remains of an erased address, so that no second account follows for it.
//!
//! A tombstone is a keyed hash. Its key is random and kept for this purpose alone, so that a new secret key of the
//! configuration does not orphan the tombstones, and no one without the key can test an address against them.

use std::{fmt, sync::Arc};

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Email;

/// The key that tombstones are made with.
#[derive(Clone)]
pub struct TombstoneKey(Arc<hmac::Key>);

/// The two hashes of an address that a tombstone holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Of the address itself, in lower case.
    pub address: String,
    /// Of the mailbox behind it, which all its sub-addresses share.
    pub person: String,
}

impl TombstoneKey {
    /// The name under which the key is sealed.
    pub const NAME: &str = "tombstones";

    /// The key of these random bytes.
    #[must_use]
    pub fn new(bytes: &[u8; 32]) -> Self {
        Self(Arc::new(hmac::Key::new(hmac::HMAC_SHA256, bytes)))
    }

    /// The tombstone of an address.
    #[must_use]
    pub fn tombstone(&self, email: &Email) -> Tombstone {
        Tombstone {
            address: self.hash(b"address", email.key()),
            person: self.hash(b"person", &email.person_key()),
        }
    }

    /// An address has no control character: the two kinds of hashes cannot be mistaken for each other.
    fn hash(&self, kind: &[u8], text: &str) -> String {
        let tag = hmac::sign(&self.0, &[kind, text.as_bytes()].join(&0));
        URL_SAFE_NO_PAD.encode(tag.as_ref())
    }
}

impl fmt::Debug for TombstoneKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TombstoneKey(…)")
    }
}

impl fmt::Debug for Tombstone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tombstone(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tombstone(key: u8, address: &str) -> Tombstone {
        TombstoneKey::new(&[key; 32]).tombstone(&Email::parse(address).expect("an address"))
    }

    #[test]
    fn spellings_share_both_hashes_and_sub_addresses_share_the_person() {
        let plain = tombstone(1, "st1@uni.edu");
        assert!(plain == tombstone(1, "ST1@Uni.edu"));
        let tagged = tombstone(1, "st1+news@uni.edu");
        assert!(plain.person == tagged.person && plain.address != tagged.address);
        let other = tombstone(1, "st2@uni.edu");
        assert!(plain.person != other.person && plain.address != other.address);
    }

    #[test]
    fn hashes_depend_on_the_key_and_on_their_kind() {
        let (one, two) = (tombstone(1, "st1@uni.edu"), tombstone(2, "st1@uni.edu"));
        assert!(one.address != two.address && one.person != two.person);
        assert!(one.address != one.person);
        assert!(!format!("{one:?}").contains(&one.address));
    }
}
