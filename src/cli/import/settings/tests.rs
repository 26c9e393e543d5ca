//! The whole way from the original's file to a configuration that is valid.

#![allow(clippy::unwrap_used)]

use std::fs;

use secrecy::ExposeSecret;

use super::*;
use crate::{
    cli::identity::Identity,
    config::{self, Config, MailTransport, SmtpLogin, SmtpSecurity},
    entra::Certificate,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A folder with the original's key and certificate, and the certificate's thumbprint.
fn keys() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let [own, other] = [(); 2].map(|()| Identity::passing("original").unwrap());
    fs::write(folder.path().join("app.key"), own.key.as_str()).unwrap();
    fs::write(folder.path().join("app.crt"), &own.certificate).unwrap();
    fs::write(folder.path().join("a-other.crt"), &other.certificate).unwrap();
    let thumbprint = Certificate::of(&own.key, &own.certificate).unwrap().sha1().to_owned();
    (folder, thumbprint)
}

/// As the README of the original has it filled in.
fn original(folder: &Path, thumbprint: &str) -> String {
    let key = folder.join("app.key").display().to_string();
    format!(
        r#"# Settings
import os
JWT_SECRET_KEY = '{SECRET}'
SQLALCHEMY_DATABASE_URI = 'sqlite:////app-mnt/database.sqlite'
REVERSE_PROXY_COUNT = 1
SUPPORT_EMAIL = "help@example.edu"
EMAIL_ADDRESS_FILTER = "st\d{{6}}@stud.example.edu"
GENERATED_PASSWORD_BYTES = 12
GRAPH_API_AUTH_AUTHORITY = "https://login.microsoftonline.com/6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11"
GRAPH_API_AUTH_CLIENT_ID = "0f4f3a0e-61a8-4a0b-8f7e-5d2c6c1b9a77"
GRAPH_API_AUTH_PUBKEY_THUMBPRINT = "{thumbprint}"
GRAPH_API_AUTH_PRIVKEY_PATH = "{key}"
GRAPH_API_USER_MAIL_DOMAIN = "example.edu"
GRAPH_API_GROUPS_FOR_NEW_USERS = ["3d9c2b71-5a0e-4a7a-8a55-0f6f6ac0b8d2", "00000000-0000-0000-0000-000000000000"]
MAIL_SERVER_HOST = "smtp.example.edu"
MAIL_SERVER_PORT = 587
MAIL_SERVER_USER = "accounts"
MAIL_SERVER_PW = "hush \"\\ hush"
MAIL_SENDING_ADDRESS = "accounts@example.edu"
JSON_SORT_KEYS = False
COLOUR = 'a\nb'
"#
    )
}

fn load(converted: &Converted) -> Config {
    let text = converted
        .document
        .whole()
        .replace("# public_url = \"https://…\"", "public_url = \"https://a.example\"");
    config::from_toml(&text).unwrap_or_else(|faults| panic!("{faults}"))
}

fn left(converted: &Converted) -> Vec<(usize, &str)> {
    converted.given.left.iter().map(|left| (left.line, left.name.as_str())).collect()
}

#[test]
fn settings_as_the_original_has_them_become_a_valid_configuration() {
    let (folder, thumbprint) = keys();
    let converted = convert(&original(folder.path(), &thumbprint.to_lowercase()), Some(Path::new("/texts")));
    let config = load(&converted);
    assert_eq!(config.database.url.expose_secret(), "sqlite:///app-mnt/accountcreator.db");
    assert_eq!((config.server.proxy_hops, config.support_email.as_str()), (1, "help@example.edu"));
    let tenant = config.tenants.values().next().unwrap();
    assert!(
        tenant.identity.certificate_path.ends_with("app.crt"),
        "{}",
        tenant.identity.certificate_path.display()
    );
    assert_eq!(tenant.tenant_id, "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11");
    let profile = config.profiles.iter().next().unwrap();
    assert_eq!(profile.rule.as_str(), r"st\d{6}@stud\.example\.edu");
    assert_eq!((profile.licences.len(), profile.groups.len()), (1, 1));
    assert_eq!(profile.usage_location.unwrap().to_string(), "DE");
    let attributes: Vec<_> = profile.attributes.iter().map(|attribute| attribute.name).collect();
    assert_eq!(attributes.len(), 3, "{attributes:?}");
    let MailTransport::Smtp(smtp) = &config.mail.transport else { panic!("SMTP") };
    assert_eq!((smtp.port, smtp.security), (587, SmtpSecurity::StartTls));
    let Some(SmtpLogin::Password(user, password)) = &smtp.login else { panic!("a password") };
    assert_eq!((user.as_str(), password.expose_secret()), ("accounts", "hush \"\\ hush"));
    assert_eq!(config.texts.dir.as_deref(), Some(Path::new("/texts")));
    assert!(converted.document.whole().contains("password_length = 20"));
    assert!(config.signup.confirm_email, "addresses are confirmed");
    assert_eq!(left(&converted), [(2, ""), (20, "JSON_SORT_KEYS"), (21, "COLOUR")]);
}

#[test]
fn what_is_kept_names_the_files_of_its_secrets() {
    let (folder, thumbprint) = keys();
    let converted = convert(&original(folder.path(), &thumbprint), None);
    let kept = converted.document.kept(Path::new("/etc/accountcreator"));
    assert!(kept.contains("secret_key_file = \"/etc/accountcreator/secret-key\"\n"), "{kept}");
    assert!(kept.contains("password_file = \"/etc/accountcreator/smtp-password\"\n"), "{kept}");
    assert!(!kept.contains(SECRET) && !kept.contains("hush"), "{kept}");
    assert!(kept.contains("\n# JSON_SORT_KEYS (line 20) has no counterpart: "), "{kept}");
    assert!(kept.contains("\n# COLOUR (line 21) has no counterpart\n"), "{kept}");
    assert!(kept.contains(&format!("\n# {ASSERTION}\n")), "{kept}");
    let secrets: Vec<_> = converted.document.secrets().map(|secret| secret.file).collect();
    assert_eq!(secrets, ["secret-key", "smtp-password"]);
}

#[test]
fn without_the_certificate_the_operator_is_told_which_one_it_is() {
    let converted = convert("GRAPH_API_AUTH_PUBKEY_THUMBPRINT = 'AB12'\n", None);
    let kept = converted.document.kept(Path::new("/x"));
    assert!(kept.contains("# The certificate with the thumbprint AB12, PEM"), "{kept}");
    let faults = config::from_toml(&converted.document.whole()).unwrap_err();
    let keys: Vec<_> = faults.iter().map(|fault| fault.key.as_str()).collect();
    for key in [
        "server.public_url",
        "secret_key",
        "support_email",
        "tenants.main.certificate_path",
        "mail.from",
        "mail.smtp.host",
    ] {
        assert!(keys.contains(&key), "{key} is named in {faults}");
    }
}

#[test]
fn odd_values_are_left_with_their_lines() {
    let source = "JWT_SECRET_KEY = 'debug'\nMAIL_SERVER_PORT = 'many'\nSUPPORT_EMAIL = 1\n\
         EMAIL_ADDRESS_FILTER = '(?=a).*\\nb'\nSQLALCHEMY_DATABASE_URI = 'mysql://u:hush@db/x'\n\
         GRAPH_API_AUTH_AUTHORITY = 'nonsense'\nGRAPH_API_GROUPS_FOR_NEW_USERS = [1]\nMAIL_SERVER_SSL = 'yes'\n";
    let converted = convert(source, None);
    let lines: Vec<_> = left(&converted).into_iter().map(|(line, _)| line).collect();
    assert_eq!(lines, [1, 2, 3, 4, 5, 6, 7, 8]);
    let whole = converted.document.whole();
    assert!(!whole.contains("hush") && !whole.contains("'debug'"), "{}", *whole);
    assert!(toml::from_str::<toml::Table>(&whole).is_ok(), "a line break stays in its comment: {}", *whole);
}

#[test]
fn clouds_ways_of_mail_and_debugging_are_taken_over() {
    let authority = |host: &str| {
        let directory = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11";
        convert(&format!("GRAPH_API_AUTH_AUTHORITY = '{host}/{directory}/'\n"), None).document.whole()
    };
    assert!(authority("https://login.microsoftonline.us").contains("cloud = \"us-gov-l4\""));
    assert!(authority("https://login.partner.microsoftonline.cn").contains("cloud = \"china\""));
    assert!(authority("http://127.0.0.1:9000").contains("authority = \"http://127.0.0.1:9000\""));
    for (source, expected) in [
        ("MAIL_SERVER_SSL = True\n", "security = \"tls\"\nport = 25\n"),
        ("MAIL_SERVER_STARTTLS = False\n", "security = \"plain\"\n"),
        ("", "security = \"starttls\"\nport = 25\n"),
        ("DEBUG_DONT_SEND_MAIL = True\n", "transport = \"file\"\n"),
        ("DEBUG_DONT_CONNECT_TO_API = True\n", "[graph]\ndry_run = true\n"),
        ("SQLALCHEMY_DATABASE_URI = 'postgresql+psycopg2://u:p@db/x'\n", "url = \"postgres://u:p@db/x\"\n"),
    ] {
        let whole = convert(source, None).document.whole();
        assert!(whole.contains(expected), "{source}: {}", *whole);
    }
    let anonymous = "MAIL_SERVER_LOGIN = False\nMAIL_SERVER_USER = 'a'\nMAIL_SERVER_PW = 'hush'\n";
    let whole = convert(anonymous, None).document.whole();
    assert!(!whole.contains("hush") && !whole.contains("user = "), "{}", *whole);
}
