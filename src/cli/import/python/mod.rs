//! A file of Python assignments, insofar as they are literals. Nothing in it is carried out.
//!
//! Grammar: <https://docs.python.org/3/reference/lexical_analysis.html>. A statement that is not an assignment of a
//! literal is named by its line; a name it may have given another value has no value any more.

mod literal;
mod string;
mod token;

use std::collections::{BTreeMap, BTreeSet};

use token::{Kind, Token};

/// A value that is written out.
#[derive(Clone, PartialEq)]
pub(super) enum Value {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A text.
    Text(String),
    /// A list or a tuple.
    List(Vec<Self>),
    /// A dictionary.
    Dict(Vec<(Self, Self)>),
}

/// A name with its value, and where it got it.
pub(super) struct Assigned {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// Lines that are left as they are.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) line: usize,
    /// The names that they may have given a value.
    pub(super) names: Vec<String>,
    /// A description of the code that is there instead of a literal.
    pub(super) because: &'static str,
}

/// The content of a file.
#[derive(Default)]
pub(super) struct Module {
    pub(super) values: BTreeMap<String, Assigned>,
    pub(super) left: Vec<Left>,
}

/// The kinds of statements.
enum Statement {
    Assigns(String, Value),
    /// A text alone, as at the head of a file.
    Says,
    Left(&'static str),
}

const DECISION: &str = "decides what is carried out";

/// Reads a file.
pub(super) fn read(source: &str) -> Module {
    let mut module = Module::default();
    // Every end of a line is the same to Python.
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let mut unsure = BTreeSet::new();
    for line in token::lines(&source) {
        let mut conditional = line[0].indented;
        for statement in line.split(|token| token.kind == Kind::Sign(";")) {
            let Some(Token { line, kind, .. }) = statement.first() else { continue };
            match read_statement(statement, conditional) {
                Statement::Assigns(name, value) => {
                    unsure.remove(&name);
                    module.values.insert(name, Assigned { line: *line, value });
                }
                Statement::Says => {}
                Statement::Left(because) => {
                    let names = changed_names(statement);
                    unsure.extend(names.iter().cloned());
                    module.left.push(Left { line: *line, names, because });
                }
            }
            conditional |= matches!(kind, Kind::Name(word) if keyword(word) == Some(DECISION));
        }
    }
    module.values.retain(|name, _| !unsure.contains(name));
    module
}

fn read_statement(tokens: &[Token], conditional: bool) -> Statement {
    if conditional {
        return Statement::Left("is carried out under a condition only");
    }
    if let Some(because) = tokens.iter().find_map(Token::broken) {
        return Statement::Left(because);
    }
    match tokens {
        [Token { kind: Kind::Name(word), .. }, ..] if let Some(because) = keyword(word) => {
            Statement::Left(because)
        }
        [Token { kind: Kind::Name(name), .. }, Token { kind: Kind::Sign("="), .. }, value @ ..] => {
            literal::read(value).map_or_else(Statement::Left, |value| Statement::Assigns(name.clone(), value))
        }
        _ if literal::read(tokens).is_ok() => Statement::Says,
        _ => Statement::Left("is no assignment"),
    }
}

/// The names that a statement may change: the one at its beginning or behind `del`, and those that an `=` follows,
/// outside of brackets, at once or after further ones.
fn changed_names(tokens: &[Token]) -> Vec<String> {
    let mut names = Vec::new();
    let (mut depth, mut head) = (0_usize, true);
    let tokens = match tokens {
        // The part behind a name's colon is its type: `X: str = 'x'`.
        [Token { kind: Kind::Name(name), .. }, Token { kind: Kind::Sign(":"), .. }, ..]
            if keyword(name).is_none() =>
        {
            &tokens[..1]
        }
        tokens => tokens,
    };
    for (at, token) in tokens.iter().enumerate() {
        match &token.kind {
            Kind::Sign("(" | "[" | "{") => depth += 1,
            Kind::Sign(")" | "]" | "}") => depth = depth.saturating_sub(1),
            Kind::Name(name) if keyword(name).is_none() && depth == 0 => {
                let next = tokens.get(at + 1).map(|token| &token.kind);
                let assigned = tokens[at..].iter().any(|token| token.kind == Kind::Sign("="));
                let is_target = match next {
                    Some(Kind::Sign("=")) => true,
                    Some(Kind::Sign(",")) => assigned,
                    _ => head,
                };
                if is_target && !names.contains(name) {
                    names.push(name.clone());
                }
                head = false;
            }
            Kind::Name(word) => head &= matches!(word.as_str(), "del" | "global"),
            _ => head = false,
        }
    }
    names
}

/// The reason why a statement with this word at its head is no assignment.
fn keyword(word: &str) -> Option<&'static str> {
    Some(match word {
        "import" | "from" => "is an import",
        "def" | "class" | "async" | "lambda" => "defines something to be carried out",
        "if" | "elif" | "else" | "for" | "while" | "try" | "except" | "finally" | "with" => DECISION,
        "del" | "global" | "nonlocal" | "assert" | "raise" | "return" | "pass" | "yield" | "await"
        | "break" | "continue" => "is an instruction",
        "None" | "True" | "False" => "is no assignment",
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
