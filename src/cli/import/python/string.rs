//! Texts in quotes.
//!
//! <https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals>

const UNFINISHED: &str = "has a text without its closing quote";
const ESCAPE: &str = "has an escape that cannot be read";

/// Reads a text behind its prefix, which may be empty: its value, or why it has no value, and its length with the
/// quotes.
pub(super) fn read(prefix: &str, quoted: &str) -> (Result<String, &'static str>, usize) {
    let quote = &quoted[..1];
    let triple = quote.repeat(3);
    let marks = if quoted.starts_with(&triple) { triple.as_str() } else { quote };
    let inside = &quoted[marks.len()..];
    let Some(end) = end(inside, marks) else {
        // Only a text in three quotes continues in the next line.
        let rest = if marks.len() == 3 { quoted.len() } else { quoted.find('\n').unwrap_or(quoted.len()) };
        return (Err(UNFINISHED), rest);
    };
    let text = &inside[..end];
    let value = match prefix.to_ascii_lowercase().as_str() {
        "" | "u" => unescape(text),
        "r" => Ok(text.to_owned()),
        "b" | "br" | "rb" => Err("has bytes instead of text"),
        "f" | "fr" | "rf" | "t" | "tr" | "rt" => Err("has a text with values to be filled in"),
        _ => Err("has a text with an unknown prefix"),
    };
    (value, marks.len() + end + marks.len())
}

/// The position of the closing quotes. A backslash escapes what follows it, in raw texts too.
fn end(inside: &str, marks: &str) -> Option<usize> {
    let mut guarded = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if guarded => guarded = false,
            '\\' => guarded = true,
            '\n' if marks.len() == 1 => return None,
            _ if inside[at..].starts_with(marks) => return Some(at),
            _ => {}
        }
    }
    None
}

fn unescape(text: &str) -> Result<String, &'static str> {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let (c, length) = escaped(behind)?;
        match (c, length) {
            (Some(c), _) => value.push(c),
            (None, 0) => value.push('\\'),
            (None, _) => {}
        }
        rest = &behind[length..];
    }
    value.push_str(rest);
    Ok(value)
}

/// The character that the signs behind a backslash mean, and their number. An unknown one leaves the backslash as it
/// is; the end of a line means no character.
fn escaped(behind: &str) -> Result<(Option<char>, usize), &'static str> {
    let Some(first) = behind.chars().next() else { return Ok((None, 0)) };
    let simple = |c| Ok((Some(c), 1));
    match first {
        '\n' => Ok((None, 1)),
        '\\' | '\'' | '"' => simple(first),
        'a' => simple('\u{7}'),
        'b' => simple('\u{8}'),
        'f' => simple('\u{c}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\u{b}'),
        '0'..='7' => {
            let digits = behind.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            numbered(&behind[..digits], 8, digits)
        }
        'x' => hexadecimal(behind, 2),
        'u' => hexadecimal(behind, 4),
        'U' => hexadecimal(behind, 8),
        'N' => Err(ESCAPE),
        _ => Ok((None, 0)),
    }
}

fn hexadecimal(behind: &str, digits: usize) -> Result<(Option<char>, usize), &'static str> {
    numbered(behind.get(1..=digits).ok_or(ESCAPE)?, 16, digits + 1)
}

fn numbered(digits: &str, radix: u32, length: usize) -> Result<(Option<char>, usize), &'static str> {
    let is_plain = digits.chars().all(|digit| digit.is_digit(radix));
    let code = u32::from_str_radix(digits, radix).ok().filter(|_| is_plain);
    let c = code.and_then(char::from_u32).ok_or(ESCAPE)?;
    Ok((Some(c), length))
}
