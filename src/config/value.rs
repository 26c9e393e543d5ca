//! Values of other kinds than text: numbers, durations, choices, files, secrets.

use std::{ops::RangeInclusive, path::Path, time::Duration};

use ::config::{Value, ValueKind};
use secrecy::{ExposeSecret, SecretString};

use super::{
    environment::text_of_variable,
    file::read_text,
    kind::Kind,
    section::{Section, Takes},
    show::Shown,
    source::DEFAULT_ORIGIN,
    words::{closest, kind, quoted},
};

const A_FILE: Takes = Takes("the path of a file", "\"/run/secrets/name\"");

impl Section<'_> {
    /// A whole number within the range.
    pub(super) fn number<N: TryFrom<i64>>(
        &mut self,
        name: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<N> {
        let takes = Kind::Number(range.clone());
        let remedy = format!("write {takes}");
        self.takes(name, takes);
        let value = self.take(name)?;
        let number = match &value.kind {
            ValueKind::I64(number) => Some(*number),
            _ => text_of_variable(&value).and_then(|text| text.parse().ok()),
        };
        let Some(number) = number else {
            self.misfit(name, &value, format!("is {}, not a whole number", kind(&value.kind)), remedy);
            return None;
        };
        self.record(name, Shown::Plain(number.into()), Some(&value));
        let fits = Some(number).filter(|number| range.contains(number)).and_then(|n| N::try_from(n).ok());
        if fits.is_none() {
            self.fault(name, format!("{number} is out of bounds"), remedy);
        }
        fits
    }

    /// True or false.
    pub(super) fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.takes(name, Kind::Flag);
        let value = self.take(name)?;
        let flag = match &value.kind {
            ValueKind::Boolean(flag) => Some(*flag),
            _ => text_of_variable(&value).and_then(|text| text.parse().ok()),
        };
        match flag {
            Some(flag) => self.record(name, Shown::Plain(flag.into()), Some(&value)),
            None => {
                let problem = format!("is {}, not true or false", kind(&value.kind));
                self.misfit(name, &value, problem, "write true or false, without quotes".to_owned());
            }
        }
        flag
    }

    /// A duration such as `30s` or `3d`, within the range.
    pub(super) fn duration(
        &mut self,
        name: &'static str,
        range: RangeInclusive<Duration>,
    ) -> Option<Duration> {
        let takes = Kind::Duration(range.clone());
        let remedy = format!("write {takes}, such as \"30s\", \"15m\" or \"3d\"");
        self.takes(name, takes);
        let text = self.text(name, Takes("a duration", "\"30s\", \"15m\" or \"3d\""))?;
        match humantime::parse_duration(&text) {
            Ok(duration) if range.contains(&duration) => return Some(duration),
            Ok(_) => self.fault(name, format!("{} is out of bounds", quoted(&text)), remedy),
            Err(_) => self.fault(name, format!("{} is not a duration", quoted(&text)), remedy),
        }
        None
    }

    /// One of several words.
    pub(super) fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&'static str, T)]) -> Option<T> {
        let takes = Kind::Choice(choices.iter().map(|(word, _)| *word).collect());
        self.takes(name, takes.clone());
        let text = self.text(name, Takes("one of several words", choices.first()?.0))?;
        let chosen = choices.iter().find(|(word, _)| *word == text);
        if chosen.is_none() {
            let meant = closest(&text, choices.iter().map(|(word, _)| *word));
            let meant = meant.map_or_else(String::new, |word| format!("; did you mean \"{word}\"?"));
            let remedy = format!("write {takes}{meant}");
            self.fault(name, format!("{} is not known", quoted(&text)), remedy);
        }
        chosen.map(|(_, value)| *value)
    }

    /// A secret: the text itself or, under `file_name`, the path of a file that holds it.
    pub(super) fn secret(&mut self, name: &'static str, file_name: &'static str) -> Option<SecretString> {
        self.takes(name, Kind::Secret(file_name));
        let given = self.take(name);
        let path = self.text(file_name, A_FILE);
        let is_default = given.as_ref().and_then(Value::origin) == Some(DEFAULT_ORIGIN);
        let secret = match (given, path) {
            (Some(value), Some(_)) if !is_default => {
                self.misfit(
                    name,
                    &value,
                    format!("is given beside `{}`", self.key(file_name)),
                    "write one of the two".to_owned(),
                );
                None
            }
            (_, Some(path)) => self.secret_in_file(file_name, Path::new(&path)),
            (Some(value), None) => self.secret_in_place(name, &value, is_default),
            (None, None) => None,
        }?;
        self.findings.settings.secrets.insert(self.key(name), secret.clone());
        Some(secret)
    }

    fn secret_in_file(&mut self, file_name: &'static str, path: &Path) -> Option<SecretString> {
        let secret = SecretString::from(self.file(file_name, path)?);
        let text = secret.expose_secret().trim_end_matches(['\r', '\n']);
        if text.is_empty() {
            self.fault(file_name, "the file is empty", "write the secret into it");
            return None;
        }
        Some(text.into())
    }

    fn secret_in_place(
        &mut self,
        name: &'static str,
        value: &Value,
        is_default: bool,
    ) -> Option<SecretString> {
        let ValueKind::String(text) = &value.kind else {
            let problem = format!("is {}, not text", kind(&value.kind));
            self.misfit(name, value, problem, "write the secret in double quotes".to_owned());
            return None;
        };
        // A value of the defaults is known to everyone.
        let shown = if is_default { Shown::Plain(text.as_str().into()) } else { Shown::Secret };
        self.record(name, shown, Some(value));
        Some(text.as_str().into())
    }

    /// The text of a file that the key `name` points to.
    pub(super) fn file(&mut self, name: &'static str, path: &Path) -> Option<String> {
        match read_text(path) {
            Ok(text) => Some(text),
            Err(error) => {
                let problem =
                    format!("the file {} cannot be read ({error})", quoted(&path.display().to_string()));
                self.fault(name, problem, "write the path of a file that this user may read");
                None
            }
        }
    }
}
