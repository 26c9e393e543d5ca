//! The operator's rules for the names that are accepted.

use std::{collections::BTreeSet, str::FromStr};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{NameError, PersonName, name::typed_part, typed};

/// The rules for names that are typed or sent.
#[derive(Clone, Debug, Default)]
pub struct NameRules {
    /// Words that no name has here.
    pub refused: RefusedWords,
    /// The rule for people with one name.
    pub one_name: OneName,
}

/// The rule for people with one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OneName {
    /// They write it in both fields.
    #[default]
    Refuse,
    /// They may leave one field empty.
    Allow,
}

/// A word that is refused in names, in the form in which words are compared.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedWord(String);

/// A text without a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a word has letters")]
pub struct NoWord;

/// Words such as `helpdesk` by which a message would seem to come from someone else.
#[derive(Clone, Debug, Default)]
pub struct RefusedWords(BTreeSet<RefusedWord>);

impl NameRules {
    /// Reads both parts of a name. Full-width forms become ordinary, both parts are brought to NFC, and blanks and hidden
    /// characters around them are dropped. All faults are reported at once.
    ///
    /// # Errors
    /// One [`NameError`] for each part that is refused.
    pub fn parse(
        &self,
        first: &str,
        last: &str,
    ) -> Result<PersonName, (Option<NameError>, Option<NameError>)> {
        use NameError::{Empty, OneName as Half};
        let allowed = self.one_name == OneName::Allow;
        let name = match (typed_part(first), typed_part(last)) {
            (Ok(first), Ok(last)) => PersonName { first, last },
            (Ok(first), Err(Empty)) if allowed => PersonName { first, last: String::new() },
            (Err(Empty), Ok(last)) if allowed => PersonName { first: String::new(), last },
            (Ok(_), Err(Empty)) => return Err((None, Some(Half))),
            (Err(Empty), Ok(_)) => return Err((Some(Half), None)),
            (first, last) => return Err((first.err(), last.err())),
        };
        match self.refused.are_in(name.first(), name.last()) {
            (false, false) => Ok(name),
            (first, last) => {
                Err((first.then_some(NameError::RefusedWord), last.then_some(NameError::RefusedWord)))
            }
        }
    }
}

impl RefusedWords {
    /// These words.
    pub fn new(words: impl IntoIterator<Item = RefusedWord>) -> Self {
        Self(words.into_iter().collect())
    }

    /// Returns whether a refused word is in the first and in the second text. A word over both is in both.
    fn are_in(&self, first: &str, last: &str) -> (bool, bool) {
        let mut words = words(first);
        let border = words.len();
        words.extend(self::words(last));
        let longest = self.0.iter().map(|word| word.0.len()).max().unwrap_or_default();
        let (mut in_first, mut in_last) = (false, false);
        for from in 0..words.len() {
            let mut run = String::new();
            for to in from + 1..=words.len() {
                run.push_str(&words[to - 1]);
                if run.len() > longest {
                    break;
                }
                if counts(&words[from..to], &run) && self.0.contains(&RefusedWord(run.clone())) {
                    in_first |= from < border;
                    in_last |= to > border;
                }
            }
        }
        (in_first, in_last)
    }
}

/// Returns whether several words may be one: long enough together that no two names are meant, or single letters.
fn counts(words: &[String], run: &str) -> bool {
    const LONG_ENOUGH: usize = 6;
    let are_letters = || words.len() >= 4 && words.iter().all(|word| word.chars().count() == 1);
    words.len() == 1 || run.len() >= LONG_ENOUGH || are_letters()
}

/// The words of a text in the form in which they are compared: without case, accents, widths and hidden characters, and
/// with one letter for those that look alike.
fn words(text: &str) -> Vec<String> {
    let visible = text.chars().filter(|c| !typed::is_hidden(*c));
    let plain: String = visible.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let words: String = plain.to_lowercase().nfkd().filter(|c| !is_combining_mark(*c)).map(look).collect();
    words.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The Latin letter that a small letter looks like, in small or as a capital; `l` counts as `i`.
const fn look(c: char) -> char {
    match c {
        'а' | 'α' | 'ɑ' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' | 'ε' | 'є' => 'e',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ι' | 'ı' | 'ӏ' | 'l' | 'ǀ' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' | 'μ' => 'm',
        'ո' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' | 'ω' => 'w',
        'х' | 'χ' => 'x',
        'у' | 'γ' => 'y',
        other => other,
    }
}

impl FromStr for RefusedWord {
    type Err = NoWord;

    fn from_str(text: &str) -> Result<Self, NoWord> {
        let word = words(text).concat();
        if word.is_empty() { Err(NoWord) } else { Ok(Self(word)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(one_name: OneName) -> NameRules {
        let words =
            ["helpdesk", "administrator", "admin", "security", "Sécurité", "microsoft", "管理员", "админ"];
        let refused = RefusedWords::new(words.map(|word| word.parse().expect("a word")));
        NameRules { refused, one_name }
    }

    fn faults(first: &str, last: &str) -> (Option<NameError>, Option<NameError>) {
        rules(OneName::Refuse).parse(first, last).err().unwrap_or_default()
    }

    #[test]
    fn refused_words_are_found_in_every_disguise() {
        const WORD: Option<NameError> = Some(NameError::RefusedWord);
        for name in [
            "Helpdesk",
            "IT Helpdesk",
            "I T  Help-desk",
            "HELP DESK",
            "Help.Desk",
            "h e l p d e s k",
            "a d m i n",
            "Admin",
            "ADMIN-Team",
            "Ａｄｍｉｎ",
            "Ádmín",
            "Аdmin",
            "Аԁміn",
            "heIpdesk",
            "Micro soft",
            "Microsoft Security",
            "securité",
            "管理员",
            "Админ",
            "Security",
            "Admın",
        ] {
            assert_eq!(faults(name, "Doe"), (WORD, None), "{name}");
            assert_eq!(faults("Jo", name), (None, WORD), "{name}");
        }
        assert_eq!(faults("Help", "Desk"), (WORD, WORD));
        assert_eq!(faults("IT Micro", "Soft Team"), (WORD, WORD));
    }

    #[test]
    fn parts_of_real_names_are_none() {
        for (first, last) in [
            ("Lucius", "Securius"),
            ("Adminta", "Badmin"),
            ("Ad", "Min"),
            ("Null", "Null"),
            ("Max", "Helpdeskowski"),
            ("王", "管理"),
            ("Joe", "Root"),
            ("Robert W.", "Service"),
            ("Patrick", "O'Brien"),
            ("Nguyễn Thị", "Hoa"),
            ("Jeanne", "d'Arc"),
            ("Henry", "Tudor VIII"),
            ("A. D.", "Min"),
            ("Ada", "Lovelace"),
        ] {
            assert_eq!(faults(first, last), (None, None), "{first} {last}");
        }
    }

    #[test]
    fn one_name_is_written_twice_or_once_as_the_operator_decides() {
        assert_eq!(faults("Sukarno", ""), (None, Some(NameError::OneName)));
        assert_eq!(faults("\u{3164}", "Sukarno"), (Some(NameError::OneName), None));
        assert_eq!(faults("", ""), (Some(NameError::Empty), Some(NameError::Empty)));
        assert_eq!(faults("", "a=b"), (Some(NameError::Empty), Some(NameError::Sign)));
        let rules = rules(OneName::Allow);
        for (first, last) in [("Sukarno", " "), ("\u{3164}", "Sukarno")] {
            let name = rules.parse(first, last).expect("one name is enough");
            assert_eq!((name.display().as_str(), name.greeting()), ("Sukarno", "Sukarno"));
            assert_eq!(PersonName::from_stored(name.first(), name.last()), Ok(name));
        }
        assert_eq!(rules.parse("", "").err(), Some((Some(NameError::Empty), Some(NameError::Empty))));
        assert_eq!(rules.parse("Admin", "").err(), Some((Some(NameError::RefusedWord), None)));
    }

    #[test]
    fn a_word_has_letters() {
        assert_eq!("365".parse::<RefusedWord>(), Err(NoWord));
        assert_eq!("Help-Desk".parse::<RefusedWord>(), "helpdesk".parse());
    }
}
