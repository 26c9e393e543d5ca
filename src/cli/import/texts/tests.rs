//! Tests of the texts that translations become, and that the table fits the texts there are.

#![allow(clippy::unwrap_used)]

use std::fs;

use rstest::rstest;

use super::*;
use crate::texts;

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (language, source) in files {
        let inside = folder.path().join(language).join("LC_MESSAGES");
        fs::create_dir_all(&inside).unwrap();
        fs::write(inside.join("messages.po"), source).unwrap();
    }
    folder
}

#[test]
fn the_table_names_texts_that_are_there_with_their_variables() {
    let wordings = texts::wordings(None, &"en".parse().unwrap()).unwrap();
    let mut targets = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for (id, target) in &TABLE {
        assert!(ids.insert(id), "{id} is there twice");
        let Text(ours, variables) = target else { continue };
        assert!(targets.insert(ours), "{ours} is there twice");
        let wording = wordings.iter().find(|wording| wording.id == *ours);
        let entry = &wording.unwrap_or_else(|| panic!("there is no {ours}")).entry;
        for variable in *variables {
            assert!(entry.contains(&format!("{{ ${variable} }}")), "{ours} has no ${variable}");
        }
    }
}

#[rstest]
#[case("  Two\n  lines ", &[], Ok("Two lines"))]
#[case("100 %% {x}", &[], Ok("100 % {\"{\"}x{\"}\"}"))]
#[case("Write to <a href=mailto:%(support)s>%(support)s</a>!", &["support"], Ok("Write to { $support }!"))]
#[case("1 < 2 <3", &[], Ok("1 < 2 <3"))]
#[case("%(password)s", &["support"], Err("ours has no value for %(password)s"))]
fn a_translation_becomes_fluent(
    #[case] text: &str,
    #[case] variables: &[&str],
    #[case] expected: Result<&str, &str>,
) {
    assert_eq!(fluent(text, variables).as_deref().map_err(String::as_str), expected);
}

#[test]
fn whatever_is_written_passes_the_check() {
    let nasty = "msgid \"Name\"\nmsgstr \" [x] .y *z { \\\"a\\\" } %(x # = -\\\\u00e4\"\n\
         msgid \"Email illegal\"\nmsgstr \"%(support)s: nein\"\nmsgid \"Next\"\nmsgstr \"Weiter\"\n\
         #, fuzzy\nmsgid \"Family Name\"\nmsgstr \"Nachname\"\nmsgid \"Other\"\nmsgstr \"Andere\"\n\
         msgid \"Detailed legal text email\"\nmsgstr \"OPEN Detailed legal text email\"\n";
    let source = folder(&[
        ("de_DE", nasty),
        ("zh", nasty),
        ("sv", nasty),
        ("en", "msgid \"Name\"\nmsgstr \"Name\"\n"),
    ]);
    let translations = read(source.path()).unwrap();
    let tags: Vec<_> = translations.languages.iter().map(|language| language.tag.as_str()).collect();
    assert_eq!(tags, ["de", "sv", "zh-Hans"], "nothing is new in English");
    let left: Vec<_> = translations.left.iter().filter(|left| left.language == "de").collect();
    let left: Vec<_> = left.iter().map(|left| (left.line, left.id.as_str())).collect();
    assert_eq!(left, [(5, "Next"), (8, "Family Name"), (10, "Other")]);

    let written = tempfile::tempdir().unwrap();
    for language in &translations.languages {
        fs::create_dir(written.path().join(&language.tag)).unwrap();
        fs::write(written.path().join(&language.tag).join("original.ftl"), language.file()).unwrap();
    }
    texts::check(written.path()).unwrap_or_else(|faults| panic!("{faults}"));
    let texts = Texts::read(Some(written.path())).unwrap();
    let german = texts.language(&"de".parse().unwrap());
    assert_eq!(german.text("form-first-name"), "[x] .y *z { \"a\" } %(x # = -\\u00e4");
    let admitted = german.text_with("error-email-not-admitted", &[("support", "a@b.c")]);
    assert!(admitted.contains("a@b.c") && admitted.ends_with(": nein"), "{admitted}");
}

#[test]
fn a_folder_without_translations_says_what_is_missing() {
    let empty = folder(&[]);
    assert!(read(empty.path()).err().unwrap().to_string().contains("LC_MESSAGES/messages.po"));
    let compiled = empty.path().join("de/LC_MESSAGES");
    fs::create_dir_all(&compiled).unwrap();
    fs::write(compiled.join("messages.mo"), "").unwrap();
    assert!(read(empty.path()).err().unwrap().to_string().contains("msgunfmt"));
    let odd = folder(&[("no language", "")]);
    assert!(read(odd.path()).err().unwrap().to_string().contains("is not called by a language"));
    let twice = folder(&[("de", ""), ("de_AT", "")]);
    assert!(read(twice.path()).err().unwrap().to_string().contains("once more"));
}
