//! Tests that secrets are read from files, and shown nowhere.

use rstest::rstest;
use secrecy::ExposeSecret;

use super::*;

/// A configuration in which every secret is "hush" in some way.
fn secretive() -> (Folder, Config) {
    let folder = Folder::new();
    let config = folder.with(
        "secret_key = \"hush-7Yp2mQeR5tZ8wVnX3sKc6LbFhJ9dGa\"\n\
         [database]\nurl = \"postgres://signup:hush@db/signup\"\n\
         [mail.smtp]\nuser = \"accounts\"\npassword = \"hush\"\n",
    );
    (folder, config.expect("a configuration"))
}

#[test]
fn neither_debug_nor_show_tells_a_secret() {
    let (folder, config) = secretive();
    let key = fs::read_to_string(folder.path("key.pem")).unwrap();
    let body = key.lines().nth(1).unwrap();
    for text in [format!("{config:?}"), format!("{config:#?}"), config.show()] {
        assert!(!text.contains("hush") && !text.contains(body), "{text}");
    }
}

#[test]
fn show_prints_toml_with_masks_and_sources() {
    let (folder, config) = secretive();
    let (base, over) = (folder.path("base.toml"), folder.path("over.toml"));
    let (base, over) = (base.display(), over.display());
    let shown = config.show();
    for line in [
        format!("secret_key = \"•••\"  # from {over}"),
        format!("url = \"•••\"  # from {over}"),
        format!("password = \"•••\"  # from {over}"),
        format!("support_email = \"help@example.edu\"  # from {base}"),
        "concurrency = 16".to_owned(),
        "[[profiles]]".to_owned(),
    ] {
        assert!(shown.lines().any(|shown| shown == line), "{line}\nnot in\n{shown}");
    }
    let again = shown.replacen("•••", SECRET, 1).replacen("•••", "postgres://db/signup", 1);
    assert_eq!(from_toml(&again).expect("it can be read again").worker.concurrency, 16);
}

#[test]
fn secrets_come_from_files_without_their_line_ends() {
    let folder = Folder::new();
    folder.write("key", &format!("{SECRET}\n"));
    folder.write("url", "postgres://u:p@h/d\r\n");
    folder.write("password", " two words \n");
    let files = format!(
        "secret_key_file = \"{0}/key\"\n[database]\nurl_file = \"{0}/url\"\n\
         [mail.smtp]\nuser = \"u\"\npassword_file = \"{0}/password\"\n",
        folder.0.path().display()
    );
    let base = folder.write("base.toml", &folder.valid().replace(&format!("secret_key = \"{SECRET}\""), ""));
    let over = folder.write("over.toml", &files);
    let config = Config::read(Sources::new([base], Some(&over), variables(&[])).merge().unwrap()).unwrap();
    assert_eq!(config.database.url.expose_secret(), "postgres://u:p@h/d");
    let MailTransport::Smtp(Smtp { login: Some(SmtpLogin::Password(_, password)), .. }) =
        &config.mail.transport
    else {
        panic!("a login")
    };
    assert_eq!(password.expose_secret(), " two words ");
    assert!(config.show().contains("url_file = ") && !config.show().contains("postgres:/"));
}

#[test]
fn a_previous_secret_key_is_accepted_and_masked() {
    let folder = Folder::new();
    let old = "an older secret key of this test, long enough";
    let file = folder.write("old-key", &format!("{old}\n"));
    let line = format!("secret_key_previous_file = {file:?}\nsecret_key = ");
    let config = from_toml(&folder.valid().replace("secret_key = ", &line)).unwrap();
    assert!(config.secret_key.current() == SecretKey::new(SECRET).unwrap());
    assert!(config.secret_key.previous() == Some(SecretKey::new(old).unwrap()));
    let line = format!("secret_key_previous = \"{old}\"\nsecret_key = ");
    let config = from_toml(&folder.valid().replace("secret_key = ", &line)).unwrap();
    let shown = config.show();
    assert!(shown.contains("secret_key_previous = \"•••\"") && !shown.contains(old), "{shown}");
}

#[rstest]
#[case("secret_key_file = \"$DIR/x\"", "secret_key: is given beside `secret_key_file`; write one of the two")]
#[case(
    "[database]\nurl = \"sqlite://x\"\nurl_file = \"$DIR/x\"",
    "database.url: is given beside `database.url_file`"
)]
#[case(
    "[mail.smtp]\nuser = \"u\"\npassword = \"hush\"\npassword_file = \"$DIR/x\"",
    "mail.smtp.password: is given beside"
)]
#[case("[database]\nurl_file = \"$DIR/gone\"", "database.url_file: the file")]
#[case("[database]\nurl_file = \"$DIR/empty\"", "database.url_file: the file is empty")]
#[case(
    "[mail.smtp]\nuser = \"u\"\npassword = 123456",
    "mail.smtp.password: is a number, not text; write the secret in double quotes"
)]
fn faults_of_secrets_do_not_show_them(#[case] addition: &str, #[case] expected: &str) {
    let folder = Folder::new();
    folder.write("x", "hush");
    folder.write("empty", "\n");
    let found = faults(folder.with(&addition.replace("$DIR", folder.0.path().to_str().unwrap())));
    assert!(found.iter().any(|fault| fault.starts_with(expected)), "{expected}\nnot in {found:#?}");
    assert!(found.iter().all(|fault| !fault.contains("hush") && !fault.contains("123456")), "{found:#?}");
}
