//! What the README shows works as shown.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, process::Command};

use accountcreator::{
    domain::{Attention, Stage, Waiting},
    graph::Permission,
};

const README: &str = include_str!("../README.md");

/// The first block of this language.
fn block(language: &str) -> &'static str {
    let (_, rest) = README.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("\n```").unwrap().0
}

#[test]
fn its_configuration_is_valid() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let pair = rcgen::KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, rcgen::RsaKeySize::_2048).unwrap();
    let certificate = rcgen::CertificateParams::default().self_signed(&pair).unwrap();
    fs::write(file("key.pem"), pair.serialize_pem()).unwrap();
    fs::write(file("certificate.pem"), certificate.pem()).unwrap();
    fs::write(file("secret-key"), "k1Zp7Vx0QdT4mB9sJ3uWc6Yf2LhN8aRe5GgXoPiEtUw=\n").unwrap();
    fs::write(file("smtp-password"), "a password\n").unwrap();
    let shown = block("toml").replace("/etc/accountcreator", directory.path().to_str().unwrap());
    fs::write(file("config.toml"), shown).unwrap();
    let check = Command::new(env!("CARGO_BIN_EXE_accountcreator"))
        .args(["config", "check", "--config"])
        .arg(file("config.toml"))
        .current_dir(directory.path())
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
}

#[test]
fn its_commands_exist() {
    let help = Command::new(env!("CARGO_BIN_EXE_accountcreator")).arg("--help").output().unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    let shell = README.split("```sh\n").skip(1).filter_map(|rest| rest.split("\n```").next());
    let commands = shell.flat_map(str::lines).filter_map(|line| line.strip_prefix("accountcreator "));
    let mut seen = 0;
    for command in commands.filter_map(|line| line.split_whitespace().next()) {
        assert!(help.contains(&format!("\n  {command} ")), "the README names `accountcreator {command}`");
        seen += 1;
    }
    assert!(seen >= 5, "the README shows commands");
}

#[test]
fn its_permissions_are_those_the_program_asks_for() {
    let row = |permission: Permission| {
        let when = match permission {
            Permission::Licences | Permission::Groups => " (only if a profile has some)",
            Permission::Passwords => " (only with `reset_passwords`)",
            Permission::Seats => " (only with `seats.watch`)",
            Permission::Mail => " (only with `transport = \"graph\"` without `scoped`)",
            _ => "",
        };
        format!("| `{}` | {}{when} | `{}` |", permission.name(), permission.purpose(), permission.app_role())
    };
    let table = README.lines().skip_while(|line| !line.starts_with("| permission |")).skip(2);
    let rows: Vec<&str> = table.take_while(|line| line.starts_with("| ")).collect();
    assert_eq!(rows, Permission::WORKING.map(row));
}

#[test]
fn its_stages_and_reasons_are_all_there_are() {
    let words = Stage::ALL.iter().map(|stage| stage.as_str());
    let words = words.chain(Waiting::ALL.iter().map(|reason| reason.as_str()));
    let words: Vec<_> = words.chain(Attention::ALL.iter().map(|reason| reason.as_str())).collect();
    let (_, rest) = README.split_once("<summary>Stages, and reasons").unwrap();
    let (tables, _) = rest.split_once("</details>").unwrap();
    let rows = tables.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let rows: Vec<_> = rows.map(|(word, meaning)| (word, meaning.trim_end_matches(" |"))).collect();
    assert_eq!(rows.iter().map(|(word, _)| *word).collect::<Vec<_>>(), words);
    assert!(rows.iter().all(|(_, meaning)| meaning.len() > 10), "{rows:?}");
}
