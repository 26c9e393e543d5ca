//! Tests of the keys that a reload puts into force, and of those it names as waiting.

use secrecy::ExposeSecret;

use super::*;
use crate::config::{
    kind::Kind,
    reference,
    reload::is_on_reload,
    show::{Setting, Shown},
};

const NONE: [&str; 0] = [];

/// The same configuration, in which this key has another value.
fn altered(config: &Config, key: &str, kind: &Kind) -> Config {
    let mut config = config.clone();
    if matches!(kind, Kind::Secret(_)) {
        config.settings.secrets.insert(key.to_owned(), "another".into());
        return config;
    }
    let (section, name) = key.rsplit_once('.').unwrap_or(("", key));
    config.settings.all.retain(|setting| setting.key() != key);
    config.settings.all.push(Setting {
        section: section.to_owned(),
        name: name.to_owned(),
        shown: Shown::Plain("another".into()),
        origin: None,
    });
    config
}

#[test]
fn every_key_of_the_reference_is_put_into_force_or_named() {
    let old = Folder::new().with("[database]\nurl = \"postgres://u:p@h/d\"").unwrap();
    let kinds = reference::every_key();
    let is_file = |key: &str| {
        let secret = key.strip_suffix("_file").and_then(|secret| kinds.get(secret));
        matches!(secret, Some(Kind::Secret(_)))
    };
    let (mut on_reload, mut on_restart) = (0, 0);
    // The address of the database and files of secrets are compared by their content.
    for (key, kind) in kinds.iter().filter(|(key, _)| *key != "database.url" && !is_file(key)) {
        let (_, waiting) = old.reloaded(&altered(&old, key, kind));
        if is_on_reload(key) {
            on_reload += 1;
            assert_eq!(waiting, NONE, "{key}");
        } else {
            on_restart += 1;
            assert_eq!(waiting, [key.split('[').next().unwrap()]);
        }
    }
    assert!(on_reload == 13 && on_restart > 80, "{on_reload} {on_restart}");
}

#[test]
fn keys_that_wait_are_named_until_the_restart_and_the_others_are_taken() {
    let folder = Folder::new();
    let old = folder.with("").unwrap();
    let new = "[log]\nformat = \"json\"\nfilter = \"debug\"\n[metrics]\nlisten = \"127.0.0.1:9464\"\n\
               [[profiles]]\nname = \"staff\"\nemail = 'a@example[.]edu'\ntenant = \"main\"\ndomain = \"b.edu\"\n";
    let new = folder.with(new).unwrap();
    let (running, waiting) = old.reloaded(&new);
    assert_eq!(waiting, ["log.format", "metrics.listen", "profiles"]);
    assert_eq!((running.log.filter.as_str(), running.log.format), ("debug", LogFormat::Text));
    assert_eq!(running.reloaded(&new).1, waiting);
    assert_eq!(running.reloaded(&folder.with("[log]\nfilter = \"debug\"").unwrap()).1, NONE);
}

#[test]
fn a_mail_password_is_taken_unless_its_server_waits() {
    let folder = Folder::new();
    let mail = |host: &str, password: &str| {
        folder.write("password", password);
        let file = folder.path("password");
        let text = format!("[mail.smtp]\nhost = \"{host}\"\nuser = \"u\"\npassword_file = {file:?}\n");
        folder.with(&text).unwrap()
    };
    let password = |config: &Config| match &config.mail.transport {
        MailTransport::Smtp(Smtp { login: Some(SmtpLogin::Password(_, password)), .. }) => {
            password.expose_secret().to_owned()
        }
        other => panic!("{other:?}"),
    };
    let old = mail("smtp.example.edu", "first");
    let (running, waiting) = old.reloaded(&mail("smtp.example.edu", "second"));
    assert_eq!((password(&running).as_str(), waiting), ("second", Vec::new()));
    let (running, waiting) = running.reloaded(&mail("other.example.edu", "third"));
    assert_eq!(password(&running), "second", "the password of another server is not sent to this one");
    assert_eq!(waiting, ["mail.smtp.host", "mail.smtp.password"]);
}

#[test]
fn certificates_are_taken_unless_their_application_waits() {
    let folder = Folder::new();
    let (certificate, key) = (folder.path("certificate.pem"), folder.path("key.pem"));
    let next = format!("next_certificate_path = {certificate:?}\nnext_key_path = {key:?}\n");
    let old = folder.with("").unwrap();
    let (running, waiting) = old.reloaded(&folder.with(&format!("[tenants.main]\n{next}")).unwrap());
    assert_eq!((running.tenants[&alias()].identities().count(), waiting), (2, Vec::new()));
    assert!(!running.tenants[&alias()].has_credentials_of(&old.tenants[&alias()]));

    let other = "client_id = \"0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a78\"\n";
    let (running, waiting) = old.reloaded(&folder.with(&format!("[tenants.main]\n{other}{next}")).unwrap());
    assert_eq!(running.tenants[&alias()].identities().count(), 1);
    let named =
        ["client_id", "next_certificate_path", "next_key_path"].map(|key| format!("tenants.main.{key}"));
    assert_eq!(waiting, named);

    folder.write("certificate.pem", &pem::encode(&pem::Pem::new("CERTIFICATE", [9])));
    let (running, waiting) = old.reloaded(&folder.with("").unwrap());
    assert_eq!(waiting, NONE, "what is in a file may change under its name");
    assert!(!running.tenants[&alias()].has_credentials_of(&old.tenants[&alias()]));
}

fn alias() -> TenantAlias {
    "main".parse().unwrap()
}

#[test]
fn of_the_database_a_password_is_taken_and_the_secret_key_waits() {
    let folder = Folder::new();
    let database = |url: &str| folder.with(&format!("[database]\nurl = \"{url}\"")).unwrap();
    let old = database("postgres://user:first@host/name?sslmode=disable");
    let new = database("postgres://user:second@host/name?sslmode=disable");
    let (running, waiting) = old.reloaded(&new);
    assert_eq!(waiting, NONE);
    assert_eq!(running.database.url.expose_secret(), new.database.url.expose_secret());
    for other in ["postgres://user:first@other/name?sslmode=disable", "sqlite://other.db"] {
        let (running, waiting) = old.reloaded(&database(other));
        assert_eq!(waiting, ["database.url"]);
        assert_eq!(running.database.url.expose_secret(), old.database.url.expose_secret());
    }
    let other = "Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9yIG1vcmV";
    assert_eq!(old.reloaded(&folder.changed(SECRET, other).unwrap()).1, ["database.url", "secret_key"]);
}
