//! Words and signs, gathered to logical lines: brackets and backslashes go over the end of a line.

use super::string;

/// A word or a sign, and its line.
#[derive(Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) line: usize,
    /// True if it is the first of an indented line.
    pub(super) indented: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Name(String),
    /// A number as it is written.
    Number(String),
    Text(String),
    Sign(&'static str),
    /// Source text that can be part of no literal, and the reason.
    Broken(&'static str),
}

impl Token {
    pub(super) const fn broken(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Broken(because) => Some(because),
            _ => None,
        }
    }
}

/// The signs that matter, the longer ones first; `==` is no `=`.
const SIGNS: [&str; 14] = ["==", "=", "(", ")", "[", "]", "{", "}", ",", ":", ";", "+", "-", "."];

/// The file's logical lines, without the empty ones.
pub(super) fn lines(source: &str) -> Vec<Vec<Token>> {
    let mut reader = Reader { rest: source, line: 1, depth: 0, lines: vec![Vec::new()], indented: false };
    reader.start_line();
    while !reader.rest.is_empty() {
        reader.step();
    }
    reader.lines.retain(|line| !line.is_empty());
    reader.lines
}

struct Reader<'s> {
    rest: &'s str,
    line: usize,
    /// The number of open brackets.
    depth: usize,
    lines: Vec<Vec<Token>>,
    indented: bool,
}

impl Reader<'_> {
    /// Passes over text.
    fn skip(&mut self, bytes: usize) {
        let (passed, rest) = self.rest.split_at(bytes);
        self.line += passed.matches('\n').count();
        self.rest = rest;
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        self.skip(self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len()));
    }

    fn start_line(&mut self) {
        self.indented = self.rest.starts_with([' ', '\t']);
        self.lines.push(Vec::new());
    }

    fn push(&mut self, kind: Kind, line: usize) {
        let indented = self.indented;
        if let Some(tokens) = self.lines.last_mut() {
            tokens.push(Token { kind, line, indented });
        }
    }

    fn step(&mut self) {
        let (Some(first), line) = (self.rest.chars().next(), self.line) else { return };
        match first {
            '\n' => {
                self.skip(1);
                if self.depth == 0 {
                    self.start_line();
                }
            }
            ' ' | '\t' | '\u{c}' => self.skip(1),
            '#' => self.skip_while(|c| c != '\n'),
            '\\' => self.continuation(),
            c if c.is_ascii_digit() || c == '.' && self.digit_follows() => self.number(),
            c if c.is_alphabetic() || c == '_' || c == '"' || c == '\'' => self.word_or_text(),
            _ => {
                let sign = SIGNS.into_iter().find(|sign| self.rest.starts_with(sign));
                self.count_bracket(first);
                self.skip(sign.map_or(first.len_utf8(), str::len));
                self.push(sign.map_or(Kind::Broken("calculates something"), Kind::Sign), line);
            }
        }
    }

    /// A backslash at the end of a line joins the next one.
    fn continuation(&mut self) {
        let joins = self.rest.starts_with("\\\n");
        if !joins {
            self.push(Kind::Broken("has a backslash outside a text"), self.line);
        }
        self.skip(if joins { 2 } else { 1 });
    }

    fn count_bracket(&mut self, sign: char) {
        match sign {
            '(' | '[' | '{' => self.depth += 1,
            ')' | ']' | '}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn digit_follows(&self) -> bool {
        self.rest[1..].starts_with(|c: char| c.is_ascii_digit())
    }

    fn number(&mut self) {
        let bytes = self.rest.as_bytes();
        let mut end = 0;
        while end < bytes.len() {
            // The sign of an exponent belongs to the number, but not that of a sum: `1e-3` and `1-3`.
            let in_exponent = |at: usize| {
                at > 0
                    && bytes[at - 1].eq_ignore_ascii_case(&b'e')
                    && !self.rest[..2.min(at)].eq_ignore_ascii_case("0x")
            };
            match bytes[end] {
                b'+' | b'-' if in_exponent(end) => end += 1,
                byte if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.' => end += 1,
                _ => break,
            }
        }
        self.push(Kind::Number(self.rest[..end].to_owned()), self.line);
        self.skip(end);
    }

    fn word_or_text(&mut self) {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (word, line) = (&self.rest[..end], self.line);
        if self.rest[end..].starts_with(['"', '\'']) && end <= 2 {
            let (text, length) = string::read(word, &self.rest[end..]);
            self.push(text.map_or_else(Kind::Broken, Kind::Text), line);
            self.skip(end + length);
        } else {
            self.push(Kind::Name(word.to_owned()), line);
            self.skip(end);
        }
    }
}
