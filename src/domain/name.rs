//! A person's name, in whatever script.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Given name and family name, each 1 to 64 characters (Entra's limit for `givenName` and `surname`).
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    first: String,
    last: String,
}

/// Why a given or family name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but blanks.
    #[error("the name is empty")]
    Empty,
    /// More than 64 characters.
    #[error("the name has more than {} characters", PersonName::MAX_CHARS)]
    TooLong,
    /// A control character, a line break or a direction override.
    #[error("the name has a character that cannot be part of a name")]
    Forbidden,
    /// No letter at all, for example only emoji or digits.
    #[error("the name has no letter")]
    NoLetter,
}

impl PersonName {
    /// The longest a part may be, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Reads both parts; each is trimmed and brought to NFC. All faults are reported at once.
    ///
    /// # Errors
    /// One [`NameError`] for each part that is refused.
    pub fn parse(first: &str, last: &str) -> Result<Self, (Option<NameError>, Option<NameError>)> {
        match (parse_part(first), parse_part(last)) {
            (Ok(first), Ok(last)) => Ok(Self { first, last }),
            (first, last) => Err((first.err(), last.err())),
        }
    }

    /// The given name.
    #[must_use]
    pub fn first(&self) -> &str {
        &self.first
    }

    /// The family name.
    #[must_use]
    pub fn last(&self) -> &str {
        &self.last
    }

    /// Both parts, as Entra's `displayName` shows them.
    #[must_use]
    pub fn display(&self) -> String {
        format!("{} {}", self.first, self.last)
    }
}

fn parse_part(text: &str) -> Result<String, NameError> {
    // Enough for 64 characters in any normal form; longer input is not worth normalising.
    if text.len() > 4096 {
        return Err(NameError::TooLong);
    }
    let name: String = text.trim().nfc().collect();
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().any(is_forbidden) {
        return Err(NameError::Forbidden);
    }
    if name.chars().count() > PersonName::MAX_CHARS {
        return Err(NameError::TooLong);
    }
    if !name.chars().any(char::is_alphabetic) {
        return Err(NameError::NoLetter);
    }
    Ok(name)
}

/// Controls, line separators, direction overrides and isolates, byte-order marks, tags, private use and
/// non-characters: none of them is part of a name, and each can disguise what a person reads. The two
/// joiners (U+200C, U+200D) stay: Persian and Indic names need them.
fn is_forbidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFF}'
            | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}'
            | '<' | '>')
        || is_pictograph(c)
}

/// Arrows, symbols, dingbats and emoji: no script writes names with them, and a username would spell them out.
const fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{20D0}'..='\u{20FF}' | '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(text: &str) -> Result<String, NameError> {
        PersonName::parse(text, "Doe")
            .map(|name| name.first)
            .map_err(|(first, _)| first.expect("the first part is at fault"))
    }

    #[test]
    fn every_script_is_welcome() {
        for name in [
            "Max",
            "Łukasz",
            "王小明",
            "Дмитрий",
            "Nguyễn Thị",
            "محمد",
            "O'Neill",
            "Anne-Marie",
            "José María",
        ] {
            assert_eq!(part(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn parts_are_trimmed_and_composed() {
        assert_eq!(part("  Zoe\u{308} \n").as_deref(), Ok("Zo\u{eb}"));
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        assert_eq!(part(" \t "), Err(NameError::Empty));
        assert_eq!(part(&"x".repeat(65)), Err(NameError::TooLong));
        assert_eq!(part("123"), Err(NameError::NoLetter));
        for bad in [
            "🎓🎓",
            "Max 🎓",
            "Max\u{2764}\u{FE0F}",
            "1\u{20E3}a",
            "a\0b",
            "a\r\nBcc: x",
            "a\u{202E}b",
            "a\u{200F}b",
            "a\u{FEFF}b",
            "<b>Max</b>",
        ] {
            assert_eq!(part(bad), Err(NameError::Forbidden), "{bad:?}");
        }
    }

    #[test]
    fn both_faults_are_reported() {
        assert_eq!(
            PersonName::parse("", "\0").err(),
            Some((Some(NameError::Empty), Some(NameError::Forbidden)))
        );
    }

    proptest! {
        #[test]
        fn an_accepted_part_keeps_every_promise(text in any::<String>()) {
            if let Ok(name) = part(&text) {
                prop_assert!(!name.is_empty() && name.chars().count() <= PersonName::MAX_CHARS);
                prop_assert!(!name.chars().any(char::is_control));
                prop_assert_eq!(part(&name), Ok(name.clone()), "parsing again changes nothing");
            }
        }
    }
}
