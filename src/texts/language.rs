//! One language, with English as its fallback.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use unic_langid::CharacterDirection;

use super::bundle::Bundle;
use crate::domain::Locale;

/// The texts of one language; cheap to clone.
#[derive(Clone)]
pub struct Language(Arc<Inner>);

struct Inner {
    locale: Locale,
    own: Arc<Bundle>,
    english: Arc<Bundle>,
    missed: Mutex<BTreeSet<String>>,
}

impl Language {
    pub(super) fn new(locale: Locale, own: Arc<Bundle>, english: Arc<Bundle>) -> Self {
        Self(Arc::new(Inner { locale, own, english, missed: Mutex::default() }))
    }

    /// Its tag.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        &self.0.locale
    }

    /// Its name in the language itself: `Deutsch`.
    #[must_use]
    pub fn name(&self) -> String {
        self.text("language-name")
    }

    /// The direction of its script, as HTML's `dir` takes it.
    #[must_use]
    pub fn dir(&self) -> &'static str {
        match self.0.locale.identifier().character_direction() {
            CharacterDirection::RTL => "rtl",
            _ => "ltr",
        }
    }

    /// Returns whether people who speak it write the family name before the given name.
    #[must_use]
    pub fn family_name_first(&self) -> bool {
        ["zh", "ja", "ko", "hu", "vi"].contains(&self.0.locale.identifier().language.as_str())
    }

    /// The message of this id.
    #[must_use]
    pub fn text(&self, id: &str) -> String {
        self.text_with(id, &[])
    }

    /// The message of this id with its variables. A value that is a plain count chooses plural forms.
    ///
    /// A message that is missing is read in English, one that English lacks is its id; each is logged once.
    #[must_use]
    pub fn text_with(&self, id: &str, args: &[(&str, &str)]) -> String {
        self.0.own.format(id, args).unwrap_or_else(|| {
            self.note_missing(id);
            self.0.english.format(id, args).unwrap_or_else(|| id.to_owned())
        })
    }

    /// The text before and after the message's variable, for a page that has markup around the variable.
    #[must_use]
    pub fn text_around(&self, id: &str, variable: &str) -> (String, String) {
        // The object replacement character, which represents what is not text and is in no message.
        const PLACE: &str = "\u{FFFC}";
        let text = self.text_with(id, &[(variable, PLACE)]);
        match text.split_once(PLACE) {
            Some((before, after)) => (before.to_owned(), after.to_owned()),
            None => (text + " ", String::new()),
        }
    }

    fn note_missing(&self, id: &str) {
        if self.0.missed.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned()) {
            tracing::warn!(id, language = %self.0.locale, "a text is missing in this language");
        }
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({})", self.0.locale)
    }
}
