//! Two certificates of a tenant: accounts are created by whichever of them Entra accepts.

use std::{sync::LazyLock, time::Duration};

use accountcreator::{domain::Waiting, sandbox::Operation};

use crate::support::{IDENTITY, Identity, Setup, Student, TestApp};

static NEXT: LazyLock<Identity> = LazyLock::new(Identity::new);

/// A service that has both pairs, at a tenant that knows the current certificate alone.
async fn renewed(assertion: &'static str) -> TestApp {
    let app = TestApp::with(Setup { connection: assertion, ..Setup::default() }).await;
    NEXT.write_as(app.directory(), "next-");
    let directory = app.directory().display();
    let key_path = format!("key_path = \"{directory}/key.pem\"");
    let both = format!(
        "{key_path}\nnext_certificate_path = \"{directory}/next-certificate.pem\"\n\
         next_key_path = \"{directory}/next-key.pem\""
    );
    app.restart_with(&key_path, &both).await
}

/// How often a token was asked for since the last time.
fn asked(app: &TestApp) -> usize {
    let requests = app.sandbox.requests();
    app.sandbox.clear_requests();
    requests.iter().filter(|request| request.operation == Operation::Token).count()
}

async fn sign_up(app: &TestApp, number: u32) -> Student {
    let student =
        Student::new(number, "Ada", &format!("Lovelace{}", "abcdef".chars().nth(number as usize).unwrap()));
    app.sign_up(&student).await;
    app.settle().await;
    student
}

#[tokio::test]
async fn only_the_old_one_is_registered() {
    let app = renewed("").await;
    let student = sign_up(&app, 1).await;
    app.assert_accounts(&[student]).await;
    assert_eq!(asked(&app), 1);
}

#[tokio::test]
async fn only_the_new_one_is_registered() {
    for assertion in ["", "assertion = \"rs256-sha1\""] {
        let app = renewed(assertion).await;
        app.sandbox.remove_certificates();
        app.sandbox.register_certificate(&NEXT.certificate).unwrap();
        let first = sign_up(&app, 1).await;
        assert_eq!(asked(&app), 2, "the old one is tried once");
        app.advance(Duration::from_hours(2));
        let second = sign_up(&app, 2).await;
        assert_eq!(asked(&app), 1, "which one was taken is remembered");
        app.assert_accounts(&[first, second]).await;
    }
}

#[tokio::test]
async fn neither_is_registered_until_one_is() {
    let app = renewed("").await;
    app.sandbox.remove_certificates();
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.live_through(Duration::from_hours(1)).await;
    assert_eq!(app.signup_of(&student).await.waiting, Some(Waiting::ApplicationRefused));
    assert!(app.users().is_empty());
    app.sandbox.register_certificate(&IDENTITY.certificate).unwrap();
    app.settle().await;
    app.assert_accounts(&[student]).await;
}
