//! From every script to ASCII.

use unicode_normalization::UnicodeNormalization;

/// The text in ASCII: German and Nordic letters as their speakers write them without the key (ä as ae),
/// everything else by `any_ascii`. What has no counterpart is dropped.
#[must_use]
pub fn to_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        match by_hand(c) {
            Some(letters) => out.push_str(letters),
            None => out.push_str(any_ascii::any_ascii_char(c)),
        }
    }
    out
}

const fn by_hand(c: char) -> Option<&'static str> {
    Some(match c {
        'ä' | 'æ' => "ae",
        'Ä' | 'Æ' => "Ae",
        'ö' | 'ø' | 'œ' => "oe",
        'Ö' | 'Ø' | 'Œ' => "Oe",
        'ü' => "ue",
        'Ü' => "Ue",
        'ß' => "ss",
        'ẞ' => "Ss",
        'å' => "aa",
        'Å' => "Aa",
        'þ' => "th",
        'Þ' => "Th",
        // Soft and hard sign carry no sound of their own; apostrophes for them would spoil a username.
        'ь' | 'Ь' | 'ъ' | 'Ъ' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_become_what_their_speakers_write() {
        for (name, ascii) in [
            ("Müller", "Mueller"),
            ("Jörg Weiß", "Joerg Weiss"),
            ("Øystein", "Oeystein"),
            ("Ægir", "Aegir"),
            ("Łukasz", "Lukasz"),
            ("Nguyễn", "Nguyen"),
            ("Дмитрий", "Dmitriy"),
            ("Игорь", "Igor"),
            ("Zoe\u{308}", "Zoe"),
        ] {
            assert_eq!(to_ascii(name), ascii);
        }
    }

    #[test]
    fn other_scripts_become_readable() {
        for name in ["王小明", "محمد", "김철수", "Ελένη", "יוסף", "たろう"] {
            let ascii = to_ascii(name);
            assert!(
                ascii.is_ascii() && ascii.chars().any(|c| c.is_ascii_alphabetic()),
                "{name} became {ascii:?}"
            );
        }
    }
}
