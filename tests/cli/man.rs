//! The manual: whole, and well formed.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use crate::support::Installation;

/// The commands that a help page lists.
fn commands(installation: &Installation, of: &[&str]) -> Vec<String> {
    let help = installation.run(&[of, &["--help"]].concat()).out;
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| line.strip_prefix("  "));
    let names = names.filter(|line| !line.starts_with(' ')).filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "help").map(ToOwned::to_owned).collect()
}

#[test]
fn the_manual_names_every_command_and_how_it_ends() {
    let installation = Installation::new();
    let page = installation.run(&["man"]);
    page.assert_code(0);
    let commands = commands(&installation, &[]);
    assert!(commands.len() > 10, "{commands:?}");
    for command in commands {
        assert!(
            page.out.contains(&format!("\naccountcreator\\-{command}(1)\n")),
            "{command} in {}",
            page.out
        );
    }
    for chapter in ["NAME", "SYNOPSIS", "OPTIONS", "FILES", "ENVIRONMENT", "\"EXIT STATUS\"", "VERSION"] {
        assert!(page.out.contains(&format!("\n.SH {chapter}\n")), "{chapter} in {}", page.out);
    }
    for status in ["0", "1", "2", "78"] {
        assert!(page.out.contains(&format!(".TP\n\\fB{status}\\fR\n")), "{status} in {}", page.out);
    }
    assert!(
        page.out.contains("ACCOUNTCREATOR_CONFIG") && page.out.contains("/etc/accountcreator/config.toml")
    );
}

#[test]
fn every_command_has_a_page_that_formats_without_a_complaint() {
    let installation = Installation::new();
    installation.run(&["man", "--dir", "manual"]).assert_code(0);
    let entries = fs::read_dir(installation.path("manual")).unwrap();
    let written: BTreeSet<_> = entries.map(|entry| entry.unwrap().path()).collect();
    let name = |names: &[&str]| installation.path("manual").join(format!("{}.1", names.join("-")));
    let mut expected = BTreeSet::from([name(&["accountcreator"])]);
    for command in commands(&installation, &[]) {
        expected.insert(name(&["accountcreator", &command]));
        for below in commands(&installation, &[&command]) {
            expected.insert(name(&["accountcreator", &command, &below]));
        }
    }
    assert_eq!(written, expected);
    let whole = installation.run(&["man"]).out;
    assert_eq!(fs::read_to_string(name(&["accountcreator"])).unwrap(), whole);
    for page in written {
        assert_formats("groff", &["-man", "-Tutf8", "-ww", "-z"], &page);
        assert_formats("mandoc", &["-Tlint", "-Werror"], &page);
    }
}

fn assert_formats(formatter: &str, arguments: &[&str], page: &Path) {
    let Ok(ran) = Command::new(formatter).args(arguments).arg(page).output() else {
        return crate::skipped::skip(formatter, &format!("there is no {formatter}"));
    };
    let said = String::from_utf8([ran.stdout, ran.stderr].concat()).unwrap();
    assert!(ran.status.success() && said.is_empty(), "{formatter}: {said}");
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let installation = Installation::new();
    let ran = installation.run(&["man", "--dir", "config.toml/manual"]);
    ran.assert_code(1);
    assert!(
        ran.err.starts_with("error: the manual cannot be written into config.toml/manual\n  cause: "),
        "{}",
        ran.err
    );
}
