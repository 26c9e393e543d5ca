//! `$filter`: the part of OData's expressions that directories are asked with.
//!
//! <https://learn.microsoft.com/graph/filter-query-parameter>

use serde_json::Value;

use super::errors::GraphError;
use super::filter_words::{Word, words};

/// Longer expressions are refused, as the real directory does; it keeps the recursion shallow.
const MOST_WORDS: usize = 500;

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
        let words = words(text).filter(|words| words.len() <= MOST_WORDS);
        let words = words.ok_or_else(|| invalid(text))?;
        let mut parser = Parser { words, next: 0 };
        let filter = parser.either().ok_or_else(|| invalid(text))?;
        if parser.next == parser.words.len() { Ok(filter) } else { Err(invalid(text)) }
    }

    /// Whether Graph answers it only with `ConsistencyLevel: eventual` and `$count=true`.
    /// <https://learn.microsoft.com/graph/aad-advanced-queries>
    pub fn is_advanced(&self) -> bool {
        match self {
            Self::Differs(..) | Self::EndsWith(..) | Self::Not(_) => true,
            Self::And(a, b) | Self::Or(a, b) => a.is_advanced() || b.is_advanced(),
            _ => false,
        }
    }

    /// The prefix that all sign-in names have which can match.
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

    /// The properties it asks for.
    pub fn properties(&self) -> Vec<&str> {
        match self {
            Self::Equals(name, _)
            | Self::Differs(name, _)
            | Self::In(name, _)
            | Self::StartsWith(name, _)
            | Self::EndsWith(name, _)
            | Self::Any(name, _) => vec![name],
            Self::Not(inner) => inner.properties(),
            Self::And(a, b) | Self::Or(a, b) => [a.properties(), b.properties()].concat(),
        }
    }

    /// Whether an object, whose properties `get` tells, meets the condition.
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

/// The directory compares texts without their case.
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
