//! The original's settings as they were given: each is asked for once, and those never asked for have no counterpart.

use std::collections::BTreeMap;

use super::{
    keys,
    python::{Assigned, Module, Value},
};

/// A setting that is not taken over, and why.
pub(super) struct LeftSetting {
    pub(super) line: usize,
    pub(super) name: String,
    pub(super) because: String,
}

/// The settings that were not asked for yet, and those that are left.
pub(super) struct Given {
    values: BTreeMap<String, Assigned>,
    pub(super) left: Vec<LeftSetting>,
}

impl Given {
    pub(super) fn new(module: Module) -> Self {
        let left = module.left.into_iter().map(|left| LeftSetting {
            line: left.line,
            because: left.because.to_owned() + &instead(&left.names),
            name: left.names.join(", "),
        });
        Self { values: module.values, left: left.collect() }
    }

    /// A text that says something: an empty one is the original's way to leave it out.
    pub(super) fn text(&mut self, name: &str) -> Option<(usize, String)> {
        self.read(name, "text", |value| match value {
            Value::Text(text) => Some(text),
            Value::None => Some(String::new()),
            _ => None,
        })
        .filter(|(_, text)| !text.trim().is_empty())
    }

    /// True or false; `default` where it is not given.
    pub(super) fn flag(&mut self, name: &str, default: bool) -> bool {
        let flag = self.read(name, "True or False", |value| match value {
            Value::Bool(flag) => Some(flag),
            Value::Int(number @ (0 | 1)) => Some(number == 1),
            Value::None => Some(false),
            _ => None,
        });
        flag.map_or(default, |(_, flag)| flag)
    }

    pub(super) fn number(&mut self, name: &str) -> Option<i64> {
        let number = self.read(name, "a whole number", |value| match value {
            Value::Int(number) => Some(number),
            Value::Text(text) => text.parse().ok(),
            _ => None,
        });
        number.map(|(_, number)| number)
    }

    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let texts = self.read(name, "a list of texts", |value| match value {
            Value::List(items) => items.into_iter().map(text_of).collect(),
            _ => None,
        });
        texts.map(|(_, texts)| texts)
    }

    /// Leaves a setting that was asked for.
    pub(super) fn leave(&mut self, line: usize, name: &str, because: impl Into<String>) {
        let because = because.into() + &instead(&[name.to_owned()]);
        self.left.push(LeftSetting { line, name: name.to_owned(), because });
    }

    /// The settings that were never asked for: line and name.
    pub(super) fn rest(&self) -> impl Iterator<Item = (usize, &str)> {
        self.values.iter().map(|(name, assigned)| (assigned.line, name.as_str()))
    }

    fn read<T>(
        &mut self,
        name: &str,
        kind: &str,
        read: impl FnOnce(Value) -> Option<T>,
    ) -> Option<(usize, T)> {
        let Assigned { line, value } = self.values.remove(name)?;
        let read = read(value);
        if read.is_none() {
            self.leave(line, name, format!("is not {kind}"));
        }
        read.map(|read| (line, read))
    }
}

/// The advice on a value that is not taken over, as the end of a sentence.
fn instead(names: &[String]) -> String {
    let ours = names.iter().filter_map(|name| keys::of(name)).map(|key| key.ours);
    let ours: Vec<_> = ours.filter(|ours| !ours.is_empty()).collect();
    if ours.is_empty() { String::new() } else { format!("; write {} yourself", ours.join(", ")) }
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}
