//! `texts check` and `texts list`.

use std::fs;

use crate::support::Installation;

/// An installation with these files of texts.
fn with(files: &[(&str, &str)]) -> Installation {
    let installation = Installation::new();
    for (path, text) in files {
        let path = installation.path("texts").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    installation.configure(&(installation.valid() + "[texts]\ndir = \"texts\"\n"));
    installation
}

#[test]
fn every_fault_is_listed_and_ends_with_1() {
    let installation =
        with(&[("de/a.ftl", "page-home = { $nmae }\npage-hoem = x\nbroken = {\n"), ("loose.ftl", "")]);
    let ran = installation.run(&["texts", "check"]);
    ran.assert_code(1);
    assert_eq!(ran.out, "");
    let lines: Vec<_> = ran.err.lines().collect();
    assert_eq!(lines[0], "error: the texts are at fault");
    for start in [
        "texts/loose.ftl does not belong to a language",
        "texts/de/a.ftl, line 1: `page-home` has no variable `nmae`",
        "texts/de/a.ftl, line 2: there is no message `page-hoem`; did you mean `page-home`?",
        "texts/de/a.ftl, line 3: ",
    ] {
        assert!(lines.iter().any(|line| line.starts_with(start)), "{start} in {}", ran.err);
    }
    assert_eq!(lines.len(), 5, "{}", ran.err);
    installation.run(&["texts", "list"]).assert_code(1);
}

#[test]
fn a_further_language_is_told_what_it_lacks() {
    let installation = with(&[("sv/a.ftl", "language-name = Svenska\n"), ("sv/a.ftl.bak", "")]);
    let ran = installation.run(&["texts", "check"]);
    ran.assert_code(0);
    assert!(
        ran.out.starts_with("note: sv: ") && ran.out.contains(" messages are read in English: "),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("note: texts/sv/a.ftl.bak: not read"), "{}", ran.out);
    assert!(ran.out.ends_with("\nthe texts are valid\n"), "{}", ran.out);
    // A translator has the folder, and no configuration.
    installation.configure("");
    let ran = installation.run(&["texts", "check", "--dir", "texts"]);
    ran.assert_code(0);
}

#[test]
fn what_is_listed_is_a_file_of_texts() {
    let installation = with(&[("de/a.ftl", "page-home = Zum Antrag\n")]);
    let listed = installation.run(&["texts", "list", "--lang", "de"]);
    listed.assert_code(0);
    assert!(listed.out.contains("# de, texts/de/a.ftl\n\npage-home = Zum Antrag\n"), "{}", listed.out);
    assert!(listed.out.contains("# de, built in\n"), "{}", listed.out);
    fs::write(installation.path("texts/de/a.ftl"), &listed.out).unwrap();
    assert_eq!(installation.run(&["texts", "check"]).out, "the texts are valid\n");

    let json = installation.run(&["texts", "list", "--lang", "fr", "--json"]).json();
    let found = json.as_array().unwrap().iter().find(|text| text["id"] == "language-name").unwrap();
    assert_eq!(
        (&found["text"], &found["language"], &found["source"]),
        (&"Français".into(), &"fr".into(), &"built in".into())
    );
    installation.run(&["texts", "list", "--lang", "tlh"]).assert_code(1);
}

#[test]
fn without_a_folder_the_built_in_texts_are_in_force() {
    let installation = Installation::new();
    let ran = installation.run(&["texts", "check"]);
    ran.assert_code(0);
    assert_eq!(ran.out, "texts.dir is not set: the built-in texts are in force\n");
}
