//! The tokens of a signup's pages: the address of its status page, the link and the code that confirm its email.
//!
//! All are made from the id and the secret key and are not stored: a person who reads the database can open no page,
//! and a mail that is sent again says the same.

use std::{fmt, str::FromStr};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{IdError, Purpose, SecretKey, SignupId, typed};

/// The unguessable last part of a status page's address: the id and its signature, 43 characters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct StatusToken(Signed);

/// The unguessable last part of a confirmation link, 43 characters. It holds for one round of confirming.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ConfirmationLink(Signed);

/// The six digits that confirm an address. They hold for one round of confirming.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ConfirmationCode(u32);

#[derive(Clone, Copy, PartialEq, Eq)]
struct Signed {
    id: SignupId,
    signature: [u8; 16],
}

impl StatusToken {
    /// The token of a signup.
    #[must_use]
    pub fn of(id: SignupId, key: &SecretKey) -> Self {
        Self(Signed { id, signature: key.sign(Purpose::Status, id.as_bytes()) })
    }

    /// The signup's id, if the signature is ours.
    #[must_use]
    pub fn verify(&self, key: &SecretKey) -> Option<SignupId> {
        let Signed { id, signature } = &self.0;
        key.verify(Purpose::Status, id.as_bytes(), signature).then_some(*id)
    }
}

impl ConfirmationLink {
    /// The link of a signup's `round`.
    #[must_use]
    pub fn of(id: SignupId, round: u32, key: &SecretKey) -> Self {
        Self(Signed { id, signature: key.sign(Purpose::ConfirmationLink, &in_round(id, round)) })
    }

    /// The signup it claims to be of; only [`Self::verify`] shows whether that is true.
    #[must_use]
    pub const fn claimed_id(&self) -> SignupId {
        self.0.id
    }

    /// Returns whether the link was made by us for this round.
    #[must_use]
    pub fn verify(&self, round: u32, key: &SecretKey) -> bool {
        key.verify(Purpose::ConfirmationLink, &in_round(self.0.id, round), &self.0.signature)
    }
}

impl ConfirmationCode {
    /// The code of a signup's `round`.
    #[must_use]
    pub fn of(id: SignupId, round: u32, key: &SecretKey) -> Self {
        let drawn = u128::from_be_bytes(key.sign(Purpose::ConfirmationCode, &in_round(id, round)));
        Self(u32::try_from(drawn % 1_000_000).unwrap_or_default())
    }

    /// Returns whether both are the same code, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0.to_be_bytes(), &other.0.to_be_bytes()).is_ok()
    }

    /// The code as it is mailed: six digits.
    #[must_use]
    pub fn expose(&self) -> String {
        format!("{:06}", self.0)
    }
}

fn in_round(id: SignupId, round: u32) -> [u8; 20] {
    let mut message = [0; 20];
    message[..16].copy_from_slice(id.as_bytes());
    message[16..].copy_from_slice(&round.to_be_bytes());
    message
}

impl FromStr for ConfirmationCode {
    type Err = IdError;

    /// Six decimal digits of any script; blanks, dashes and hidden characters are dropped, as people type `123 456`.
    fn from_str(text: &str) -> Result<Self, IdError> {
        const WRONG: IdError = IdError("a confirmation code has six digits");
        if text.len() > 64 {
            return Err(WRONG);
        }
        let is_separator = |c: char| {
            c.is_whitespace()
                || typed::is_hidden(c)
                || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '－')
        };
        let digits = text.chars().filter(|c| !is_separator(*c)).map(typed::decimal_digit);
        let digits: Vec<u32> = digits.collect::<Option<_>>().ok_or(WRONG)?;
        if digits.len() != 6 {
            return Err(WRONG);
        }
        Ok(Self(digits.iter().fold(0, |code, digit| code * 10 + digit)))
    }
}

impl FromStr for Signed {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = IdError("the address is incomplete or was changed");
        if text.len() != 43 {
            return Err(wrong);
        }
        let bytes: [u8; 32] =
            URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(wrong)?;
        let (mut id, mut signature) = ([0; 16], [0; 16]);
        id.copy_from_slice(&bytes[..16]);
        signature.copy_from_slice(&bytes[16..]);
        Ok(Self { id: SignupId::from_bytes(id), signature })
    }
}

macro_rules! signed_token {
    ($($name:ident),+) => {$(
        impl $name {
            /// The token as it is written in an address.
            #[must_use]
            pub fn encoded(&self) -> String {
                URL_SAFE_NO_PAD.encode([self.0.id.as_bytes().as_slice(), &self.0.signature].concat())
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                text.parse().map(Self)
            }
        }
    )+};
}
signed_token!(StatusToken, ConfirmationLink);

macro_rules! hides_its_inside {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}
hides_its_inside!(StatusToken, ConfirmationLink, ConfirmationCode);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Entropy;

    fn key(seed: u64) -> SecretKey {
        SecretKey::new(&SecretKey::random(&Entropy::seeded(seed))).expect("a strong key")
    }

    fn id() -> SignupId {
        SignupId::random(&Entropy::seeded(2))
    }

    #[test]
    fn a_status_token_reads_back_and_a_changed_one_opens_nothing() {
        let text = StatusToken::of(id(), &key(1)).encoded();
        assert_eq!(text.parse::<StatusToken>().expect("a token").verify(&key(1)), Some(id()));
        assert_eq!(text.parse::<StatusToken>().expect("a token").verify(&key(2)), None);
        for at in 0..42 {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).expect("ASCII");
            assert_eq!(changed.parse::<StatusToken>().ok().and_then(|token| token.verify(&key(1))), None);
        }
        for bad in ["", "x", &"A".repeat(44), &"ä".repeat(21)] {
            assert!(bad.parse::<StatusToken>().is_err());
        }
    }

    #[test]
    fn a_confirmation_holds_for_its_round_only() {
        let link = ConfirmationLink::of(id(), 1, &key(1));
        assert!(link.verify(1, &key(1)) && !link.verify(2, &key(1)) && !link.verify(1, &key(2)));
        assert_eq!(link.encoded().parse::<ConfirmationLink>().expect("a link").claimed_id(), id());
        let code = ConfirmationCode::of(id(), 1, &key(1));
        assert!(code.matches(&code.expose().parse().expect("a code")));
        assert!(!code.matches(&ConfirmationCode::of(id(), 2, &key(1))));
    }

    #[test]
    fn a_code_is_read_as_people_type_it() {
        for (typed, read) in [
            (" 012-345 ", "012345"),
            ("١٧٤٧٩٢", "174792"),
            ("۱۷۴ ۷۹۲", "174792"),
            ("１２３４５６", "123456"),
            ("\u{200F}१२३‑४५६\u{200E}", "123456"),
            ("012\u{A0}3٤5", "012345"),
        ] {
            let code: ConfirmationCode = typed.parse().expect("a code");
            assert_eq!(code.expose(), read, "{typed}");
        }
        for bad in ["", "12345", "1234567", "12345a", "一二三四五六", "¹²³⁴⁵⁶", "①②③④⑤⑥"]
        {
            assert!(bad.parse::<ConfirmationCode>().is_err(), "{bad:?}");
        }
    }
}
