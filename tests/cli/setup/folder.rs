//! What is written, and what is left alone.

use std::{fs, os::unix::fs::PermissionsExt};

use super::{CLIENT_ID, Desk, GROUP, LICENCE, NEEDED};

#[test]
fn an_empty_folder_gets_all_that_is_needed() {
    let desk = Desk::new();
    let ran = desk.setup(&[&NEEDED[..], &["--client-id", CLIENT_ID]].concat());
    ran.assert_code(0);
    for (name, mode) in [
        ("key.pem", 0o600),
        ("certificate.pem", 0o644),
        ("secret-key", 0o600),
        ("config.toml", 0o644),
        ("entra-setup.sh", 0o755),
        ("entra-portal.md", 0o644),
    ] {
        assert_eq!(desk.mode(name), mode, "{name}");
        assert!(include_str!("../../../README.md").contains(&format!("`{name}`")), "{name} in the README");
    }
    assert_eq!(desk.trace().len(), 6);
    insta::assert_snapshot!(desk.told("config.toml"));
    let check = desk.run(&["config", "check", "--config", "config.toml"]);
    check.assert_code(0);
    let shown = desk.run(&["cert", "show", "--config", "config.toml", "--json"]).json();
    // Two years, of which the last day has begun to pass or has not.
    assert!([729, 730].map(Into::into).contains(&shown[0]["days_left"]), "{shown}");
    assert!(desk.read("entra-portal.md").contains(shown[0]["sha1"].as_str().unwrap()));
    let doctor = desk.run(&["doctor", "--config", "config.toml", "--json"]).json();
    let secret = doctor.as_array().unwrap().iter().find(|finding| finding["area"] == "secret");
    assert_eq!(secret.unwrap()["verdict"], "ok");
}

#[test]
fn the_group_of_a_prepared_folder_may_read_what_is_written() {
    let desk = Desk::new();
    fs::set_permissions(desk.path("."), fs::Permissions::from_mode(0o2750)).unwrap();
    let ran = desk.setup(&NEEDED);
    ran.assert_code(0);
    assert!(ran.out.contains("the group of "), "{}", ran.out);
    for (name, mode) in
        [("key.pem", 0o640), ("secret-key", 0o640), ("config.toml", 0o644), ("entra-setup.sh", 0o755)]
    {
        assert_eq!(desk.mode(name), mode, "{name}");
    }
}

#[test]
fn everything_that_can_be_said_is_written_and_loads() {
    let desk = Desk::new();
    fs::write(desk.path("ca.pem"), Desk::set_up(&[]).read("certificate.pem")).unwrap();
    fs::write(desk.path("mail"), "secret of the mail server\n").unwrap();
    fs::write(desk.path("db"), "postgres://user:word@127.0.0.1/accounts\n").unwrap();
    let further = [
        "--cloud",
        "china",
        "--client-id",
        CLIENT_ID,
        "--authority",
        "http://127.0.0.1:9",
        "--graph-url",
        "http://127.0.0.1:9/v1.0",
        "--ca-file",
        "ca.pem",
        "--licence",
        LICENCE,
        "--usage-location",
        "DE",
        "--group",
        GROUP,
        "--group",
        "b1f1c1de-2d4b-44a6-9f8e-6f2f6c3a7e10",
        "--site-name",
        "Physics, \"the\" department",
        "--listen",
        "[::1]:9000",
        "--trusted-proxy",
        "10.0.0.0/8",
        "--trusted-proxy",
        "::1",
        "--database-url-file",
        "db",
        "--smtp-security",
        "tls",
        "--smtp-port",
        "2465",
        "--smtp-user",
        "physics",
        "--smtp-password-file",
        "mail",
        "--mail-from",
        "Physics <accounts@physics.example.edu>",
        "--email-example",
        "st1@stud.example.edu",
    ];
    desk.setup(&[&NEEDED[..], &further].concat()).assert_code(0);
    insta::assert_snapshot!(desk.told("config.toml"));
    desk.run(&["config", "check", "--config", "config.toml"]).assert_code(0);
    let before = desk.trace();
    desk.setup(&[&NEEDED[..], &further].concat()).assert_code(0);
    assert_eq!(desk.trace(), before);
}

#[test]
fn all_that_is_missing_and_all_that_is_wrong_is_named_at_once() {
    let desk = Desk::new();
    let ran = desk.setup(&["--smtp-user", "physics"]);
    ran.assert_code(2);
    for flag in NEEDED.iter().step_by(2).chain(&["--smtp-password-file"]) {
        assert!(ran.err.contains(&format!("\n  {flag}\n")), "{flag} in {}", ran.err);
    }
    let wrong = [
        ("--tenant", "common"),
        ("--email-rule", "a@stud.example.edu"),
        ("--domain", "physics"),
        ("--support-email", "help"),
        ("--public-url", "signup.example.edu"),
        ("--smtp-host", "smtp example"),
        ("--licence", "A1"),
        ("--smtp-port", "70000"),
        ("--database-url-file", "/nowhere"),
    ];
    let flags: Vec<&str> = wrong.iter().flat_map(|(flag, value)| [*flag, *value]).collect();
    let ran = desk.setup(&flags);
    ran.assert_code(2);
    for (flag, _) in wrong {
        let line = ran.err.lines().find(|line| line.starts_with(&format!("  {flag}: ")));
        assert!(line.is_some_and(|line| line.contains("; ")), "{flag} with what to write, in {}", ran.err);
    }
    assert!(ran.err.contains("Usage: accountcreator setup"), "{}", ran.err);
    let history = desk.setup(&[&NEEDED[..], &["--database-url", "postgres://u:word@h/d"]].concat());
    history.assert_code(2);
    assert!(history.err.contains("--database-url-file") && !history.err.contains("word@"), "{}", history.err);
    assert!(desk.is_empty(), "nothing is written");
    let database = Desk::set_up(&["--database-url", "sqlite://mine.db"]);
    database.setup(&["--database-url", "postgres://u:word@h/d"]).assert_code(2);
}

#[test]
fn a_second_run_leaves_every_byte_and_every_time() {
    let desk = Desk::set_up(&["--client-id", CLIENT_ID, "--group", GROUP]);
    let before = desk.trace();
    let same = desk.setup(&[&NEEDED[..], &["--client-id", CLIENT_ID, "--group", GROUP]].concat());
    same.assert_code(0);
    assert!(!same.out.contains("written") && !same.out.contains("updated"), "{}", same.out);
    desk.setup(&[]).assert_code(0);
    desk.ask(&[], &[]).assert_code(0);
    assert_eq!(desk.trace(), before);
}

#[test]
fn what_the_file_says_otherwise_is_shown_and_refused() {
    let desk = Desk::set_up(&["--client-id", CLIENT_ID]);
    let before = desk.trace();
    let ran =
        desk.setup(&["--listen", "127.0.0.1:9999", "--group", GROUP, "--domain", "stud.physics.example.edu"]);
    ran.assert_code(1);
    for line in [
        "\n  server.listen is not there, --listen asks for \"127.0.0.1:9999\"",
        &format!("\n  profiles[0].groups is not there, --group asks for [\"{GROUP}\"]"),
    ] {
        assert!(ran.err.contains(line), "{line} in {}", ran.err);
    }
    assert!(!ran.err.contains("--domain"), "{}", ran.err);
    assert_eq!(desk.trace(), before);
}

#[test]
fn what_is_changed_in_the_file_reaches_script_and_portal() {
    let desk = Desk::set_up(&["--client-id", CLIENT_ID]);
    let config = desk.read("config.toml");
    let changed = config.replace("[mail]", &format!("groups = [\"{GROUP}\"]\n# mine\n[mail]"));
    fs::write(desk.path("config.toml"), &changed).unwrap();
    let ran = desk.setup(&[]);
    ran.assert_code(0);
    assert_eq!(ran.out.matches("updated").count(), 2, "{}", ran.out);
    assert_eq!(desk.read("config.toml"), changed);
    for name in ["entra-setup.sh", "entra-portal.md"] {
        assert!(desk.read(name).contains("GroupMember.ReadWrite.All"), "{name}");
    }
    fs::write(desk.path("config.toml"), config.replace("[mail.smtp]", "[mail.smpt]")).unwrap();
    let faulty = desk.setup(&[]);
    faulty.assert_code(78);
    assert!(faulty.err.contains("mail.smtp.host: is missing"), "{}", faulty.err);
}

#[test]
fn a_client_id_that_was_to_come_fills_its_place() {
    let desk = Desk::set_up(&[]);
    let check = desk.run(&["config", "check", "--config", "config.toml"]);
    check.assert_code(78);
    assert_eq!(check.err.lines().count(), 2, "only the client id is missing: {}", check.err);
    let main = desk.read("config.toml").replace("client_id = \"\"", "client_id = \"\"  # as the script says");
    let before = main + "# mine\n";
    fs::write(desk.path("config.toml"), &before).unwrap();
    fs::set_permissions(desk.path("config.toml"), fs::Permissions::from_mode(0o640)).unwrap();
    let wrong = desk.setup(&["--client-id", "mine"]);
    wrong.assert_code(2);
    assert!(wrong.err.contains("--client-id: `mine` is not"), "{}", wrong.err);
    let told = desk.setup(&["--client-id", CLIENT_ID]);
    told.assert_code(0);
    assert!(!told.out.contains("CLIENT-ID"), "{}", told.out);
    let filled = before.replace("client_id = \"\"", &format!("client_id = \"{CLIENT_ID}\""));
    assert_eq!((desk.read("config.toml"), desk.mode("config.toml")), (filled.clone(), 0o640));
    desk.run(&["config", "check", "--config", "config.toml"]).assert_code(0);
    let other = desk.setup(&["--client-id", "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"]);
    other.assert_code(1);
    assert_eq!(desk.read("config.toml"), filled);
}

#[test]
fn keys_that_are_there_are_kept() {
    let desk = Desk::new();
    desk.run(&["cert", "new", "--name", "mine"]).assert_code(0);
    fs::write(desk.path("secret-key"), "k1Zp7Vx0QdT4mB9sJ3uWc6Yf2LhN8aRe5GgXoPiEtUw=\n").unwrap();
    let before = desk.trace();
    desk.setup(&NEEDED).assert_code(0);
    let after = desk.trace();
    for (name, trace) in before {
        assert_eq!(after[&name], trace, "{name}");
    }
    assert!(desk.read("entra-setup.sh").contains("\"displayName\":\"CN=mine\""));
}

#[test]
fn half_a_pair_is_not_completed() {
    let desk = Desk::new();
    desk.run(&["cert", "new"]).assert_code(0);
    fs::remove_file(desk.path("certificate.pem")).unwrap();
    let before = desk.trace();
    let ran = desk.setup(&NEEDED);
    ran.assert_code(1);
    assert!(ran.err.contains("key.pem is there without "), "{}", ran.err);
    assert_eq!(desk.trace(), before);
}
