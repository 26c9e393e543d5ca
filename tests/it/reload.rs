//! Texts and static files that change while the service runs.

use std::{fs, path::Path};

use accountcreator::{
    app::{BuildError, ReloadError},
    config,
    domain::{Stage, Waiting},
    sandbox::{Login, SmtpOptions},
};
use tempfile::TempDir;

use crate::support::{Identity, Setup, Student, TestApp};

/// A service with a folder of texts, and one of static files.
async fn with_folders() -> (TestApp, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["texts", "static"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    let here = folder.path().display();
    let sections = format!("[texts]\ndir = \"{here}/texts\"\n");
    let site = format!("static_dir = \"{here}/static\"");
    (TestApp::with(Setup { sections, site, ..Setup::default() }).await, folder)
}

fn write(folder: &Path, path: &str, text: &str) {
    let path = folder.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[tokio::test]
async fn pages_addresses_and_mails_change_without_a_restart() {
    let (app, folder) = with_folders().await;
    let mut browser = app.browser();
    assert_eq!(browser.open("/sv").await.status, 404);
    let sheet = browser.open("/en").await.value_of("link[rel=stylesheet]", "href").unwrap();

    write(folder.path(), "texts/en/ours.ftl", "form-title = Your account for Microsoft\n");
    let swedish = "language-name = Svenska\nmail-password-subject = Ditt konto – { $site }\n";
    write(folder.path(), "texts/sv/all.ftl", swedish);
    write(folder.path(), "static/style.css", "body { color: red }");
    app.reload.now().unwrap();

    let page = browser.open("/en").await;
    assert_eq!(page.texts("h1"), ["Your account for Microsoft"]);
    let changed = page.value_of("link[rel=stylesheet]", "href").unwrap();
    assert_ne!(changed, sheet);
    assert_eq!(browser.open(&changed).await.body, "body { color: red }");

    let form = browser.open("/sv").await;
    assert_eq!(form.value_of("html", "lang").as_deref(), Some("sv"));
    let student = Student::new(1, "Åsa", "Öberg");
    browser.submit(&form, &student.fields()).await;
    app.settle().await;
    let mail = app.sandbox.mails_to(&student.email).pop().unwrap();
    assert_eq!(mail.subject, "Ditt konto – Example University");
}

#[tokio::test]
async fn what_is_at_fault_changes_nothing() {
    let (app, folder) = with_folders().await;
    write(folder.path(), "texts/en/ours.ftl", "form-title = Changed\nform-tilte = Mistyped\n");
    let refused = app.reload.now().unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("ours.ftl, line 2: ") && said.contains("did you mean `form-title`?"), "{said}");
    write(folder.path(), "texts/en/ours.ftl", "form-title = Changed\n");
    write(folder.path(), "static/page.html", "<p>");
    let refused = app.reload.now().unwrap_err();
    assert!(matches!(refused, BuildError::Files(ReloadError::Files(_))), "{refused}");
    assert_ne!(app.browser().open("/en").await.texts("h1"), ["Changed"], "all is changed, or nothing");
}

/// Has the service read its configuration again, which must wait for nothing.
fn read_again(app: &TestApp) {
    let config = config::from_toml(app.settings()).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(app.reload.take(&config).unwrap(), Vec::<String>::new());
}

#[tokio::test]
async fn a_new_password_of_the_mail_server_is_used_after_a_reload() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "password", "old");
    let login = Login { user: "accounts".to_owned(), password: "new".to_owned() };
    let smtp = format!("user = \"accounts\"\npassword_file = \"{}/password\"", folder.path().display());
    let smtp_server = SmtpOptions { login: Some(login), ..SmtpOptions::default() };
    let app = TestApp::with(Setup { smtp, smtp_server, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.work().await;
    let waiting = app.signup_of(&student).await;
    assert_eq!((waiting.stage, waiting.waiting), (Stage::Delivering, Some(Waiting::MailUnavailable)));

    write(folder.path(), "password", "new\n");
    read_again(&app);
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn a_new_certificate_is_used_after_a_reload() {
    let app = TestApp::start().await;
    let next = Identity::new();
    app.sandbox.remove_certificates();
    app.sandbox.register_certificate(&next.certificate).unwrap();
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.work().await;
    assert_eq!(app.signup_of(&student).await.waiting, Some(Waiting::ApplicationRefused));

    next.write(app.directory());
    read_again(&app);
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn a_certificate_without_its_key_changes_nothing() {
    let app = TestApp::start().await;
    let other = Identity::new();
    write(app.directory(), "certificate.pem", &other.certificate);
    let config = config::from_toml(app.settings()).unwrap_or_else(|faults| panic!("{faults}"));
    let refused = app.reload.take(&config).unwrap_err();
    assert!(matches!(refused, BuildError::Tenant { .. }), "{refused}");
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.settle().await;
    app.assert_accounts(&[student]).await;
}
