//! The configuration in effect, as TOML, without its secrets.

use std::{collections::BTreeMap, fmt};

use ::config::{Value, ValueKind};
use secrecy::SecretString;

use super::source::DEFAULT_ORIGIN;

/// The text shown in place of a secret.
const MASK: &str = "•••";

/// One key as it is in effect.
#[derive(Debug, Clone)]
pub(super) struct Setting {
    pub(super) section: String,
    pub(super) name: String,
    pub(super) shown: Shown,
    pub(super) origin: Option<String>,
}

/// A value as it may be shown.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Shown {
    Unset,
    Secret,
    Plain(toml::Value),
}

/// All keys in effect, in the order in which they were read, and the secrets, which are not shown.
#[derive(Clone, Default)]
pub(super) struct Settings {
    pub(super) all: Vec<Setting>,
    pub(super) secrets: BTreeMap<String, SecretString>,
}

impl Setting {
    pub(super) fn key(&self) -> String {
        if self.section.is_empty() { self.name.clone() } else { format!("{}.{}", self.section, self.name) }
    }

    pub(super) const fn is_set(&self) -> bool {
        !matches!(self.shown, Shown::Unset)
    }
}

impl Shown {
    pub(super) fn list(items: &[Value]) -> Self {
        let texts = items.iter().map(|item| match &item.kind {
            ValueKind::String(text) => text.as_str().into(),
            other => other.to_string().into(),
        });
        Self::Plain(toml::Value::Array(texts.collect()))
    }
}

impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut section = "";
        for setting in &self.all {
            let value = match &setting.shown {
                Shown::Unset => continue,
                Shown::Secret => toml::Value::from(MASK),
                Shown::Plain(value) => value.clone(),
            };
            if setting.section != section {
                section = &setting.section;
                writeln!(f, "\n{}", header(section))?;
            }
            write!(f, "{} = {value}", setting.name)?;
            if let Some(origin) = setting.origin.as_deref().filter(|origin| *origin != DEFAULT_ORIGIN) {
                write!(f, "  # from {}", origin.escape_debug())?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

/// `profiles[1].attributes` is written `[profiles.attributes]`, `profiles[1]` itself `[[profiles]]`.
fn header(section: &str) -> String {
    let names: Vec<_> = section.split('.').map(|part| part.split('[').next().unwrap_or(part)).collect();
    let name = names.join(".");
    if section.ends_with(']') { format!("[[{name}]]") } else { format!("[{name}]") }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} settings", self.all.len())
    }
}
