//! Tests of the order of the sources, and of what each can say.

use std::{path::Path, time::Duration};

use secrecy::ExposeSecret;

use super::*;

#[test]
fn the_smallest_configuration_gets_its_defaults() {
    let config = Folder::new().with("").unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database.url.expose_secret(), "sqlite://accountcreator.db");
    assert_eq!(config.worker.concurrency, 16);
    assert_eq!(config.signup.give_up_after, Duration::from_hours(72));
    assert!(!config.signup.confirm_email && !config.graph.dry_run && !config.database.migrate_on_start);
    assert_eq!(config.profiles.iter().count(), 1);
    assert!(config.server.trusted_proxies.is_empty() && config.server.proxy_hops == 0);
    assert!(config.privacy.keep_unconfirmed.is_some() && config.privacy.keep_finished.is_none());
    assert!(config.limits.pages_per_network.is_some() && config.metrics.listen.is_none());
    assert!(config.signup.fold_subaddresses && !config.limits.mails_per_address.is_empty());
    assert_eq!(config.privacy.keep_tombstones, Some(Duration::from_hours(24 * 365 * 5)));
    let MailTransport::Smtp(smtp) = &config.mail.transport else { panic!("SMTP is the default") };
    assert_eq!((smtp.port, smtp.security), (587, SmtpSecurity::StartTls));
}

#[test]
fn later_sources_win_key_by_key() {
    let folder = Folder::new();
    let machine = folder.write("machine.toml", &folder.valid());
    let local = folder.write("local.toml", "[worker]\nconcurrency = 2\nlease = \"4m\"\n");
    let named = folder.write("named.toml", "[worker]\nconcurrency = 3\n");
    let read = |explicit: Option<&Path>, environment: &[(&str, &str)]| {
        let usual = [machine.clone(), local.clone(), folder.path("absent.toml")];
        let worker = Config::read(Sources::new(usual, explicit, variables(environment)).merge()?)?.worker;
        Ok::<_, Faults>((worker.concurrency, worker.lease.as_secs()))
    };
    let named_by_variable = [("ACCOUNTCREATOR_CONFIG", named.to_str().unwrap())];
    let over_all = [("ACCOUNTCREATOR__WORKER__CONCURRENCY", "4")];
    assert_eq!(read(None, &[]), Ok((2, 240)));
    assert_eq!(read(Some(&named), &[]), Ok((3, 240)));
    assert_eq!(read(None, &named_by_variable), Ok((3, 240)));
    assert_eq!(read(Some(&local), &named_by_variable), Ok((2, 240)), "--config goes before the variable");
    assert_eq!(read(Some(&named), &over_all), Ok((4, 240)));
    let absent = read(Some(&folder.path("absent.toml")), &[]).expect_err("a named file must exist");
    assert!(absent.to_string().contains("absent.toml: the file cannot be read"), "{absent}");
}

#[test]
fn the_environment_sets_values_of_every_kind() {
    let folder = Folder::new();
    let base = folder.write(
        "base.toml",
        &folder.valid().replace("[tenants.main]", "[tenants.Main]").replace("\"main\"", "\"Main\""),
    );
    let environment = variables(&[
        ("ACCOUNTCREATOR__SERVER__LISTEN", "[::1]:9"),
        ("ACCOUNTCREATOR__SIGNUP__CONFIRM_EMAIL", "true"),
        ("ACCOUNTCREATOR__SIGNUP__RESERVED_NAMES", "['dean']"),
        ("ACCOUNTCREATOR__TENANTS__MAIN__MARKER_ATTRIBUTE", "3"),
        ("ACCOUNTCREATOR__PROFILES__0__ATTRIBUTES__JOBTITLE", "Student"),
        (
            "ACCOUNTCREATOR__PROFILES__1",
            "{ name = 'staff', email = 'x@y\\.z', tenant = 'Main', domain = 'y.z' }",
        ),
        ("ACCOUNTCREATOR__MAIL__SMTP__USER", "007"),
        ("ACCOUNTCREATOR__MAIL__SMTP__PASSWORD", "[1]"),
        ("ACCOUNTCREATOR__SERVER__PUBLIC_URL", "https://signup.example.edu/"),
        ("ACCOUNTCREATOR_OTHER", "x"),
        ("PATH", "/bin"),
    ]);
    let config = Config::read(Sources::new([base], None, environment).merge().unwrap()).unwrap();
    assert_eq!(config.server.listen.to_string(), "[::1]:9");
    assert!(config.signup.confirm_email && config.public_url() == "https://signup.example.edu");
    assert!(config.signup.usernames.reserved.contains(&"dean".parse().unwrap()));
    assert_eq!(config.tenants[&"Main".parse().unwrap()].marker_attribute, 3);
    let profiles: Vec<_> = config.profiles.iter().collect();
    assert_eq!(profiles[0].attributes[0].name, "jobTitle");
    assert_eq!(profiles[1].name.as_str(), "staff");
    let MailTransport::Smtp(Smtp { login: Some(SmtpLogin::Password(user, password)), .. }) =
        config.mail.transport
    else {
        panic!("a login")
    };
    assert_eq!((user.as_str(), password.expose_secret()), ("007", "[1]"));
}

#[test]
fn a_fault_of_a_variable_names_the_variable() {
    let folder = Folder::new();
    let base = folder.write("base.toml", &folder.valid());
    let environment = variables(&[
        ("ACCOUNTCREATOR__SERVER__LISTN", "hush"),
        ("ACCOUNTCREATOR__WORKER__CONCURRENCY", "many"),
        ("ACCOUNTCREATOR__PROFILES__7__NAME", "x"),
    ]);
    let found = faults(Config::read(Sources::new([base], None, environment).merge().unwrap()));
    assert_eq!(
        found,
        [
            "server.listn: is not a known key; did you mean `server.listen`? (from the variable ACCOUNTCREATOR__SERVER__LISTN)",
            "profiles: is a table, not a list of tables; write one or more [[profiles]]",
            "worker.concurrency: is text, not a whole number; write a whole number from 1 to 256 (from the variable ACCOUNTCREATOR__WORKER__CONCURRENCY)",
        ]
    );
}

#[test]
fn every_broken_file_is_named_with_its_line_but_not_quoted() {
    let folder = Folder::new();
    let one = folder.write("one.toml", "a = 1\nsecret_key = \"hush\n");
    let two = folder.write("two.toml", "secret_key = hush\n");
    let error = Sources::new([one, two], None, variables(&[])).merge().expect_err("two faults");
    let found: Vec<_> = error.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 2);
    assert!(
        found[0].contains("one.toml: not TOML in line 2")
            && found[1].contains("two.toml: not TOML in line 1")
    );
    assert!(found.iter().all(|fault| !fault.contains("hush") && !fault.contains('\n')), "{found:#?}");
}
