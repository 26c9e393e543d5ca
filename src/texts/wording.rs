//! The wording of every message as it is in force, and its source.

use super::{File, SOURCE, message};
use crate::domain::Locale;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wording {
    /// Its id.
    pub id: String,
    /// The message as a file has it.
    pub entry: String,
    /// The language it is in: English where the one asked for lacks it.
    pub language: Locale,
    /// The operator's file it is from; `None` for a built-in one.
    pub file: Option<String>,
}

/// All messages of a language, in the order of the English files. The first of the `layers` that has a message counts;
/// each layer is the operator's or built in.
pub(super) fn wordings(built_in: &[File], own: &[File], locale: &Locale) -> Vec<Wording> {
    let english = |file: &&File| file.locale.to_string() == SOURCE;
    let of_it = |file: &&File| file.locale == *locale;
    let read = |files: Vec<&File>, own: bool| -> Vec<Wording> {
        files.into_iter().flat_map(|file| of_file(file, own)).collect()
    };
    let layers = [
        read(own.iter().filter(of_it).collect(), true),
        read(built_in.iter().filter(of_it).collect(), false),
        read(own.iter().filter(english).collect(), true),
        read(built_in.iter().filter(english).collect(), false),
    ];
    let first = |id: &str| layers.iter().flatten().find(|wording| wording.id == id).cloned();
    layers[3].iter().filter_map(|wording| first(&wording.id)).collect()
}

fn of_file(file: &File, own: bool) -> Vec<Wording> {
    let wording = |message: message::Message| Wording {
        id: message.id,
        entry: message.entry,
        language: file.locale.clone(),
        file: own.then(|| file.name.clone()),
    };
    message::read(&file.text).0.into_iter().map(wording).collect()
}
