//! Transliteration of every script to ASCII, as passports and the authorities of each language write names.
//!
//! Letters whose sound depends on their neighbours are read in context; everything else is by `any_ascii`.

mod spellings;
mod syllables;

use unicode_normalization::UnicodeNormalization;

pub(super) use self::spellings::{NamePart, is_ambiguous, spellings, without_added_letters};

/// The text in ASCII and lower case. What has no counterpart is dropped.
#[must_use]
pub fn to_ascii(text: &str) -> String {
    to_ascii_beside(text, text)
}

/// The same for a part of a name, whose language may follow from the name as a whole.
pub(super) fn to_ascii_beside(part: &str, name: &str) -> String {
    let (letters, name) = (lower(part), lower(name));
    let (latin, cyrillic) = (Latin::of(&name), Cyrillic::of(&name));
    let mut out = String::with_capacity(part.len());
    let mut rest = &letters[..];
    while let Some(first) = rest.first() {
        let script = Script::of(*first);
        let belongs =
            |c: &&char| Script::of(**c) == script || (script == Script::Cyrillic && APOSTROPHES.contains(*c));
        let (run, after) = rest.split_at(rest.iter().take_while(belongs).count());
        match script {
            Script::Other => run.iter().for_each(|c| out.push_str(latin.letter(*c))),
            Script::Greek => greek(run, &mut out),
            Script::Cyrillic => cyrillic.write(run, &mut out),
            Script::Armenian => armenian(run, &mut out),
            Script::Hangul => syllables::hangul(run, &mut out),
            Script::Kana => syllables::kana(run, &mut out),
            Script::Thai => syllables::thai(run, &mut out),
            Script::Indic => syllables::indic(run, &mut out),
        }
        rest = after;
    }
    out.make_ascii_lowercase();
    out
}

fn lower(text: &str) -> Vec<char> {
    text.nfc().flat_map(char::to_lowercase).collect()
}

/// A letter by itself, without the apostrophes that `any_ascii` writes for sounds that ASCII lacks.
fn plain(c: char) -> &'static str {
    let ascii = any_ascii::any_ascii_char(c);
    if c.is_ascii() { ascii } else { ascii.trim_matches(['\'', '`']) }
}

/// The signs that keep two letters of a Ukrainian word apart; they are not written in ASCII.
const APOSTROPHES: [char; 3] = ['\'', '\u{2019}', '\u{02BC}'];

/// A script whose letters are read in context.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Other,
    Greek,
    Cyrillic,
    Armenian,
    Hangul,
    Kana,
    Thai,
    Indic,
}

impl Script {
    const fn of(c: char) -> Self {
        match c {
            '\u{0370}'..='\u{03FF}' | '\u{1F00}'..='\u{1FFF}' => Self::Greek,
            '\u{0400}'..='\u{052F}' => Self::Cyrillic,
            '\u{0530}'..='\u{058F}' => Self::Armenian,
            '\u{0900}'..='\u{0D7F}' => Self::Indic,
            '\u{0E00}'..='\u{0E7F}' => Self::Thai,
            '\u{3041}'..='\u{30FF}' => Self::Kana,
            '\u{AC00}'..='\u{D7A3}' => Self::Hangul,
            _ => Self::Other,
        }
    }
}

/// Language of a name in Latin letters, by the letters that are its own.
#[derive(Clone, Copy)]
enum Latin {
    /// German and Nordic letters are written out (ä as ae).
    WrittenOut,
    /// Turkish and Hungarian ones lose their dots.
    Bare,
    /// Bosnian, Croatian, Serbian: đ is dj.
    SouthSlavic,
}

impl Latin {
    fn of(name: &[char]) -> Self {
        let has = |letters: &[char]| name.iter().any(|c| letters.contains(c));
        if has(&['ı', 'ğ', 'ş', 'ő', 'ű']) {
            Self::Bare
        } else if has(&['č', 'ć', 'š', 'ž']) {
            Self::SouthSlavic
        } else {
            Self::WrittenOut
        }
    }

    fn letter(self, c: char) -> &'static str {
        match (c, self) {
            ('ö', Self::Bare) => "o",
            ('ü', Self::Bare) => "u",
            ('đ', Self::SouthSlavic) => "dj",
            ('ä' | 'æ', _) => "ae",
            ('ö' | 'ø' | 'œ', _) => "oe",
            ('ü', _) => "ue",
            ('ß', _) => "ss",
            ('å', _) => "aa",
            ('þ', _) => "th",
            _ => plain(c),
        }
    }
}

/// ELOT 743 (ISO 843), as Greek passports have it.
fn greek(run: &[char], out: &mut String) {
    const VOICELESS: &str = "θκξπστφχψ";
    /// A letter without its marks, whether it is accented, and whether it has a diaeresis.
    type Letter = (char, bool, bool);
    let letters: Vec<Letter> = run
        .iter()
        .map(|c| {
            let marks: Vec<char> = std::iter::once(*c).nfd().collect();
            let base = if marks[0] == 'ς' { 'σ' } else { marks[0] };
            let is_accented = marks.iter().any(|mark| matches!(mark, '\u{0300}' | '\u{0301}' | '\u{0342}'));
            (base, is_accented, marks.contains(&'\u{0308}'))
        })
        .collect();
    let mut at = 0;
    while let Some((letter, is_accented, _)) = letters.get(at).copied() {
        // An accent on the first of two vowels, or a diaeresis on the second, keeps them apart.
        let next = letters.get(at + 1).filter(|(_, _, has_diaeresis)| !has_diaeresis).map(|(next, ..)| *next);
        let after = letters.get(at + 2).map(|(after, ..)| *after);
        let pair = match (letter, next) {
            ('ο', Some('υ')) if !is_accented => Some("ou"),
            ('α' | 'ε' | 'η', Some('υ')) if !is_accented => {
                out.push(match letter {
                    'α' => 'a',
                    'ε' => 'e',
                    _ => 'i',
                });
                Some(if after.is_none_or(|after| VOICELESS.contains(after)) { "f" } else { "v" })
            }
            ('γ', Some('γ')) => Some("ng"),
            ('γ', Some('ξ')) => Some("nx"),
            ('γ', Some('χ')) => Some("nch"),
            ('μ', Some('π')) if at == 0 || after.is_none() => Some("b"),
            _ => None,
        };
        match pair {
            Some(pair) => out.push_str(pair),
            None => out.push_str(plain(letter)),
        }
        at += if pair.is_some() { 2 } else { 1 };
    }
}

/// The language of a name in Cyrillic letters, if its letters show one; otherwise Russian.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cyrillic {
    Russian,
    Ukrainian,
    Belarusian,
    Bulgarian,
    Serbian,
    Macedonian,
    /// Kazakh, and the other languages that have letters of it.
    Kazakh,
}

impl Cyrillic {
    fn of(name: &[char]) -> Self {
        let has = |letters: &str| name.iter().any(|c| letters.contains(*c));
        let has_pair = |first: char, second: &str| {
            name.windows(2).any(|pair| pair[0] == first && second.contains(pair[1]))
        };
        let text: String = name.iter().collect();
        if has("әғқңөұүһ") {
            Self::Kazakh
        } else if has("ў") || (has("і") && has("ыэё")) {
            Self::Belarusian
        } else if has("іїєґ") || text.contains("ський") || text.contains("цький") || text.contains("ська")
        {
            Self::Ukrainian
        } else if has("ѓќѕ") || (has("јљњџ") && (text.ends_with("ски") || text.ends_with("ска")))
        {
            Self::Macedonian
        } else if has("ђћјљњџ") {
            Self::Serbian
        } else if has_pair('ъ', "бвгджзйклмнпрстфхцчшщ") || text.ends_with('ъ') && !has("ыэё")
        {
            Self::Bulgarian
        } else {
            Self::Russian
        }
    }

    /// Ukraine: resolution 55 of 2010; Belarus: its passports; Bulgaria: its Transliteration Act; Serbia and North
    /// Macedonia, Kazakhstan: their passports; Russia: the form that is read aloud alike in most languages.
    fn write(self, run: &[char], out: &mut String) {
        for (at, c) in run.iter().enumerate() {
            let before = at.checked_sub(1).map(|at| run[at]);
            let is_first = before.is_none();
            let after_vowel = before.is_some_and(|before| "аеёєиіїоуўыэюя".contains(before));
            out.push_str(match (self, *c) {
                // зг is zgh, since zh is ж.
                (Self::Ukrainian, 'г') if before == Some('з') => "gh",
                (Self::Ukrainian | Self::Belarusian, 'г') => "h",
                (Self::Ukrainian, 'и') => "y",
                (Self::Ukrainian, 'є') => {
                    if is_first {
                        "ye"
                    } else {
                        "ie"
                    }
                }
                (Self::Ukrainian, 'ї') => {
                    if is_first {
                        "yi"
                    } else {
                        "i"
                    }
                }
                (Self::Ukrainian, 'й') => {
                    if is_first {
                        "y"
                    } else {
                        "i"
                    }
                }
                (Self::Ukrainian | Self::Belarusian, 'ю') => {
                    if is_first {
                        "yu"
                    } else {
                        "iu"
                    }
                }
                (Self::Ukrainian | Self::Belarusian, 'я') => {
                    if is_first {
                        "ya"
                    } else {
                        "ia"
                    }
                }
                (Self::Belarusian, 'е') if is_first || after_vowel => "ye",
                (Self::Belarusian, 'ё') => {
                    if is_first {
                        "yo"
                    } else {
                        "io"
                    }
                }
                (Self::Belarusian, 'й') => "i",
                (Self::Bulgarian, 'ъ') => "a",
                (Self::Bulgarian, 'щ') => "sht",
                (Self::Bulgarian, 'ь') => "y",
                (Self::Bulgarian, 'я') if before == Some('и') && at + 1 == run.len() => "a",
                (Self::Bulgarian | Self::Serbian | Self::Macedonian, 'х') => "h",
                (Self::Serbian | Self::Macedonian, 'ц') => "c",
                (Self::Serbian, 'ж') => "z",
                (Self::Serbian, 'ч') => "c",
                (Self::Serbian, 'ш') => "s",
                (Self::Serbian, 'џ') => "dz",
                (Self::Macedonian, 'ѓ') => "gj",
                (Self::Macedonian, 'ќ') => "kj",
                (Self::Macedonian, 'џ') => "dj",
                (Self::Kazakh, 'ә') => "a",
                (Self::Kazakh, 'ғ') => "g",
                (Self::Kazakh, 'қ') => "k",
                (Self::Kazakh, 'ң') => "n",
                (Self::Kazakh, 'ө') => "o",
                (Self::Kazakh, 'ұ' | 'ү') => "u",
                (Self::Kazakh, 'һ') => "h",
                (Self::Kazakh, 'й' | 'і') => "i",
                (_, 'е') if matches!(before, Some('ь' | 'ъ')) => "ye",
                (_, 'э') => "e",
                // Soft and hard sign have no sound of their own.
                (_, 'ь' | 'ъ') => "",
                (_, c) if APOSTROPHES.contains(&c) => "",
                (_, c) => plain(c),
            });
        }
    }
}

/// As Armenian passports have it: no apostrophes, and the sounds that the first letters of words have.
fn armenian(run: &[char], out: &mut String) {
    let mut at = 0;
    while let Some(c) = run.get(at) {
        let next = run.get(at + 1);
        let (letters, taken) = match c {
            'ո' if next == Some(&'ւ') => ("u", 2),
            'ո' if at == 0 && next != Some(&'վ') => ("vo", 1),
            'ե' if at == 0 => ("ye", 1),
            'և' if at == 0 => ("yev", 1),
            'ւ' => ("v", 1),
            'ռ' => ("r", 1),
            c => (plain(*c), 1),
        };
        out.push_str(letters);
        at += taken;
    }
}

#[cfg(test)]
mod tests;
