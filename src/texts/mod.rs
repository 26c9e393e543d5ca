//! What people read: Fluent messages in every language, and the choice among the languages.
//!
//! Messages live in `locales/<tag>/*.ftl` and are embedded; a folder more is a language more. English is the
//! source: what another language lacks is shown in English.

mod accept;
mod bundle;
#[cfg(test)]
mod inventory;
mod language;

use std::{collections::BTreeMap, fmt, str::FromStr, sync::Arc};

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use rust_embed::RustEmbed;

use crate::domain::Locale;
use bundle::Bundle;
pub use bundle::TextsError;
pub use language::Language;

/// The language of the source texts.
const SOURCE: &str = "en";

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

/// All languages; cheap to clone.
#[derive(Clone)]
pub struct Texts(Arc<[Language]>);

impl Texts {
    /// The texts that come with the program.
    ///
    /// # Errors
    /// [`TextsError`] names the file that cannot be read. The tests read every file, so a released program
    /// has none.
    pub fn embedded() -> Result<Self, TextsError> {
        let mut sources: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
        for path in Files::iter() {
            let (tag, _) = path.split_once('/').ok_or_else(|| TextsError::Misplaced(path.to_string()))?;
            let file = Files::get(&path).ok_or_else(|| TextsError::Misplaced(path.to_string()))?;
            let text = String::from_utf8(file.data.into_owned())
                .map_err(|_| TextsError::NotUtf8(path.to_string()))?;
            sources.entry(tag.to_owned()).or_default().push((path.to_string(), text));
        }
        Self::of(&sources)
    }

    /// The texts of these files: by language tag, each file with its path.
    fn of(sources: &BTreeMap<String, Vec<(String, String)>>) -> Result<Self, TextsError> {
        let english =
            Arc::new(Bundle::read(&locale(SOURCE)?, sources.get(SOURCE).map_or(&[], Vec::as_slice))?);
        let mut languages = vec![Language::new(locale(SOURCE)?, Arc::clone(&english), Arc::clone(&english))];
        for (tag, files) in sources.iter().filter(|(tag, _)| *tag != SOURCE) {
            let locale = locale(tag)?;
            let own = Arc::new(Bundle::read(&locale, files)?);
            languages.push(Language::new(locale, own, Arc::clone(&english)));
        }
        Ok(Self(languages.into()))
    }

    /// These languages alone, in this order; all of them when none is named.
    ///
    /// # Errors
    /// [`TextsError::Unknown`] names a language there are no texts in.
    pub fn offering(self, wanted: &[Locale]) -> Result<Self, TextsError> {
        if wanted.is_empty() {
            return Ok(self);
        }
        let named = |locale: &Locale| {
            let found = self.0.iter().find(|language| language.locale() == locale);
            found.cloned().ok_or_else(|| TextsError::Unknown(locale.to_string()))
        };
        Ok(Self(wanted.iter().map(named).collect::<Result<Vec<_>, _>>()?.into()))
    }

    /// Every language, English first unless another order was asked for.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.0.iter()
    }

    /// The language that comes nearest to the locale; English at last.
    #[must_use]
    pub fn language(&self, locale: &Locale) -> &Language {
        self.nearest(&[locale.identifier().clone()])
    }

    /// The language a browser asks for in its `Accept-Language` (RFC 9110, section 12.5.4); English at last.
    #[must_use]
    pub fn negotiate(&self, accept_language: &str) -> &Language {
        self.nearest(&accept::wanted(accept_language))
    }

    fn nearest(&self, wanted: &[unic_langid::LanguageIdentifier]) -> &Language {
        let there: Vec<_> = self.0.iter().map(|language| language.locale().identifier()).collect();
        let found = negotiate_languages(wanted, &there, None, NegotiationStrategy::Lookup);
        let found =
            found.first().and_then(|tag| self.0.iter().find(|one| one.locale().identifier() == **tag));
        found.unwrap_or(&self.0[0])
    }
}

fn locale(tag: &str) -> Result<Locale, TextsError> {
    Locale::from_str(tag).map_err(|_| TextsError::Misplaced(tag.to_owned()))
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.languages().map(Language::locale)).finish()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_nearest_language_answers() {
        let texts = Texts::embedded().unwrap();
        for (header, expected) in [
            ("de-AT,de;q=0.9,en;q=0.8", "de"),
            ("en;q=0.3, de;q=0.7", "de"),
            ("de;q=0, en", "en"),
            ("fr-CA, en-GB;q=0.5", "fr"),
            ("es-MX", "es"),
            ("it-CH;q=0.9, de;q=0.8", "it"),
            ("pl-PL, pl;q=0.9", "pl"),
            ("tr-TR", "tr"),
            ("uk-UA, ru;q=0.9", "uk"),
            ("zh-CN, zh;q=0.9, en;q=0.8", "zh-Hans"),
            ("zh-Hans-SG", "zh-Hans"),
            ("zh-Hant-HK, en;q=0.8", "en"),
            ("ar-EG", "ar"),
            ("ja-JP, en-GB;q=0.5", "en"),
            ("xx, *;q=0.1", "en"),
            ("", "en"),
            ("\u{7f};;,,q=", "en"),
        ] {
            assert_eq!(texts.negotiate(header).locale().to_string(), expected, "{header}");
        }
        assert_eq!(texts.language(&"de-CH".parse().unwrap()).name(), "Deutsch");
        assert_eq!(texts.language(&"zh-CN".parse().unwrap()).name(), "简体中文");
        assert_eq!(texts.language(&"ja".parse().unwrap()).name(), "English");
    }

    #[test]
    fn only_the_languages_asked_for_are_offered() {
        let texts = || Texts::embedded().unwrap();
        let german = texts().offering(&["de".parse().unwrap()]).unwrap();
        assert_eq!(german.languages().count(), 1);
        assert_eq!(german.negotiate("en").name(), "Deutsch");
        assert!(matches!(texts().offering(&["tlh".parse().unwrap()]), Err(TextsError::Unknown(_))));
    }

    #[test]
    fn what_a_language_lacks_is_read_in_english() {
        let file = |text: &str| vec![("some.ftl".to_owned(), text.to_owned())];
        let texts = Texts::of(&BTreeMap::from([
            ("en".to_owned(), file("greeting = Hello, { $name }\nfarewell = Bye")),
            ("ar".to_owned(), file("greeting = مرحبا { $name }")),
        ]))
        .unwrap();
        let arabic = texts.language(&"ar-EG".parse().unwrap());
        assert_eq!(arabic.dir(), "rtl");
        assert_eq!(arabic.text_with("greeting", &[("name", "Ada")]), "مرحبا Ada");
        assert_eq!(arabic.text("farewell"), "Bye");
        assert_eq!(arabic.text("no-such-text"), "no-such-text");
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let broken = vec![("de/pages.ftl".to_owned(), "one = Eins\n\ntwo = { $na me }\n".to_owned())];
        let error = Texts::of(&BTreeMap::from([("de".to_owned(), broken)])).unwrap_err();
        assert!(error.to_string().starts_with("de/pages.ftl, line 3: "), "{error}");

        let doubled = vec![("en/pages.ftl".to_owned(), "one = 1\none = 2".to_owned())];
        let error = Texts::of(&BTreeMap::from([("en".to_owned(), doubled)])).unwrap_err();
        assert_eq!(error.to_string(), "en/pages.ftl: the message `one` is there twice");
    }
}
