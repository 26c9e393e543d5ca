//! Characters that keyboards, input methods and clipboards add by accident.

use std::sync::LazyLock;

use regex::Regex;
use regex_syntax::hir::{ClassUnicode, HirKind};

/// Longer input than this, in bytes, is refused before it is folded.
pub(super) const MAX_BYTES: usize = 4096;

/// Format characters, default-ignorable code points (fillers, joiners, variation selectors) and the few characters
/// that Unicode lists as letters or symbols although fonts draw nothing for them.
static HIDDEN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^[\p{Cf}\p{Default_Ignorable_Code_Point}\u{2800}\u{13441}\u{13442}\u{16FE4}\u{1D159}]$")
        .expect("a class of characters")
});

/// The decimal digits of all scripts, in ranges from a digit zero to a digit nine.
static DECIMAL_DIGITS: LazyLock<ClassUnicode> = LazyLock::new(|| {
    let class = regex_syntax::parse(r"\p{Nd}").expect("a class of characters");
    match class.into_kind() {
        HirKind::Class(regex_syntax::hir::Class::Unicode(digits)) => digits,
        _ => ClassUnicode::empty(),
    }
});

/// Returns whether the character is drawn as nothing at all, not even as a gap.
pub(super) fn is_hidden(c: char) -> bool {
    !c.is_ascii() && HIDDEN.is_match(c.encode_utf8(&mut [0; 4]))
}

/// The text without blanks and hidden characters at either end.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_hidden(c))
}

/// The ASCII character of a full-width form, and any other character as it is.
pub(super) fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    }
}

/// The value of a decimal digit of any script.
pub(super) fn decimal_digit(c: char) -> Option<u32> {
    if c.is_ascii() {
        return c.to_digit(10);
    }
    let block = DECIMAL_DIGITS.iter().find(|block| (block.start()..=block.end()).contains(&c))?;
    Some((u32::from(c) - u32::from(block.start())) % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_known_and_visible_ones_stay() {
        for hidden in [
            '\u{AD}',
            '\u{34F}',
            '\u{61C}',
            '\u{115F}',
            '\u{1160}',
            '\u{17B4}',
            '\u{180E}',
            '\u{200B}',
            '\u{200D}',
            '\u{202E}',
            '\u{2060}',
            '\u{2800}',
            '\u{3164}',
            '\u{FE0F}',
            '\u{FEFF}',
            '\u{FFA0}',
            '\u{E0041}',
            '\u{E0100}',
        ] {
            assert!(is_hidden(hidden), "U+{:04X}", u32::from(hidden));
        }
        for visible in ['a', ' ', 'é', '王', 'ﾊ', '\u{301}', '-', '\u{30FB}', 'ㅎ', '〇'] {
            assert!(!is_hidden(visible), "{visible:?}");
        }
    }

    #[test]
    fn digits_of_every_script_have_their_value() {
        for digits in [
            "0123456789",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "०१२३४५६७८९",
            "０１２３４５６７８９",
            "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
            "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿",
        ] {
            let values: Vec<_> = digits.chars().map(decimal_digit).collect();
            assert_eq!(values, (0..10).map(Some).collect::<Vec<_>>(), "{digits}");
        }
        for other in ['a', '²', '①', '五', 'Ⅷ', ' '] {
            assert_eq!(decimal_digit(other), None, "{other}");
        }
    }

    #[test]
    fn the_ranges_of_digits_begin_at_zero() {
        let any_ascii = |c: char| any_ascii::any_ascii_char(c).to_owned();
        for block in DECIMAL_DIGITS.iter() {
            let (start, end) = (u32::from(block.start()), u32::from(block.end()));
            assert_eq!((end - start + 1) % 10, 0, "U+{start:04X}");
            let zero = any_ascii(block.start());
            assert!(zero == "0" || zero.is_empty(), "U+{start:04X} is {zero}");
        }
    }
}
