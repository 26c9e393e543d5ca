//! An operator's folder of texts: what it changes, what is refused, what is passed over.

#![allow(clippy::unwrap_used)]

use std::fs;

use tempfile::TempDir;

use super::*;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The faults of such a folder, without its path.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    let faults = Texts::read(Some(folder.path())).unwrap_err();
    let here = format!("{}/", folder.path().display());
    assert_eq!(check(folder.path()).unwrap_err(), faults);
    faults.iter().map(|fault| fault.to_string().replace(&here, "")).collect()
}

#[test]
fn messages_are_changed_and_languages_added() {
    let folder = folder(&[
        ("de/ours.ftl", "\u{feff}page-home = Zum Antrag\n-uni = Uni\npage-help = Fragen zur { -uni }?\n"),
        ("en/ours.ftl", "page-skip = Skip it\n"),
        ("sv/pages.ftl", "language-name = Svenska\nform-title = Skaffa ditt konto\n"),
    ]);
    let texts = Texts::read(Some(folder.path())).unwrap();
    let german = texts.language(&"de".parse().unwrap());
    assert_eq!(german.text("page-home"), "Zum Antrag");
    assert_eq!(german.text("page-help"), "Fragen zur Uni?");
    assert_eq!(
        german.text("form-submit"),
        Texts::embedded().unwrap().language(german.locale()).text("form-submit")
    );
    let swedish = texts.negotiate("sv-SE, de;q=0.5");
    assert_eq!(
        (swedish.name().as_str(), swedish.text("form-title").as_str()),
        ("Svenska", "Skaffa ditt konto")
    );
    assert_eq!(swedish.text("page-skip"), "Skip it", "English stands behind it, as it was changed");
    let offered = texts.offering(&["sv".parse().unwrap()]).unwrap();
    assert_eq!(offered.languages().count(), 1);
}

#[test]
fn every_fault_is_told_at_once_with_its_place() {
    let faults = faults(&[
        ("stray.ftl", "page-home = x"),
        ("not a tag/x.ftl", ""),
        ("pt_br/x.ftl", "language-name = Português"),
        ("de/deep/x.ftl", ""),
        ("de/a.ftl", "page-home = A\npage-hepl = B\nform-title = { $titel }\nbroken = { $\n"),
        ("de/b.ftl", "page-home = B\nerror-summary = { $cuont } { NUMBER($count) } { -none } { nothing }\n"),
        ("sv/x.ftl", "page-home =\n    .title = x\n"),
    ]);
    let starts = [
        "de/deep does not belong to a language",
        "not a tag does not belong to a language",
        "pt_br is not how the tag is written: name the folder `pt-br`",
        "stray.ftl does not belong to a language",
        "de/a.ftl, line 4: ",
        "de/a.ftl, line 2: there is no message `page-hepl`; did you mean `page-help`?",
        "de/a.ftl, line 3: `form-title` has no variable `titel`",
        "de/b.ftl, line 2: `error-summary` calls NUMBER, but functions cannot be used",
        "de/b.ftl, line 2: `error-summary` refers to `-none`, which there is not",
        "de/b.ftl, line 2: `error-summary` refers to `nothing`, which there is not",
        "de/b.ftl, line 2: `error-summary` has no variable `cuont`; did you mean `count`?",
        "de/b.ftl, line 1: the message `page-home` is there twice",
        "sv/x.ftl, line 1: `page-home` has no text",
        "sv is a further language and needs the message `language-name`",
    ];
    for start in starts {
        assert!(
            faults.iter().any(|fault| fault.to_lowercase().starts_with(&start.to_lowercase())),
            "{start} in {faults:#?}"
        );
    }
    assert_eq!(faults.len(), starts.len(), "{faults:#?}");
}

#[test]
fn a_folder_that_is_not_there_is_a_fault() {
    let faults = Texts::read(Some(Path::new("/nowhere/at/all"))).unwrap_err().to_string();
    assert!(faults.starts_with("/nowhere/at/all cannot be read ("), "{faults}");
}

#[test]
fn what_an_editor_leaves_behind_is_passed_over_and_noted() {
    let folder = folder(&[
        ("README.md", "Ours."),
        ("de/pages.ftl~", "broken"),
        ("de/.#pages.ftl", "broken"),
        ("..data/x/y.ftl", "broken"),
        ("de/pages.ftl", "status-no-mail-text = Geduld.\n"),
        ("sv/pages.ftl", "language-name = Svenska\n"),
    ]);
    let notes = check(folder.path()).unwrap();
    let has = |part: &str| notes.iter().any(|note| note.contains(part));
    assert!(has("README.md: not read") && has("pages.ftl~: not read"), "{notes:#?}");
    assert!(has("de/pages.ftl, line 1: `status-no-mail-text` leaves out $support"), "{notes:#?}");
    assert!(has("messages are read in English: again-hours, ") && !has("language-name"), "{notes:#?}");
    assert_eq!(notes.len(), 4, "{notes:#?}");
}

#[test]
fn the_wording_in_force_is_told_with_its_source() {
    let folder = folder(&[
        ("en/x.ftl", "page-skip = Skip it\n"),
        ("sv/x.ftl", "language-name = Svenska\npage-home = Hem\n"),
    ]);
    let wordings = wordings(Some(folder.path()), &"sv".parse().unwrap()).unwrap();
    let found = |id: &str| wordings.iter().find(|wording| wording.id == id).unwrap();
    let seen = |id: &str| {
        let wording = found(id);
        let file =
            wording.file.as_ref().map(|file| file.replace(&format!("{}/", folder.path().display()), ""));
        (wording.entry.clone(), wording.language.to_string(), file.unwrap_or_default())
    };
    let told =
        |entry: &str, language: &str, file: &str| (entry.to_owned(), language.to_owned(), file.to_owned());
    assert_eq!(seen("page-home"), told("page-home = Hem\n", "sv", "sv/x.ftl"));
    assert_eq!(seen("page-skip"), told("page-skip = Skip it\n", "en", "en/x.ftl"));
    assert_eq!(seen("form-first-name"), told("form-first-name = First name\n", "en", ""));
    assert_eq!(wordings.len(), super::wordings(None, &"en".parse().unwrap()).unwrap().len());
    assert!(super::wordings(None, &"tlh".parse().unwrap()).is_err());
}
