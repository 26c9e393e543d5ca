//! `accountcreator texts check|list`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Serialize;

use super::{
    args::TextsCommand,
    configured,
    say::{say, say_on},
};
use crate::texts::{self, TextsFaults, Wording};

/// The texts are at fault.
#[derive(Debug, thiserror::Error)]
#[error("the texts are at fault\n{0}")]
struct Faulty(TextsFaults);

/// One text, for machines.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    text: &'a str,
    language: String,
    source: &'a str,
}

/// The source of a text that no file changes.
const BUILT_IN: &str = "built in";

pub(super) fn run(file: Option<&Path>, command: &TextsCommand) -> anyhow::Result<ExitCode> {
    match command {
        TextsCommand::Check { dir } => match folder(file, dir.as_deref())? {
            Some(folder) => {
                let notes = texts::check(&folder).map_err(Faulty)?;
                notes.iter().for_each(|note| say!("note: {note}"));
                say!("the texts are valid");
            }
            None => say!("texts.dir is not set: the built-in texts are in force"),
        },
        TextsCommand::List { lang, dir, json } => {
            let folder = folder(file, dir.as_deref())?;
            let wordings = texts::wordings(folder.as_deref(), lang).map_err(Faulty)?;
            list(&wordings, *json)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder that is named, which needs no configuration, or the configured one.
fn folder(file: Option<&Path>, named: Option<&Path>) -> anyhow::Result<Option<PathBuf>> {
    match named {
        Some(folder) => Ok(Some(folder.to_owned())),
        None => Ok(configured::load(file)?.texts.dir),
    }
}

fn list(wordings: &[Wording], json: bool) -> anyhow::Result<()> {
    if json {
        let lines: Vec<_> = wordings.iter().map(line).collect();
        say!("{}", serde_json::to_string_pretty(&lines)?);
        return Ok(());
    }
    // Comments name the source, so that the output is a file of texts itself.
    let mut source = String::new();
    for wording in wordings {
        let Line { language, source: file, .. } = line(wording);
        let next = format!("# {language}, {file}");
        if next != source {
            say!("{}{next}\n", if source.is_empty() { "" } else { "\n" });
            source = next;
        }
        say_on!("{}", wording.entry);
    }
    Ok(())
}

fn line(wording: &Wording) -> Line<'_> {
    let text = wording.entry.split_once('=').map_or("", |(_, text)| text.trim());
    Line {
        id: &wording.id,
        text,
        language: wording.language.to_string(),
        source: wording.file.as_deref().unwrap_or(BUILT_IN),
    }
}
