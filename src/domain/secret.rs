//! The configured secret and what is made of it: sealed passwords and signatures.

use std::{fmt, sync::Arc};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    constant_time,
    hkdf::{HKDF_SHA256, KeyType, Salt},
    hmac,
};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use zeroize::Zeroizing;

use super::{Email, Entropy, Password, SignupId};

/// The purpose of a signature: each has a key of its own, so that no signature can be passed off as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The address of a status page.
    Status,
    /// The hidden token of a form.
    Form,
    /// The six-digit code that confirms an address.
    ConfirmationCode,
    /// The link that confirms an address.
    ConfirmationLink,
    /// An anonymised attribute value.
    Anonymous,
    /// The work that a browser has to do for a form.
    Work,
    /// A request that a program may send twice.
    Once,
    /// An address whose mails and requests are counted.
    Address,
    /// The cookie that shows which request a browser has sent.
    Sender,
    /// The name of a client in the log.
    Client,
}

/// The keys derived from the configured secret, and from the one before it while that is accepted too.
///
/// Everything new is sealed and signed with the current secret; what the previous one has sealed or signed is opened and
/// verified too.
#[derive(Clone)]
pub struct SecretKey {
    current: Arc<Keys>,
    previous: Option<Arc<Keys>>,
}

struct Keys {
    looks_random: bool,
    seal: LessSafeKey,
    seal_site_keys: LessSafeKey,
    signatures: [hmac::Key; 10],
}

/// The reason for which a secret is not used, or a sealed password not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    /// Fewer than 32 bytes, or one byte repeated.
    #[error("the secret key is too weak: it needs 32 random bytes, as `openssl rand -base64 32` prints them")]
    Weak,
    /// Sealed with another key, or damaged.
    #[error("the sealed password cannot be opened with this secret key")]
    Unreadable,
}

/// A keyed hash of an address: the same for every spelling of it, and of no use without the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressHash {
    current: String,
    /// The hash under the previous secret, by which its records are found.
    previous: Option<String>,
}

/// A sealed password as it is stored: base64 of nonce, ciphertext and tag.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl SecretKey {
    const NONCE_BYTES: usize = 12;

    /// Derives the keys from the secret's text (HKDF with SHA-256, RFC 5869).
    ///
    /// # Errors
    /// [`SecretKeyError::Weak`].
    pub fn new(secret: &str) -> Result<Self, SecretKeyError> {
        let secret = secret.trim().as_bytes();
        if secret.len() < 32 || secret.iter().all(|byte| *byte == secret[0]) {
            return Err(SecretKeyError::Weak);
        }
        let sealing = |label: &[u8]| {
            let key = UnboundKey::new(&AES_256_GCM, derive(secret, label)?.as_slice());
            key.map(LessSafeKey::new).map_err(|_| SecretKeyError::Weak)
        };
        let signature =
            |label: &[u8]| derive(secret, label).map(|key| hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()));
        let current = Arc::new(Keys {
            looks_random: looks_random(secret),
            seal: sealing(b"seal password")?,
            seal_site_keys: sealing(b"seal site key")?,
            signatures: [
                signature(b"status")?,
                signature(b"form")?,
                signature(b"confirmation code")?,
                signature(b"confirmation link")?,
                signature(b"anonymous")?,
                signature(b"work")?,
                signature(b"once")?,
                signature(b"address")?,
                signature(b"sender")?,
                signature(b"client")?,
            ],
        });
        Ok(Self { current, previous: None })
    }

    /// Accepts what another secret has sealed and signed as well.
    #[must_use]
    pub fn with_previous(self, previous: &Self) -> Self {
        Self { previous: Some(Arc::clone(&previous.current)), ..self }
    }

    /// The current secret alone.
    #[must_use]
    pub fn current(&self) -> Self {
        Self { current: Arc::clone(&self.current), previous: None }
    }

    /// The previous secret alone.
    #[must_use]
    pub fn previous(&self) -> Option<Self> {
        let current = Arc::clone(self.previous.as_ref()?);
        Some(Self { current, previous: None })
    }

    /// Each accepted secret alone, the current one first.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        [self.current()].into_iter().chain(self.previous())
    }

    /// The secret that this password was sealed with, alone; the current one if no secret opens it.
    #[must_use]
    pub fn that_sealed(&self, id: SignupId, sealed: &Sealed) -> Self {
        self.each().find(|key| key.open(id, sealed).is_ok()).unwrap_or_else(|| self.current())
    }

    fn keys(&self) -> impl Iterator<Item = &Keys> {
        [&*self.current].into_iter().chain(self.previous.as_deref())
    }

    /// Returns whether the secret looks as if a machine had drawn it, judged by its characters alone.
    #[must_use]
    pub fn looks_random(&self) -> bool {
        self.current.looks_random
    }

    /// A fresh random key, for the demo and for tests.
    #[must_use]
    pub fn random(entropy: &Entropy) -> String {
        STANDARD_NO_PAD.encode(entropy.bytes::<32>())
    }

    /// Seals a password for one signup (AES-256-GCM, the id as associated data).
    #[must_use]
    pub fn seal(&self, entropy: &Entropy, id: SignupId, password: &Password) -> Sealed {
        seal_with(&self.current.seal, entropy, id.as_bytes(), password.expose().as_bytes())
    }

    /// Opens the password sealed for this signup.
    ///
    /// # Errors
    /// [`SecretKeyError::Unreadable`].
    pub fn open(&self, id: SignupId, sealed: &Sealed) -> Result<Password, SecretKeyError> {
        let mut opened = self.keys().map(|keys| open_with(&keys.seal, id.as_bytes(), sealed));
        let opened = opened.find_map(Result::ok).ok_or(SecretKeyError::Unreadable)?;
        let password = std::str::from_utf8(&opened).map_err(|_| SecretKeyError::Unreadable)?;
        Ok(Password::restored(Zeroizing::new(password.to_owned())))
    }

    /// Seals a random key of the site under its name (AES-256-GCM, the name as associated data).
    #[must_use]
    pub fn seal_site_key(&self, entropy: &Entropy, name: &str, key: &[u8; 32]) -> Sealed {
        seal_with(&self.current.seal_site_keys, entropy, name.as_bytes(), key)
    }

    /// Opens the key that was sealed under this name.
    ///
    /// # Errors
    /// [`SecretKeyError::Unreadable`].
    pub fn open_site_key(&self, name: &str, sealed: &Sealed) -> Result<Zeroizing<[u8; 32]>, SecretKeyError> {
        let mut opened = self.keys().map(|keys| open_with(&keys.seal_site_keys, name.as_bytes(), sealed));
        let opened = opened.find_map(Result::ok).ok_or(SecretKeyError::Unreadable)?;
        opened.as_slice().try_into().map(Zeroizing::new).map_err(|_| SecretKeyError::Unreadable)
    }

    /// Signs a message for one purpose (HMAC with SHA-256, RFC 2104, cut to 16 bytes).
    #[must_use]
    pub fn sign(&self, purpose: Purpose, message: &[u8]) -> [u8; 16] {
        self.current.sign(purpose, message)
    }

    /// The hash under which the mails to a mailbox are counted, and its open requests are found.
    #[must_use]
    pub fn hash_mailbox(&self, email: &Email) -> AddressHash {
        self.hash_address_key(&email.person_key())
    }

    /// The hash under which the open requests of this very address are found, where sub-addresses are not folded. An
    /// address without a tag has the hash of its mailbox.
    #[must_use]
    pub fn hash_address(&self, email: &Email) -> AddressHash {
        self.hash_address_key(email.key())
    }

    fn hash_address_key(&self, key: &str) -> AddressHash {
        let hash = |keys: &Keys| STANDARD_NO_PAD.encode(keys.sign(Purpose::Address, key.as_bytes()));
        AddressHash { current: hash(&self.current), previous: self.previous.as_deref().map(hash) }
    }

    /// Returns whether the signature is that of the message, in constant time.
    #[must_use]
    pub fn verify(&self, purpose: Purpose, message: &[u8], signature: &[u8]) -> bool {
        self.keys().any(|keys| {
            constant_time::verify_slices_are_equal(&keys.sign(purpose, message), signature).is_ok()
        })
    }
}

impl Keys {
    fn sign(&self, purpose: Purpose, message: &[u8]) -> [u8; 16] {
        let tag = hmac::sign(&self.signatures[purpose as usize], message);
        let mut cut = [0; 16];
        cut.copy_from_slice(&tag.as_ref()[..16]);
        cut
    }
}

/// Two keys are equal if they come from the same secrets.
impl PartialEq for SecretKey {
    fn eq(&self, other: &Self) -> bool {
        let marks = |key: &Self| key.keys().map(|keys| keys.sign(Purpose::Once, b"")).collect::<Vec<_>>();
        marks(self) == marks(other)
    }
}

/// Base64 of nonce, ciphertext and tag.
fn seal_with(key: &LessSafeKey, entropy: &Entropy, bound_to: &[u8], plain: &[u8]) -> Sealed {
    let nonce: [u8; SecretKey::NONCE_BYTES] = entropy.bytes();
    let mut text = Zeroizing::new(plain.to_vec());
    let tag = key
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(bound_to), &mut text)
        .expect("AES-GCM seals a text of some bytes");
    Sealed(STANDARD_NO_PAD.encode([nonce.as_slice(), &text, tag.as_ref()].concat()))
}

fn open_with(
    key: &LessSafeKey,
    bound_to: &[u8],
    sealed: &Sealed,
) -> Result<Zeroizing<Vec<u8>>, SecretKeyError> {
    let bytes = STANDARD_NO_PAD.decode(&sealed.0).map_err(|_| SecretKeyError::Unreadable)?;
    let (nonce, text) = bytes.split_at_checked(SecretKey::NONCE_BYTES).ok_or(SecretKeyError::Unreadable)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SecretKeyError::Unreadable)?;
    let mut text = Zeroizing::new(text.to_vec());
    let length = key
        .open_in_place(nonce, Aad::from(bound_to), &mut text)
        .map_err(|_| SecretKeyError::Unreadable)?
        .len();
    text.truncate(length);
    Ok(text)
}

/// Returns whether the secret has no blanks and the variety of 128 random bits, unlike a sentence or a repeated word.
fn looks_random(secret: &[u8]) -> bool {
    const ENOUGH: f64 = 128.0;
    if secret.iter().any(u8::is_ascii_whitespace) {
        return false;
    }
    let mut counts = [0_u32; 256];
    secret.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let length = secret.len() as f64;
    let bits = |count: &u32| f64::from(*count) * (length / f64::from(*count)).log2();
    counts.iter().filter(|count| **count > 0).map(bits).sum::<f64>() >= ENOUGH
}

struct Bytes32;

impl KeyType for Bytes32 {
    fn len(&self) -> usize {
        32
    }
}

fn derive(secret: &[u8], label: &[u8]) -> Result<Zeroizing<[u8; 32]>, SecretKeyError> {
    let mut key = Zeroizing::new([0; 32]);
    Salt::new(HKDF_SHA256, b"accountcreator")
        .extract(secret)
        .expand(&[label], Bytes32)
        .and_then(|okm| okm.fill(key.as_mut_slice()))
        .map_err(|_| SecretKeyError::Weak)?;
    Ok(key)
}

impl Sealed {
    /// The sealed text as it was stored.
    #[must_use]
    pub const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AddressHash {
    /// The text to store.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.current
    }

    /// The text that was stored under the previous secret.
    #[must_use]
    pub fn previous(&self) -> Option<&str> {
        self.previous.as_deref()
    }
}

impl fmt::Debug for AddressHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AddressHash(…)")
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PasswordLength;

    fn key(seed: u64) -> SecretKey {
        SecretKey::new(&SecretKey::random(&Entropy::seeded(seed))).expect("a strong key")
    }

    #[test]
    fn a_sealed_password_opens_for_its_signup_and_key_only() {
        let entropy = Entropy::seeded(1);
        let (id, other) = (SignupId::random(&entropy), SignupId::random(&entropy));
        let password = Password::generate(&entropy, PasswordLength::default());
        let sealed = key(1).seal(&entropy, id, &password);
        assert_eq!(key(1).open(id, &sealed), Ok(password));
        assert_eq!(key(1).open(other, &sealed), Err(SecretKeyError::Unreadable));
        assert_eq!(key(2).open(id, &sealed), Err(SecretKeyError::Unreadable));
        for damaged in ["", "AAAA", "not base64!"] {
            assert_eq!(key(1).open(id, &Sealed::stored(damaged.to_owned())), Err(SecretKeyError::Unreadable));
        }
    }

    #[test]
    fn the_previous_secret_opens_and_verifies_and_seals_nothing() {
        let entropy = Entropy::seeded(1);
        let id = SignupId::random(&entropy);
        let (old, new, both) = (key(1), key(2), key(2).with_previous(&key(1)));
        let password = Password::generate(&entropy, PasswordLength::default());
        let sealed = old.seal(&entropy, id, &password);
        assert_eq!(both.open(id, &sealed), Ok(password.clone()));
        assert!(both.that_sealed(id, &sealed) == old);
        let sealed = both.seal(&entropy, id, &password);
        assert!(new.open(id, &sealed).is_ok() && old.open(id, &sealed).is_err());
        assert!(both.that_sealed(id, &sealed) == new);
        let random: [u8; 32] = entropy.bytes();
        let of_site = old.seal_site_key(&entropy, "tombstones", &random);
        assert_eq!(both.open_site_key("tombstones", &of_site).map(|key| *key), Ok(random));
        assert!(both.verify(Purpose::Status, b"a", &old.sign(Purpose::Status, b"a")));
        assert_eq!(both.sign(Purpose::Status, b"a"), new.sign(Purpose::Status, b"a"));
        assert!(!new.verify(Purpose::Status, b"a", &old.sign(Purpose::Status, b"a")));
        let email = Email::parse("ada@example.edu").expect("an address");
        let hash = both.hash_mailbox(&email);
        assert_eq!(hash.as_str(), new.hash_mailbox(&email).as_str());
        assert_eq!(hash.previous(), Some(old.hash_mailbox(&email).as_str()));
        assert!(both.current() == new && both.previous() == Some(old) && new.previous().is_none());
    }

    #[test]
    fn a_site_key_opens_under_its_name_and_secret_only() {
        let entropy = Entropy::seeded(1);
        let random: [u8; 32] = entropy.bytes();
        let sealed = key(1).seal_site_key(&entropy, "tombstones", &random);
        assert_eq!(key(1).open_site_key("tombstones", &sealed).map(|key| *key), Ok(random));
        assert_eq!(key(1).open_site_key("other", &sealed).err(), Some(SecretKeyError::Unreadable));
        assert_eq!(key(2).open_site_key("tombstones", &sealed).err(), Some(SecretKeyError::Unreadable));
        let id = SignupId::from_bytes([7; 16]);
        let password = Password::generate(&entropy, PasswordLength::default());
        let password = key(1).seal(&entropy, id, &password);
        assert_eq!(key(1).open_site_key("tombstones", &password).err(), Some(SecretKeyError::Unreadable));
    }

    #[test]
    fn a_signature_holds_for_its_purpose_and_message_only() {
        let signature = key(1).sign(Purpose::Status, b"a");
        assert!(key(1).verify(Purpose::Status, b"a", &signature));
        assert!(!key(1).verify(Purpose::Form, b"a", &signature));
        assert!(!key(1).verify(Purpose::Status, b"b", &signature));
        assert!(!key(2).verify(Purpose::Status, b"a", &signature));
        assert!(!key(1).verify(Purpose::Status, b"a", &signature[..8]));
    }

    #[test]
    fn an_address_has_one_hash_in_every_spelling_and_another_under_another_key() {
        let hash = |seed, email: &str| key(seed).hash_mailbox(&Email::parse(email).expect("an address"));
        let exact = |email: &str| key(1).hash_address(&Email::parse(email).expect("an address"));
        assert_eq!(exact("Ada@Example.edu"), hash(1, "ada@example.edu"));
        assert_ne!(exact("ada+tag@example.edu"), exact("ada@example.edu"));
        assert_eq!(hash(1, "Ada@Example.edu"), hash(1, "ada@example.edu"));
        assert_eq!(hash(1, "ada+tag@example.edu"), hash(1, "ada@example.edu"));
        assert_ne!(hash(1, "ada@example.edu"), hash(1, "eve@example.edu"));
        assert_ne!(hash(1, "ada@example.edu"), hash(2, "ada@example.edu"));
        assert!(!hash(1, "ada@example.edu").as_str().contains("ada"));
    }

    #[test]
    fn random_secrets_look_so_and_sentences_do_not() {
        let looks = |secret: &str| SecretKey::new(secret).expect("long enough").looks_random();
        assert!(looks(&SecretKey::random(&Entropy::seeded(5))));
        assert!(looks("6f1a0c523a514f7c9a430d1d3f0b7c110f4f3a0e61a84a0b8f7e5d2c6c1b9a77"));
        assert!(!looks("this is the secret of our department, keep it"));
        assert!(!looks(&"abc".repeat(20)));
    }

    #[test]
    fn weak_secrets_are_refused() {
        for weak in ["", "secret", &"a".repeat(64)] {
            assert_eq!(SecretKey::new(weak).err(), Some(SecretKeyError::Weak));
        }
    }
}
