//! Generated passwords.

use std::fmt;

use zeroize::Zeroizing;

use super::Entropy;

/// A generated password; wiped from memory when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

/// How long passwords are: 12 to 64 characters. Entra itself takes 8 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordLength(u8);

impl PasswordLength {
    /// The shortest that is allowed.
    pub const MIN: u8 = 12;
    /// The longest that is allowed.
    pub const MAX: u8 = 64;

    /// This many characters, if that is between [`Self::MIN`] and [`Self::MAX`].
    #[must_use]
    pub fn new(characters: u8) -> Option<Self> {
        (Self::MIN..=Self::MAX).contains(&characters).then_some(Self(characters))
    }
}

impl Default for PasswordLength {
    fn default() -> Self {
        Self(16)
    }
}

impl Password {
    /// No look-alikes: without I, O, l, o, 0, 1; signs that can be read aloud and typed on every layout.
    const CLASSES: [&'static [u8]; 4] =
        [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnpqrstuvwxyz", b"23456789", b"!#%+-=?@"];

    /// A random password with all four classes, so that Entra's three of four are always met.
    ///
    /// Source: <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>.
    #[must_use]
    pub fn generate(entropy: &Entropy, length: PasswordLength) -> Self {
        let alphabet = Self::CLASSES.concat();
        let mut characters = Zeroizing::new(Vec::with_capacity(usize::from(length.0)));
        for class in Self::CLASSES {
            characters.push(pick(entropy, class));
        }
        while characters.len() < usize::from(length.0) {
            characters.push(pick(entropy, &alphabet));
        }
        shuffle(entropy, &mut characters);
        Self(Zeroizing::new(characters.iter().map(|b| char::from(*b)).collect()))
    }

    /// A password that was sealed before.
    #[must_use]
    pub const fn restored(text: Zeroizing<String>) -> Self {
        Self(text)
    }

    /// The password itself, for the tenant and for the mail.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

fn pick(entropy: &Entropy, from: &[u8]) -> u8 {
    let count = u32::try_from(from.len()).unwrap_or(u32::MAX);
    from[entropy.below(count) as usize]
}

/// Fisher and Yates.
fn shuffle(entropy: &Entropy, items: &mut [u8]) {
    for last in (1..items.len()).rev() {
        let bound = u32::try_from(last + 1).unwrap_or(u32::MAX);
        items.swap(last, entropy.below(bound) as usize);
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_password_has_all_classes_and_no_look_alikes(seed: u64, length in PasswordLength::MIN..=PasswordLength::MAX) {
            let password = Password::generate(&Entropy::seeded(seed), PasswordLength::new(length).expect("in range"));
            let bytes = password.expose().as_bytes();
            prop_assert_eq!(bytes.len(), usize::from(length));
            for class in Password::CLASSES {
                prop_assert!(bytes.iter().any(|b| class.contains(b)));
            }
            prop_assert!(!bytes.iter().any(|b| b"IOlo01".contains(b)));
        }
    }

    #[test]
    fn two_passwords_differ_and_neither_is_shown() {
        let entropy = Entropy::system();
        let one = Password::generate(&entropy, PasswordLength::default());
        let two = Password::generate(&entropy, PasswordLength::default());
        assert_ne!(one, two);
        assert!(!format!("{one:?}").contains(one.expose()));
    }
}
