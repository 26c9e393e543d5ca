//! What the program says of itself.

use crate::support::{Installation, Ran};

fn help(arguments: &[&str]) -> String {
    let ran = Installation::new().command(arguments).env_remove("ACCOUNTCREATOR_CONFIG").output().unwrap();
    let ran = Ran::of(&ran);
    ran.assert_code(0);
    ran.out
}

#[test]
fn the_program_explains_itself() {
    insta::assert_snapshot!(help(&["--help"]));
}

#[test]
fn every_command_explains_itself() {
    let commands: [&[&str]; 33] = [
        &["setup"],
        &["serve"],
        &["migrate"],
        &["demo"],
        &["sandbox"],
        &["manifest"],
        &["cert"],
        &["cert", "new"],
        &["cert", "show"],
        &["cert", "rotate"],
        &["doctor"],
        &["config"],
        &["config", "check"],
        &["config", "show"],
        &["config", "reference"],
        &["profiles"],
        &["profiles", "test"],
        &["routes"],
        &["texts"],
        &["texts", "check"],
        &["texts", "list"],
        &["signups"],
        &["signups", "list"],
        &["signups", "show"],
        &["signups", "retry"],
        &["signups", "undelivered"],
        &["backup"],
        &["import"],
        &["import", "original"],
        &["prune"],
        &["health"],
        &["completions"],
        &["man"],
    ];
    let pages = commands.map(|command| {
        let name = command.join(" ");
        format!("$ accountcreator {name} --help\n{}", help(&[command, &["--help"]].concat()))
    });
    insta::assert_snapshot!(pages.join("\n"));
}

#[test]
fn the_version_is_the_packages() {
    assert_eq!(help(&["--version"]), format!("accountcreator {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn shells_get_their_completions() {
    for (shell, mark) in [
        ("bash", "complete -F _accountcreator"),
        ("zsh", "#compdef accountcreator"),
        ("fish", "complete -c accountcreator"),
    ] {
        let script = help(&["completions", shell]);
        assert!(script.contains(mark), "{shell}");
        assert!(script.contains("migrate") && script.contains("signups"), "{shell}");
    }
}

#[test]
fn wrong_usage_ends_with_2_and_shows_the_right_one() {
    let installation = Installation::new();
    let commands: [&[&str]; 6] = [
        &[],
        &["serv"],
        &["serve", "now"],
        &["config"],
        &["signups", "list", "--limit", "0"],
        &["completions", "cmd"],
    ];
    for command in commands {
        let ran = installation.run(command);
        ran.assert_code(2);
        assert!(ran.err.contains("Usage") || ran.err.contains("--help"), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    assert!(installation.run(&["serv"]).err.contains("'serve'"), "it knows what was meant");
}

#[test]
fn a_command_that_reads_no_configuration_takes_none() {
    let installation = Installation::new();
    let commands: [(&[&str], &str); 5] = [
        (&["demo", "--config", "config.toml"], "serve --config FILE"),
        (&["--config", "config.toml", "sandbox"], "sandbox --help"),
        (&["setup", "--non-interactive", "--config", "config.toml"], "--dir"),
        (&["completions", "bash", "--config", "config.toml"], "reads no configuration"),
        (&["man", "--config", "config.toml"], "reads no configuration"),
    ];
    for (arguments, instead) in commands {
        let ran = installation.run(arguments);
        ran.assert_code(2);
        assert!(ran.err.contains("--config has no effect") && ran.err.contains(instead), "{}", ran.err);
    }
    assert!(installation.run(&["man"]).out.contains(".TH"), "the variable is for all commands of a machine");
    installation.run(&["config", "check", "--config", "config.toml"]).assert_code(0);
}
