//! Converts a regular expression of the `regex` crate to one of JavaScript that admits the same addresses.
//!
//! The result is for the `pattern` attribute of an HTML input: JavaScript with the `v` flag, anchored by the
//! browser, without a flag for any case. Addresses are ASCII, so is the result.

use std::fmt::Write;

use regex_syntax::{
    ParserBuilder,
    hir::{Class, Hir, HirKind, Look, Repetition},
};

/// The longest pattern: a longer one is not worth its space in every page.
const MAX_CHARS: usize = 4096;

/// The pattern, or `None` where JavaScript cannot say the same or would read it slowly.
pub(super) fn of(rule: &str) -> Option<String> {
    let hir = ParserBuilder::new().case_insensitive(true).build().parse(rule).ok()?;
    let mut pattern = String::new();
    write(&hir, false, &mut pattern)?;
    (pattern.len() <= MAX_CHARS).then_some(pattern)
}

/// Appends what `hir` says; `repeated` inside a repetition without an end.
fn write(hir: &Hir, repeated: bool, out: &mut String) -> Option<()> {
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            for byte in &literal.0 {
                character(*byte, out)?;
            }
        }
        HirKind::Class(class) => set(class, out)?,
        HirKind::Look(Look::Start) => out.push('^'),
        HirKind::Look(Look::End) => out.push('$'),
        HirKind::Look(_) => return None,
        HirKind::Repetition(repetition) => repeat(repetition, repeated, out)?,
        HirKind::Capture(capture) => group(&capture.sub, repeated, out)?,
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| write(part, repeated, out))?,
        HirKind::Alternation(branches) => {
            out.push_str("(?:");
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                write(branch, repeated, out)?;
            }
            out.push(')');
        }
    }
    Some(())
}

fn group(hir: &Hir, repeated: bool, out: &mut String) -> Option<()> {
    out.push_str("(?:");
    write(hir, repeated, out)?;
    out.push(')');
    Some(())
}

/// A whole match is the same for greedy and lazy repetitions.
///
/// JavaScript backtracks: an endless repetition within another can take it exponential time.
fn repeat(repetition: &Repetition, repeated: bool, out: &mut String) -> Option<()> {
    let endless = repetition.max.is_none();
    if endless && repeated {
        return None;
    }
    match repetition.sub.kind() {
        HirKind::Class(class) => set(class, out)?,
        _ => group(&repetition.sub, repeated || endless, out)?,
    }
    match (repetition.min, repetition.max) {
        (0, Some(1)) => out.push('?'),
        (0, None) => out.push('*'),
        (1, None) => out.push('+'),
        (min, None) => write!(out, "{{{min},}}").ok()?,
        (min, Some(max)) if min == max => write!(out, "{{{min}}}").ok()?,
        (min, Some(max)) => write!(out, "{{{min},{max}}}").ok()?,
    }
    Some(())
}

/// A class's ASCII members; `[]` matches nothing.
fn set(class: &Class, out: &mut String) -> Option<()> {
    let ascii = |start: u32, end: u32| Some((u8::try_from(start).ok().filter(u8::is_ascii)?, end.min(0x7F)));
    let ranges: Vec<(u8, u32)> = match class {
        Class::Unicode(set) => {
            set.iter().filter_map(|range| ascii(range.start().into(), range.end().into())).collect()
        }
        Class::Bytes(set) => {
            set.iter().filter_map(|range| ascii(range.start().into(), range.end().into())).collect()
        }
    };
    out.push('[');
    for (start, end) in ranges {
        let end = u8::try_from(end).ok()?;
        character(start, out)?;
        if end > start {
            if end > start + 1 {
                out.push('-');
            }
            character(end, out)?;
        }
    }
    out.push(']');
    Some(())
}

/// Letters and digits as they are, all else by its number: the `v` flag reserves many signs, alone and
/// doubled, and differently inside a class and outside (ECMA-262, ClassSetCharacter).
fn character(byte: u8, out: &mut String) -> Option<()> {
    if byte.is_ascii_alphanumeric() {
        out.push(char::from(byte));
        Some(())
    } else if byte.is_ascii() {
        write!(out, "\\x{byte:02X}").ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::{Regex, RegexBuilder};
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(r"st\d{6}@x\.de", r"[Ss][Tt][0-9]{6}\x40[Xx]\x2E[Dd][Ee]")]
    #[case(r"(?P<id>\d+)@x", r"(?:[0-9]+)\x40[Xx]")]
    #[case(r"^1|2$", r"(?:^1|2$)")]
    #[case(r"[^@]+?@1", r"[\x00-\x3FA-\x7F]+\x401")]
    #[case(r"(?:1-2)?3{2,}4{1,3}", r"(?:1\x2D2)?(?:3){2,}(?:4){1,3}")]
    #[case(r"[&&~~.\-\]a]", r"[\x2D\x2EA\x5Da]")]
    #[case(r"\p{Greek}", "[]")]
    fn javascript_says_the_same(#[case] rule: &str, #[case] pattern: &str) {
        assert_eq!(of(rule).as_deref(), Some(pattern));
    }

    #[rstest]
    #[case::word_boundary(r"\bst@x")]
    #[case::line_anchor(r"(?m)^st@x")]
    #[case::beyond_ascii("\u{4E00}@x")]
    #[case::exponential(r"(?:\d+)*@x")]
    #[case::no_expression("(")]
    #[case::longer_than_a_page(&"[02468]".repeat(1000))]
    fn what_javascript_reads_differently_is_left_out(#[case] rule: &str) {
        assert_eq!(of(rule), None);
    }

    #[test]
    fn a_rule_that_admits_nothing_gives_a_pattern_that_admits_nothing() {
        let pattern = of("[_--_]").expect("an empty class is an expression");
        assert_eq!(pattern, "[]");
        assert!(!Regex::new(&readable(&pattern)).expect("a class without members").is_match("_"));
    }

    /// JavaScript's `[]` admits nothing; the regex crate writes the same class as an intersection.
    fn readable(pattern: &str) -> String {
        pattern.replace("[]", "[a&&b]")
    }

    proptest! {
        /// The pattern uses only syntax that both languages share, so the regex crate can check it.
        #[test]
        fn the_pattern_admits_what_the_rule_admits(
            rule in r"(\[\^?[a-f0-9.@_-]{1,6}\]|\\d|\\w|[a-c1-3@]|\.|\(a\|b\|1\)){1,8}[?*+]?",
            text in "[a-cA-C0-9@._~-]{0,10}",
        ) {
            let build = |source: &str, any_case| {
                RegexBuilder::new(&format!("^(?:{source})$")).case_insensitive(any_case).build()
            };
            if let (Ok(rust), Some(pattern)) = (build(&rule, true), of(&rule)) {
                let browser = build(&readable(&pattern), false).expect("a pattern that can be read");
                prop_assert_eq!(rust.is_match(&text), browser.is_match(&text), "{} -> {}", rule, pattern);
            }
        }
    }
}
