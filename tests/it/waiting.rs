//! How long is waited, for what, and what the visitor is told meanwhile.

use std::time::Duration;

use accountcreator::{
    domain::{Attention, Stage, Waiting},
    sandbox::{Fault, Operation, STUDENT_SKU},
};
use rstest::rstest;

use crate::support::{Setup, Student, TestApp};

const DAY: Duration = Duration::from_hours(24);

async fn without_seats() -> TestApp {
    let signup = "give_up_after = \"6h\"".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::default() }).await;
    app.sandbox.set_seats(STUDENT_SKU, 0);
    app
}

#[rstest]
#[tokio::test]
async fn an_outage_without_end_needs_a_person_and_goes_on_when_asked_to(
    #[values(Operation::Token, Operation::CreateUser, Operation::Batch, Operation::SmtpData)] down: Operation,
) {
    let signup = "give_up_after = \"2h\"".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.fault(down, [Fault::new(accountcreator::sandbox::FaultKind::Status)]);
    app.live_through(Duration::from_mins(100)).await;
    assert_eq!(app.attention(&student).await, None, "not before its time");
    app.live_through(Duration::from_hours(2)).await;
    assert_eq!(app.attention(&student).await, Some(Attention::GaveUp));
    let last_error = app.signup_of(&student).await.last_error.unwrap();
    assert!(last_error.starts_with("gave_up: "), "the last error is told: {last_error}");
    app.no_faults();
    app.live_through(DAY).await;
    assert_eq!(app.attention(&student).await, Some(Attention::GaveUp), "until someone asks");
    app.retry(&student).await;
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn a_signup_waits_for_a_seat_as_long_as_it_takes_and_says_so() {
    let app = without_seats().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let page = app.sign_up(&student).await;
    app.live_through(DAY).await;
    let signup = app.signup_of(&student).await;
    assert_eq!((signup.stage, signup.waiting), (Stage::Provisioning, Some(Waiting::NoSeats)));
    let page = app.browser().open(&page.path).await;
    assert!(page.texts("p.notice").join(" ").contains("All licences are in use"), "{}", page.body);
    assert!(app.sandbox.mails_to(&student.email).is_empty(), "no password before the account is whole");
    app.sandbox.set_seats(STUDENT_SKU, 1);
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

/// The day without a seat was no day of trying in vain.
#[tokio::test]
async fn an_accident_after_the_wait_for_a_seat_is_tried_again() {
    let app = without_seats().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.live_through(DAY).await;
    app.sandbox.set_seats(STUDENT_SKU, 1);
    app.fault(Operation::Batch, [Fault::status(503).times(1)]);
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn one_seat_goes_to_one_of_two_and_the_other_waits() {
    let app = without_seats().await;
    app.sandbox.set_seats(STUDENT_SKU, 1);
    let students = [Student::new(1, "Ada", "Lovelace"), Student::new(2, "Charles", "Babbage")];
    for student in &students {
        app.sign_up(student).await;
    }
    app.live_through(DAY).await;
    let mut stages = app.stages().await;
    stages.sort_by_key(|stage| stage.as_str());
    assert_eq!(stages, [Stage::Done, Stage::Provisioning]);
    app.sandbox.set_seats(STUDENT_SKU, 2);
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// A second request for the address must not call for an admin of its own.
#[tokio::test]
async fn a_further_request_waits_with_the_first_however_long() {
    let app = without_seats().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.sign_up(&Student { first: "Augusta".to_owned(), ..student.clone() }).await;
    app.live_through(DAY).await;
    assert!(app.all_signups().await.iter().all(|signup| signup.attention.is_none()));
    app.sandbox.set_seats(STUDENT_SKU, 1);
    app.settle().await;
    app.assert_accounts(&[student]).await;
    assert_eq!(app.stages().await, [Stage::Done; 2]);
}
