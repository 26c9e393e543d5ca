//! The secret key is changed: what the one before has sealed and signed holds while it is configured.

use accountcreator::{
    domain::{Attention, Email, Entropy, Requester, SecretKey, Stage},
    sandbox::{Fault, Operation},
};
use reqwest::StatusCode;

use crate::{
    erasure::{eraser, order},
    support::{
        Api, MessageId, Page, Setup, Student, TestApp,
        api::{account, consenting},
        code_in,
    },
};

const OLD: &str = "secret_key = \"a secret key for tests that is long enough 0123456789\"";
const NEW: &str = "secret_key = \"the next key of the tests, which is long enough 9876543210\"";
const V1: &str = "/api/v1/account_creation";
const SIGNUPS: &str = "/api/v2/signups";

fn ada() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

fn previous(key: &str) -> String {
    key.replace("secret_key", "secret_key_previous")
}

/// The old key accepts what is made with the new one: the first step of a change where several processes run.
fn old_and_next() -> String {
    format!("{OLD}\n{}", previous(NEW))
}

fn new_and_previous() -> String {
    format!("{NEW}\n{}", previous(OLD))
}

async fn rotated(app: TestApp) -> TestApp {
    app.restart_with(OLD, &new_and_previous()).await
}

async fn confirming() -> TestApp {
    TestApp::with(Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() }).await
}

/// A visitor whose code has been mailed, and what the mail says.
async fn waiting(app: &TestApp, student: &Student) -> (Page, String, String) {
    let page = app.sign_up(student).await;
    app.work().await;
    let mails = app.sandbox.mails_to(&student.email);
    let mail = mails.iter().rfind(|mail| mail.message_id_says("send-code")).unwrap();
    let link = mail.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim();
    let (_, path) = link.split_once("://").unwrap().1.split_once('/').unwrap();
    (page, code_in(mail), format!("/{path}"))
}

#[tokio::test]
async fn waiting_passwords_and_status_pages_need_the_previous_key() {
    for stage in [Operation::AnyGraph, Operation::SmtpRcpt] {
        let app = TestApp::start().await;
        let status = if stage == Operation::SmtpRcpt { 451 } else { 503 };
        app.fault(stage, [Fault::status(status)]);
        let page = app.sign_up(&ada()).await;
        app.work().await;
        let app = app.restart_with(OLD, NEW).await;
        assert_eq!(app.browser().open(&page.path).await.status, StatusCode::NOT_FOUND, "without it");
        let app = app.restart_with(NEW, &new_and_previous()).await;
        app.no_faults();
        app.settle().await;
        app.assert_accounts(&[ada()]).await;
        assert_eq!(app.browser().open(&page.path).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_password_that_was_missed_is_brought_back_by_the_previous_key() {
    let app = TestApp::start().await;
    app.fault(Operation::AnyGraph, [Fault::status(503)]);
    app.sign_up(&ada()).await;
    app.work().await;
    app.no_faults();
    let app = app.restart_with(OLD, NEW).await;
    app.settle().await;
    assert_eq!(app.attention(&ada()).await, Some(Attention::PasswordUnreadable));
    let app = app.restart_with(NEW, &new_and_previous()).await;
    app.retry(&ada()).await;
    app.settle().await;
    app.assert_accounts(&[ada()]).await;
}

#[tokio::test]
async fn codes_and_links_from_before_hold() {
    let app = confirming().await;
    let (page, code, _) = waiting(&app, &ada()).await;
    let other = Student::new(2, "Grace", "Hopper");
    let (_, _, link) = waiting(&app, &other).await;
    let app = app.restart_with(OLD, NEW).await;
    assert_ne!(app.browser().open(&link).await.status, StatusCode::OK, "without it");
    let app = app.restart_with(NEW, &new_and_previous()).await;
    let mut browser = app.browser();
    let form = browser.open(&page.path).await;
    browser.submit(&form, &[("code", &code)]).await;
    let mut phone = app.browser();
    let button = phone.open(&link).await;
    assert_eq!(button.status, StatusCode::OK);
    phone.submit_form(&button, "main form", &[]).await;
    app.settle().await;
    app.assert_accounts(&[ada(), other]).await;
}

/// Requests for one address belong together, and its mails are counted together.
#[tokio::test]
async fn the_link_from_before_shows_requests_from_after() {
    let app = confirming().await;
    let (_, _, link) = waiting(&app, &ada()).await;
    let app = rotated(app).await;
    app.sign_up(&Student { first: "Augusta".to_owned(), ..ada() }).await;
    app.work().await;
    let shown = app.browser().open(&link).await;
    assert!(shown.body.contains("Augusta") && shown.body.contains("Ada"), "{}", shown.body);
    let mut phone = app.browser();
    let button = phone.open(&link).await;
    phone.submit_form(&button, "main li:first-child form", &[]).await;
    app.settle().await;
    let mut stages = app.stages().await;
    stages.sort_by_key(|stage| stage.as_str());
    assert_eq!(stages, [Stage::Done, Stage::Voided]);
}

#[tokio::test]
async fn a_request_with_a_key_is_one_request_before_and_after() {
    let app = TestApp::start().await;
    let keyed = async |app: &TestApp| Api::of(app).await.with("idempotency-key", "0123456789abcdef-key");
    let first = keyed(&app).await.post(SIGNUPS, &consenting(&ada())).await;
    assert_eq!(first.status, 201);
    let app = rotated(app).await;
    let again = keyed(&app).await.post(SIGNUPS, &consenting(&ada())).await;
    assert_eq!(again.status, 201, "{}", again.body);
    assert_eq!(app.all_signups().await.len(), 1, "it is the same request");
    let other = consenting(&Student::new(2, "Grace", "Hopper"));
    assert_eq!(keyed(&app).await.post(SIGNUPS, &other).await.status, 422, "the key is taken");
}

#[tokio::test]
async fn a_request_without_a_key_is_one_request_before_and_after() {
    let bare = async |app: &TestApp| Api::of(app).await.post(V1, &account(&ada())).await.status;
    let app = confirming().await;
    assert_eq!(bare(&app).await, 204);
    let app = rotated(app).await;
    assert_eq!(bare(&app).await, 204);
    assert_eq!(app.all_signups().await.len(), 1, "it is the same request");

    let app = confirming().await;
    assert_eq!(bare(&app).await, 204);
    let app = app.restart_with(OLD, NEW).await;
    assert_eq!(bare(&app).await, 204);
    assert_eq!(app.all_signups().await.len(), 2, "without the previous key it is another");
}

#[tokio::test]
async fn tombstones_stay_and_their_key_is_sealed_anew() {
    let app = TestApp::start().await;
    app.sign_up(&ada()).await;
    app.settle().await;
    eraser(&app).await.erase(&order(&ada()), &Requester::OPERATOR).await.unwrap();
    let app = rotated(app).await;
    // The previous key is no longer needed for it.
    let app = app.restart_with(&new_and_previous(), NEW).await;
    app.sign_up(&ada()).await;
    app.settle().await;
    assert_eq!(app.users().len(), 1, "no second account");
}

/// One process after the other is given the new key, and both serve and work meanwhile.
#[tokio::test]
async fn two_processes_with_either_key_understand_each_other() {
    let app = confirming().await.restart_with(OLD, &old_and_next()).await;
    let next = app.another_with(&app.settings().replace(&old_and_next(), &new_and_previous())).await;
    let grace = Student::new(2, "Grace", "Hopper");
    for (here, there, student) in [(&app, &next, ada()), (&next, &app, grace.clone())] {
        let (page, code, _) = waiting(here, &student).await;
        let mut browser = there.browser();
        let form = browser.open(&page.path).await;
        browser.submit(&form, &[("code", &code)]).await;
        there.settle().await;
    }
    app.assert_accounts(&[ada(), grace.clone()]).await;
    // Both leave tombstones, whichever has sealed their key last.
    let (of_app, of_next) = (eraser(&app).await, eraser(&next).await);
    of_app.erase(&order(&ada()), &Requester::OPERATOR).await.unwrap();
    of_next.erase(&order(&grace), &Requester::OPERATOR).await.unwrap();
    let key = SecretKey::new(NEW.split('"').nth(1).unwrap()).unwrap();
    let store = next.store.clone().with_tombstones(&key, &Entropy::system(), app.clock.now()).await.unwrap();
    for student in [ada(), grace] {
        let email = Email::parse(&student.email).unwrap();
        assert!(store.tombstone_of(&email).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_form_shown_before_is_taken_after() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let app = rotated(app).await;
    let mut browser = browser.moved_to(app.address);
    let page = browser.submit(&form, &ada().fields()).await;
    assert_eq!(page.status, StatusCode::OK);
    app.settle().await;
    app.assert_accounts(&[ada()]).await;
}
