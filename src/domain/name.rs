//! A person's name, in whatever script.

use std::{fmt, iter, sync::LazyLock};

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::{name_rules::NameRules, typed, web_address};

/// Given name and family name, each at most 64 characters (Entra's limit for `givenName` and `surname`). People with one
/// name may have an empty part; one part has a letter at least.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonName {
    pub(super) first: String,
    pub(super) last: String,
}

/// The reason for which a given or family name is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but blanks and hidden characters.
    #[error("the name is empty")]
    Empty,
    /// The other part is there, this one is not, and both are wanted.
    #[error("both parts of the name are wanted; who has one name writes it twice")]
    OneName,
    /// More than 64 characters.
    #[error("the name has more than {} characters", PersonName::MAX_CHARS)]
    TooLong,
    /// A control character, a hidden character, a pictograph.
    #[error("the name has a character that cannot be part of a name")]
    Forbidden,
    /// A sign of an address, a formula or a markup, such as `=`, `@`, `:` or `/`.
    #[error("the name has a sign that cannot be part of a name")]
    Sign,
    /// A digit that is not an ordinal.
    #[error("the name has a digit; numbers are written in Roman numerals or as ordinals (2nd)")]
    Digit,
    /// The address of a website, or what mail programs turn into a link.
    #[error("the name looks like a web address")]
    WebAddress,
    /// A word such as `helpdesk` by which a message would seem to come from someone else.
    #[error("the name has a word that is refused in names")]
    RefusedWord,
    /// No letter at all.
    #[error("the name has no letter")]
    NoLetter,
}

impl PersonName {
    /// The longest a part may be, in characters.
    pub const MAX_CHARS: usize = 64;

    /// Reads both parts of a name that is typed or sent, by the rules without refused words. All faults are reported at
    /// once.
    ///
    /// # Errors
    /// One [`NameError`] for each part that is refused.
    pub fn parse(first: &str, last: &str) -> Result<Self, (Option<NameError>, Option<NameError>)> {
        NameRules::default().parse(first, last)
    }

    /// Reads a name that was taken before. It is held to the rules of 0.1.0, so that every row stays readable.
    ///
    /// # Errors
    /// [`NameError`] of the first part that no version has written.
    pub fn from_stored(first: &str, last: &str) -> Result<Self, NameError> {
        let read = |part: &str| if part.is_empty() { Ok(String::new()) } else { stored_part(part) };
        let name = Self { first: read(first)?, last: read(last)? };
        if name.first.is_empty() && name.last.is_empty() { Err(NameError::Empty) } else { Ok(name) }
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

    /// The part by which a letter addresses the person.
    #[must_use]
    pub fn greeting(&self) -> &str {
        if self.first.is_empty() { &self.last } else { &self.first }
    }

    /// The name as Entra's `displayName` shows it: the given name first, but names in Chinese, Japanese or Korean script
    /// with the family name first and without a space, in whatever language the form was. A name in katakana alone is
    /// that of a foreigner, and keeps its order.
    #[must_use]
    pub fn display(&self) -> String {
        if FAMILY_NAME_FIRST.is_match(&self.last) && EAST_ASIAN.is_match(&self.first) {
            return format!("{}{}", self.last, self.first);
        }
        format!("{} {}", self.first, self.last).trim().to_owned()
    }
}

/// A family name that is shown before the given name. Fillers, which are Hangul too, are excluded: they are invisible.
static FAMILY_NAME_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[[\p{Han}\p{Hangul}\p{Hiragana}]--\p{DI}]+$").expect("a class of characters")
});

/// A given name in one of the scripts that go with it.
static EAST_ASIAN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}ー]+$").expect("a class of characters")
});

/// One part of a name that is typed, without what keyboards add by accident.
pub(super) fn typed_part(text: &str) -> Result<String, NameError> {
    if text.len() > typed::MAX_BYTES {
        return Err(NameError::TooLong);
    }
    let name = folded(text);
    if name.is_empty() {
        return Err(NameError::Empty);
    }
    if name.chars().any(is_forbidden) || MISPLACED_JOINER.is_match(&name) {
        return Err(NameError::Forbidden);
    }
    let plain: String = name.nfkc().collect();
    if web_address::is_in(&plain) {
        return Err(NameError::WebAddress);
    }
    if SIGN.is_match(&plain) || name.starts_with(|c| DASH.contains(&c)) {
        return Err(NameError::Sign);
    }
    let name = web_address::with_blanks_after_dots(&name);
    if name.chars().count() > PersonName::MAX_CHARS {
        return Err(NameError::TooLong);
    }
    if has_number(&name) {
        return Err(NameError::Digit);
    }
    if !name.chars().any(char::is_alphabetic) {
        return Err(NameError::NoLetter);
    }
    Ok(name)
}

/// One part of a name that 0.1.0 has accepted.
fn stored_part(text: &str) -> Result<String, NameError> {
    let name: String = text.trim().nfc().collect();
    if name.chars().any(char::is_control) {
        return Err(NameError::Forbidden);
    }
    if name.chars().count() > PersonName::MAX_CHARS {
        return Err(NameError::TooLong);
    }
    if name.chars().any(char::is_alphabetic) { Ok(name) } else { Err(NameError::NoLetter) }
}

/// Signs of addresses, formulas, markup and mathematics, and currencies. A backtick and an acute accent are typed in
/// place of an apostrophe and stay.
static SIGN: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[=@:/\\|<>+#%&*;?\[\]{}_$^~\p{Sm}\p{Sc}]").expect("a class of characters"));

/// The dashes: one at the beginning turns the cell of a table into a formula.
const DASH: [char; 7] = ['-', '\u{2010}', '\u{2011}', '\u{2012}', '\u{2013}', '\u{2014}', '\u{2212}'];

/// Persian and Indic names need the two joiners between their letters; nothing else does.
static MISPLACED_JOINER: LazyLock<Regex> = LazyLock::new(|| {
    let outside = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{P}\p{Z}\u{200C}\u{200D}]";
    Regex::new(&format!(r"(?:^|{outside})[\u{{200C}}\u{{200D}}]|[\u{{200C}}\u{{200D}}](?:$|{outside})"))
        .expect("classes of characters")
});

/// Symbols, private use, non-characters, line separators.
static SYMBOL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\p{So}\p{Co}\u{20D0}-\u{20FF}\u{2028}\u{2029}\u{FDD0}-\u{FDEF}\u{FFF9}-\u{FFFF}]$")
        .expect("a class of characters")
});

/// Numbers other than the letters that are written as Roman numerals and the Chinese zero.
static NUMBER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"[\p{N}--[\u{2160}-\u{2188}\u{3007}]]").expect("a class of characters"));

/// `2nd`, `3rd`, `2º`, `2e`.
static ORDINAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i:[1-9][0-9]?(?:st|nd|rd|th|er|re|e|ème|º|ª|\.))$").expect("an expression")
});

/// The text in NFC with full-width forms made ordinary, blanks made single spaces, and variation selectors, blanks and
/// hidden characters at either end left out.
fn folded(text: &str) -> String {
    let mut name = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{FF00}'..='\u{FFEF}' => name.extend(iter::once(c).nfkc()),
            '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}' => {}
            '\u{2028}' | '\u{2029}' => name.push(c),
            c if c.is_whitespace() && !c.is_control() => {
                if !name.ends_with(' ') {
                    name.push(' ');
                }
            }
            c => name.push(c),
        }
    }
    typed::trim(&name).nfc().collect()
}

/// Returns whether a character is a control, hidden, or a symbol: these are no part of a name, and each can disguise
/// what a person reads. The joiners and the variation selectors of Mongolian are allowed.
fn is_forbidden(c: char) -> bool {
    let is_needed = matches!(c, '\u{200C}' | '\u{200D}' | '\u{180B}'..='\u{180D}' | '\u{180F}');
    c.is_control()
        || (!c.is_ascii()
            && ((typed::is_hidden(c) && !is_needed) || SYMBOL.is_match(c.encode_utf8(&mut [0; 4]))))
}

/// Returns whether there is a number that is not an ordinal after a first word.
fn has_number(name: &str) -> bool {
    let words = name.split([' ', ',']).filter(|word| !word.is_empty()).enumerate();
    words.into_iter().any(|(place, word)| NUMBER.is_match(word) && (place == 0 || !ORDINAL.is_match(word)))
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
            "〇",
            "Дмитрий",
            "Nguyễn Thị",
            "محمد",
            "O'Neill",
            "O'Brien",
            "O’Brien",
            "O´Brien",
            "O`Brien",
            "d'Arc",
            "'t Hooft",
            "Anne-Marie",
            "José María",
            "Tudor VIII",
            "Tudor Ⅷ",
            "Smith, Jr.",
            "Smith 2nd",
            "Smith, 3rd",
            "Philip 2º",
            "Null",
            "J.R.",
            "J. R. R.",
            "d.A.",
            "Ph.D.",
            "Hans-J.",
            "St. John",
            "William (Bill)",
            "Fitz\"Gerald",
            "!Xóõ",
            "ǃXóõ",
            "ʻOkina",
            "Đặng",
            "Ngọc",
            "Þór",
            "Ğülşen",
            "İpek",
            "نيلوفر\u{200C}زاده",
            "می\u{200C}نا",
            "क\u{94D}\u{200D}ष",
            "Արմեն",
            "Մխիթարյան",
            "გიორგი",
            "김철수",
            "홍길동",
            "יוסף",
            "ג׳ורג׳",
            "Ελένη",
            "たろう",
            "ｱﾛﾊ",
            "ธนกร",
            "தமிழ்",
            "বাংলা",
            "ᠮᠣᠩᠭᠣᠯ",
            "ᏣᎳᎩ",
            "ትግርኛ",
            "Mª José",
            "L·lull",
            "Al-Ḥasan",
            "Abd ar-Raḥmān",
            "Vu\u{131}l",
            "X Æ A-Xii",
            "Nº",
            "Lee-Ann",
            "Jean–Luc",
        ] {
            let typed = name.nfc().collect::<String>();
            let expected = typed.replace("ｱﾛﾊ", "アロハ");
            assert_eq!(part(name).as_deref(), Ok(&*expected), "{name}");
        }
    }

    #[test]
    fn what_keyboards_add_is_folded() {
        for (typed, name) in [
            ("  Zoe\u{308} \n", "Zo\u{eb}"),
            ("Ｍａｘ", "Max"),
            ("Ｏ＇Ｂｒｉｅｎ", "O'Brien"),
            ("ﾊﾟｸ", "パク"),
            ("\u{3000}王　小明\u{3000}", "王 小明"),
            ("\u{200B}\u{FEFF}Ada\u{200E}\u{2060}", "Ada"),
            ("\u{3164}Ada\u{115F}\u{1160}", "Ada"),
            ("Ada\u{200C}", "Ada"),
            ("Jean\u{A0}\u{2009} Paul", "Jean Paul"),
            ("葛\u{E0100}城", "葛城"),
            ("Md.Rafiq", "Md. Rafiq"),
            ("St.John", "St. John"),
        ] {
            assert_eq!(part(typed).as_deref(), Ok(name), "{typed:?}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_its_reason() {
        for (error, names) in [
            (
                NameError::OneName,
                &[" \t ", "\u{115F}\u{3164}", "\u{FFA0}", "\u{2800}", "\u{200B}\u{200D}", "\u{FE0F}"][..],
            ),
            (NameError::TooLong, &[&"x".repeat(65), &"x".repeat(10_000)]),
            (
                NameError::Forbidden,
                &[
                    "🎓🎓",
                    "Max 🎓",
                    "Max\u{2764}\u{FE0F}",
                    "1\u{20E3}a",
                    "a\0b",
                    "a\r\nBcc: x",
                    "a\tb",
                    "a\u{202E}b",
                    "a\u{200F}b",
                    "a\u{FEFF}b",
                    "a\u{3164}b",
                    "a\u{2800}b",
                    "a\u{AD}b",
                    "Ad\u{200C}min",
                    "a\u{2028}b",
                    "a\u{85}b",
                    "م\u{200C} ا",
                    "Max\u{E000}",
                    "Max\u{FFFD}",
                    "Max ®",
                    "a\u{34F}b",
                    "a\u{E0041}b",
                ],
            ),
            (
                NameError::Sign,
                &[
                    "=cmd|'/c calc'!A1",
                    "+Max",
                    "-Max",
                    "−Max",
                    "@Max",
                    "Max=",
                    "a@b",
                    "Konto gesperrt: x",
                    "a/b",
                    "a\\b",
                    "a|b",
                    "<b>Max</b>",
                    "Ｍａｘ＝",
                    "＝Max",
                    "－Max",
                    "a∕b",
                    "a⁄b",
                    "a﹕b",
                    "Max & Moritz",
                    "Max_",
                    "#Max",
                    "100€ für Max",
                    "$Max",
                    "Max?",
                    "a;b",
                    "[Max]",
                    "Max*",
                    "Max%20",
                ],
            ),
            (
                NameError::WebAddress,
                &[
                    "Konto gesperrt: https://evil.example/login?id=1",
                    "http://x",
                    "www.evil",
                    "WWW.Evil",
                    "evil.com",
                    "Ihr Konto evil.example",
                    "bit.ly",
                    "t.co",
                    "evil.de,",
                    "(evil.com)",
                    "login-evil.co.uk",
                    "ｅｖｉｌ．ｃｏｍ",
                    "evil。com",
                    "evil․com",
                    "иван.рф",
                    "xn.xn--p1ai",
                    "bücher.example",
                    "evil.com.",
                    "Evil.COM",
                ],
            ),
            (
                NameError::Digit,
                &[
                    "Max 2",
                    "Max1",
                    "2nd",
                    "4dm1n",
                    "Max ٣",
                    "Max ²",
                    "Max ③",
                    "Max １",
                    "0800 123",
                    "123",
                    "Max 2026th",
                    "Max 12345th",
                ],
            ),
            (NameError::NoLetter, &["...", "'", "()", "Ⅷ"][..3]),
        ] {
            for name in names {
                assert_eq!(part(name), Err(error), "{name:?}");
            }
        }
    }

    #[test]
    fn the_script_decides_which_part_is_shown_first() {
        for (first, last, display) in [
            ("小明", "王", "王小明"),
            ("娜娜", "欧阳", "欧阳娜娜"),
            ("철수", "김", "김철수"),
            ("さくら", "佐々木", "佐々木さくら"),
            ("レナ", "山田", "山田レナ"),
            ("Xiaoming", "Wang", "Xiaoming Wang"),
            ("Jay", "周", "Jay 周"),
            ("小明", "Wang", "小明 Wang"),
            ("マイケル", "スミス", "マイケル スミス"),
            ("买买提·艾合买提", "吐尔逊", "买买提·艾合买提 吐尔逊"),
            ("Ada", "Lovelace", "Ada Lovelace"),
            ("Hoa", "Nguyễn", "Hoa Nguyễn"),
        ] {
            assert_eq!(
                PersonName::from_stored(first, last).map(|name| name.display()).as_deref(),
                Ok(display)
            );
        }
        let one = PersonName::from_stored("小明", "").map(|name| name.display());
        assert_eq!(one.as_deref(), Ok("小明"));
    }

    #[test]
    fn both_faults_are_reported() {
        assert_eq!(
            PersonName::parse("", "a\0b").err(),
            Some((Some(NameError::Empty), Some(NameError::Forbidden)))
        );
    }

    #[test]
    fn rows_of_earlier_versions_are_readable() {
        for name in
            ["https://evil.example", "=cmd|'/c calc'!A1", "\u{3164}", "4dm1n", "a\u{2800}b", "Ad\u{200C}min"]
        {
            assert_eq!(PersonName::from_stored(name, "x").map(|name| name.first).as_deref(), Ok(name));
        }
        let one = PersonName::from_stored("", "Sukarno").expect("one name");
        assert_eq!((one.display().as_str(), one.greeting()), ("Sukarno", "Sukarno"));
        assert_eq!(PersonName::from_stored("", ""), Err(NameError::Empty));
        assert_eq!(PersonName::from_stored("a\0", "b"), Err(NameError::Forbidden));
    }

    proptest! {
        #[test]
        fn an_accepted_part_keeps_every_promise(text in "\\PC*|[a-z.\u{200C}\u{FF0E}\u{3164}م ]{0,12}") {
            if let Ok(name) = part(&text) {
                prop_assert!(!name.is_empty() && name.chars().count() <= PersonName::MAX_CHARS);
                prop_assert!(!name.chars().any(char::is_control));
                prop_assert_eq!(part(&name), Ok(name.clone()), "parsing again changes nothing");
                let stored = PersonName::from_stored(&name, "Doe").map(|name| name.first);
                prop_assert_eq!(stored, Ok(name), "its row is readable");
            }
        }
    }
}
