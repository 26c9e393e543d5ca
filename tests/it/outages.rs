//! The tenant or the mail server is slow, down or unwilling for a while: nothing is lost, nothing doubled.

use std::{net::Ipv4Addr, time::Duration};

use accountcreator::{
    domain::{Stage, Waiting},
    sandbox::{Fault, FaultKind, Faults, Limits, Operation},
};
use rstest::rstest;
use tokio::net::TcpListener;

use crate::support::{Student, TestApp};

fn students(count: u32) -> Vec<Student> {
    (0..count).map(|number| Student::new(number, "Ada", "Lovelace")).collect()
}

async fn sign_up_all(app: &TestApp, students: &[Student]) {
    for student in students {
        app.sign_up(student).await;
    }
}

/// A signup is throttled; those that come later are held back too, while a finished account is mailed.
#[rstest]
#[tokio::test]
async fn a_429_stops_everything_to_the_tenant_until_its_time_is_over_but_no_mail(
    #[values(Operation::Token, Operation::CreateUser, Operation::Batch, Operation::AddMember)]
    throttled: Operation,
) {
    let app = TestApp::start().await;
    let students = students(4);
    let (unmailed, throttles) = (&students[0], Fault::status(429).retry_after(90).times(1));
    app.fault(Operation::SmtpData, [Fault::status(451).times(1)]);
    if throttled != Operation::Token {
        app.sign_up(unmailed).await;
        app.work().await;
        assert_eq!(app.signup_of(unmailed).await.stage, Stage::Delivering);
    }
    app.fault(throttled, [throttles]);
    app.sign_up(&students[1]).await;
    app.work().await;
    assert_eq!(app.signup_of(&students[1]).await.waiting, Some(Waiting::Throttled));
    sign_up_all(&app, &students).await;
    app.sandbox.clear_requests();
    app.live_through(Duration::from_secs(89)).await;
    assert!(app.sandbox.requests().is_empty(), "{:?}", app.sandbox.requests());
    assert_eq!(app.signup_of(&students[2]).await.attempts, 0, "what is held back is left in the queue");
    if throttled != Operation::Token {
        app.assert_one_account(unmailed);
    }
    app.settle().await;
    app.assert_accounts(&students).await;
}

#[tokio::test]
async fn a_429_that_names_no_time_stops_everything_for_a_while() {
    let app = TestApp::start().await;
    let students = students(3);
    app.fault(Operation::CreateUser, [Fault::status(429).times(1)]);
    app.sign_up(&students[0]).await;
    app.work().await;
    sign_up_all(&app, &students).await;
    app.sandbox.clear_requests();
    app.live_through(Duration::from_millis(900)).await;
    assert!(app.sandbox.requests().is_empty(), "the first pause is at least half of two seconds");
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// The POSTs of sixteen signups are under way when one is throttled: none of them goes on to its batch.
#[tokio::test]
async fn signups_under_way_rest_too() {
    let app = TestApp::start().await;
    let students = students(16);
    sign_up_all(&app, &students).await;
    let faults = Faults::default().latency(Duration::from_millis(200));
    app.sandbox.set_faults(faults.on(Operation::CreateUser, Fault::status(429).retry_after(60).times(1)));
    app.work().await;
    assert_eq!(app.graph_requests(), [Operation::CreateUser; 16]);
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
}

#[tokio::test]
async fn a_tenant_with_tight_limits_gets_all_of_them_in_time() {
    let app = TestApp::start().await;
    let students = students(16);
    sign_up_all(&app, &students).await;
    let limits = Limits { writes: 20, writes_seconds: 60, ..Limits::default() };
    app.sandbox.set_faults(Faults { throttle: Some(limits), ..Faults::default() });
    app.settle().await;
    app.assert_accounts(&students).await;
}

#[tokio::test]
async fn nobody_at_the_mail_servers_port_costs_no_second_user_and_no_mail() {
    let app = TestApp::start().await;
    let there = format!("port = {}\n", app.sandbox.smtp_addr().port());
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let nobody_there = format!("port = {}\n", free.port());
    let app = app.restart_with(&there, &nobody_there).await;
    let students = students(5);
    sign_up_all(&app, &students).await;
    app.live_through(Duration::from_hours(2)).await;
    assert_eq!((app.users().len(), app.sandbox.mails().len()), (5, 0));
    assert_eq!(app.stages().await, [Stage::Delivering; 5]);
    assert_eq!(app.signup_of(&students[0]).await.waiting, Some(Waiting::MailUnavailable));
    let app = app.restart_with(&nobody_there, &there).await;
    app.settle().await;
    app.assert_accounts(&students).await;
    assert_eq!(app.sandbox.mails().len(), 5);
}

#[rstest]
#[tokio::test]
async fn a_mail_server_that_is_down_is_awaited(
    #[values(Operation::SmtpConnect, Operation::SmtpMail, Operation::SmtpRcpt, Operation::SmtpData)]
    phase: Operation,
    #[values(FaultKind::Status, FaultKind::ResetBefore)] kind: FaultKind,
) {
    let app = TestApp::start().await;
    let students = students(3);
    sign_up_all(&app, &students).await;
    app.fault(phase, [Fault::new(kind)]);
    app.live_through(Duration::from_hours(1)).await;
    assert_eq!((app.users().len(), app.sandbox.mails().len()), (3, 0));
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
    assert_eq!(app.sandbox.mails().len(), 3);
}

/// What was just written is not everywhere yet: the user is unknown to the licences and groups.
#[tokio::test]
async fn replication_lag_is_sat_out() {
    let app = TestApp::start().await;
    let students = students(3);
    sign_up_all(&app, &students).await;
    app.sandbox.set_faults(Faults::default().lag(Duration::from_secs(150)));
    app.work().await;
    assert_eq!(app.signup_of(&students[0]).await.waiting, Some(Waiting::TenantLag));
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// A long outage uses up many tries; lag right after it is still lag.
#[tokio::test]
async fn lag_after_a_long_outage_is_sat_out_too() {
    let app = TestApp::start().await;
    let students = students(1);
    sign_up_all(&app, &students).await;
    let outage = Faults::default().on(Operation::CreateUser, Fault::status(503).times(15));
    app.sandbox.set_faults(outage.lag(Duration::from_secs(150)));
    app.settle_within(Duration::from_hours(12)).await;
    app.assert_accounts(&students).await;
}

#[rstest]
#[case(Operation::CreateUser, 400, "One or more property values specified are invalid.")]
#[case(
    Operation::AssignLicense,
    400,
    "License assignment cannot be done for user with invalid usage location."
)]
#[case(
    Operation::AssignLicense,
    404,
    "Resource does not exist or one of its queried reference-property objects are not present."
)]
#[case(
    Operation::AddMember,
    400,
    "The source resource object or one of the objects being referenced do not exist."
)]
#[case(
    Operation::AddMember,
    404,
    "Resource does not exist or one of its queried reference-property objects are not present."
)]
#[case(Operation::AddMember, 400, "Not a valid reference update.")]
#[case(
    Operation::AssignLicense,
    409,
    "Error due to concurrent requests being made to the tenant. Please wait briefly and retry."
)]
#[case(
    Operation::Batch,
    404,
    "Resource does not exist or one of its queried reference-property objects are not present."
)]
#[tokio::test]
async fn refusals_that_come_and_go_are_tried_again(
    #[case] operation: Operation,
    #[case] status: u16,
    #[case] message: &str,
) {
    let app = TestApp::start().await;
    let students = students(1);
    sign_up_all(&app, &students).await;
    let code = if status == 404 { "Request_ResourceNotFound" } else { "Request_BadRequest" };
    app.fault(operation, [Fault::status(status).saying(code, message).times(4)]);
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// Everything fails now and then, before or after its effect.
#[tokio::test]
async fn a_storm_passes() {
    let app = TestApp::start().await;
    let students = students(10);
    sign_up_all(&app, &students).await;
    let mut storm = Faults::default().lag(Duration::from_secs(20));
    for status in [500, 502, 503, 504] {
        let after = Fault { status: Some(status), ..Fault::new(FaultKind::StatusAfter) };
        storm = storm.on(Operation::AnyGraph, Fault::status(status).with_probability(0.05));
        storm = storm.on(Operation::AnyGraph, after.with_probability(0.05));
    }
    for operation in [Operation::Token, Operation::AnyGraph, Operation::SmtpMail, Operation::SmtpData] {
        for kind in [FaultKind::ResetBefore, FaultKind::ResetAfter, FaultKind::HalfBody, FaultKind::Garbage] {
            storm = storm.on(operation, Fault::new(kind).with_probability(0.05));
        }
    }
    app.sandbox.set_faults(storm);
    app.settle_within(Duration::from_hours(48)).await;
    app.assert_accounts(&students).await;
}

#[tokio::test]
async fn without_a_token_nothing_is_asked_of_the_tenant_and_nothing_lost() {
    let app = TestApp::start().await;
    let students = students(3);
    app.fault(Operation::Token, [Fault::status(503)]);
    sign_up_all(&app, &students).await;
    app.live_through(Duration::from_hours(2)).await;
    assert_eq!(app.graph_requests(), []);
    let tries = app.sandbox.requests().len();
    assert!((5..200).contains(&tries), "{tries} tries in two hours");
    let waiting = app.signup_of(&students[0]).await;
    assert_eq!((waiting.stage, waiting.waiting), (Stage::Queued, Some(Waiting::TenantUnavailable)));
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
}

#[rstest]
#[tokio::test]
async fn a_refused_token_is_fetched_anew_once_in_the_same_moment(
    #[values(Operation::CreateUser, Operation::Batch)] refusing: Operation,
) {
    let app = TestApp::start().await;
    let students = students(1);
    app.fault(refusing, [Fault::status(401).times(1)]);
    sign_up_all(&app, &students).await;
    app.work().await;
    app.assert_accounts(&students).await;
    let requests = app.sandbox.requests();
    assert_eq!(requests.iter().filter(|request| request.operation == Operation::Token).count(), 2);
    assert_eq!(requests.iter().filter(|request| request.operation == refusing).count(), 2);
}
