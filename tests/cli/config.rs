//! `config check`, `config show`, and what a faulty configuration does to every command.

use crate::support::{Installation, SECRET, SMTP_PASSWORD};

#[test]
fn a_valid_configuration_says_so() {
    let ran = Installation::new().run(&["config", "check"]);
    ran.assert_code(0);
    assert_eq!(ran.out, "the configuration is valid\n");
    assert!(ran.err.starts_with("warning: signup.confirm_email is off: anybody can sign up"), "{}", ran.err);
    assert!(ran.err.contains("warning: the secret_key does not look random"), "{}", ran.err);
    let confirming = Installation::new();
    let text = confirming
        .valid()
        .replace("[server]\n", "[server]\npublic_url = \"https://signup.example.edu\"\n")
        .replace(SECRET, "k1Zp7Vx0QdT4mB9sJ3uWc6Yf2LhN8aRe5GgXoPiEtUw=");
    confirming.configure(&format!("{text}[signup]\nconfirm_email = true\n"));
    let ran = confirming.run(&["config", "check"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
}

#[test]
fn all_faults_are_listed_at_once_each_with_its_key_and_what_to_write() {
    let installation = Installation::new();
    let faulty = installation
        .valid()
        .replace("support_email = \"help@example.edu\"", "suport_email = \"help@example.edu\"")
        .replace("listen = \"127.0.0.1:", "listen = \"localhost:")
        .replace("tenant = \"main\"", "tenant = \"mian\"")
        .replace("usage_location = \"DE\"", "usage_location = \"Germany\"")
        .replace(SECRET, "short")
        + "port = \"many\"\n";
    installation.configure(&faulty);
    let ran = installation.run(&["config", "check"]);
    ran.assert_code(78);
    assert_eq!(ran.out, "");
    for key in [
        "secret_key",
        "support_email",
        "server.listen",
        "profiles[0].tenant",
        "profiles[0].usage_location",
        "mail.smtp.port",
    ] {
        let line = ran.err.lines().find(|line| line.starts_with(&format!("{key}: ")));
        let line = line.unwrap_or_else(|| panic!("{key} is not named in {}", ran.err));
        assert!(line.contains("; "), "it says what to write: {line}");
    }
    assert!(ran.err.contains("suport_email") && ran.err.contains("did you mean"), "{}", ran.err);
    assert!(!ran.err.contains("\"short\""), "a secret is not shown: {}", ran.err);
}

#[test]
fn every_command_that_needs_a_configuration_ends_with_78_without_one() {
    let installation = Installation::new();
    installation.configure("secret_key = 5\n[");
    let commands: [&[&str]; 9] = [
        &["serve"],
        &["migrate"],
        &["config", "check"],
        &["config", "show"],
        &["profiles", "test", "st123456@stud.example.edu"],
        &["signups", "list"],
        &["signups", "retry", "--all"],
        &["prune", "--dry-run"],
        &["health"],
    ];
    for command in commands {
        let ran = installation.run(command);
        ran.assert_code(78);
        assert!(ran.err.starts_with("error: the configuration is at fault\n"), "{}", ran.err);
    }
    let missing = installation.run(&["--config", "nowhere.toml", "config", "check"]);
    missing.assert_code(78);
    assert!(missing.err.contains("nowhere.toml"), "{}", missing.err);
}

#[test]
fn what_is_shown_can_be_used_again_and_has_no_secret() {
    let installation = Installation::new();
    let shown = installation.run(&["config", "show"]);
    shown.assert_code(0);
    for line in [
        "secret_key = \"•••\"",
        "password = \"•••\"",
        "confirm_email = false",
        "[[profiles]]",
        "employeeId = \"{number}\"",
    ] {
        assert!(shown.out.contains(line), "{line} is missing in {}", shown.out);
    }
    assert!(!shown.out.contains(SECRET) && !shown.out.contains(SMTP_PASSWORD), "{}", shown.out);
    let url = format!("url = \"{}\"", installation.database_url());
    installation.configure(&shown.out.replace("url = \"•••\"", &url).replacen("•••", SECRET, 1));
    let again = installation.run(&["config", "show"]);
    again.assert_code(0);
    let values = |text: &str| {
        text.lines().map(|line| line.split("  # from").next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(values(&again.out), values(&shown.out));
}

#[test]
fn the_environment_goes_over_the_file_and_the_argument_over_the_variable() {
    let installation = Installation::new();
    let over = installation
        .command(&["config", "show"])
        .env("ACCOUNTCREATOR__SIGNUP__PASSWORD_LENGTH", "24")
        .output()
        .unwrap();
    let shown = String::from_utf8(over.stdout).unwrap();
    assert!(shown.contains("password_length = 24  # from "), "{shown}");
    std::fs::write(
        installation.path("other.toml"),
        installation.valid() + "[signup]\npassword_length = 30\n",
    )
    .unwrap();
    let other = installation.run(&["config", "show", "--config", "other.toml"]);
    assert!(other.out.contains("password_length = 30"), "{}", other.out);
}

#[test]
fn the_reference_needs_no_configuration_and_its_committed_copy_is_current() {
    let installation = Installation::new();
    installation.configure("[");
    let printed = installation.run(&["config", "reference"]);
    printed.assert_code(0);
    let is_current = printed.out == include_str!("../../config/reference.md");
    assert!(is_current, "renew it: cargo run -- config reference > config/reference.md");
}
