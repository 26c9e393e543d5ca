//! An account that an admin has renamed or deleted since: what mails and pages say of it then.

use std::time::Duration;

use accountcreator::{
    domain::Stage,
    sandbox::{Fault, Mail, Operation},
};

use crate::support::{MessageId, Page, Setup, Student, TestApp, code_in, password_in, principal_in};

const NAME: &str = "ada.lovelace@students.example.edu";
const NEW_NAME: &str = "ada.king@students.example.edu";
const HOUR: Duration = Duration::from_hours(1);

fn student() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

/// The student has an account for an hour.
async fn delivered(setup: Setup) -> (TestApp, Page) {
    let app = TestApp::with(setup).await;
    let page = app.sign_up(&student()).await;
    app.settle().await;
    app.advance(HOUR);
    app.sandbox.clear_requests();
    (app, page)
}

fn mails(app: &TestApp, kind: &str) -> Vec<Mail> {
    let mails = app.sandbox.mails_to(&student().email);
    mails.into_iter().filter(|mail| mail.message_id_says(kind)).collect()
}

#[tokio::test]
async fn mails_and_page_have_the_name_the_account_has_now() {
    let (app, page) = delivered(Setup::renewing()).await;
    assert!(app.sandbox.rename_user(NAME, NEW_NAME));
    let mut browser = app.browser();
    assert_eq!(browser.open(&page.path).await.texts(".copy"), [NAME], "a page asks the tenant nothing");
    app.sign_up(&student()).await;
    app.settle().await;
    assert_eq!(app.graph_requests(), [Operation::GetUser]);
    assert_eq!(principal_in(&mails(&app, "send-reminder")[0]), NEW_NAME);
    let done = browser.open(&page.path).await;
    assert_eq!(done.texts(".copy"), [NEW_NAME]);

    assert!(app.sandbox.rename_user(NEW_NAME, "ada@students.example.edu"));
    let asked = browser.submit_form(&done, "form.again", &[]).await;
    assert!(asked.status.is_redirection());
    app.settle().await;
    let mail = mails(&app, "send-new-password").remove(0);
    assert_eq!(principal_in(&mail), "ada@students.example.edu");
    assert!(app.sandbox.sign_in(&principal_in(&mail), &password_in(&mail)).is_right_password());
    assert_eq!(browser.open(&page.path).await.texts(".copy"), ["ada@students.example.edu"]);

    assert!(app.sandbox.rename_user("ada@students.example.edu", NAME));
    app.advance(HOUR * 24);
    app.sign_up(&student()).await;
    app.settle().await;
    let signup = app.signup_of(&student()).await;
    assert_eq!(signup.renamed_to, None, "the first name again: nothing more is kept");
}

#[tokio::test]
async fn an_account_that_is_gone_is_told_as_such_to_its_owner() {
    let (app, page) = delivered(Setup::renewing()).await;
    assert!(app.sandbox.delete_user(NAME));
    let other = app.sign_up(&student()).await;
    app.settle().await;
    let mail = mails(&app, "send-reminder").remove(0);
    assert_eq!(mail.subject, "Your account no longer exists – Example University");
    assert!(
        mail.text.contains("write to support@example.edu") && !mail.text.contains("Username"),
        "{}",
        mail.text
    );
    assert!(app.users().is_empty(), "nothing is created by itself");

    let mut browser = app.browser();
    let gone = browser.open(&page.path).await;
    assert_eq!(gone.texts("h1"), ["This account no longer exists"]);
    assert!(gone.texts(".lead")[0].contains("support@example.edu"));
    assert!(
        !gone.has(".copy") && !gone.has("a.button") && !gone.has("form") && !gone.has(".steps"),
        "{}",
        gone.body
    );
    let other = browser.open(&other.path).await;
    assert_eq!(other.texts("h1"), ["Your account is ready"], "a stranger learns nothing of the address");
}

#[tokio::test]
async fn who_has_confirmed_the_address_is_told_on_the_page_too() {
    let (app, _) = delivered(Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() }).await;
    let confirm = async |page: &Page, mail: &Mail| {
        app.browser().submit(page, &[("code", &code_in(mail))]).await;
        app.settle().await;
    };
    let mut pages = Vec::new();
    for _ in 0..2 {
        let page = app.sign_up(&student()).await;
        app.work().await;
        confirm(&page, mails(&app, "send-code").last().unwrap()).await;
        app.advance(HOUR);
        app.sandbox.delete_user(NAME);
        pages.push(page);
    }
    assert_eq!(app.browser().open(&pages[1].path).await.texts("h1"), ["This account no longer exists"]);
}

#[tokio::test]
async fn a_user_that_cannot_be_found_at_once_is_not_gone() {
    let (app, _) = delivered(Setup::default()).await;
    app.fault(Operation::GetUser, [Fault::status(404).times(3)]);
    app.sign_up(&student()).await;
    app.settle().await;
    assert_eq!(principal_in(&mails(&app, "send-reminder")[0]), NAME);
    assert_eq!(app.signup_of(&student()).await.gone_at, None);
}

#[tokio::test]
async fn an_account_that_is_young_is_not_gone_for_a_while() {
    let app = TestApp::start().await;
    app.sign_up(&student()).await;
    app.settle().await;
    app.advance(Duration::from_secs(60));
    app.fault(Operation::GetUser, [Fault::status(404)]);
    app.sign_up(&student()).await;
    app.live_through(Duration::from_mins(10)).await;
    assert!(mails(&app, "send-reminder").is_empty());
    app.no_faults();
    app.settle().await;
    assert_eq!(principal_in(&mails(&app, "send-reminder")[0]), NAME);
}

#[tokio::test]
async fn a_reminder_waits_for_a_tenant_that_is_down() {
    let (app, _) = delivered(Setup::default()).await;
    app.fault(Operation::GetUser, [Fault::status(503)]);
    app.sign_up(&student()).await;
    app.live_through(Duration::from_mins(5)).await;
    assert!(mails(&app, "send-reminder").is_empty());
    app.no_faults();
    app.settle().await;
    assert_eq!(principal_in(&mails(&app, "send-reminder")[0]), NAME);
    assert_eq!(app.stages().await, [Stage::Done; 2]);
}

#[tokio::test]
async fn where_the_tenant_does_not_tell_the_known_name_is_mailed() {
    let (app, _) = delivered(Setup::default()).await;
    app.fault(Operation::GetUser, [Fault::status(403)]);
    app.sign_up(&student()).await;
    app.settle().await;
    assert_eq!(principal_in(&mails(&app, "send-reminder")[0]), NAME);
    assert_eq!(app.stages().await, [Stage::Done; 2]);
}
