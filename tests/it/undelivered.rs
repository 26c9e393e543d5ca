//! Mails that came back: support marks one by its reference, and the person sees it on the status page.

use std::time::Duration;

use accountcreator::{
    domain::{MailReference, Stage},
    sandbox::{Fault, Mail, Operation},
    signup::{Marked, UndeliveredError, mark_undelivered},
};

use crate::support::{OPERATOR, Page, Setup, Student, TestApp, code_in};

const MINUTES: Duration = Duration::from_mins(5);

fn student() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

fn confirming() -> Setup {
    Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() }
}

/// The reference of a mail, as its header has it; the text shows the same.
fn reference(mail: &Mail) -> MailReference {
    let reference = mail.header("X-Accountcreator-Reference").expect("a reference");
    assert!(mail.text.trim_end().ends_with(&reference), "{}", mail.text);
    assert!(mail.html.as_ref().unwrap().contains(&reference));
    reference.parse().unwrap()
}

fn last_mail(app: &TestApp) -> Mail {
    app.sandbox.mails_to(&student().email).pop().expect("a mail")
}

async fn mark(app: &TestApp, reference: &MailReference) -> Result<Marked, UndeliveredError> {
    mark_undelivered(&app.store, reference, OPERATOR, app.clock.now()).await
}

async fn mark_last(app: &TestApp) -> MailReference {
    let reference = reference(&last_mail(app));
    let marked = mark(app, &reference).await.unwrap();
    assert_eq!(marked, Marked::Now(app.signup_of(&student()).await.id));
    reference
}

fn assert_came_back(page: &Page) {
    assert_eq!(page.texts("h1"), ["The email came back"]);
    assert!(page.texts(".lead")[0].contains("support@example.edu"), "{}", page.body);
}

#[tokio::test]
async fn a_password_that_came_back_is_told_and_sent_again() {
    let app = TestApp::with(Setup::renewing()).await;
    let page = app.sign_up(&student()).await;
    app.settle().await;
    let since = app.clock.now();
    let first = mark_last(&app).await;
    let mut browser = app.browser();
    let told = browser.open(&page.path).await;
    assert_came_back(&told);
    assert!(told.has("form.again button[disabled]"), "the mail went out just now");
    assert!(!told.has("main details") && !told.has("a.button") && !told.has(".steps"), "{}", told.body);

    app.advance(MINUTES);
    let id = app.signup_of(&student()).await.id;
    assert_eq!(mark(&app, &first).await.unwrap(), Marked::Before(id, since), "twice is once");
    let told = browser.open(&page.path).await;
    let answer = browser.submit_form(&told, "form.again", &[]).await;
    assert!(answer.status.is_redirection());
    assert_eq!(browser.open(&page.path).await.texts("h1"), ["A new password is on its way"]);
    let refused = mark(&app, &first).await.unwrap_err();
    assert!(matches!(refused, UndeliveredError::FurtherMail(of) if of == id), "{refused}");
    app.settle().await;
    app.assert_renewed(&student()).await;
    assert_eq!(browser.open(&page.path).await.texts("h1"), ["Your account is ready"]);

    let second = reference(&last_mail(&app));
    assert_eq!((first.label(), second.label()), ("P1".to_owned(), "P2".to_owned()));
    let refused = mark(&app, &first).await.unwrap_err();
    assert!(matches!(refused, UndeliveredError::Later(later) if later == second), "{refused}");
    assert_eq!(app.signup_of(&student()).await.undelivered_at, None, "nothing was changed");
    mark_last(&app).await;
}

#[tokio::test]
async fn without_new_passwords_the_page_names_support() {
    let app = TestApp::start().await;
    let page = app.sign_up(&student()).await;
    app.settle().await;
    mark_last(&app).await;
    let told = app.browser().open(&page.path).await;
    assert_came_back(&told);
    assert!(!told.has("form.again") && !told.has("main form"), "{}", told.body);
}

#[tokio::test]
async fn a_refused_new_password_leaves_it_told() {
    let app = TestApp::with(Setup::renewing()).await;
    let page = app.sign_up(&student()).await;
    app.settle().await;
    mark_last(&app).await;
    app.advance(MINUTES);
    app.fault(
        Operation::UpdateUser,
        [Fault::status(403).saying("Authorization_RequestDenied", "no").times(20)],
    );
    let mut browser = app.browser();
    let told = browser.open(&page.path).await;
    browser.submit_form(&told, "form.again", &[]).await;
    app.settle().await;
    assert_eq!(app.signup_of(&student()).await.stage, Stage::Done);
    assert_came_back(&browser.open(&page.path).await);
}

#[tokio::test]
async fn a_code_that_came_back_is_told_and_sent_again() {
    let app = TestApp::with(confirming()).await;
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let answer = browser.submit(&form, &student().fields()).await;
    let page = browser.follow(answer).await;
    app.work().await;
    let token_page = page.path.clone();
    let mail = last_mail(&app);
    let first = mark_by_mail(&app, &mail).await;
    let told = browser.open(&token_page).await;
    assert_came_back(&told);
    assert!(told.has("p.correct button"), "the address can still be corrected");
    assert!(told.texts(".lead")[0].contains(&student().email), "{}", told.body);
    assert!(!told.has("#code"), "there is no code to type");
    let stranger = app.browser().open(&token_page).await;
    assert!(!stranger.body.contains(&student().email), "others see it masked");

    app.advance(MINUTES);
    let answer = browser.submit_form(&told, "form.again", &[]).await;
    assert!(answer.status.is_redirection());
    app.work().await;
    let again = browser.open(&token_page).await;
    assert!(again.has("#code"), "{}", again.body);
    let refused = mark(&app, &first).await.unwrap_err();
    assert!(matches!(refused, UndeliveredError::Later(_)), "{refused}");

    let second = mark_by_mail(&app, &last_mail(&app)).await;
    browser.submit(&again, &[("code", &code_in(&last_mail(&app)))]).await;
    let refused = mark(&app, &second).await.unwrap_err();
    assert!(matches!(refused, UndeliveredError::Confirmed(_)), "{refused}");
    app.settle().await;
    assert_eq!(browser.open(&token_page).await.texts("h1"), ["Your account is ready"]);
}

/// Marks a mail whose signup does not own its address yet.
async fn mark_by_mail(app: &TestApp, mail: &Mail) -> MailReference {
    let reference = reference(mail);
    assert!(matches!(mark(app, &reference).await, Ok(Marked::Now(_))));
    reference
}

#[tokio::test]
async fn a_reminder_that_came_back_is_told_on_the_page_of_its_request_alone() {
    let app = TestApp::with(Setup::renewing()).await;
    let first = app.sign_up(&student()).await;
    app.settle().await;
    app.advance(Duration::from_hours(1));
    let further = app.sign_up(&student()).await;
    app.settle().await;
    let reference = mark_by_mail(&app, &last_mail(&app)).await;
    assert_eq!(reference.label(), "R1");
    assert_came_back(&app.browser().open(&further.path).await);
    assert_eq!(app.browser().open(&first.path).await.texts("h1"), ["Your account is ready"]);
}

#[tokio::test]
async fn what_no_mail_has_is_refused() {
    let app = TestApp::start().await;
    app.sign_up(&student()).await;
    app.settle().await;
    let known = reference(&last_mail(&app)).to_string();
    for unknown in [known.replace("-P1", "-P2"), known.replace("-P1", "-C1"), "00000000-P1".to_owned()] {
        let refused = mark(&app, &unknown.parse().unwrap()).await.unwrap_err();
        assert!(matches!(refused, UndeliveredError::Unknown(_)), "{refused}");
    }
    assert_eq!(app.signup_of(&student()).await.undelivered_at, None);
}
