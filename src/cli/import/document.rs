//! A configuration as it is written: sections, keys, and a comment where something is to be said.

use std::path::Path;

use zeroize::Zeroizing;

/// A text that is written into a file of its own.
pub(super) struct Secret {
    /// The key that takes the secret; with `_file` behind it, its file.
    key: &'static str,
    /// The name of the file.
    pub(super) file: &'static str,
    pub(super) text: Zeroizing<String>,
}

enum Line {
    Text(String),
    Secret(Secret),
}

/// The lines, from the first to the last.
#[derive(Default)]
pub(super) struct Document(Vec<Line>);

impl Document {
    pub(super) fn comment(&mut self, text: impl AsRef<str>) {
        // Nothing that is quoted here gets out of its comment.
        let line: String = text.as_ref().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.0.push(Line::Text(format!("# {line}")));
    }

    /// `[name]` or `[[name]]`, with what it is for.
    pub(super) fn section(&mut self, head: &str) {
        self.0.push(Line::Text(format!("\n{head}")));
    }

    pub(super) fn pair(&mut self, key: &str, value: impl Into<toml::Value>) {
        self.0.push(Line::Text(format!("{key} = {}", value.into())));
    }

    pub(super) fn secret(&mut self, key: &'static str, file: &'static str, text: &str) {
        let text = Zeroizing::new(text.to_owned());
        self.0.push(Line::Secret(Secret { key, file, text }));
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter().filter_map(|line| match line {
            Line::Secret(secret) => Some(secret),
            Line::Text(_) => None,
        })
    }

    /// The text as it is kept: its secrets are in files of this folder.
    pub(super) fn kept(&self, folder: &Path) -> String {
        let written = |Secret { key, file, .. }: &Secret| {
            let file = folder.join(file).display().to_string();
            format!("{key}_file = {}", toml::Value::from(file))
        };
        self.written(written)
    }

    /// The text with its secrets in it, to be checked before anything is written.
    pub(super) fn whole(&self) -> Zeroizing<String> {
        let written =
            |Secret { key, text, .. }: &Secret| format!("{key} = {}", toml::Value::from(text.as_str()));
        Zeroizing::new(self.written(written))
    }

    fn written(&self, secret: impl Fn(&Secret) -> String) -> String {
        let line = |line: &Line| match line {
            Line::Text(text) => format!("{text}\n"),
            Line::Secret(kept) => secret(kept) + "\n",
        };
        self.0.iter().map(line).collect()
    }
}
