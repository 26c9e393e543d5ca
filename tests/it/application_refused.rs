//! The tenant refuses the application: no signup can succeed, so none is at fault. All wait and go on by themselves.

use std::time::Duration;

use accountcreator::{
    domain::{Attention, Stage, Waiting},
    graph::remedy_for,
    sandbox::{Fault, Faults, Group, GroupKind, Operation, Tenant},
};
use rstest::rstest;

use crate::support::{IDENTITY, Log, Setup, Student, TestApp, group};

/// As many as a worker carries out at once.
const AT_ONCE: usize = 16;

const REFUSED: &str = "the tenant refuses the application; ";
const ACCEPTED: &str = "the tenant accepts the application again";

fn students(count: u32) -> Vec<Student> {
    (0..count).map(|number| Student::new(number, "Ada", "Lovelace")).collect()
}

async fn sign_up_all(app: &TestApp, students: &[Student]) {
    for student in students {
        app.sign_up(student).await;
    }
}

fn readiness(app: &TestApp) -> impl Future<Output = String> {
    let address = format!("http://{}/readyz", app.address);
    async move {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        client.get(address).send().await.unwrap().text().await.unwrap()
    }
}

/// It waits for this, and its page says no more than that Microsoft cannot be reached.
async fn assert_waits(app: &TestApp, student: &Student, status: &str, waiting: Waiting, code: &str) {
    let page = app.browser().open(status).await;
    assert!(page.body.contains("We are having trouble reaching Microsoft"), "{}", page.body);
    for internal in [waiting.as_str(), code, "permission", "refuse"] {
        assert!(!page.body.contains(internal), "{internal} in {}", page.body);
    }
    let signup = app.signup_of(student).await;
    assert_eq!((signup.stage, signup.waiting), (Stage::Queued, Some(waiting)));
    assert!(
        signup.last_error.as_deref().is_some_and(|error| error.starts_with(code)),
        "{:?}",
        signup.last_error
    );
}

/// What is refused, by what, and the remedy's part that belongs to that code alone.
#[rstest]
#[case::token_of_graph(Operation::CreateUser, Fault::status(401), "InvalidAuthenticationToken", "same cloud")]
#[case::everything(Operation::AnyGraph, Fault::status(401), "InvalidAuthenticationToken", "same cloud")]
#[case::creation(
    Operation::CreateUser,
    Fault::status(403),
    "Authorization_RequestDenied",
    "User.ReadWrite.All"
)]
#[case::batch(
    Operation::Batch,
    Fault::status(403),
    "Authorization_RequestDenied",
    "GroupMember.ReadWrite.All"
)]
#[case::client(Operation::Token, Fault::aadsts(7_000_222), "AADSTS7000222", "credential")]
#[case::spreading(Operation::Token, Fault::aadsts(700_016), "AADSTS700016", "client_id")]
#[case::passing(Operation::Token, Fault::aadsts(50_087), "AADSTS50087", "wait")]
#[case::certificate(Operation::Token, Fault::aadsts(700_027), "AADSTS700027", "certificate")]
#[case::tenant(Operation::Token, Fault::aadsts(90_002), "AADSTS90002", "tenant_id")]
#[tokio::test]
async fn a_second_of_refusal_puts_no_signup_of_a_stream_aside(
    #[case] operation: Operation,
    #[case] refusal: Fault,
    #[case] code: &str,
    #[case] remedy: &str,
) {
    let log = Log::capture();
    let app = TestApp::start().await;
    let students = students(100);
    sign_up_all(&app, &students[..40]).await;
    app.fault(operation, [refusal]);
    app.work().await;
    sign_up_all(&app, &students[40..]).await;
    app.live_through(Duration::from_secs(1)).await;
    let refused = app.sandbox.requests().len();
    assert!(refused <= 4 * AT_ONCE, "{refused} requests while all is refused");
    let stages = app.stages().await;
    assert!(!stages.contains(&Stage::NeedsAttention) && !stages.contains(&Stage::Done), "{stages:?}");
    let errors: Vec<_> = app.all_signups().await.into_iter().filter_map(|signup| signup.last_error).collect();
    assert!(errors.iter().any(|error| error.starts_with(code)), "{errors:?}");
    assert!(readiness(&app).await.contains("tenant main: refuses the application"));

    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
    assert_eq!(readiness(&app).await, "ready\n");
    let text = log.text();
    let lines: Vec<_> = text.lines().filter(|line| line.contains(REFUSED)).collect();
    assert_eq!(lines.len(), 1, "{lines:#?}");
    for part in ["ERROR", code, remedy] {
        assert!(lines[0].contains(part), "{part} in {}", lines[0]);
    }
    assert_eq!(text.matches(ACCEPTED).count(), 1);
}

/// What is wrong with the application is mended while signups wait, and they go on without anybody's help.
#[rstest]
#[case::client("client_id = \"5a4d", "client_id = \"0000", "AADSTS700016")]
#[case::tenant("tenant_id = \"5a4d", "tenant_id = \"0000", "AADSTS90002")]
#[tokio::test]
async fn a_mistake_in_the_configuration_is_named_and_can_be_corrected(
    #[case] right: &str,
    #[case] wrong: &str,
    #[case] code: &str,
) {
    let app = TestApp::start().await.restart_with(right, wrong).await;
    let students = students(3);
    let status = app.sign_up(&students[0]).await.path;
    sign_up_all(&app, &students[1..]).await;
    app.live_through(Duration::from_mins(30)).await;
    assert_waits(&app, &students[0], &status, Waiting::ApplicationRefused, code).await;
    let app = app.restart_with(wrong, right).await;
    app.settle().await;
    app.assert_accounts(&students).await;
}

#[tokio::test]
async fn a_certificate_that_is_not_registered_is_named_and_works_once_it_is() {
    let app = TestApp::start().await;
    let students = students(3);
    app.sandbox.remove_certificates();
    let status = app.sign_up(&students[0]).await.path;
    sign_up_all(&app, &students[1..]).await;
    app.live_through(Duration::from_mins(30)).await;
    assert_waits(&app, &students[0], &status, Waiting::ApplicationRefused, "AADSTS700027").await;
    app.sandbox.register_certificate(&IDENTITY.certificate).unwrap();
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// Granted while the service runs: the token at hand does not have the permission yet.
#[tokio::test]
async fn a_missing_permission_is_named_and_works_once_granted() {
    const MISSING: &str = "User.ReadWrite.All";
    let mut tenant = Tenant::default();
    tenant.granted.retain(|permission| permission != MISSING);
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    let students = students(3);
    let status = app.sign_up(&students[0]).await.path;
    sign_up_all(&app, &students[1..]).await;
    app.live_through(Duration::from_mins(30)).await;
    assert_waits(&app, &students[0], &status, Waiting::PermissionMissing, "Authorization_RequestDenied")
        .await;
    assert!(Waiting::PermissionMissing.remedy().is_some_and(|remedy| remedy.contains(MISSING)));
    app.sandbox.grant(MISSING);
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// One signup at a time tries, after pauses that grow up to a quarter of an hour.
#[rstest]
#[case::token(Operation::Token, Fault::aadsts(700_027), 1)]
#[case::creation(Operation::CreateUser, Fault::status(403), 2)]
#[case::batch(Operation::Batch, Fault::status(403), 3)]
#[case::items(Operation::AddMember, Fault::status(401), 4)]
#[tokio::test]
async fn requests_are_few_while_the_application_is_refused(
    #[case] operation: Operation,
    #[case] refusal: Fault,
    #[case] of_a_probe: usize,
) {
    let (log, app) = (Log::capture(), TestApp::start().await);
    let students = students(40);
    sign_up_all(&app, &students).await;
    app.fault(operation, [refusal]);
    app.work().await;
    app.sandbox.clear_requests();
    let mut most = 0;
    for _ in 0..12 {
        let before = app.sandbox.requests().len();
        app.advance(Duration::from_mins(15));
        app.work().await;
        most = most.max(app.sandbox.requests().len() - before);
    }
    // Those whose account is made already need no further creation.
    assert!((1..=of_a_probe).contains(&most), "{most} requests for one probe");
    app.live_through(Duration::from_hours(6)).await;
    let asked = app.sandbox.requests().len();
    assert!(asked <= of_a_probe * (12 + 50), "{asked} requests in nine hours");
    assert!(!app.stages().await.contains(&Stage::NeedsAttention));
    assert_eq!(log.text().matches(REFUSED).count(), 1, "it is one outage");
    assert_eq!(log.text().matches(ACCEPTED).count(), 0);
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// The refusal lasts for longer than anybody waits: each signup needs a person by then, not one per probe.
#[tokio::test]
async fn a_refusal_that_stays_is_given_up_for_all_and_named() {
    let setup = Setup { signup: "give_up_after = \"2h\"".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let students = students(40);
    app.sandbox.remove_certificates();
    sign_up_all(&app, &students).await;
    app.live_through(Duration::from_mins(115)).await;
    assert!(!app.stages().await.contains(&Stage::NeedsAttention));
    app.live_through(Duration::from_mins(25)).await;
    for student in &students {
        assert_eq!(app.attention(student).await, Some(Attention::IdentityRefused));
    }
    let error = app.signup_of(&students[7]).await.last_error.unwrap();
    assert!(error.starts_with("gave_up: AADSTS700027"), "{error}");
    app.sandbox.register_certificate(&IDENTITY.certificate).unwrap();
    for student in &students {
        app.retry(student).await;
    }
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// A code may have another remedy than the reason.
#[tokio::test]
async fn the_log_has_the_remedy_of_the_code() {
    let (log, remedy) = (Log::capture(), remedy_for("AADSTS700016").unwrap());
    assert_ne!(remedy, Attention::IdentityRefused.remedy());
    let app = TestApp::with(Setup { signup: "give_up_after = \"2h\"".to_owned(), ..Setup::default() }).await;
    let students = students(2);
    app.fault(Operation::Token, [Fault::aadsts(700_016)]);
    sign_up_all(&app, &students).await;
    app.live_through(Duration::from_mins(140)).await;
    let text = log.text();
    let told =
        text.lines().filter(|line| line.contains("an operation needs attention") && line.contains(remedy));
    assert_eq!(told.count(), students.len(), "{text}");
}

/// A tenant may refuse one step alone; what succeeds besides does not open its queue.
#[tokio::test]
async fn an_accepted_step_is_no_permission_for_the_refused_one() {
    let app = TestApp::start().await;
    let students = students(60);
    sign_up_all(&app, &students).await;
    app.fault(Operation::Batch, [Fault::status(403)]);
    app.live_through(Duration::from_mins(10)).await;
    let users = app.users().len();
    assert!(users < AT_ONCE + 14, "{users} users were created while the batch was refused");
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// A process that dies with the probe takes no right to try with it, and another process tries by itself.
#[tokio::test]
async fn a_restart_in_a_refusal_goes_on() {
    let app = TestApp::start().await;
    let students = students(20);
    sign_up_all(&app, &students).await;
    app.fault(Operation::Token, [Fault::aadsts(700_016)]);
    app.live_through(Duration::from_mins(3)).await;
    let app = app.restart().await;
    app.live_through(Duration::from_mins(3)).await;
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// One item's token is refused: it is sent again with a fresh one, in the same moment.
#[rstest]
#[tokio::test]
async fn a_refused_token_of_one_item_is_fetched_anew(
    #[values(Operation::AddMember, Operation::AssignLicense)] item: Operation,
) {
    let app = TestApp::start().await;
    let students = students(1);
    sign_up_all(&app, &students).await;
    app.fault(item, [Fault::status(401).times(1)]);
    app.work().await;
    app.assert_accounts(&students).await;
    let requests = app.sandbox.requests();
    let count = |operation| requests.iter().filter(|request| request.operation == operation).count();
    assert_eq!((count(Operation::Token), count(Operation::Batch)), (2, 2));
}

/// A second of refused groups or licences is nobody's end either.
#[rstest]
#[tokio::test]
async fn a_second_of_refused_items_passes(
    #[values(Operation::AddMember, Operation::AssignLicense)] item: Operation,
    #[values(401, 403)] status: u16,
) {
    let app = TestApp::start().await;
    let students = students(30);
    sign_up_all(&app, &students).await;
    app.fault(item, [Fault::status(status)]);
    app.live_through(Duration::from_secs(1)).await;
    app.no_faults();
    app.settle().await;
    app.assert_accounts(&students).await;
}

/// One role-assignable group is a mistake of its profile; the others' signups go on.
#[tokio::test]
async fn a_group_that_refuses_the_application_stops_its_own_profile_alone() {
    let roles = Group { kind: GroupKind::RoleAssignable, ..group(90) };
    let profile = format!(
        "[[profiles]]\nname = \"staff\"\nemail = 'st9(?<student_id>[0-9]{{5}})@stud\\.example\\.edu'\ntenant = \"main\"\n\
         domain = \"students.example.edu\"\nusage_location = \"DE\"\ngroups = [\"{}\", \"{}\"]\n[[profiles]]\n",
        group(0).id,
        roles.id,
    );
    let app = TestApp::with(Setup { other_groups: vec![roles], ..Setup::default() }).await;
    let app = app.restart_with("[[profiles]]\n", &profile).await;
    let (refused, student) = (Student::new(900_001, "Eve", "Adams"), Student::new(1, "Ada", "Lovelace"));
    app.sign_up(&refused).await;
    app.work().await;
    app.sign_up(&student).await;
    app.work().await;
    assert_eq!(app.signup_of(&student).await.stage, Stage::Done, "nothing holds it back");
    assert_eq!(readiness(&app).await, "ready\n");
    assert_eq!(app.signup_of(&refused).await.waiting, Some(Waiting::PermissionMissing));
    app.settle().await;
    assert_eq!(app.attention(&refused).await, Some(Attention::GroupRefused));
    assert!(Attention::GroupRefused.remedy().contains("role-assignable"));
}

/// Odd but real: `Retry-After: 2.542`, numbers as text, ids as numbers.
#[tokio::test]
async fn numbers_are_read_however_they_are_written() {
    let app = TestApp::start().await;
    let students = students(3);
    sign_up_all(&app, &students).await;
    let faults = Faults { odd_numbers: true, ..Default::default() };
    let pause = Fault::status(429).retry_after(61.542).times(1);
    app.sandbox.set_faults(faults.on(Operation::AddMember, pause.clone()).on(Operation::Batch, pause));
    app.work().await;
    app.sandbox.clear_requests();
    app.live_through(Duration::from_secs(61)).await;
    assert!(app.sandbox.requests().is_empty(), "{:?}", app.sandbox.requests());
    app.settle().await;
    app.assert_accounts(&students).await;
}
