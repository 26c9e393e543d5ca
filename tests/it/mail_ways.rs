//! Mails through Microsoft: by a login with an access token, and by a mailbox through Graph.

use std::time::Duration;

use accountcreator::{
    domain::{Attention, Stage, Waiting},
    sandbox::{Fault, Mail, Operation, Way},
};
use rstest::rstest;

use crate::support::{MailWay, Setup, Student, TestApp, password_in, principal_in};

async fn by(way: MailWay) -> TestApp {
    TestApp::with(Setup::default().mailing_by(way)).await
}

async fn sign_up_all(app: &TestApp, count: u32) -> Vec<Student> {
    let students: Vec<Student> = (0..count).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    for student in &students {
        app.sign_up(student).await;
    }
    students
}

fn sent(app: &TestApp) -> Vec<Mail> {
    app.sandbox.mails()
}

fn graph_mails(app: &TestApp) -> Vec<Option<u16>> {
    let requests = app.sandbox.requests();
    requests.iter().filter(|one| one.operation == Operation::SendMail).map(|one| one.status).collect()
}

#[rstest]
#[case(MailWay::Xoauth2, Way::SmtpXoauth2)]
#[case(MailWay::Graph, Way::Graph)]
#[tokio::test]
async fn an_account_is_mailed_by_either_way(#[case] way: MailWay, #[case] came_by: Way) {
    let app = by(way).await;
    let students = sign_up_all(&app, 1).await;
    app.settle().await;
    app.assert_accounts(&students).await;
    let mails = sent(&app);
    assert_eq!(mails.iter().map(|mail| mail.way).collect::<Vec<_>>(), [came_by]);
    assert!(mails[0].raw.contains("X-Accountcreator-Reference: "), "{}", mails[0].raw);
}

#[tokio::test]
async fn a_mail_that_leaves_no_copy_opens_the_account_too() {
    let app = by(MailWay::GraphWithoutCopy).await;
    let students = sign_up_all(&app, 1).await;
    app.settle().await;
    let mails = app.sandbox.mails_to(&students[0].email);
    assert_eq!(mails.len(), 1);
    assert!(!mails[0].saved_to_sent_items && mails[0].way == Way::Graph);
    let headers = mails[0].raw.to_lowercase();
    assert!(headers.contains("x-accountcreator-reference: ") && headers.contains("x-accountcreator-mail: "));
    assert_eq!(app.users().len(), 1);
    assert_eq!(app.signup_of(&students[0]).await.stage, Stage::Done);
}

/// The limit of a mailbox holds up the mails and not the accounts, and Graph never has to refuse one.
#[tokio::test]
async fn thirty_mails_a_minute_go_through_graph_and_accounts_do_not_wait() {
    let app = by(MailWay::Graph).await;
    let students = sign_up_all(&app, 65).await;
    for minute in 1..=3 {
        app.work().await;
        assert_eq!(app.users().len(), 65, "every account is there in the first minute");
        assert_eq!(sent(&app).len(), (30 * minute).min(65), "in minute {minute}");
        app.advance(Duration::from_secs(59));
        app.work().await;
        assert_eq!(sent(&app).len(), (30 * minute).min(65), "at the end of minute {minute}");
        app.advance(Duration::from_secs(1));
    }
    app.assert_accounts(&students).await;
    assert_eq!(graph_mails(&app), [Some(202); 65], "each mail is sent once, and none is refused");
}

#[tokio::test]
async fn a_pause_that_graph_asks_for_holds_up_mails_alone_and_is_no_try_in_vain() {
    let app = by(MailWay::Graph).await;
    let first = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&first).await;
    app.fault(Operation::SendMail, [Fault::status(429).retry_after(120).times(1)]);
    app.work().await;
    let waits = app.signup_of(&first).await;
    assert_eq!((waits.stage, waits.waiting), (Stage::Delivering, Some(Waiting::MailUnavailable)));
    assert_eq!(waits.attempts, 0, "a pause is no attempt");
    let second = Student::new(2, "Grace", "Hopper");
    app.sign_up(&second).await;
    app.work().await;
    assert_eq!(app.users().len(), 2, "the tenant's queue goes on");
    app.advance(Duration::from_secs(119));
    app.work().await;
    assert!(sent(&app).is_empty() && graph_mails(&app).len() == 1, "the pause is kept");
    app.advance(Duration::from_secs(1));
    app.work().await;
    assert!(!app.sandbox.mails_to(&first.email).is_empty(), "it is sent as soon as the pause is over");
    app.settle().await;
    app.assert_accounts(&[first, second]).await;
}

/// Reminders are sent from the tenant's queue, and keep the pause of the mails all the same.
#[tokio::test]
async fn a_reminder_keeps_the_pause_of_the_mails() {
    let app = by(MailWay::Graph).await;
    let mut students = sign_up_all(&app, 1).await;
    app.settle().await;
    app.advance(Duration::from_hours(48));
    students.push(Student::new(1, "Grace", "Hopper"));
    app.sign_up(&students[1]).await;
    app.fault(Operation::SendMail, [Fault::status(429).retry_after(120).times(1)]);
    app.work().await;
    assert_eq!(graph_mails(&app), [Some(202), Some(429)]);
    app.sign_up(&students[0]).await;
    app.work().await;
    assert_eq!(graph_mails(&app), [Some(202), Some(429)], "nothing is sent in the pause");
    app.advance(Duration::from_secs(121));
    app.work().await;
    assert_eq!(graph_mails(&app)[2..], [Some(202), Some(202)]);
}

/// Pauses are no tries in vain, and a mailbox that asks for nothing else needs a person all the same.
#[rstest]
#[case(429)]
#[case(503)]
#[tokio::test]
async fn a_mailbox_that_only_asks_for_pauses_is_given_up(#[case] status: u16) {
    let setup = Setup { signup: "give_up_after = \"2h\"".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup.mailing_by(MailWay::Graph)).await;
    app.fault(Operation::SendMail, [Fault::status(status).retry_after(600)]);
    let students = sign_up_all(&app, 1).await;
    app.live_through(Duration::from_mins(110)).await;
    assert_eq!(app.signup_of(&students[0]).await.stage, Stage::Delivering);
    app.live_through(Duration::from_mins(20)).await;
    let signup = app.signup_of(&students[0]).await;
    assert_eq!((signup.stage, signup.attention), (Stage::NeedsAttention, Some(Attention::GaveUp)));
    assert!(graph_mails(&app).len() <= 14, "every pause is kept");
}

/// What an admin has to mend stops no account, is told with its code, and heals by itself once it is mended.
#[tokio::test]
async fn a_refused_mailbox_is_told_and_heals() {
    let app = by(MailWay::Graph).await;
    app.sandbox.revoke("Mail.Send");
    let students = sign_up_all(&app, 1).await;
    app.live_through(Duration::from_mins(5)).await;
    let signup = app.signup_of(&students[0]).await;
    assert_eq!((signup.stage, signup.waiting), (Stage::Delivering, Some(Waiting::MailUnavailable)));
    assert_eq!(signup.last_error.as_deref(), Some("the mail was not accepted (ErrorAccessDenied)"));
    app.sandbox.grant("Mail.Send");
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// A token lives an hour: a login long afterwards has a fresh one.
#[tokio::test]
async fn a_token_that_has_ended_is_replaced() {
    let app = by(MailWay::Xoauth2).await;
    let mut students = sign_up_all(&app, 1).await;
    app.settle().await;
    app.advance(Duration::from_hours(3));
    let later = Student::new(7, "Grace", "Hopper");
    app.sign_up(&later).await;
    app.settle().await;
    students.push(later);
    app.assert_accounts(&students).await;
    let mails = sent(&app);
    let read = |mail: &Mail| (principal_in(mail), password_in(mail));
    assert_ne!(read(&mails[0]), read(&mails[1]));
}
