//! Reasons that people give for an act, in their own words.

use std::{fmt, str::FromStr};

use super::typed;

/// The reason that a person gave for an act: one line of at most 500 characters. It may name a person, so it is neither
/// logged nor printed by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Reason(String);

/// The fault of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// Nothing but blanks and hidden characters.
    #[error("the reason is empty; write it, or leave it out")]
    Empty,
    /// Too many characters.
    #[error("the reason has more than {} characters; shorten it", Reason::MAX_CHARS)]
    TooLong,
    /// A line break, another control character, or one that changes the direction of the text.
    #[error("the reason has a line break or another control character; write one line without them")]
    Control,
}

impl Reason {
    /// The longest a reason may be, in characters.
    pub const MAX_CHARS: usize = 500;

    /// Parses a text that is typed, without blanks at either end.
    ///
    /// # Errors
    /// [`ReasonError`].
    pub fn parse(text: &str) -> Result<Self, ReasonError> {
        let text = typed::trim(text);
        if text.is_empty() {
            return Err(ReasonError::Empty);
        }
        if text.chars().nth(Self::MAX_CHARS).is_some() {
            return Err(ReasonError::TooLong);
        }
        if text.chars().any(is_control) {
            return Err(ReasonError::Control);
        }
        Ok(Self(text.to_owned()))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = ReasonError;

    fn from_str(text: &str) -> Result<Self, ReasonError> {
        Self::parse(text)
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reason(..)")
    }
}

/// Returns whether a character controls a terminal, ends a line or changes the direction of what follows.
fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_line_of_bounded_length() {
        let parsed = |text: &str| Reason::parse(text).map(|reason| reason.as_str().to_owned());
        assert_eq!(parsed("  asked by phone, ticket 4711\n").as_deref(), Ok("asked by phone, ticket 4711"));
        assert_eq!(parsed("تم الطلب هاتفيا 👩‍🎓").as_deref(), Ok("تم الطلب هاتفيا 👩‍🎓"));
        for empty in ["", "  ", "\u{200B}\n"] {
            assert_eq!(parsed(empty), Err(ReasonError::Empty), "{empty:?}");
        }
        let longest = "ü".repeat(Reason::MAX_CHARS);
        assert_eq!(parsed(&longest).as_ref(), Ok(&longest));
        assert_eq!(parsed(&format!("{longest}ü")), Err(ReasonError::TooLong));
        for control in
            ["a\nb", "a\tb", "a\0b", "a\u{1b}[2Jb", "a\u{85}b", "a\u{2028}b", "a\u{202E}b", "a\u{2066}b"]
        {
            assert_eq!(parsed(control), Err(ReasonError::Control), "{control:?}");
        }
    }

    #[test]
    fn debug_does_not_print_it() {
        let printed = Reason::parse("lost her phone").map(|reason| format!("{reason:?}"));
        assert_eq!(printed.as_deref(), Ok("Reason(..)"));
    }
}
