//! The operator's folder of texts: `<folder>/<language tag>/<name>.ftl`.

use std::{
    fs, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{File, TextsError};
use crate::{config, domain::Locale};

/// The content of the folder.
#[derive(Default)]
pub(super) struct Folder {
    pub files: Vec<File>,
    pub faults: Vec<TextsError>,
    /// The files that are not texts and were not read, such as an editor's backup.
    pub ignored: Vec<String>,
}

impl Folder {
    /// Reads the folder; its faults are collected.
    pub(super) fn read(path: &Path) -> Self {
        let mut folder = Self::default();
        for entry in folder.entries(path) {
            if !entry.is_dir() {
                folder.ignore_unless_text(&entry);
            } else if let Some(locale) = folder.locale(&entry) {
                folder.read_language(&entry, &locale);
            }
        }
        folder
    }

    /// The entries of a folder in the order of their names, without hidden ones: editors and container platforms keep
    /// their own files there.
    fn entries(&mut self, path: &Path) -> Vec<PathBuf> {
        let read = fs::read_dir(path).and_then(|entries| {
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()
        });
        let mut entries = read.unwrap_or_else(|error| {
            self.faults.push(unreadable(path, &error));
            Vec::new()
        });
        entries.retain(|path| !name(path).starts_with('.'));
        entries.sort();
        entries
    }

    fn locale(&mut self, path: &Path) -> Option<Locale> {
        let folder = path.display().to_string();
        let Ok(locale) = Locale::from_str(&name(path)) else {
            self.faults.push(TextsError::Misplaced(folder));
            return None;
        };
        let tag = locale.to_string();
        if tag != name(path) {
            self.faults.push(TextsError::Spelling { folder, tag });
            return None;
        }
        Some(locale)
    }

    fn read_language(&mut self, path: &Path, locale: &Locale) {
        for entry in self.entries(path) {
            if entry.is_dir() {
                self.faults.push(TextsError::Misplaced(entry.display().to_string()));
            } else if is_text(&entry) {
                self.read_file(&entry, locale);
            } else {
                self.ignored.push(entry.display().to_string());
            }
        }
    }

    fn read_file(&mut self, path: &Path, locale: &Locale) {
        let name = path.display().to_string();
        match config::read_bytes(path, config::MAX_TEXT_BYTES).map(String::from_utf8) {
            Ok(Ok(text)) => {
                let text = text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text);
                self.files.push(File { locale: locale.clone(), name, text });
            }
            Ok(Err(_)) => self.faults.push(TextsError::NotUtf8(name)),
            Err(error) => self.faults.push(unreadable(path, &error)),
        }
    }

    fn ignore_unless_text(&mut self, path: &Path) {
        let name = path.display().to_string();
        if is_text(path) {
            self.faults.push(TextsError::Misplaced(name));
        } else {
            self.ignored.push(name);
        }
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_text(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ftl")
}

fn unreadable(path: &Path, error: &io::Error) -> TextsError {
    TextsError::Unreadable { path: path.display().to_string(), problem: error.to_string() }
}
