//! A new password for whom the mail did not reach: set in the tenant and mailed, or clearly not.

use std::time::Duration;

use accountcreator::{
    domain::{Attention, Stage},
    sandbox::{Fault, FaultKind, Faults, Mail, Operation, Tenant},
};
use tokio::task::JoinSet;

use crate::support::{MessageId, Page, Setup, Student, TestApp, password_in, principal_in};

const PERMISSION: &str = "User-PasswordProfile.ReadWrite.All";

fn student() -> Student {
    Student::new(1, "Ada", "Lovelace")
}

/// The student has an account, and a mail that may be lost; it was sent five minutes ago.
async fn delivered(setup: Setup) -> (TestApp, Page) {
    let app = TestApp::with(setup).await;
    let page = app.sign_up(&student()).await;
    app.settle().await;
    app.assert_accounts(&[student()]).await;
    app.advance(Duration::from_mins(5));
    (app, page)
}

/// Presses the button on the page.
async fn ask(app: &TestApp, page: &Page) -> Page {
    let mut browser = app.browser();
    let done = browser.open(&page.path).await;
    let answer = browser.submit_form(&done, "form.again", &[]).await;
    browser.follow(answer).await
}

fn new_mails(app: &TestApp) -> Vec<Mail> {
    let mails = app.sandbox.mails_to(&student().email);
    mails.into_iter().filter(|mail| mail.message_id_says("send-new-password")).collect()
}

fn first_password_opens(app: &TestApp) -> bool {
    let first = &app.sandbox.mails_to(&student().email)[0];
    app.sandbox.sign_in(&principal_in(first), &password_in(first)).is_right_password()
}

#[tokio::test]
async fn a_new_password_comes_by_mail_and_the_old_one_no_longer_works() {
    let (app, page) = delivered(Setup::renewing()).await;
    let asked = ask(&app, &page).await;
    assert_eq!(asked.texts("h1"), ["A new password is on its way"]);
    app.work().await;
    app.assert_renewed(&student()).await;
    let requests = app.graph_requests();
    assert!(requests.ends_with(&[Operation::UpdateUser, Operation::GetUser]), "{requests:?}");
    let mail = new_mails(&app).remove(0);
    assert!(mail.text.contains("The old one no longer works."), "{}", mail.text);
    assert!(!mail.raw.contains("Ada,"), "the name was wiped with the first delivery");
    let done = app.browser().open(&page.path).await;
    assert_eq!(done.texts("h1"), ["Your account is ready"]);

    for number in 2..=3 {
        app.advance(Duration::from_mins(5));
        ask(&app, &page).await;
        app.work().await;
        app.assert_renewed(&student()).await;
        assert_eq!(new_mails(&app).len(), number);
    }
    app.advance(Duration::from_mins(5));
    assert!(!app.browser().open(&page.path).await.has("form.again"), "three times is enough");
}

#[tokio::test(flavor = "multi_thread")]
async fn pressing_many_times_at_once_sets_one_password() {
    let (app, page) = delivered(Setup::renewing()).await;
    let mut clicks = JoinSet::new();
    for _ in 0..8 {
        let (mut browser, address) = (app.browser(), format!("{}/password", page.path));
        clicks.spawn(async move { browser.post(&address, &[]).await.status });
    }
    assert!(clicks.join_all().await.iter().all(reqwest::StatusCode::is_redirection));
    app.settle().await;
    app.assert_renewed(&student()).await;
    assert_eq!(new_mails(&app).len(), 1);
}

#[tokio::test]
async fn where_the_tenant_does_not_allow_it_nothing_is_offered_or_done() {
    let (app, page) = delivered(Setup::default()).await;
    let mut browser = app.browser();
    let done = browser.open(&page.path).await;
    assert!(!done.has("form"), "{}", done.body);
    assert!(done.body.contains("Forgot my password") && done.body.contains("support@example.edu"));
    browser.post(&format!("{}/password", page.path), &[]).await;
    app.settle().await;
    assert_eq!(app.signup_of(&student()).await.stage, Stage::Done);
    assert!(first_password_opens(&app));
}

/// Granted while the service runs: the token at hand does not have the permission yet.
#[tokio::test]
async fn a_refusal_leaves_the_account_as_it_was_and_is_told_to_the_admin() {
    let mut tenant = Tenant::default();
    tenant.granted.retain(|permission| permission != PERMISSION);
    let (app, page) = delivered(Setup { tenant, ..Setup::renewing() }).await;
    ask(&app, &page).await;
    app.settle().await;
    app.assert_accounts(&[student()]).await;
    assert!(new_mails(&app).is_empty());
    let signup = app.signup_of(&student()).await;
    assert!(signup.last_error.as_deref().unwrap().starts_with("Authorization_RequestDenied (403)"));
    let events = app.store.events(signup.id).await.unwrap();
    assert_eq!(events.last().unwrap().kind, "reset_refused");
    assert!(Attention::Forbidden.remedy().contains(PERMISSION));
    let done = app.browser().open(&page.path).await;
    assert!(done.texts(".notice").concat().contains("write to support@example.edu"), "{}", done.body);

    app.sandbox.grant(PERMISSION);
    app.advance(Duration::from_mins(5));
    ask(&app, &page).await;
    app.settle().await;
    app.assert_renewed(&student()).await;
}

/// The tenant may have the new password, so it must not be lost: a person has to see to it.
#[tokio::test]
async fn a_refusal_after_a_doubt_keeps_the_password_until_it_is_resolved() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    let lost = Fault::new(FaultKind::ResetAfter).times(1);
    app.fault(Operation::UpdateUser, [lost, Fault::status(403)]);
    app.settle().await;
    assert!(!first_password_opens(&app), "it was set, and the answer was lost");
    assert_eq!(app.attention(&student()).await, Some(Attention::Forbidden));
    assert!(app.signup_of(&student()).await.sealed.is_some());
    app.no_faults();
    app.retry(&student()).await;
    app.settle().await;
    app.assert_renewed(&student()).await;
}

#[tokio::test]
async fn a_pause_that_the_tenant_asks_for_is_kept_and_leaves_no_doubt() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    app.fault(Operation::UpdateUser, [Fault::status(429).retry_after(60).times(1), Fault::status(403)]);
    app.settle().await;
    app.assert_accounts(&[student()]).await;
    assert_eq!(app.graph_requests().iter().filter(|one| **one == Operation::UpdateUser).count(), 2);
}

#[tokio::test]
async fn a_user_that_is_gone_gets_no_password() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    let gone = Faults::default().on(Operation::UpdateUser, Fault::status(404));
    app.sandbox.set_faults(gone.on(Operation::GetUser, Fault::status(404)));
    app.settle().await;
    let signup = app.signup_of(&student()).await;
    assert_eq!((signup.stage, signup.sealed), (Stage::Done, None));
    assert!(new_mails(&app).is_empty());
    let gone = app.browser().open(&page.path).await;
    assert_eq!(gone.texts("h1"), ["This account no longer exists"]);
    assert!(!gone.has("form"), "no further password is offered for it");
    app.no_faults();
    app.advance(Duration::from_mins(5));
    let mut browser = app.browser();
    browser.post(&format!("{}/password", page.path), &[]).await;
    assert_eq!(app.stages().await, [Stage::Done], "nor is one set");
}

#[tokio::test]
async fn a_user_that_cannot_be_found_for_a_moment_is_not_gone() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    let lag = Faults::default().on(Operation::UpdateUser, Fault::status(404).times(3));
    app.sandbox.set_faults(lag.on(Operation::GetUser, Fault::status(404).times(3)));
    app.settle().await;
    app.assert_renewed(&student()).await;
}

/// Six tries set the password without saying so, then one of the tenant's servers does not know the user.
#[tokio::test]
async fn a_user_that_one_server_does_not_know_after_a_doubt_is_not_gone() {
    for unknown in [1, 4] {
        let (app, page) = delivered(Setup::renewing()).await;
        ask(&app, &page).await;
        let doubt = Fault::new(FaultKind::StatusAfter).times(6);
        app.fault(Operation::UpdateUser, [doubt, Fault::status(404).times(unknown)]);
        app.settle().await;
        app.assert_renewed(&student()).await;
    }
}

/// The tenant may have the new password, so it is kept, and an admin's retry sets and mails it.
#[tokio::test]
async fn a_user_that_is_gone_after_a_doubt_keeps_the_password_for_the_admin() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    let doubt = Fault::new(FaultKind::StatusAfter).times(6);
    let gone = Faults::default().on(Operation::GetUser, Fault::status(404));
    app.sandbox
        .set_faults(gone.on(Operation::UpdateUser, doubt).on(Operation::UpdateUser, Fault::status(404)));
    app.settle().await;
    assert_eq!(app.attention(&student()).await, Some(Attention::UserGone));
    assert!(new_mails(&app).is_empty());
    app.no_faults();
    app.retry(&student()).await;
    app.settle().await;
    app.assert_renewed(&student()).await;
}

#[tokio::test]
async fn a_password_the_tenant_does_not_like_is_replaced() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    let banned = "The specified password does not comply with password complexity requirements. Please provide a different password.";
    app.fault(Operation::UpdateUser, [Fault::status(400).saying("Request_BadRequest", banned).times(3)]);
    app.work().await;
    app.assert_renewed(&student()).await;
}

#[tokio::test]
async fn a_tenant_that_is_down_for_too_long_ends_the_try_without_harm() {
    let (app, page) =
        delivered(Setup { signup: "give_up_after = \"1h\"".to_owned(), ..Setup::renewing() }).await;
    ask(&app, &page).await;
    app.fault(Operation::UpdateUser, [Fault::status(429).retry_after(600)]);
    app.settle_within(Duration::from_hours(3)).await;
    app.assert_accounts(&[student()]).await;
    assert!(app.signup_of(&student()).await.last_error.unwrap().starts_with("gave_up"));
}

#[tokio::test]
async fn a_mail_that_cannot_be_delivered_keeps_the_new_password_for_the_admin() {
    let (app, page) = delivered(Setup::renewing()).await;
    ask(&app, &page).await;
    app.fault(Operation::SmtpRcpt, [Fault::status(550)]);
    app.settle().await;
    assert_eq!(app.attention(&student()).await, Some(Attention::RecipientRefused));
    app.no_faults();
    app.retry(&student()).await;
    app.settle().await;
    app.assert_renewed(&student()).await;
}
