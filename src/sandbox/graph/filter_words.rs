//! The words of a `$filter` expression.

use serde_json::Value;

/// One word.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Word {
    /// A property, a function or an operator.
    Name(String),
    /// A literal.
    Value(Value),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
}

/// Takes an expression apart; nothing if it has no such words.
pub(super) fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, length) = match first {
            '(' => (Word::Open, 1),
            ')' => (Word::Close, 1),
            ',' => (Word::Comma, 1),
            '\'' => quoted(rest)?,
            _ => bare(rest)?,
        };
        words.push(word);
        rest = rest.get(length..)?.trim_start();
    }
    Some(words)
}

/// A text in quotes, in which a doubled quote stands for itself.
fn quoted(text: &str) -> Option<(Word, usize)> {
    let mut value = String::new();
    let mut from = 1;
    loop {
        let end = from + text.get(from..)?.find('\'')?;
        value.push_str(text.get(from..end)?);
        if text[end + 1..].starts_with('\'') {
            value.push('\'');
            from = end + 2;
        } else {
            return Some((Word::Value(Value::String(value)), end + 1));
        }
    }
}

fn bare(text: &str) -> Option<(Word, usize)> {
    let is_end = |c: char| c.is_whitespace() || "(),'".contains(c);
    let length = text.find(is_end).unwrap_or(text.len());
    let word = text.get(..length).filter(|word| !word.is_empty())?;
    let word = match word {
        "true" => Word::Value(Value::Bool(true)),
        "false" => Word::Value(Value::Bool(false)),
        "null" => Word::Value(Value::Null),
        name if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !is_guid(name) => {
            Word::Name(name.to_owned())
        }
        // Numbers and GUIDs are compared as texts, with what they look like.
        literal => Word::Value(Value::String(literal.to_owned())),
    };
    Some((word, length))
}

fn is_guid(text: &str) -> bool {
    text.parse::<uuid::Uuid>().is_ok()
}
