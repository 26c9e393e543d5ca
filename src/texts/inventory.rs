//! Compares the texts with their use: every id that code or a template names exists in every language with the same
//! variables, and every text is used.
//!
//! A template names a text by `t.text("id")`, `t.text_with("id", …)` or `frame.linked_text("id")`, a mail's also by
//! `frame.with("id", …)`. In Rust, a string literal whose first word is the first word of some message is taken to name
//! one, so ids may also be in the arms of a match.

#![allow(clippy::unwrap_used)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use regex::Regex;

use super::{Files, SOURCE};

type Messages = BTreeMap<String, BTreeSet<String>>;

/// Every message with the variables of its text, by language.
fn languages() -> BTreeMap<String, Messages> {
    let start = Regex::new(r"(?m)^([a-z][a-z0-9-]*) *=").unwrap();
    let variable = Regex::new(r"\$([a-z][a-z0-9-]*)").unwrap();
    let mut languages: BTreeMap<String, Messages> = BTreeMap::new();
    for path in Files::iter() {
        let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
        let messages = languages.entry(path.split('/').next().unwrap().to_owned()).or_default();
        let starts: Vec<_> = start.captures_iter(&text).collect();
        for (index, found) in starts.iter().enumerate() {
            let end = starts.get(index + 1).map_or(text.len(), |next| next.get(0).unwrap().start());
            let body = &text[found.get(0).unwrap().end()..end];
            let variables = variable.captures_iter(body).map(|v| v[1].to_owned()).collect();
            assert!(messages.insert(found[1].to_owned(), variables).is_none(), "{} is doubled", &found[1]);
        }
    }
    languages
}

/// Every id that code or a template names, with the file that does.
fn used(known: &Messages) -> BTreeMap<String, String> {
    let in_template =
        Regex::new(r#"\.(?:text|text_with|text_around|linked_text|with)\(\s*"([^"]+)""#).unwrap();
    let in_rust = Regex::new(r#""([a-z][a-z0-9]*(?:-[a-z0-9]+)+)""#).unwrap();
    let groups: BTreeSet<&str> = known.keys().filter_map(|id| id.split('-').next()).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut used = BTreeMap::new();
    for file in files(&root.join("src")).into_iter().chain(files(&root.join("templates"))) {
        let text = fs::read_to_string(&file).unwrap();
        let rust = file.extension().is_some_and(|extension| extension == "rs");
        // Tests may name what does not exist.
        let text = if rust { text.split("#[cfg(test)]\nmod tests").next().unwrap() } else { &text };
        for found in if rust { &in_rust } else { &in_template }.captures_iter(text) {
            let id = &found[1];
            if !rust || groups.contains(id.split('-').next().unwrap()) {
                used.insert(id.to_owned(), file.strip_prefix(root).unwrap().display().to_string());
            }
        }
    }
    used
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    // The sandbox is a program of its own with texts of its own.
    if folder.ends_with("sandbox") || !folder.exists() {
        return Vec::new();
    }
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn every_language_has_the_same_texts_with_the_same_variables() {
    let languages = languages();
    let english = &languages[SOURCE];
    assert!(english.len() > 20, "the reading of the files finds messages");
    for (tag, messages) in &languages {
        let missing: Vec<_> = english.keys().filter(|id| !messages.contains_key(*id)).collect();
        let unknown: Vec<_> = messages.keys().filter(|id| !english.contains_key(*id)).collect();
        assert!(missing.is_empty() && unknown.is_empty(), "{tag} lacks {missing:?}, has alone {unknown:?}");
        for (id, variables) in messages {
            assert_eq!(variables, &english[id], "the variables of {id} in {tag}");
        }
    }
}

#[test]
fn every_text_that_is_named_exists_and_none_is_unused() {
    let known = languages().remove(SOURCE).unwrap();
    let used = used(&known);
    let unknown: Vec<_> = used.iter().filter(|(id, _)| !known.contains_key(*id)).collect();
    assert!(unknown.is_empty(), "no such texts: {unknown:?}");
    let unused: Vec<_> = known.keys().filter(|id| !used.contains_key(*id)).collect();
    assert!(unused.is_empty(), "nothing uses {unused:?}");
}

/// In the texts of pages a day stays with its month, a number with its unit, and `E-Mail` with itself: with U+00A0 and
/// U+2011 in place of the space and the hyphen.
#[test]
fn what_belongs_together_is_not_broken_into_two_lines() {
    let breakable = Regex::new(
        r"(?m)^[^#\n]*(\b[Ee]-\p{L}|\{ \$(?:minutes|hours|days|years|left|count|max) \} \p{L}|Microsoft[ -]365|\{ \$day \}\.? [^ ]+|^ {4}\} \{ \$month| de \{ \$month|\{ \$year \} \p{L}\.)",
    )
    .unwrap();
    for path in Files::iter().filter(|path| path.ends_with("/pages.ftl") || path.ends_with("/errors.ftl")) {
        let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
        let found: Vec<_> = breakable.find_iter(&text).map(|found| found.as_str()).collect();
        assert!(found.is_empty(), "{path}: {found:#?}");
    }
}

#[test]
fn no_text_carries_markup() {
    let markup = Regex::new(r"</?[a-z]+|&[a-z]+;").unwrap();
    for path in Files::iter() {
        let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
        assert!(!markup.is_match(&text), "{path} has markup in a text");
    }
}

/// The numbers that a plural variable takes, where these are not all from 1 on.
const COUNTS: &[(&str, std::ops::RangeInclusive<u32>)] = &[
    ("age-minutes", 1..=59),
    ("age-hours", 1..=23),
    ("again-minutes", 1..=119),
    ("again-hours", 2..=1000),
    ("code-hint-minutes", 1..=119),
    ("code-hint-hours", 2..=1000),
    ("mail-code-minutes", 1..=119),
    ("mail-code-hours", 2..=1000),
];

#[test]
fn every_plural_form_is_reached_by_a_number() {
    let plural =
        Regex::new(r"(?m)^([a-z][a-z0-9-]*) =\n    \{ \$(\w+) ->\n((?:[ ]+\*?\[[a-z]+\] .*\n)+) *\}")
            .unwrap();
    let form = Regex::new(r"\[([a-z]+)\] .*").unwrap();
    let mut seen = 0;
    for path in Files::iter() {
        let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
        let locale: crate::domain::Locale = path.split('/').next().unwrap().parse().unwrap();
        for found in plural.captures_iter(&text) {
            let (id, variable) = (&found[1], &found[2]);
            // Each form as a message that says its own name.
            let named = form.replace_all(&found[0], "[$1] $1").into_owned() + "\n";
            let file = super::File { locale: locale.clone(), name: path.to_string(), text: named };
            let bundle = super::bundle::Bundle::read(&locale, [&file].into_iter(), [].into_iter()).unwrap();
            let counts =
                COUNTS.iter().find(|(of, _)| *of == id).map_or(1..=1000, |(_, counts)| counts.clone());
            let reached: BTreeSet<String> =
                counts.filter_map(|count| bundle.format(id, &[(variable, &count.to_string())])).collect();
            for form in form.captures_iter(&found[3]) {
                assert!(reached.contains(&form[1]), "{path}: no number reaches [{}] of {id}", &form[1]);
                seen += 1;
            }
        }
    }
    assert!(seen > 100, "the reading of the files finds plural forms: {seen}");
}

#[test]
fn french_signs_have_a_narrow_space_that_does_not_break() {
    let sign = Regex::new(r"(.)(?:[:;?!»](?:[\s}]|$))|«(.)").unwrap();
    for path in Files::iter().filter(|path| path.starts_with("fr/")) {
        let text = String::from_utf8(Files::get(&path).unwrap().data.into_owned()).unwrap();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let line = line.replace("+ @ : /", "").replace("Content-Type:", "");
            for found in sign.captures_iter(&line) {
                let before = found.get(1).or(found.get(2)).unwrap().as_str();
                assert_eq!(before, "\u{202F}", "{path}: {line}");
            }
        }
    }
}
