//! What the README shows works as shown.
#![allow(clippy::unwrap_used, missing_docs)]

use std::{fs, process::Command};

use accountcreator::graph::Permission;

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
fn its_systemd_unit_is_sandboxed() {
    let unit = block("ini");
    let mut section = "";
    for line in unit.lines().filter(|line| !line.is_empty()) {
        if line.starts_with('[') {
            assert!(["[Unit]", "[Service]", "[Install]"].contains(&line), "{line}");
            section = line;
        } else {
            let (key, _) = line.split_once('=').unwrap_or_else(|| panic!("{line} is no setting"));
            assert!(!section.is_empty() && key.chars().all(char::is_alphanumeric), "{line}");
        }
    }
    assert!(unit.contains("\nExecStart=/usr/local/bin/accountcreator serve\n"));
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("accountcreator.service");
    fs::write(&file, unit).unwrap();
    if !systemd_can_rate_files() {
        return;
    }
    // The threshold is in tenths: each version rates a little differently.
    let rating = Command::new("systemd-analyze")
        .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
        .arg(file)
        .output()
        .unwrap();
    let said = [rating.stdout, rating.stderr].concat();
    assert!(rating.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// Not every machine has systemd, and before version 250 it rates only what is installed.
fn systemd_can_rate_files() -> bool {
    let Ok(version) = Command::new("systemd-analyze").arg("--version").output() else { return false };
    let version = String::from_utf8_lossy(&version.stdout).into_owned();
    let number = version.split_whitespace().nth(1).and_then(|number| number.parse::<u32>().ok());
    number.is_some_and(|number| number >= 250)
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
