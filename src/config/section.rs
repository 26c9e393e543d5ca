//! The reader of one section: it reads each key once, notes every fault, and reports keys left over as unknown.

use std::{collections::BTreeMap, str::FromStr};

use ::config::{Map, Value, ValueKind};

use super::{
    environment::structured,
    fault::Fault,
    kind::Kind,
    show::{Setting, Settings, Shown},
    words::{closest, in_ascii, kind, quoted, unfit},
};

/// The value that a key takes: "an email address", and one such value as it is written in TOML.
#[derive(Clone, Copy)]
pub(super) struct Takes(pub &'static str, pub &'static str);

impl Takes {
    fn remedy(self) -> String {
        format!("write {}, such as {}", self.0, self.1)
    }
}

/// The results of reading: the faults, what each key takes, and the settings as they are in effect.
#[derive(Default)]
pub(super) struct Findings {
    pub(super) faults: Vec<Fault>,
    pub(super) kinds: BTreeMap<String, Kind>,
    pub(super) settings: Settings,
}

/// A table of the configuration that is being read. A key that was not asked for is a fault in the end.
pub(super) struct Section<'a> {
    path: String,
    values: BTreeMap<String, Value>,
    known: Vec<&'static str>,
    pub(super) findings: &'a mut Findings,
}

impl<'a> Section<'a> {
    pub(super) fn root(tree: Value, findings: &'a mut Findings) -> Self {
        let values = tree.into_table().unwrap_or_default();
        Self::new(String::new(), values, findings)
    }

    fn new(path: String, values: Map<String, Value>, findings: &'a mut Findings) -> Self {
        Self { path, values: values.into_iter().collect(), known: Vec::new(), findings }
    }

    /// The key as one would write it.
    pub(super) fn key(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// Notes a fault of this section's key `name`.
    pub(super) fn fault(&mut self, name: &str, problem: impl Into<String>, remedy: impl Into<String>) {
        let key = self.key(name);
        let set = self.findings.settings.all.iter().rev().find(|setting| setting.key() == key);
        let origin = set.and_then(|setting| setting.origin.clone());
        self.findings.faults.push(Fault { key, problem: problem.into(), remedy: remedy.into(), origin });
    }

    /// Returns whether a fault of this section's key `name` has been noted.
    pub(super) fn has_fault(&self, name: &str) -> bool {
        let key = self.key(name);
        self.findings.faults.iter().any(|fault| fault.key == key)
    }

    /// Notes that `value`, given for the key `name`, is not what the key takes.
    pub(super) fn misfit(&mut self, name: &str, value: &Value, problem: String, remedy: String) {
        let (key, origin) = (self.key(name), value.origin().map(ToOwned::to_owned));
        self.findings.faults.push(Fault { key, problem, remedy, origin });
    }

    /// Notes what a key takes. The first note counts: its reader is the most specific, and reads by means of others.
    pub(super) fn takes(&mut self, name: &str, kind: Kind) {
        let key = self.key(name);
        self.findings.kinds.entry(key).or_insert(kind);
    }

    /// The value of a key, which is known from now on.
    pub(super) fn take(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        let value = self.values.remove(name);
        if value.is_none() {
            self.record(name, Shown::Unset, None);
        }
        value
    }

    /// Notes the value in effect.
    pub(super) fn record(&mut self, name: &str, shown: Shown, value: Option<&Value>) {
        let origin = value.and_then(Value::origin).map(ToOwned::to_owned);
        let setting = Setting { section: self.path.clone(), name: name.to_owned(), shown, origin };
        self.findings.settings.all.push(setting);
    }

    /// Notes a required key as missing unless it is there.
    pub(super) fn require(&mut self, name: &'static str, takes: Takes) {
        if !self.values.contains_key(name) {
            self.fault(name, "is missing", takes.remedy());
        }
    }

    /// Returns whether the key is given, with a valid value or not.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// Returns whether the key is given as an empty list.
    pub(super) fn is_empty_list(&self, name: &str) -> bool {
        self.values
            .get(name)
            .is_some_and(|value| matches!(&value.kind, ValueKind::Array(items) if items.is_empty()))
    }

    /// A required value.
    pub(super) fn parse<T: FromStr>(&mut self, name: &'static str, takes: Takes) -> Option<T> {
        self.require(name, takes);
        self.maybe(name, takes)
    }

    /// A value that may be absent; a fault is noted when it is there and no `T`.
    pub(super) fn maybe<T: FromStr>(&mut self, name: &'static str, takes: Takes) -> Option<T> {
        let text = self.text(name, takes)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            // The domain is written in its own letters, and its ASCII form would be accepted.
            let remedy = match in_ascii(&text) {
                Some(ascii) if ascii.parse::<T>().is_ok() => format!("write \"{ascii}\""),
                _ => takes.remedy(),
            };
            self.fault(name, format!("{} is not {}", quoted(&text), takes.0), remedy);
        }
        parsed
    }

    /// A text as it is; `None` with a fault when it is something else, `None` without a fault when absent.
    pub(super) fn text(&mut self, name: &'static str, takes: Takes) -> Option<String> {
        self.takes(name, Kind::Text(takes));
        let value = self.take(name)?;
        match &value.kind {
            ValueKind::String(text) => match unfit(text) {
                Some(problem) => {
                    self.misfit(name, &value, problem.to_owned(), takes.remedy());
                    None
                }
                None => {
                    self.record(name, Shown::Plain(text.as_str().into()), Some(&value));
                    Some(text.clone())
                }
            },
            other => {
                let problem = format!("is {}, not {}", kind(other), takes.0);
                self.misfit(name, &value, problem, takes.remedy());
                None
            }
        }
    }

    /// A list of texts, each a `T`; a fault is noted for one that is there twice.
    pub(super) fn list<T: FromStr + PartialEq>(
        &mut self,
        name: &'static str,
        takes: Takes,
    ) -> Option<Vec<T>> {
        self.takes(name, Kind::List(takes));
        let value = self.take(name)?;
        let value = structured(&value).unwrap_or(value);
        let ValueKind::Array(items) = &value.kind else {
            let remedy = format!("write a list, such as [{}]", takes.1);
            self.misfit(name, &value, format!("is {}, not a list", kind(&value.kind)), remedy);
            return None;
        };
        let mut parsed = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let place = format!("{name}[{index}]");
            match item_of::<T>(item, takes) {
                Ok(value) if parsed.contains(&value) => {
                    self.misfit(&place, item, "stands there twice".to_owned(), "remove one".to_owned());
                }
                Ok(value) => parsed.push(value),
                Err(problem) => self.misfit(&place, item, problem, takes.remedy()),
            }
        }
        self.record(name, Shown::list(items), Some(&value));
        Some(parsed)
    }

    /// A table below this one; an absent one is read as an empty one.
    pub(super) fn section<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Option<T> {
        self.known.push(name);
        let value = self.values.remove(name).unwrap_or_else(|| Value::new(None, Map::<String, Value>::new()));
        self.enter(name, value, read)
    }

    /// A list of tables below this one.
    pub(super) fn sections<T>(
        &mut self,
        name: &'static str,
        mut read: impl FnMut(&mut Section<'_>) -> Option<T>,
    ) -> Vec<T> {
        self.takes(name, Kind::Tables);
        self.known.push(name);
        let Some(value) = self.values.remove(name) else { return Vec::new() };
        let value = structured(&value).unwrap_or(value);
        let ValueKind::Array(items) = value.kind else {
            let problem = format!("is {}, not a list of tables", kind(&value.kind));
            self.misfit(name, &value, problem, format!("write one or more [[{name}]]"));
            return Vec::new();
        };
        let items = items.into_iter().enumerate();
        items.filter_map(|(index, item)| self.enter(&format!("{name}[{index}]"), item, &mut read)).collect()
    }

    /// The tables below this one's table `name`, by their own names; `None` for those with faults.
    pub(super) fn named_sections<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Section<'_>) -> Option<T>,
    ) -> BTreeMap<String, Option<T>> {
        let tables = self.section(name, |all| {
            let values = std::mem::take(&mut all.values);
            Some(
                values
                    .into_iter()
                    .map(|(name, value)| (name.clone(), all.enter(&name, value, &read)))
                    .collect(),
            )
        });
        tables.unwrap_or_default()
    }

    /// The entries left in a table whose keys are free to choose: key and text.
    pub(super) fn entries(&mut self) -> Vec<(String, String)> {
        let mut entries = Vec::new();
        for (name, value) in std::mem::take(&mut self.values) {
            self.takes(&name, Kind::Text(Takes("text", "\"…\"")));
            let problem = match &value.kind {
                ValueKind::String(text) => unfit(text).map(ToOwned::to_owned),
                other => Some(format!("is {}, not text", kind(other))),
            };
            if let Some(problem) = problem {
                self.misfit(&name, &value, problem, "write text in double quotes".to_owned());
            } else if let ValueKind::String(text) = &value.kind {
                self.record(&name, Shown::Plain(text.as_str().into()), Some(&value));
                entries.push((name, text.clone()));
            }
        }
        entries
    }

    fn enter<T>(
        &mut self,
        name: &str,
        value: Value,
        read: impl FnOnce(&mut Section<'_>) -> Option<T>,
    ) -> Option<T> {
        let value = structured(&value).unwrap_or(value);
        let ValueKind::Table(values) = value.kind else {
            let problem = format!("is {}, not a table", kind(&value.kind));
            self.misfit(name, &value, problem, format!("write a section [{}]", self.key(name)));
            return None;
        };
        let mut section = Section::new(self.key(name), values, self.findings);
        let result = read(&mut section);
        section.finish();
        result
    }

    /// Notes a fault for every key that was not asked for.
    pub(super) fn finish(mut self) {
        for (name, value) in std::mem::take(&mut self.values) {
            let remedy = match closest(&name, self.known.iter().copied()) {
                Some(known) => format!("did you mean `{}`?", self.key(known)),
                None => format!("remove it; known here: {}", self.known.join(", ")),
            };
            self.misfit(&name, &value, "is not a known key".to_owned(), remedy);
        }
    }
}

fn item_of<T: FromStr>(item: &Value, takes: Takes) -> Result<T, String> {
    let ValueKind::String(text) = &item.kind else {
        return Err(format!("is {}, not {}", kind(&item.kind), takes.0));
    };
    text.parse().map_err(|_| format!("{} is not {}", quoted(text), takes.0))
}
