//! Generated passwords.

use std::fmt;

use zeroize::Zeroizing;

use super::Entropy;

/// A generated password; wiped from memory when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

/// The length of passwords: 16 to 64 characters. Entra itself takes 8 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordLength(u8);

impl PasswordLength {
    /// The least that a configuration may name. Less than [`Self::MIN`] counts as that: 0.1.0 allowed it.
    pub const MIN_CONFIGURABLE: u8 = 12;
    /// The shortest that is generated: at least 90 bits.
    pub const MIN: u8 = 16;
    /// The longest.
    pub const MAX: u8 = 64;

    /// This many characters and no fewer than [`Self::MIN`], if it is between [`Self::MIN_CONFIGURABLE`] and
    /// [`Self::MAX`].
    #[must_use]
    pub fn new(characters: u8) -> Option<Self> {
        let is_configurable = (Self::MIN_CONFIGURABLE..=Self::MAX).contains(&characters);
        is_configurable.then(|| Self(characters.max(Self::MIN)))
    }
}

impl Default for PasswordLength {
    fn default() -> Self {
        Self(Self::MIN)
    }
}

impl Password {
    /// Letters and digits only: a double click selects a run of them as a whole, and every layout has them. Of
    /// characters that look alike all are left out (0 O o, 1 I l) or all but one (8 not B, 5 not S, 2 not Z).
    const CLASSES: [&'static [u8]; 3] = [b"ACDEFGHJKLMNPQRTUVWXY", b"abcdefghijkmnpqrstuvwxyz", b"23456789"];

    /// A random password with characters of all three classes, as Entra asks for three of its four.
    ///
    /// Each such password is equally likely: one that lacks a class is thrown away as a whole.
    ///
    /// Source: <https://learn.microsoft.com/entra/identity/authentication/concept-sspr-policy>.
    #[must_use]
    pub fn generate(entropy: &Entropy, length: PasswordLength) -> Self {
        let alphabet = Self::CLASSES.concat();
        loop {
            let drawn = (0..length.0).map(|_| char::from(pick(entropy, &alphabet))).collect();
            let password = Self(Zeroizing::new(drawn));
            if password.has_all_classes() {
                return password;
            }
        }
    }

    fn has_all_classes(&self) -> bool {
        Self::CLASSES.iter().all(|class| self.0.bytes().any(|character| class.contains(&character)))
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
        fn every_password_is_one_word_of_all_classes_without_look_alikes(
            seed: u64,
            configured in PasswordLength::MIN_CONFIGURABLE..=PasswordLength::MAX,
        ) {
            let length = PasswordLength::new(configured).expect("in range");
            let password = Password::generate(&Entropy::seeded(seed), length);
            let bytes = password.expose().as_bytes();
            prop_assert_eq!(bytes.len(), usize::from(configured.max(16)));
            prop_assert!(bytes.iter().all(u8::is_ascii_alphanumeric), "a double click takes all of it");
            prop_assert!(bytes.iter().any(u8::is_ascii_uppercase));
            prop_assert!(bytes.iter().any(u8::is_ascii_lowercase));
            prop_assert!(bytes.iter().any(u8::is_ascii_digit));
            for alike in ["0Oo", "1Il", "8B", "5S", "2Z"] {
                let met = alike.bytes().filter(|b| Password::CLASSES.concat().contains(b)).count();
                prop_assert!(met <= 1, "{alike}");
            }
            prop_assert!(!bytes.iter().any(|b| b"0Oo1IlBSZ".contains(b)));
        }

        #[test]
        fn every_length_has_ninety_bits(configured in PasswordLength::MIN_CONFIGURABLE..=PasswordLength::MAX) {
            let length = PasswordLength::new(configured).expect("in range");
            prop_assert!(bits(length) >= 90.0, "{} bits", bits(length));
        }
    }

    /// The entropy of [`Password::generate`], which draws all strings with every class alike: the logarithm of their
    /// number, by inclusion and exclusion of the classes that a string lacks.
    fn bits(length: PasswordLength) -> f64 {
        let sizes = Password::CLASSES.map(|class| f64::from(u8::try_from(class.len()).expect("small")));
        let strings = |alphabet: f64| alphabet.powi(i32::from(length.0));
        let all: f64 = sizes.iter().sum();
        let lacking_one: f64 = sizes.iter().map(|size| strings(all - size)).sum();
        let lacking_two: f64 = sizes.iter().map(|size| strings(*size)).sum();
        (strings(all) - lacking_one + lacking_two).log2()
    }

    #[test]
    fn every_character_is_met_at_every_place() {
        let entropy = Entropy::seeded(7);
        let alphabet = Password::CLASSES.concat();
        let mut met = vec![std::collections::BTreeSet::new(); 16];
        for _ in 0..3000 {
            let password = Password::generate(&entropy, PasswordLength::default());
            for (place, character) in password.expose().bytes().enumerate() {
                met[place].insert(character);
            }
        }
        assert!(met.iter().all(|characters| characters.len() == alphabet.len()));
    }

    #[test]
    fn lengths_outside_the_bounds_are_refused() {
        assert_eq!([0, 11, 65].map(PasswordLength::new), [None; 3]);
        assert_eq!(PasswordLength::new(12), Some(PasswordLength::default()));
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
