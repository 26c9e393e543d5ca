//! Questions and answers.

use super::{CLIENT_ID, Desk, GROUP, LICENCE, NEEDED};

#[test]
fn wrong_answers_are_asked_again_in_the_words_of_the_configuration() {
    let desk = Desk::new();
    let answers = [
        "mars",
        "",
        "physics",
        "physics.example.edu",
        CLIENT_ID,
        r"st\d+@stud.example.edu",
        r"(?P<id>st\d{6})@stud\.example\.edu",
        "somebody@stud.example.edu",
        "",
        "st123456@stud.example.edu",
        "",
        "stud.physics.example.edu",
        LICENCE,
        "Germany",
        "DE",
        GROUP,
        "help@physics.example.edu",
        "Department of Physics",
        "https://signup.physics.example.edu",
        "",
        "",
        "",
        "pigeon",
        "",
        "",
        "smtp.example.edu",
        "",
        "many",
        "587",
        "",
        "",
        "perhaps",
        "",
    ];
    let ran = desk.ask(&[], &answers);
    ran.assert_code(0);
    for said in [
        "  `mars` is not known; write one of \"global\", \"us-gov-l4\"",
        "  `physics` is not the directory's id or one of its domains; ",
        "  a bare dot after the @ stands for any character",
        "  the email rule does not admit it",
        "  admits   st123456@stud.example.edu  (id = st123456)",
        "  refuses  other-st123456@stud.example.edu",
        "  this is needed",
        "  `Germany` is not a country's two letters",
        "  `pigeon` is not known; write one of \"smtp\", \"graph\"",
        "  is text, not a whole number",
        "Confirm addresses by a mailed code before anything is created (recommended) [yes]: ",
        "  is text, not true or false",
        "The sender of the mails [Department of Physics <help@physics.example.edu>]: ",
    ] {
        assert!(ran.out.contains(said), "{said} in {}", ran.out);
    }
    desk.run(&["config", "check", "--config", "config.toml"]).assert_code(0);
    insta::assert_snapshot!(desk.told("config.toml"));
}

#[test]
fn only_what_the_flags_leave_open_is_asked() {
    let desk = Desk::new();
    let ran = desk.ask(&NEEDED, &[""; 16]);
    ran.assert_code(0);
    assert!(!ran.out.contains("The mail server:") && !ran.out.contains("The directory (tenant) id"));
    let quiet = Desk::set_up(&[]);
    assert_eq!(desk.told("config.toml"), quiet.told("config.toml"), "Enter takes what no question takes");
}

#[test]
fn answers_that_end_too_soon_are_told_as_flags() {
    let desk = Desk::new();
    let ran = desk.ask(&[], &["", "physics.example.edu", "", "stud.example.edu"]);
    ran.assert_code(2);
    for flag in ["--domain", "--support-email", "--public-url", "--smtp-host"] {
        assert!(ran.err.contains(&format!("\n  {flag}\n")), "{flag} in {}", ran.err);
    }
    assert!(!ran.err.contains("--tenant"), "{}", ran.err);
    assert!(desk.is_empty());
}

#[test]
fn typed_secrets_go_into_files_of_their_own() {
    let desk = Desk::new();
    let flags = [
        "--smtp-user",
        "physics",
        "--site-name",
        "Physics",
        "--mail-from",
        "a@example.edu",
        "--cloud",
        "global",
    ];
    let database = "postgres://accounts:word@db.example.edu/accounts";
    let ran = desk.ask(
        &[&NEEDED[..], &flags].concat(),
        &[CLIENT_ID, "", "", "", "", "", database, "", "", "", "", "", "the mail secret", ""],
    );
    ran.assert_code(0);
    for (file, secret) in [("smtp-password", "the mail secret"), ("database-url", database)] {
        assert_eq!((desk.read(file).as_str(), desk.mode(file)), (secret, 0o600));
        for public in ["config.toml", "entra-setup.sh", "entra-portal.md"] {
            assert!(!desk.read(public).contains(secret), "{public}");
        }
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret));
    }
    desk.run(&["config", "check", "--config", "config.toml"]).assert_code(0);
    let before = desk.trace();
    desk.ask(&[], &[]).assert_code(0);
    assert_eq!(desk.trace(), before);

    // One that was written and holds nothing is not filled by anybody but its owner.
    let empty = Desk::new();
    std::fs::write(empty.path("smtp-password"), "").unwrap();
    let ran = empty.ask(&[&NEEDED[..], &flags].concat(), &[""; 14]);
    ran.assert_code(1);
    assert!(ran.err.contains("write the user's password into "), "{}", ran.err);
}

#[test]
fn faults_of_answers_together_are_mended_too() {
    let desk = Desk::new();
    let flags = ["--smtp-user", "physics", "--smtp-security", "plain"];
    let ran = desk.setup(&[&NEEDED[..], &flags].concat());
    ran.assert_code(2);
    let mut answers = vec![""; 13];
    answers.extend(["secret", "", "", "tls"]);
    let ran = desk.ask(&[&NEEDED[..], &flags].concat(), &answers);
    ran.assert_code(0);
    assert!(ran.out.contains("would send the password in the clear"), "{}", ran.out);
    assert!(desk.read("config.toml").contains("security = \"tls\""));
}
