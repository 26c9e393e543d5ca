//! Values: numbers, texts, lists, tuples, dictionaries, and nothing that would have to be worked out.

use super::{
    Value,
    token::{Kind, Token},
};

/// The greatest depth to which values may be nested.
const DEEPEST: usize = 32;

const UNFINISHED: &str = "has no whole value";

/// Reads tokens that are one value, or several that make a tuple.
pub(super) fn read(tokens: &[Token]) -> Result<Value, &'static str> {
    let mut reader = Reader { tokens, depth: 0 };
    let first = reader.value()?;
    if reader.tokens.is_empty() {
        return Ok(first);
    }
    let mut items = vec![first];
    while reader.takes(",") {
        if reader.tokens.is_empty() {
            break;
        }
        items.push(reader.value()?);
    }
    if reader.tokens.is_empty() { Ok(Value::List(items)) } else { Err(reader.surplus()) }
}

struct Reader<'t> {
    tokens: &'t [Token],
    depth: usize,
}

impl Reader<'_> {
    fn next(&self) -> Option<&Kind> {
        self.tokens.first().map(|token| &token.kind)
    }

    /// Passes over this sign, if it is the next.
    fn takes(&mut self, sign: &'static str) -> bool {
        let found = self.next() == Some(&Kind::Sign(sign));
        if found {
            self.tokens = &self.tokens[1..];
        }
        found
    }

    /// A description of the code behind a value where nothing should be.
    fn surplus(&self) -> &'static str {
        match self.next() {
            Some(Kind::Sign("(")) => "is a call",
            Some(Kind::Sign("[" | ".")) => "looks something up",
            Some(Kind::Sign("+" | "-")) => "calculates something",
            Some(Kind::Sign("=")) => "assigns to several names",
            Some(Kind::Sign("==") | Kind::Name(_)) => "decides something",
            _ => UNFINISHED,
        }
    }

    fn value(&mut self) -> Result<Value, &'static str> {
        let Some((token, rest)) = self.tokens.split_first() else { return Err(UNFINISHED) };
        self.tokens = rest;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("is nested too deeply");
        }
        let value = match &token.kind {
            Kind::Text(text) => Ok(Value::Text(self.joined(text))),
            Kind::Number(number) => read_number(number, false),
            Kind::Sign(sign @ ("-" | "+")) => self.signed(*sign == "-"),
            Kind::Sign("[") => self.items("]").map(|(items, _)| Value::List(items)),
            Kind::Sign("(") => self.parenthesised(),
            Kind::Sign("{") => self.entries(),
            Kind::Name(name) => self.named(name),
            Kind::Sign(_) => Err(UNFINISHED),
            Kind::Broken(because) => Err(*because),
        };
        self.depth -= 1;
        value
    }

    /// Texts that follow each other are one.
    fn joined(&mut self, first: &str) -> String {
        let mut text = first.to_owned();
        while let Some(Kind::Text(more)) = self.next() {
            text.push_str(more);
            self.tokens = &self.tokens[1..];
        }
        text
    }

    fn named(&self, name: &str) -> Result<Value, &'static str> {
        match (name, self.next()) {
            ("None", _) => Ok(Value::None),
            ("True", _) => Ok(Value::Bool(true)),
            ("False", _) => Ok(Value::Bool(false)),
            (_, Some(Kind::Sign("("))) => Err("is a call"),
            (_, Some(Kind::Sign("." | "["))) => Err("looks something up"),
            ("not" | "lambda" | "await", _) => Err("calculates something"),
            _ => Err("is another name's value"),
        }
    }

    fn signed(&mut self, negative: bool) -> Result<Value, &'static str> {
        let Some(Kind::Number(number)) = self.next() else { return Err("calculates something") };
        let value = read_number(number, negative);
        self.tokens = &self.tokens[1..];
        value
    }

    /// Values up to a closing bracket, and whether a comma was among them.
    fn items(&mut self, close: &'static str) -> Result<(Vec<Value>, bool), &'static str> {
        let (mut items, mut commas) = (Vec::new(), false);
        while !self.takes(close) {
            items.push(self.value()?);
            if self.takes(",") {
                commas = true;
            } else if self.next() != Some(&Kind::Sign(close)) {
                return Err(self.surplus());
            }
        }
        Ok((items, commas))
    }

    /// A tuple, or one value in parentheses.
    fn parenthesised(&mut self) -> Result<Value, &'static str> {
        let (mut items, commas) = self.items(")")?;
        match items.pop() {
            Some(only) if items.is_empty() && !commas => Ok(only),
            last => {
                items.extend(last);
                Ok(Value::List(items))
            }
        }
    }

    fn entries(&mut self) -> Result<Value, &'static str> {
        let mut entries = Vec::new();
        while !self.takes("}") {
            let key = self.value()?;
            if !self.takes(":") {
                return Err("is a set");
            }
            entries.push((key, self.value()?));
            if !self.takes(",") && self.next() != Some(&Kind::Sign("}")) {
                return Err(self.surplus());
            }
        }
        Ok(Value::Dict(entries))
    }
}

fn read_number(written: &str, negative: bool) -> Result<Value, &'static str> {
    const FAULT: &str = "has a number that cannot be read";
    let plain = written.replace('_', "").to_ascii_lowercase();
    let sign = if negative { "-" } else { "" };
    let whole = |digits: &str, radix| i64::from_str_radix(&format!("{sign}{digits}"), radix).map(Value::Int);
    let is_whole = plain.bytes().all(|byte| byte.is_ascii_digit());
    let value = match plain.get(..2) {
        Some("0x") => whole(&plain[2..], 16),
        Some("0o") => whole(&plain[2..], 8),
        Some("0b") => whole(&plain[2..], 2),
        // A leading zero is no number in Python, but for zero itself.
        Some(start) if is_whole && start.starts_with('0') && plain.bytes().any(|byte| byte != b'0') => {
            return Err(FAULT);
        }
        _ if is_whole => whole(&plain, 10),
        _ => {
            let has_digits_only = plain.bytes().all(|byte| byte.is_ascii_digit() || b".e+-".contains(&byte));
            let number = plain.parse::<f64>().ok().filter(|number| has_digits_only && number.is_finite());
            return number.map(|number| Value::Float(if negative { -number } else { number })).ok_or(FAULT);
        }
    };
    value.map_err(|_| FAULT)
}
