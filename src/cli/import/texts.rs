//! The original's translations become texts of ours, insofar as ours say the same.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::po::{self, Entry};
use crate::{config, domain::Locale, texts::Texts};

/// The counterpart of a message of the original's.
pub(super) enum Target {
    /// A text of ours, which has these variables.
    Text(&'static str, &'static [&'static str]),
    /// Nothing, and why.
    None(&'static str),
}

use Target::{None as Nothing, Text};

const ORDER: &str = "ours is one form, whose parts have other headings";
const VOUCHER: &str = "there are no vouchers here";
const MAIL: &str = "ours is made of several texts, which begin with mail-password";
const RETRIED: &str = "nobody is shown this: it is tried again by itself";

/// The original's messages by their ids.
pub(super) const TABLE: [(&str, Target); 44] = [
    ("Account Registration for Microsoft Teams for University of Stuttgart", Text("form-title", &[])),
    ("Explanation and statement containing %(support)s", Text("form-about-ask-text", &["support"])),
    ("Your st****** email address", Text("form-email", &[])),
    ("You must use your st******@stud.uni-stuttgart.de email in this field.", Text("form-email-hint", &[])),
    ("Detailed legal text email", Text("form-kept-address-for-good", &[])),
    (
        "I consent that my Name is used to create an Account for Microsoft Teams.",
        Text("form-consent-microsoft", &[]),
    ),
    ("Detailed legal text teams", Text("form-about-sent-text", &[])),
    ("Name", Text("form-first-name", &[])),
    ("Family Name", Text("form-last-name", &[])),
    ("Create Account", Text("form-submit", &[])),
    ("Awaiting API response:", Text("form-sending", &[])),
    (
        "Your account was successfully created and an email with the password will be sent to your specified st****** email.",
        Text("status-lead-done", &[]),
    ),
    (
        "There was an error creating your account. Please try again later or contact the administrator of this site.",
        Text("error-internal-text", &[]),
    ),
    ("Consent needed", Text("error-consent-microsoft", &[])),
    ("Email illegal", Text("error-email-not-admitted", &["support"])),
    ("Email already used", Text("error-email-registered", &["support"])),
    ("Name format not supported", Text("error-name-no-username", &["support"])),
    ("registration mail subject", Text("mail-password-subject", &["site"])),
    ("registration mail body with %(username)s and %(password)s", Nothing(MAIL)),
    ("st******@stud.uni-stuttgart.de", Nothing("it is a setting here: site.email_example")),
    (
        "I consent that my st****** email is saved to prevent duplicate Account creation.",
        Nothing("it is told below the form: form-kept-address-for-good"),
    ),
    ("Consent to both parts needed", Nothing("each consent has a text of its own: error-consent-…")),
    ("Explanation", Nothing(ORDER)),
    ("Step 0", Nothing(ORDER)),
    ("Step 1", Nothing(ORDER)),
    ("Step 2", Nothing(ORDER)),
    ("Step 3", Nothing(ORDER)),
    ("Step Email", Nothing(ORDER)),
    ("Step Consent", Nothing(ORDER)),
    ("Step Name", Nothing(ORDER)),
    ("Step Result", Nothing(ORDER)),
    ("Result", Nothing(ORDER)),
    ("Next", Nothing(ORDER)),
    ("Internet Explorer is NOT supported!", Nothing("every browser is")),
    (
        "Please use a recent Firefox, Chrome, Edge or Safari browser to access this site!",
        Nothing("every browser is supported"),
    ),
    (
        "There was an error while connecting to the server. Please try again later or contact the administrator of this site.",
        Nothing("the form needs no connection of a script's"),
    ),
    ("Upstream API error", Nothing(RETRIED)),
    ("Error with SMTP Server", Nothing(RETRIED)),
    ("Step Voucher", Nothing(VOUCHER)),
    ("Voucher", Nothing(VOUCHER)),
    ("Voucher required", Nothing(VOUCHER)),
    ("You may enter a Voucher.", Nothing(VOUCHER)),
    ("Voucher invalid", Nothing(VOUCHER)),
    ("Voucher used up", Nothing(VOUCHER)),
];

/// A message that is left, and why.
pub(super) struct LeftText {
    pub(super) language: String,
    pub(super) line: usize,
    pub(super) id: String,
    pub(super) because: String,
}

/// A file of texts to be written: its language, and its messages.
pub(super) struct Language {
    pub(super) tag: String,
    pub(super) messages: BTreeMap<&'static str, String>,
    /// True if there are no texts of ours in it.
    pub(super) further: bool,
}

/// The texts that the translations lead to, and those that are left.
#[derive(Default)]
pub(super) struct Translations {
    pub(super) languages: Vec<Language>,
    pub(super) left: Vec<LeftText>,
}

/// Reads a folder as gettext has it: `<language>/LC_MESSAGES/messages.po`.
pub(super) fn read(folder: &Path) -> anyhow::Result<Translations> {
    let mut translations = Translations::default();
    let mut seen = BTreeSet::new();
    for (name, file) in files(folder)? {
        let bytes = config::read_bytes(&file, config::MAX_TEXT_BYTES)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let source = String::from_utf8(bytes).with_context(|| {
            format!("{} is not UTF-8: convert it with `msgconv -t UTF-8`", file.display())
        })?;
        let entries = po::read(&source).with_context(|| format!("cannot read {}", file.display()))?;
        let (tag, further) = language(&name)?;
        anyhow::ensure!(seen.insert(tag.clone()), "{} is the language {tag} once more", file.display());
        translations.add(tag, further, &entries);
    }
    Ok(translations)
}

fn files(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry?.path();
        let inside = path.join("LC_MESSAGES");
        let file = inside.join("messages.po");
        if file.is_file() {
            files.push((path.file_name().unwrap_or_default().to_string_lossy().into_owned(), file));
        } else if inside.join("messages.mo").is_file() {
            let (from, to) = (inside.join("messages.mo"), file);
            anyhow::bail!(
                "there is no {}; make it with `msgunfmt {} -o {0}`, then run this again",
                to.display(),
                from.display()
            );
        }
    }
    files.sort();
    anyhow::ensure!(
        !files.is_empty(),
        "{} has no <language>/LC_MESSAGES/messages.po; name the original's folder `translations`",
        folder.display()
    );
    Ok(files)
}

/// The tag of ours for a folder's name such as `de_DE`, and whether there are no texts of ours in it.
fn language(name: &str) -> anyhow::Result<(String, bool)> {
    let plain = name.split(['.', '@']).next().unwrap_or(name);
    let locale: Locale =
        plain.parse().with_context(|| format!("the folder {name} is not called by a language"))?;
    let texts = Texts::embedded()?;
    let nearest = texts.language(&locale).locale();
    let same = nearest.identifier().language == locale.identifier().language;
    Ok(if same { (nearest.to_string(), false) } else { (locale.to_string(), true) })
}

impl Translations {
    fn add(&mut self, tag: String, further: bool, entries: &[Entry]) {
        let mut messages = BTreeMap::new();
        for entry in entries.iter().filter(|entry| !is_unwritten(entry)) {
            match convert(entry) {
                Ok((id, text)) => drop(messages.insert(id, text)),
                Err(because) => self.left.push(LeftText {
                    language: tag.clone(),
                    line: entry.line,
                    id: entry.id.clone(),
                    because,
                }),
            }
        }
        if !messages.is_empty() {
            self.languages.push(Language { tag, messages, further });
        }
    }
}

/// Returns whether an entry has no wording: no translation, or the message's own id, perhaps with a word in capitals
/// before it, by which the original marks what is open.
fn is_unwritten(entry: &Entry) -> bool {
    let text = entry.text.trim();
    let mark = text.strip_suffix(&entry.id).map(str::trim);
    text.is_empty() || mark.is_some_and(|mark| mark.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn convert(entry: &Entry) -> Result<(&'static str, String), String> {
    if entry.fuzzy {
        return Err("it is marked as fuzzy".to_owned());
    }
    match TABLE.iter().find(|(id, _)| *id == entry.id) {
        Some((_, Text(id, variables))) => Ok((*id, fluent(&entry.text, variables)?)),
        Some((_, Nothing(because))) => Err((*because).to_owned()),
        None => Err("nothing here says the same".to_owned()),
    }
}

/// A text in Fluent's syntax: one paragraph without markup, braces as they are, `%(name)s` as a variable.
fn fluent(text: &str, variables: &[&str]) -> Result<String, String> {
    let words: Vec<_> = text.split_whitespace().collect();
    let mut rest = &*without_markup(&words.join(" "));
    let mut made = String::new();
    while let Some(at) = rest.find(['{', '}', '%']) {
        made += &rest[..at];
        let sign = &rest[at..=at];
        rest = &rest[at + 1..];
        match sign {
            "%" => match rest.strip_prefix('(').and_then(|rest| rest.split_once(")s")) {
                Some((name, behind)) if variables.contains(&name) => {
                    made += &format!("{{ ${name} }}");
                    rest = behind;
                }
                Some((name, _)) => return Err(format!("ours has no value for %({name})s")),
                None => {
                    made.push('%');
                    rest = rest.strip_prefix('%').unwrap_or(rest);
                }
            },
            brace => made += &format!("{{\"{brace}\"}}"),
        }
    }
    Ok(made + rest)
}

/// The text without tags such as `<a href=…>`.
fn without_markup(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        plain += &rest[..at];
        let is_tag = rest[at + 1..].starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
        match rest[at..].find('>').filter(|_| is_tag) {
            Some(end) => rest = &rest[at + end + 1..],
            None => {
                plain.push('<');
                rest = &rest[at + 1..];
            }
        }
    }
    plain + rest
}

impl Language {
    /// The file of texts.
    pub(super) fn file(&self) -> String {
        let mut file = "# Imported from MS365-Accountcreator.\n".to_owned();
        if self.further {
            file += "# The name of the language in the language itself.\n";
            file += &format!("language-name = {}\n", self.tag);
        }
        self.messages.iter().for_each(|(id, text)| file += &format!("{id} = {text}\n"));
        file
    }
}

#[cfg(test)]
mod tests;
