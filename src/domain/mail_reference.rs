//! The mails of a signup, and the short reference by which support finds one of them again.

use std::{fmt, str::FromStr};

use super::{IdError, SignupId, StepKind};

/// One kind of mail to the person of a signup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MailKind {
    /// The code that confirms the address.
    Code,
    /// The password, the first or a new one.
    Password,
    /// The reminder that there is an account already.
    Reminder,
    /// The notice that no account follows for an erased address.
    Notice,
}

/// One mail of a signup. Sending it again is the same mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SignupMail {
    /// The signup.
    pub signup: SignupId,
    /// Its kind.
    pub kind: MailKind,
    /// Counts the mails of this kind from 1.
    pub number: u32,
}

/// The reference of a mail: the first 40 bits of the signup's id in Crockford's base 32, the kind and the number, such
/// as `7KQM3TXR-P2`. It is in the mail's text and in a header of its own, since mail servers may replace a Message-ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MailReference {
    prefix: [u8; PREFIX_BYTES],
    kind: MailKind,
    number: u32,
}

const PREFIX_BYTES: usize = 5;
const PREFIX_DIGITS: usize = 8;
/// Without I, L, O and U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl MailKind {
    const ALL: [Self; 4] = [Self::Code, Self::Password, Self::Reminder, Self::Notice];

    const fn letter(self) -> char {
        match self {
            Self::Code => 'C',
            Self::Password => 'P',
            Self::Reminder => 'R',
            Self::Notice => 'N',
        }
    }
}

impl SignupMail {
    /// The step that sends it.
    #[must_use]
    pub const fn step(&self) -> StepKind {
        match self.kind {
            MailKind::Code => StepKind::SendCode,
            MailKind::Password if self.number > 1 => StepKind::SendNewPassword,
            MailKind::Password => StepKind::SendPassword,
            MailKind::Reminder => StepKind::SendReminder,
            MailKind::Notice => StepKind::SendNotice,
        }
    }

    /// The left part of its Message-ID.
    #[must_use]
    pub fn message_id(&self) -> String {
        let Self { signup, kind, number } = self;
        let step = self.step();
        match (kind, number) {
            (MailKind::Code, round) => format!("{signup}.{step}.{round}"),
            (_, 0..=1) => format!("{signup}.{step}"),
            (_, number) => format!("{signup}.{step}.{}", number - 1),
        }
    }

    /// Its reference.
    #[must_use]
    pub fn reference(&self) -> MailReference {
        let mut prefix = [0; PREFIX_BYTES];
        prefix.copy_from_slice(&self.signup.as_bytes()[..PREFIX_BYTES]);
        MailReference { prefix, kind: self.kind, number: self.number }
    }
}

impl MailReference {
    /// The least and the greatest id of a signup that it may belong to.
    #[must_use]
    pub fn signup_ids(&self) -> (SignupId, SignupId) {
        let filled = |with| {
            let mut bytes = [with; 16];
            bytes[..PREFIX_BYTES].copy_from_slice(&self.prefix);
            SignupId::from_bytes(bytes)
        };
        (filled(0x00), filled(0xff))
    }

    /// Kind and number, such as `P2`, which distinguish the mails of one signup.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{}{}", self.kind.letter(), self.number)
    }
}

impl fmt::Display for MailReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = self.prefix.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let digit = |place: usize| {
            let index = bits >> (5 * (PREFIX_DIGITS - 1 - place)) & 0x1f;
            char::from(DIGITS[usize::try_from(index).unwrap_or_default()])
        };
        let prefix: String = (0..PREFIX_DIGITS).map(digit).collect();
        write!(f, "{prefix}-{}", self.label())
    }
}

/// Reads a reference as people copy and type it: in any case, with or without hyphen, blanks and marks of direction,
/// with O for 0 and I or L for 1.
impl FromStr for MailReference {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        parse(text).ok_or(IdError("a reference looks like 7KQM3TXR-P2: it is at the end of each mail"))
    }
}

fn parse(text: &str) -> Option<MailReference> {
    let typed = text.chars().filter(|c| !is_passed_over(*c)).map(|c| c.to_ascii_uppercase());
    let typed: Vec<char> = typed.take(PREFIX_DIGITS + 12).collect();
    let (prefix, rest) = typed.split_at_checked(PREFIX_DIGITS)?;
    let bits = prefix.iter().try_fold(0_u64, |bits, c| Some(bits << 5 | digit(*c)?))?;
    let (letter, number) = rest.split_first()?;
    let kind = MailKind::ALL.into_iter().find(|kind| kind.letter() == *letter)?;
    let number = number.iter().try_fold(0_u32, |number, c| {
        let digit = u32::try_from(digit(*c).filter(|digit| *digit < 10)?).ok()?;
        number.checked_mul(10)?.checked_add(digit)
    })?;
    let mut bytes = [0; PREFIX_BYTES];
    bytes.copy_from_slice(&bits.to_be_bytes()[8 - PREFIX_BYTES..]);
    (number > 0).then_some(MailReference { prefix: bytes, kind, number })
}

fn digit(c: char) -> Option<u64> {
    let c = match c {
        'O' => b'0',
        'I' | 'L' => b'1',
        c => u8::try_from(c).ok()?,
    };
    DIGITS.iter().position(|digit| *digit == c).and_then(|place| u64::try_from(place).ok())
}

/// Blanks, hyphens, dashes, and marks of direction, which a mail in a script from right to left has.
fn is_passed_over(c: char) -> bool {
    c.is_whitespace()
        || c == '-'
        || ('\u{2010}'..='\u{2015}').contains(&c)
        || ('\u{200b}'..='\u{200f}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn mail(bytes: [u8; 16], kind: MailKind, number: u32) -> SignupMail {
        SignupMail { signup: SignupId::from_bytes(bytes), kind, number }
    }

    fn written(text: &str) -> String {
        text.parse::<MailReference>().unwrap().to_string()
    }

    #[test]
    fn a_reference_has_eight_digits_and_tells_the_mail() {
        let reference = mail([7; 16], MailKind::Password, 2).reference();
        assert_eq!((reference.to_string(), reference.label()), ("0W3GE1R7-P2".to_owned(), "P2".to_owned()));
        let greatest = mail([0xff; 16], MailKind::Code, u32::MAX).reference();
        assert_eq!(greatest.to_string(), "ZZZZZZZZ-C4294967295");
    }

    #[test]
    fn typed_references_are_read_as_they_were_meant() {
        for typed in
            ["0W3GE1R7-P2", "0w3ge1r7-p2", "Ow3gEiR7P2", "oW3g EL R7 – p 02", "\u{2066}0W3GE1R7-P2\u{2069}\n"]
        {
            assert_eq!(written(typed), "0W3GE1R7-P2", "{typed:?}");
        }
        assert_eq!(written("0W3GE1R7-PIO"), "0W3GE1R7-P10");
        let bad = ["", "0W3GE1R7", "0W3GE1R7-P", "0W3GE1R7-P0", "0W3GE1R7-X2", "0W3GE1R7-PA", "0W3GE1R7-2"];
        for bad in
            bad.into_iter().chain(["0W3GE1RU-P2", "0W3GE1R-P2", "0W3GE1R7-P99999999999", "a@b.example"])
        {
            assert!(bad.parse::<MailReference>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn message_ids_are_those_of_earlier_versions() {
        let id = |kind, number| mail([0; 16], kind, number).message_id().replace(&"0".repeat(8), "");
        let signup = "-0000-0000-0000-0000";
        for (kind, number, end) in [
            (MailKind::Code, 1, "send_code.1"),
            (MailKind::Password, 1, "send_password"),
            (MailKind::Password, 2, "send_new_password.1"),
            (MailKind::Reminder, 1, "send_reminder"),
            (MailKind::Reminder, 3, "send_reminder.2"),
            (MailKind::Notice, 1, "send_notice"),
        ] {
            assert_eq!(id(kind, number), format!("{signup}.{end}"));
        }
    }

    proptest! {
        #[test]
        fn a_reference_reads_back_what_it_shows(bytes: [u8; 16], kind in 0..4_usize, number in 1..=u32::MAX) {
            let mail = mail(bytes, MailKind::ALL[kind], number);
            let reference = mail.reference();
            let shown = reference.to_string();
            prop_assert_eq!(shown.parse(), Ok(reference));
            prop_assert_eq!(shown.to_lowercase().replace('-', " ").replace('0', "o").parse(), Ok(reference));
            let (least, greatest) = reference.signup_ids();
            prop_assert!((least..=greatest).contains(&mail.signup));
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            if let Ok(reference) = text.parse::<MailReference>() {
                prop_assert_eq!(reference.to_string().parse(), Ok(reference));
            }
        }
    }
}
