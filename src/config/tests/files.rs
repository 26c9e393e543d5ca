//! The two files that come with the program: the defaults, which name every key, and the example.

use std::collections::BTreeSet;

use regex::Regex;

use crate::{config::source::DEFAULTS, domain::Email};

use super::*;

const EXAMPLE: &str = include_str!("../../../config/example.toml");

/// A folder with all the files that the examples name.
fn furnished() -> Folder {
    let folder = Folder::new();
    for name in ["ca.pem", "mail-ca.pem"] {
        fs::copy(folder.path("certificate.pem"), folder.path(name)).unwrap();
    }
    fs::copy(folder.path("certificate.pem"), folder.path("certificate-2.pem")).unwrap();
    fs::copy(folder.path("key.pem"), folder.path("key-2.pem")).unwrap();
    folder.write("secret-key", SECRET);
    folder.write("secret-key-previous", "the secret key before, of 32 bytes and more");
    folder.write("database-url", "postgres://db/signup");
    folder.write("smtp-password", "hush");
    folder.write("logo.svg", "<svg/>");
    folder.write("favicon.svg", "<svg/>");
    fs::create_dir(folder.path("static")).unwrap();
    folder
}

/// The text with its paths in this folder.
fn moved(text: &str, folder: &Folder) -> String {
    let here = format!("{}/", folder.0.path().display());
    text.replace("/etc/accountcreator/", &here).replace("/run/secrets/", &here)
}

#[test]
fn the_defaults_name_every_key_and_no_other() {
    let mut section = String::new();
    let mut documented = BTreeSet::new();
    let line = Regex::new(r"^(?:# )?(?:\[+([a-z._]+)\]+|([A-Za-z0-9_]+) = .*)$").unwrap();
    for found in DEFAULTS.lines().filter_map(|text| line.captures(text)) {
        if let Some(header) = found.get(1) {
            header.as_str().clone_into(&mut section);
        } else if section != "profiles.attributes" {
            documented.insert(format!("{section}.{}", &found[2]));
        }
    }
    let config = Folder::new().with("").unwrap();
    let known = config.settings.all.iter().map(|setting| {
        let section = setting.section.split('[').next().unwrap_or_default();
        format!("{section}.{}", setting.name)
    });
    let known: BTreeSet<_> = known.chain([".profiles".to_owned()]).collect();
    assert_eq!(documented, known);
}

#[test]
fn every_example_in_the_defaults_is_valid() {
    let example = Regex::new(r"(?m)^# (\[.*\]|[A-Za-z_]+ = .*)$").unwrap();
    let given_otherwise = Regex::new("(?m)^(profiles = .*|url = .*|[a-z_]+ = \"…\")$").unwrap();
    let text = example.replace_all(DEFAULTS, "$1");
    let text = given_otherwise.replace_all(&text, "");
    let config = from_toml(&moved(&text, &furnished())).map_err(|faults| faults.to_string()).unwrap();
    assert_eq!(config.server.public_url.as_deref(), Some("https://www.example.edu/signup"));
    assert_eq!(config.tenants.values().next().unwrap().marker_attribute, 14);
}

#[test]
fn the_example_is_valid_and_does_what_it_says() {
    let config = from_toml(&moved(EXAMPLE, &furnished())).map_err(|faults| faults.to_string()).unwrap();
    let profile_of = |address: &str| {
        let email = Email::parse(address).unwrap();
        config.profiles.admit(&email).map(|admission| admission.profile.name.to_string())
    };
    assert_eq!(profile_of("st123456@stud.example.edu").as_deref(), Some("students"));
    assert_eq!(profile_of("Jo.Doe@lab.physics.example.edu").as_deref(), Some("staff"));
    assert_eq!(profile_of("jo.doe@physics.example.edu").as_deref(), Some("staff"));
    assert_eq!(profile_of("jo.doe@chemistry.example.edu"), None);
    assert!(config.profiles.browser_pattern().is_some());
    assert!(config.signup.confirm_email);
}
