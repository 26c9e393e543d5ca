//! The texts that people read: Fluent messages in every language, and the choice among the languages.
//!
//! Messages are in `locales/<tag>/*.ftl` and are embedded; each further folder is a further language. English is the
//! source: a message that another language lacks is shown in English. An operator's folder of the same shape takes
//! precedence over them.

mod accept;
mod bundle;
mod check;
mod current;
mod fault;
mod folder;
#[cfg(test)]
mod inventory;
mod language;
mod message;
#[cfg(test)]
mod own_tests;
mod wording;

use std::{collections::BTreeSet, fmt, path::Path, str::FromStr, sync::Arc};

use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use rust_embed::RustEmbed;

use crate::domain::Locale;
use bundle::Bundle;
pub use current::CurrentTexts;
pub use fault::{TextsError, TextsFaults};
use folder::Folder;
pub use language::Language;
pub use wording::Wording;

/// The language of the source texts.
const SOURCE: &str = "en";

#[derive(RustEmbed)]
#[folder = "locales/"]
struct Files;

/// A file of messages.
#[derive(Clone)]
struct File {
    locale: Locale,
    /// The name of the file in faults.
    name: String,
    text: String,
}

/// All languages; cheap to clone.
#[derive(Clone)]
pub struct Texts(Arc<[Language]>);

impl Texts {
    /// The texts that come with the program.
    ///
    /// # Errors
    /// [`TextsError`] names the file that cannot be read. The tests read every file, so a released program has no such
    /// file.
    pub fn embedded() -> Result<Self, TextsError> {
        Self::of(&built_in()?, &[])
    }

    /// The same with the operator's folder, which takes precedence.
    ///
    /// # Errors
    /// All [`TextsFaults`] of the folder.
    pub fn read(folder: Option<&Path>) -> Result<Self, TextsFaults> {
        let built_in = built_in()?;
        let (own, _) = read_own(&built_in, folder)?;
        Ok(Self::of(&built_in, &own)?)
    }

    fn of(built_in: &[File], own: &[File]) -> Result<Self, TextsError> {
        let bundle = |locale: &Locale| {
            let of_it = |file: &&File| file.locale == *locale;
            Bundle::read(locale, built_in.iter().filter(of_it), own.iter().filter(of_it)).map(Arc::new)
        };
        let source = locale(SOURCE)?;
        let english = bundle(&source)?;
        let tags: BTreeSet<_> = built_in.iter().chain(own).map(|file| file.locale.to_string()).collect();
        let mut languages = vec![Language::new(source, Arc::clone(&english), Arc::clone(&english))];
        for tag in tags.iter().filter(|tag| *tag != SOURCE) {
            let locale = locale(tag)?;
            let own = bundle(&locale)?;
            languages.push(Language::new(locale, own, Arc::clone(&english)));
        }
        Ok(Self(languages.into()))
    }

    /// These languages alone, in this order; all of them if `wanted` is empty.
    ///
    /// # Errors
    /// [`TextsError::Unknown`] names a language that has no texts.
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

    /// The language that comes nearest to the locale; the first language if there is no such language.
    #[must_use]
    pub fn language(&self, locale: &Locale) -> &Language {
        self.nearest(&[locale.identifier().clone()])
    }

    /// The language a browser asks for in its `Accept-Language` (RFC 9110, section 12.5.4); the first language if there
    /// is no such language.
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

/// Checks an operator's folder and returns notes on what may not be intended.
///
/// # Errors
/// All [`TextsFaults`] of the folder.
pub fn check(folder: &Path) -> Result<Vec<String>, TextsFaults> {
    read_own(&built_in()?, Some(folder)).map(|(_, notes)| notes)
}

/// The wording of every message in a language, with the operator's folder over the built-in texts.
///
/// # Errors
/// All [`TextsFaults`] of the folder, or that there is no such language.
pub fn wordings(folder: Option<&Path>, locale: &Locale) -> Result<Vec<Wording>, TextsFaults> {
    let built_in = built_in()?;
    let (own, _) = read_own(&built_in, folder)?;
    if !built_in.iter().chain(&own).any(|file| file.locale == *locale) {
        return Err(TextsError::Unknown(locale.to_string()).into());
    }
    Ok(wording::wordings(&built_in, &own, locale))
}

/// The files that come with the program.
fn built_in() -> Result<Vec<File>, TextsError> {
    let read = |path: std::borrow::Cow<'static, str>| {
        let misplaced = || TextsError::Misplaced(path.to_string());
        let (tag, _) = path.split_once('/').ok_or_else(misplaced)?;
        let data = Files::get(&path).ok_or_else(misplaced)?.data;
        let text = String::from_utf8(data.into_owned()).map_err(|_| TextsError::NotUtf8(path.to_string()))?;
        Ok(File { locale: locale(tag)?, name: path.to_string(), text })
    };
    Files::iter().map(read).collect()
}

/// The operator's files, and notes on them; every fault at once.
fn read_own(built_in: &[File], folder: Option<&Path>) -> Result<(Vec<File>, Vec<String>), TextsFaults> {
    let Some(folder) = folder.map(Folder::read) else { return Ok((Vec::new(), Vec::new())) };
    let findings = check::check(built_in, &folder.files);
    let mut faults: Vec<_> = folder.faults.into_iter().chain(findings.faults).collect();
    faults.sort_by(|one, other| one.place().cmp(&other.place()));
    if !faults.is_empty() {
        return Err(TextsFaults(faults));
    }
    let ignored =
        folder.ignored.into_iter().map(|path| format!("{path}: not read, since it is no *.ftl file"));
    Ok((folder.files, findings.notes.into_iter().chain(ignored).collect()))
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

    fn file(tag: &str, text: &str) -> File {
        let name = format!("{tag}/some.ftl");
        File { locale: tag.parse().unwrap(), name, text: text.to_owned() }
    }

    #[test]
    fn what_a_language_lacks_is_read_in_english() {
        let files = [
            file("en", "greeting = Hello, { $name }\nfarewell = Bye"),
            file("ar", "greeting = مرحبا { $name }"),
        ];
        let texts = Texts::of(&files, &[]).unwrap();
        let arabic = texts.language(&"ar-EG".parse().unwrap());
        assert_eq!(arabic.dir(), "rtl");
        assert_eq!(arabic.text_with("greeting", &[("name", "Ada")]), "مرحبا Ada");
        assert_eq!(arabic.text("farewell"), "Bye");
        assert_eq!(arabic.text("no-such-text"), "no-such-text");
    }

    #[test]
    fn a_broken_file_is_named_with_its_line() {
        let error = Texts::of(&[file("de", "one = Eins\n\ntwo = { $na me }\n")], &[]).unwrap_err();
        assert!(error.to_string().starts_with("de/some.ftl, line 3: "), "{error}");

        let error = Texts::of(&[file("en", "one = 1\none = 2")], &[]).unwrap_err();
        assert_eq!(error.to_string(), "en/some.ftl, line 2: the message `one` is there twice");
    }
}
