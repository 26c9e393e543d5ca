//! `ACCOUNTCREATOR__SECTION__KEY`: settings from environment variables.
//!
//! The crate's own source makes every name lower case, which spoils names that have capitals. This one looks
//! for the name among those already there, in any case, and can point into lists.

use std::fmt;

use ::config::{ConfigError, FileFormat, Format, Map, Source, Value, ValueKind};

use super::fault::Fault;

pub(super) const PREFIX: &str = "ACCOUNTCREATOR__";
/// The beginning of the origin of a value that comes from a variable.
pub(super) const ORIGIN: &str = "the variable ";

/// The variables that are settings; all others are passed over.
#[derive(Clone, Default)]
pub(super) struct Environment {
    settings: Vec<(String, String)>,
    /// Names such as `ACCOUNTCREATOR_MAIL__FROM`, which lack an underscore.
    misspelt: Vec<String>,
}

impl Environment {
    pub(super) fn new(variables: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut settings, others): (Vec<_>, Vec<_>) =
            variables.into_iter().partition(|(name, _)| name.starts_with(PREFIX));
        // Sorted, so that `…__PROFILES` comes before `…__PROFILES__0__NAME`.
        settings.sort();
        let misspelt = others.into_iter().map(|(name, _)| name);
        let misspelt = misspelt.filter(|name| {
            name.strip_prefix(PREFIX.trim_end_matches('_')).is_some_and(|rest| rest.contains("__"))
        });
        Self { settings, misspelt: misspelt.collect() }
    }

    /// The variables that look like settings but are not.
    pub(super) fn faults(&self) -> impl Iterator<Item = Fault> {
        self.misspelt.iter().map(|name| Fault {
            key: format!("{ORIGIN}{name}"),
            problem: "is not read: two underscores follow ACCOUNTCREATOR".to_owned(),
            remedy: format!("name it {}", name.replacen("ACCOUNTCREATOR_", PREFIX, 1)),
            origin: None,
        })
    }
}

/// The text of a variable, if that is where the value comes from.
pub(super) fn text_of_variable(value: &Value) -> Option<&str> {
    match &value.kind {
        ValueKind::String(text) if value.origin().is_some_and(|origin| origin.starts_with(ORIGIN)) => {
            Some(text)
        }
        _ => None,
    }
}

/// The list or table that a variable's text spells in TOML.
pub(super) fn structured(value: &Value) -> Option<Value> {
    let text = text_of_variable(value)?;
    let origin = value.origin().map(ToOwned::to_owned);
    let mut table = FileFormat::Toml.parse(origin.as_ref(), &format!("value = {text}")).ok()?;
    let value = table.remove("value").filter(|_| table.is_empty())?;
    matches!(value.kind, ValueKind::Table(_) | ValueKind::Array(_)).then_some(value)
}

/// The place one step further along a name: an item of a list (or the one after its last), a key of a table. Anything
/// else at the place is replaced by a table.
fn step<'tree>(place: &'tree mut Value, segment: &str, origin: &String) -> &'tree mut Value {
    let empty = || Value::new(Some(origin), Map::<String, Value>::new());
    if let Some(list_or_table) = structured(place) {
        *place = list_or_table;
    }
    let is_way = match &place.kind {
        ValueKind::Table(_) => true,
        ValueKind::Array(items) => segment.parse::<usize>().is_ok_and(|index| index <= items.len()),
        _ => false,
    };
    if !is_way {
        *place = empty();
    }
    match &mut place.kind {
        ValueKind::Array(items) => {
            let index = segment.parse().unwrap_or(items.len());
            if index >= items.len() {
                items.push(empty());
            }
            &mut items[index]
        }
        ValueKind::Table(table) => {
            let known = table.keys().find(|key| key.eq_ignore_ascii_case(segment)).cloned();
            let key = known.unwrap_or_else(|| segment.to_ascii_lowercase());
            table.entry(key).or_insert_with(|| Value::new(Some(origin), ValueKind::Nil))
        }
        _ => unreachable!("all but lists and tables have made way for a table"),
    }
}

impl Source for Environment {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let mut tree = Value::new(None, Map::<String, Value>::new());
        self.collect_to(&mut tree)?;
        tree.into_table()
    }

    fn collect_to(&self, tree: &mut Value) -> Result<(), ConfigError> {
        for (name, text) in &self.settings {
            let origin = format!("{ORIGIN}{name}");
            let path = name.strip_prefix(PREFIX).unwrap_or_default().split("__");
            let place = path.fold(&mut *tree, |place, segment| step(place, segment, &origin));
            *place = Value::new(Some(&origin), text.clone());
        }
        Ok(())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.settings.iter().map(|(name, _)| name)).finish()
    }
}
