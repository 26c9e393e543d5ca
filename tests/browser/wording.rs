//! What the pages of one language say, as far as it has no variables.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use fluent_syntax::ast::{Entry, PatternElement};

use crate::pseudo;

/// The fixed texts of one language by their ids.
pub struct Wording(BTreeMap<String, String>);

impl Wording {
    /// Reads a folder with texts.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut texts = BTreeMap::new();
        for file in fs::read_dir(folder)? {
            for entry in pseudo::parse(&fs::read_to_string(file?.path())?)?.body {
                let Entry::Message(message) = entry else { continue };
                let elements = message.value.map(|pattern| pattern.elements).unwrap_or_default();
                let fixed = elements.into_iter().map(|element| match element {
                    PatternElement::TextElement { value } => Some(value),
                    PatternElement::Placeable { .. } => None,
                });
                if let Some(text) = fixed.collect::<Option<String>>() {
                    texts.insert(message.id.name, text);
                }
            }
        }
        Ok(Self(texts))
    }

    /// The text of an id.
    pub fn text(&self, id: &str) -> Result<&str> {
        self.0.get(id).map(String::as_str).with_context(|| format!("no fixed text `{id}`"))
    }
}
