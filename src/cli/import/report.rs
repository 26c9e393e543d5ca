//! The report on an import, its results and what it left: for people, and for programs.

use serde::Serialize;

use super::{addresses::Counts, files::Outcome, given::LeftSetting, texts};
use crate::cli::say::say;

/// The maximum number of ids that the report for people names.
const IDS: usize = 20;

/// The whole import.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) dry_run: bool,
    /// The database that holds the addresses now.
    pub(super) database: String,
    pub(super) addresses: Counts,
    pub(super) files: Vec<FileLine>,
    pub(super) left_settings: Vec<LeftLine>,
    pub(super) left_texts: Vec<LeftText>,
    pub(super) to_do: Vec<String>,
}

/// A file and what became of it.
#[derive(Serialize)]
pub(super) struct FileLine {
    pub(super) path: String,
    outcome: &'static str,
    #[serde(skip)]
    is: Outcome,
}

/// A setting that was left.
#[derive(Serialize)]
pub(super) struct LeftLine {
    line: usize,
    name: String,
    because: String,
}

/// A text that was left.
#[derive(Serialize)]
pub(super) struct LeftText {
    language: String,
    line: usize,
    id: String,
    because: String,
}

impl FileLine {
    pub(super) fn of(path: String, is: Outcome) -> Self {
        let outcome = match is {
            Outcome::Written => "written",
            Outcome::Same => "same",
            Outcome::Kept => "kept",
        };
        Self { path, outcome, is }
    }
}

impl LeftLine {
    pub(super) fn of(left: &LeftSetting) -> Self {
        Self { line: left.line, name: left.name.clone(), because: left.because.clone() }
    }
}

impl LeftText {
    pub(super) fn of(left: texts::LeftText) -> Self {
        Self { language: left.language, line: left.line, id: left.id, because: left.because }
    }
}

impl Report {
    pub(super) fn print(&self) {
        self.print_addresses();
        let wrote = if self.dry_run { "would write" } else { "wrote" };
        for FileLine { path, is, .. } in &self.files {
            match is {
                Outcome::Written => say!("{wrote} {path}"),
                Outcome::Same => say!("{path} is there already"),
                Outcome::Kept => {
                    say!("left {path}: it is there with other content; --output names another place");
                }
            }
        }
        for LeftLine { line, name, because } in &self.left_settings {
            let name = if name.is_empty() { "it" } else { name };
            say!("left setting line {line}: {name} {because}");
        }
        for LeftText { language, line, id, because } in &self.left_texts {
            say!("left text {language} line {line}: {:?}: {because}", shortened(id));
        }
        self.to_do.iter().for_each(|to_do| say!("to do: {to_do}"));
    }

    fn print_addresses(&self) {
        let Counts {
            read,
            imported,
            already_there,
            erased,
            without_account,
            without_address,
            repeated,
            unreadable,
            ..
        } = &self.addresses;
        let (would, into) = (if self.dry_run { "would import" } else { "imported" }, &self.database);
        say!("read {}", rows(*read));
        let addresses = if *imported == 1 { "address" } else { "addresses" };
        say!("{would} {imported} {addresses} into {into}");
        let (ended, end) = (self.addresses.ended(), if self.dry_run { "would end" } else { "ended" });
        if ended > 0 {
            let signups = if ended == 1 { "signup" } else { "signups" };
            say!(
                "{end} {ended} {signups} that had no account yet: the original has made one for the address"
            );
        }
        let left = |count: u64, because: &str| {
            if count > 0 {
                say!("left {}: {because}", rows(count));
            }
        };
        left(*already_there, "the address belongs to a signup already");
        left(*erased, "the data of the address were erased here");
        left(*without_account, "no account was made");
        left(*without_address, "there is no address");
        left(*repeated, "the address is there more than once, perhaps in other letters");
        let ids: Vec<_> = unreadable.iter().take(IDS).map(ToString::to_string).collect();
        let more = if unreadable.len() > IDS { ", …; --json names all" } else { "" };
        let because = format!("not an email address (id {}{more})", ids.join(", "));
        left(unreadable.len() as u64, &because);
    }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn shortened(id: &str) -> String {
    let start: String = id.chars().take(40).collect();
    if id.chars().count() > 40 { start + "…" } else { start }
}
