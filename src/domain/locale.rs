//! The language of a signup.

use std::{fmt, str::FromStr};

use unic_langid::LanguageIdentifier;

/// A language tag such as `de` or `zh-Hans` (BCP 47), in canonical form.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Locale(LanguageIdentifier);

/// The text is no language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a language is named by its tag, like `en`, `de` or `zh-Hans`")]
pub struct LocaleError;

impl Locale {
    /// The tag for the Fluent and negotiation libraries.
    #[must_use]
    pub const fn identifier(&self) -> &LanguageIdentifier {
        &self.0
    }
}

impl FromStr for Locale {
    type Err = LocaleError;

    fn from_str(text: &str) -> Result<Self, LocaleError> {
        match text.parse::<LanguageIdentifier>() {
            Ok(tag) if text.len() <= 35 && !tag.language.is_empty() => Ok(Self(tag)),
            _ => Err(LocaleError),
        }
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({})", self.0)
    }
}
