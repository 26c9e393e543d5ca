//! `$filter`: the part of OData's expressions that queries of a directory use.
//!
//! <https://learn.microsoft.com/graph/filter-query-parameter>

use serde_json::Value;

use super::errors::GraphError;

/// The largest number of words in an expression, as in the real directory; it keeps the recursion shallow.
const MAX_WORDS: usize = 500;

/// A condition on an object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Filter {
    /// `property eq value`
    Equals(String, Value),
    /// `property ne value`
    Differs(String, Value),
    /// `property in (value, …)`
    In(String, Vec<Value>),
    /// `startswith(property, text)`
    StartsWith(String, String),
    /// `endswith(property, text)`
    EndsWith(String, String),
    /// `property/any(x:x eq value)`
    Any(String, Value),
    /// `not (…)`
    Not(Box<Self>),
    /// `… and …`
    And(Box<Self>, Box<Self>),
    /// `… or …`
    Or(Box<Self>, Box<Self>),
}

impl Filter {
    /// Parses an expression.
    pub fn parse(text: &str) -> Result<Self, GraphError> {
        let words = words(text).filter(|words| words.len() <= MAX_WORDS);
        let words = words.ok_or_else(|| invalid(text))?;
        let mut parser = Parser { words, next: 0 };
        let filter = parser.either().ok_or_else(|| invalid(text))?;
        if parser.next == parser.words.len() { Ok(filter) } else { Err(invalid(text)) }
    }

    /// Returns whether Graph answers it only with `ConsistencyLevel: eventual` and `$count=true`.
    ///
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>
    pub fn is_advanced(&self) -> bool {
        match self {
            Self::Differs(..) | Self::EndsWith(..) | Self::Not(_) => true,
            Self::And(a, b) | Self::Or(a, b) => a.is_advanced() || b.is_advanced(),
            _ => false,
        }
    }

    /// The prefix of all sign-in names that can match.
    pub fn name_prefix(&self) -> String {
        match self {
            Self::StartsWith(property, text) if is_name(property) => text.to_ascii_lowercase(),
            Self::Equals(property, Value::String(text)) if is_name(property) => text.to_ascii_lowercase(),
            Self::And(a, b) => {
                let (a, b) = (a.name_prefix(), b.name_prefix());
                if a.len() > b.len() { a } else { b }
            }
            _ => String::new(),
        }
    }

    /// Replaces the names of properties by their exact ones, which `exact` finds.
    pub fn resolve(&mut self, exact: &impl Fn(&str) -> Result<String, GraphError>) -> Result<(), GraphError> {
        match self {
            Self::Equals(name, _)
            | Self::Differs(name, _)
            | Self::In(name, _)
            | Self::StartsWith(name, _)
            | Self::EndsWith(name, _)
            | Self::Any(name, _) => *name = exact(name)?,
            Self::Not(inner) => inner.resolve(exact)?,
            Self::And(a, b) | Self::Or(a, b) => {
                a.resolve(exact)?;
                b.resolve(exact)?;
            }
        }
        Ok(())
    }

    /// Returns whether an object meets the condition; `get` reads its properties.
    pub fn matches(&self, get: &impl Fn(&str) -> Value) -> bool {
        let text = |name: &str| get(name).as_str().map(str::to_lowercase);
        match self {
            Self::Equals(name, value) => same(&get(name), value),
            Self::Differs(name, value) => !same(&get(name), value),
            Self::In(name, values) => values.iter().any(|value| same(&get(name), value)),
            Self::StartsWith(name, start) => {
                text(name).is_some_and(|text| text.starts_with(&start.to_lowercase()))
            }
            Self::EndsWith(name, end) => text(name).is_some_and(|text| text.ends_with(&end.to_lowercase())),
            Self::Any(name, value) => {
                get(name).as_array().is_some_and(|list| list.iter().any(|item| same(item, value)))
            }
            Self::Not(inner) => !inner.matches(get),
            Self::And(a, b) => a.matches(get) && b.matches(get),
            Self::Or(a, b) => a.matches(get) || b.matches(get),
        }
    }
}

fn is_name(property: &str) -> bool {
    property.eq_ignore_ascii_case("userPrincipalName")
}

/// Compares as the directory does: texts without regard to case.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.to_lowercase() == b.to_lowercase(),
        _ => a == b,
    }
}

fn invalid(text: &str) -> GraphError {
    GraphError::malformed(format!("Invalid filter clause: '{text}'."))
}

/// A recursive descent over the words.
struct Parser {
    words: Vec<Word>,
    next: usize,
}

impl Parser {
    fn either(&mut self) -> Option<Filter> {
        let mut left = self.both()?;
        while self.takes_name("or") {
            left = Filter::Or(Box::new(left), Box::new(self.both()?));
        }
        Some(left)
    }

    fn both(&mut self) -> Option<Filter> {
        let mut left = self.one()?;
        while self.takes_name("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Some(left)
    }

    fn one(&mut self) -> Option<Filter> {
        if self.takes_name("not") {
            return Some(Filter::Not(Box::new(self.one()?)));
        }
        if self.takes(&Word::Open) {
            let inner = self.either()?;
            return self.takes(&Word::Close).then_some(inner);
        }
        let Word::Name(name) = self.word()? else {
            return None;
        };
        match name.to_ascii_lowercase().as_str() {
            "startswith" => self.function(Filter::StartsWith),
            "endswith" => self.function(Filter::EndsWith),
            _ => match name.strip_suffix("/any") {
                Some(list) => self.any(list),
                None => self.comparison(name),
            },
        }
    }

    fn function(&mut self, make: fn(String, String) -> Filter) -> Option<Filter> {
        self.takes(&Word::Open).then_some(())?;
        let Word::Name(property) = self.word()? else {
            return None;
        };
        self.takes(&Word::Comma).then_some(())?;
        let Word::Value(Value::String(text)) = self.word()? else {
            return None;
        };
        self.takes(&Word::Close).then(|| make(property, text))
    }

    /// `(x:x eq value)`, where `x` may have any name.
    fn any(&mut self, list: &str) -> Option<Filter> {
        self.takes(&Word::Open).then_some(())?;
        let Word::Name(bound) = self.word()? else {
            return None;
        };
        let (variable, used) = bound.split_once(':')?;
        (variable == used && self.takes_name("eq")).then_some(())?;
        let value = self.value()?;
        self.takes(&Word::Close).then(|| Filter::Any(list.to_owned(), value))
    }

    fn comparison(&mut self, name: String) -> Option<Filter> {
        if self.takes_name("eq") {
            return Some(Filter::Equals(name, self.value()?));
        }
        if self.takes_name("ne") {
            return Some(Filter::Differs(name, self.value()?));
        }
        (self.takes_name("in") && self.takes(&Word::Open)).then_some(())?;
        let mut values = vec![self.value()?];
        while self.takes(&Word::Comma) {
            values.push(self.value()?);
        }
        self.takes(&Word::Close).then_some(Filter::In(name, values))
    }

    fn value(&mut self) -> Option<Value> {
        match self.word()? {
            Word::Value(value) => Some(value),
            _ => None,
        }
    }

    fn word(&mut self) -> Option<Word> {
        let word = self.words.get(self.next)?.clone();
        self.next += 1;
        Some(word)
    }

    fn takes(&mut self, word: &Word) -> bool {
        let found = self.words.get(self.next) == Some(word);
        self.next += usize::from(found);
        found
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let word = self.words.get(self.next);
        let found = matches!(word, Some(Word::Name(n)) if n.eq_ignore_ascii_case(name));
        self.next += usize::from(found);
        found
    }
}

/// A word of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Word {
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

/// The words of an expression; nothing if it contains anything else.
fn words(text: &str) -> Option<Vec<Word>> {
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

/// A text in quotes, in which a doubled quote means one quote.
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
        // Numbers and GUIDs are compared as texts, as they are written.
        literal => Word::Value(Value::String(literal.to_owned())),
    };
    Some((word, length))
}

fn is_guid(text: &str) -> bool {
    text.parse::<uuid::Uuid>().is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde_json::{Value, json};

    use super::Filter;

    fn matches(filter: &str) -> bool {
        let object = json!({
            "name": "Ada's",
            "enabled": true,
            "mails": ["a@x", "b@x"],
            "nothing": null,
            "id": "5a4db0e5-7e4a-4c0e-9b5e-000000000001",
        });
        let get = |name: &str| object.get(name).cloned().unwrap_or(Value::Null);
        Filter::parse(filter).unwrap().matches(&get)
    }

    #[test]
    fn expressions_match_objects() {
        for filter in [
            "name eq 'ADA''S'",
            "enabled eq true",
            "nothing eq null",
            "name ne 'x'",
            "not(name eq 'x')",
            "not startswith(name,'x')",
            "mails/any(m:m eq 'B@x')",
            "id eq 5a4db0e5-7e4a-4c0e-9b5e-000000000001",
            "name eq 'x' or enabled eq true and nothing eq null",
            "name in ('x', 'ada''s')",
            "endswith(name,'S')",
        ] {
            assert!(matches(filter), "{filter}");
        }
        for filter in ["name eq 'x'", "enabled eq false", "mails/any(m:m eq 'c@x')", "(name eq 'x')"] {
            assert!(!matches(filter), "{filter}");
        }
    }

    #[test]
    fn malformed_expressions_are_refused() {
        let deep = "(".repeat(100_000);
        for filter in [
            "",
            "name",
            "name eq",
            "name eq 'x",
            "eq 'x'",
            "name eq 'x' and",
            ")",
            "mails/any(m:n eq 'x')",
            &deep,
        ] {
            assert!(Filter::parse(filter).is_err(), "{}", &filter[..filter.len().min(20)]);
        }
    }
}
