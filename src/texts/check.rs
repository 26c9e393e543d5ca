//! Compares an operator's texts with the built-in ones.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    File, SOURCE, TextsError,
    message::{self, Message},
};

/// The name of a language, which a further language must have.
const NAME: &str = "language-name";

/// Messages by their names.
type Messages = BTreeMap<String, Message>;

/// The findings of a check.
#[derive(Default)]
pub(super) struct Findings {
    pub faults: Vec<TextsError>,
    /// Notes on what may be intended.
    pub notes: Vec<String>,
}

/// Checks all files of the operator's.
pub(super) fn check(built_in: &[File], own: &[File]) -> Findings {
    let english = messages(built_in.iter().filter(|file| file.locale.to_string() == SOURCE));
    let known: BTreeSet<_> = built_in.iter().map(|file| file.locale.to_string()).collect();
    let mut by_language: BTreeMap<String, Vec<&File>> = BTreeMap::new();
    for file in own {
        by_language.entry(file.locale.to_string()).or_default().push(file);
    }
    let mut findings = Findings::default();
    for (tag, files) in &by_language {
        // A further language shows English for a message that it lacks, but its own messages cannot refer to English
        // ones.
        let referable = if known.contains(tag) { &english } else { &Messages::new() };
        let found = findings.check_language((&english, referable), files);
        if !known.contains(tag) {
            findings.check_whole(tag, &english, &found);
        }
    }
    findings
}

fn messages<'f>(files: impl Iterator<Item = &'f File>) -> Messages {
    let all = files.flat_map(|file| message::read(&file.text).0);
    all.map(|message| (message.id.clone(), message)).collect()
}

impl Findings {
    /// Checks one language's files and returns the names of its messages.
    fn check_language(
        &mut self,
        (english, referable): (&Messages, &Messages),
        files: &[&File],
    ) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let read: Vec<_> = files.iter().map(|file| (*file, message::read(&file.text))).collect();
        let own = read.iter().flat_map(|(_, (messages, _))| messages);
        let referable: BTreeSet<_> =
            own.map(|message| &message.id).chain(referable.keys()).cloned().collect();
        for (file, (messages, faults)) in read {
            for fault in faults {
                self.fault(file, fault.line, fault.problem);
            }
            for message in messages {
                self.check_message(english, &referable, file, &message);
                if !found.insert(message.id.clone()) {
                    let problem = format!("the message `{}` is there twice", message.id);
                    self.fault(file, message.line, problem);
                }
            }
        }
        found
    }

    fn check_message(
        &mut self,
        english: &Messages,
        referable: &BTreeSet<String>,
        file: &File,
        message: &Message,
    ) {
        let mut fault = |problem: String| self.fault(file, message.line, problem);
        let id = &message.id;
        for function in &message.refers.functions {
            fault(format!("`{id}` calls {function}, but functions cannot be used"));
        }
        for name in &message.refers.messages {
            if !referable.contains(name) {
                fault(format!("`{id}` refers to `{name}`, which there is not"));
            }
        }
        if id.starts_with('-') {
            return;
        }
        let Some(original) = english.get(id) else {
            let meant = meant(id, english.keys());
            return fault(format!("there is no message `{id}`{meant}"));
        };
        if !message.has_text {
            fault(format!("`{id}` has no text"));
        }
        let (theirs, ours) = (&message.refers.variables, &original.refers.variables);
        for variable in theirs.difference(ours) {
            let meant = meant(variable, ours.iter());
            fault(format!("`{id}` has no variable `{variable}`{meant}"));
        }
        if message.has_text {
            for variable in ours.difference(theirs) {
                let (file, line) = (&file.name, message.line);
                self.notes.push(format!("{file}, line {line}: `{id}` leaves out ${variable}"));
            }
        }
    }

    /// Checks that a further language is complete.
    fn check_whole(&mut self, tag: &str, english: &Messages, found: &BTreeSet<String>) {
        if !found.contains(NAME) {
            self.faults.push(TextsError::Unnamed(tag.to_owned()));
        }
        let missing: Vec<_> = english.keys().filter(|id| !found.contains(*id)).map(String::as_str).collect();
        if !missing.is_empty() {
            let (count, all) = (missing.len(), english.len());
            let missing = missing.join(", ");
            self.notes.push(format!("{tag}: {count} of {all} messages are read in English: {missing}"));
        }
    }

    fn fault(&mut self, file: &File, line: usize, problem: String) {
        self.faults.push(TextsError::Line { file: file.name.clone(), line, problem });
    }
}

/// The name that was probably meant, as the end of a sentence.
fn meant<'n>(given: &str, known: impl Iterator<Item = &'n String>) -> String {
    let far = |name: &&String| strsim::damerau_levenshtein(given, name);
    known
        .min_by_key(far)
        .filter(|name| far(name) <= (name.len() / 3).max(1))
        .map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}
