//! Answers that hide an effect: whatever a POST is answered with, its user may be there, and is found again.

use std::{collections::BTreeSet, time::Duration};

use accountcreator::{
    domain::{Attention, Stage},
    sandbox::{ExistingUser, Fault, FaultKind, Faults, Operation, Tenant},
};
use rstest::rstest;

use crate::support::{MessageId, Setup, Student, TestApp, database::run_sql};

const PASSWORDS: &str = "User-PasswordProfile.ReadWrite.All";
const BANNED: &str = "The specified password does not comply with password complexity requirements. Please provide a different password.";

/// Where the tenant takes the marker.
#[derive(Clone, Copy, Debug)]
pub enum Marker {
    InPost,
    InEmployeeId,
    Afterwards,
}

impl Marker {
    pub fn setup(self) -> Setup {
        let refused: &[&str] = match self {
            Self::InPost => &[],
            Self::InEmployeeId => &["onPremisesExtensionAttributes"],
            Self::Afterwards => &["onPremisesExtensionAttributes", "employeeId"],
        };
        let refused_at_creation = refused.iter().map(|name| (*name).to_owned()).collect();
        Setup { tenant: Tenant { refused_at_creation, ..Tenant::default() }, ..Setup::default() }
    }

    /// The requests of the first signup in a tenant, and of those that follow.
    fn cost(self) -> (Vec<Operation>, Vec<Operation>) {
        let (post, mark, batch) = (Operation::CreateUser, Operation::UpdateUser, Operation::Batch);
        match self {
            Self::InPost => (vec![post, batch], vec![post, batch]),
            Self::InEmployeeId => (vec![post, post, batch], vec![post, batch]),
            Self::Afterwards => (vec![post, post, post, mark, batch], vec![post, mark, batch]),
        }
    }
}

/// What a POST is answered with.
#[derive(Clone, Copy, Debug)]
enum Refusal {
    NameTaken,
    Conflict,
    Unauthorised,
    Forbidden,
    NotFound,
    Locked,
    Throttled,
    PasswordRefused,
    MarkerRefused,
    ValuesInvalid,
    Unavailable,
}

impl Refusal {
    fn fault(self, kind: FaultKind) -> Fault {
        let (status, message) = match self {
            Self::NameTaken => {
                (400, "Another object with the same value for property userPrincipalName already exists.")
            }
            Self::PasswordRefused => (400, BANNED),
            Self::MarkerRefused => {
                (400, "Invalid value specified for property onPremisesExtensionAttributes")
            }
            Self::ValuesInvalid => (400, "One or more property values specified are invalid."),
            Self::Unauthorised => (401, ""),
            Self::Forbidden => (403, ""),
            Self::NotFound => (404, ""),
            Self::Conflict => (409, ""),
            Self::Locked => (423, ""),
            Self::Throttled => (429, ""),
            Self::Unavailable => (503, ""),
        };
        let fault = Fault { status: Some(status), ..Fault::new(kind) };
        if message.is_empty() { fault } else { fault.saying("Request_BadRequest", message) }
    }
}

/// Once or until the tenant is mended, with the effect or without, the user seen at once or later.
async fn one_account(setup: Setup, refusal: Refusal, kind: FaultKind, times: Option<u32>, lag_seconds: u64) {
    let app = TestApp::with(setup).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let fault = Fault { count: times, ..refusal.fault(kind) };
    let lag = Faults::default().lag(Duration::from_secs(lag_seconds));
    app.sandbox.set_faults(lag.on(Operation::CreateUser, fault));
    app.live_through(Duration::from_hours(6)).await;
    assert!(app.users().len() <= 1, "no second user whatever happens");
    app.bring_to_an_end(&student).await;
    app.assert_accounts(&[student]).await;
}

#[rstest]
#[tokio::test]
async fn no_refusal_of_a_post_makes_a_second_user_or_a_wrong_password(
    #[values(
        Refusal::NameTaken,
        Refusal::Conflict,
        Refusal::Unauthorised,
        Refusal::Forbidden,
        Refusal::NotFound,
        Refusal::Locked,
        Refusal::Throttled,
        Refusal::PasswordRefused,
        Refusal::MarkerRefused,
        Refusal::ValuesInvalid,
        Refusal::Unavailable
    )]
    refusal: Refusal,
    #[values(FaultKind::StatusAfter, FaultKind::Status)] kind: FaultKind,
    #[values(Some(1), None)] times: Option<u32>,
    #[values(0, 100)] lag_seconds: u64,
    #[values(Marker::InPost, Marker::InEmployeeId, Marker::Afterwards)] marker: Marker,
) {
    one_account(marker.setup(), refusal, kind, times, lag_seconds).await;
}

/// A look at the name alone tells whose user has it: nobody lists the others.
#[rstest]
#[tokio::test]
async fn ones_own_user_is_recognised_by_one_request(
    #[values(Marker::InPost, Marker::InEmployeeId)] marker: Marker,
) {
    let app = TestApp::with(marker.setup()).await;
    let (other, student) = (Student::new(1, "Grace", "Hopper"), Student::new(2, "Ada", "Lovelace"));
    app.sign_up(&other).await;
    app.work().await;
    app.sandbox.clear_requests();
    app.sign_up(&student).await;
    app.fault(Operation::CreateUser, [Refusal::NameTaken.fault(FaultKind::StatusAfter).times(1)]);
    app.work().await;
    assert_eq!(app.graph_requests(), [Operation::CreateUser, Operation::GetUser, Operation::Batch]);
    app.assert_accounts(&[other, student]).await;
}

/// A profile without licences and groups has no batch; the step that writes the marker runs all the same.
#[rstest]
#[case(Marker::InPost, &[Operation::CreateUser])]
#[case(Marker::Afterwards, &[Operation::CreateUser; 3])]
#[tokio::test]
async fn a_user_without_licences_and_groups_is_marked_too(
    #[case] marker: Marker,
    #[case] posts: &[Operation],
) {
    let app = TestApp::with(Setup { licences: Vec::new(), groups: 0, ..marker.setup() }).await;
    app.sign_up(&Student::new(1, "Ada", "Lovelace")).await;
    app.work().await;
    let patches = matches!(marker, Marker::Afterwards).then_some(Operation::UpdateUser);
    let expected: Vec<_> = posts.iter().copied().chain(patches).collect();
    assert_eq!(app.graph_requests(), expected);
    assert_eq!(app.stages().await, [Stage::Done]);
    let users = app.users();
    assert!(users[0].properties["onPremisesExtensionAttributes"]["extensionAttribute15"].is_string());
}

/// The name of each is believed to be taken as long as the fault lasts, and is each time their own.
#[tokio::test]
async fn three_namesakes_whose_names_seem_taken_are_three_users() {
    let app = TestApp::start().await;
    let students: Vec<Student> = (0..3).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    for student in &students {
        app.sign_up(student).await;
    }
    app.fault(Operation::CreateUser, [Refusal::NameTaken.fault(FaultKind::StatusAfter)]);
    app.settle().await;
    app.assert_accounts(&students).await;
}

#[rstest]
#[tokio::test]
async fn each_method_of_marking_is_found_once_and_remembered(
    #[values(Marker::InPost, Marker::InEmployeeId, Marker::Afterwards)] marker: Marker,
) {
    let app = TestApp::with(Setup { profile: EXTENSION.to_owned(), ..marker.setup() }).await;
    let students: Vec<Student> = (0..3).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    let (first, next) = marker.cost();
    // The profile's own extension attribute needs the PATCH as soon as the POST does not take it.
    let next = if matches!(marker, Marker::InEmployeeId) { with_patch(&next) } else { next };
    let first = if matches!(marker, Marker::InEmployeeId) { with_patch(&first) } else { first };
    app.sign_up(&students[0]).await;
    app.work().await;
    assert_eq!(app.graph_requests(), first);

    let another = app.another().await;
    for (student, process) in [(&students[1], &app), (&students[2], &another)] {
        app.sandbox.clear_requests();
        process.sign_up(student).await;
        process.work().await;
        assert_eq!(process.graph_requests(), next, "the refusal is remembered, by other processes too");
    }
    app.assert_accounts(&students).await;
    let users = app.users();
    let written = users.iter().map(|user| {
        let extensions = &user.properties["onPremisesExtensionAttributes"];
        extensions["extensionAttribute3"].as_str().unwrap()
    });
    let emails = students.iter().map(|student| student.email.as_str());
    assert_eq!(written.collect::<BTreeSet<_>>(), emails.collect());
}

/// An admin may have changed what the tenant takes: a refusal is tried again after 30 days, by a process that starts.
#[tokio::test]
async fn a_refused_marker_is_tried_again_after_a_month() {
    let app = TestApp::with(Marker::InEmployeeId.setup()).await;
    let (first, next) = Marker::InEmployeeId.cost();
    let students: Vec<Student> = (0..3).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    let costs = [
        (Duration::ZERO, &first),
        (Duration::from_hours(29 * 24), &next),
        (Duration::from_hours(48), &first),
    ];
    let mut app = app;
    for (student, (later, cost)) in students.iter().zip(costs) {
        app.advance(later);
        app = app.restart().await;
        app.sandbox.clear_requests();
        app.sign_up(student).await;
        app.work().await;
        assert_eq!(&app.graph_requests(), cost);
    }
    app.assert_accounts(&students).await;
}

const EXTENSION: &str = "[profiles.attributes]\nextensionAttribute3 = \"{email}\"";

fn with_patch(requests: &[Operation]) -> Vec<Operation> {
    let (batch, posts) = requests.split_last().unwrap();
    [posts, &[Operation::UpdateUser, *batch]].concat()
}

/// A tenant that takes a marker nowhere: the record has the user's id, and a doubt needs a person.
#[tokio::test]
async fn a_tenant_that_takes_no_marker_at_all_still_gets_its_accounts() {
    let app = TestApp::with(Marker::Afterwards.setup()).await;
    let (one, doubtful) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Ada", "Lovelace"));
    let refused = Fault::status(400)
        .saying("Request_BadRequest", "Invalid value specified for property onPremisesExtensionAttributes");
    app.fault(Operation::UpdateUser, [refused]);
    app.sign_up(&one).await;
    app.settle().await;
    app.assert_accounts(std::slice::from_ref(&one)).await;

    app.sign_up(&doubtful).await;
    app.fault(Operation::CreateUser, [Fault::new(FaultKind::ResetAfter).times(1)]);
    app.settle_within(Duration::from_hours(12)).await;
    assert_eq!(app.attention(&doubtful).await, Some(Attention::NameInDoubt));
    assert_eq!(app.users().len(), 2);
    app.bring_to_an_end(&doubtful).await;
    app.assert_accounts(&[one, doubtful]).await;
}

/// The user has the first password, whatever is said of it later.
#[rstest]
#[tokio::test]
async fn a_password_in_doubt_is_not_replaced(#[values(true, false)] may_set_passwords: bool) {
    let mut tenant = Tenant::default();
    tenant.granted.retain(|permission| may_set_passwords || permission != PASSWORDS);
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let faults = Faults::default().lag(Duration::from_secs(100));
    let lost = Fault::new(FaultKind::ResetAfter).times(1);
    let refused = Refusal::PasswordRefused.fault(FaultKind::Status);
    app.sandbox.set_faults(faults.on(Operation::CreateUser, lost).on(Operation::CreateUser, refused));
    app.settle_within(Duration::from_hours(12)).await;
    app.assert_accounts(&[student]).await;
    assert!(!app.graph_requests().contains(&Operation::UpdateUser));
}

/// Replaced although the refused POST had its effect, which could not be seen: it is set again before it is mailed.
#[tokio::test]
async fn a_password_that_was_replaced_in_vain_is_set_before_it_is_mailed() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let faults = Faults::default().lag(Duration::from_secs(100));
    let refused = Refusal::PasswordRefused.fault(FaultKind::StatusAfter).times(1);
    app.sandbox.set_faults(faults.on(Operation::CreateUser, refused));
    app.settle_within(Duration::from_hours(12)).await;
    app.assert_accounts(&[student]).await;
    assert!(app.graph_requests().contains(&Operation::UpdateUser));
}

pub fn existing(name: &str) -> ExistingUser {
    ExistingUser {
        user_principal_name: format!("{name}@students.example.edu"),
        display_name: "Ada Lovelace".to_owned(),
        password: "their own secret 1".to_owned(),
    }
}

/// Somebody writes the name into the tenant by hand while the signup is under way: nobody is adopted by name.
#[tokio::test]
async fn a_user_without_marker_who_is_as_young_as_the_signup_needs_a_person() {
    let app = TestApp::start().await;
    let (theirs, ours) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Ada", "Lovelace"));
    app.sign_up(&theirs).await;
    app.settle().await;
    let name = "ada.lovelace@students.example.edu";
    assert!(app.sandbox.change_user(name, "onPremisesExtensionAttributes", serde_json::Value::Null));

    // Another service, which knows nothing of it, and whose signup is as old as the user.
    let other = app.neighbour().await;
    other.sign_up(&ours).await;
    other.settle_within(Duration::from_hours(12)).await;
    assert_eq!(other.attention(&ours).await, Some(Attention::NameInDoubt));
    assert_eq!(app.users().len(), 1);
    assert!(app.sandbox.mails_to(&ours.email).is_empty());

    // The admin says whose it is.
    let marker = serde_json::json!({ "extensionAttribute15": "accountcreator:other" });
    assert!(app.sandbox.change_user(name, "onPremisesExtensionAttributes", marker));
    other.retry(&ours).await;
    other.settle().await;
    assert_eq!(other.assert_one_account(&ours).user_principal_name, "ada.lovelace.2@students.example.edu");
}

#[tokio::test]
async fn a_user_without_marker_who_was_there_before_is_somebody_else() {
    let tenant = Tenant { users: vec![existing("ada.lovelace")], ..Tenant::default() };
    for marker in [Marker::InPost, Marker::InEmployeeId, Marker::Afterwards] {
        let refused_at_creation = marker.setup().tenant.refused_at_creation;
        let tenant = Tenant { refused_at_creation, ..tenant.clone() };
        let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
        let student = Student::new(1, "Ada", "Lovelace");
        app.sign_up(&student).await;
        app.work().await;
        let user = app.assert_one_account(&student);
        assert_eq!(user.user_principal_name, "ada.lovelace.2@students.example.edu", "{marker:?}");
    }
}

/// The clocks of the tenant's servers may be apart by five minutes.
#[tokio::test]
async fn a_user_without_marker_who_is_hardly_older_may_be_the_signups_own() {
    for (minutes, users) in [(4, 1), (6, 2)] {
        let app = TestApp::start().await;
        let (theirs, ours) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Ada", "Lovelace"));
        app.sign_up(&theirs).await;
        app.settle().await;
        let name = "ada.lovelace@students.example.edu";
        assert!(app.sandbox.change_user(name, "onPremisesExtensionAttributes", serde_json::Value::Null));
        app.advance(Duration::from_mins(minutes));
        let other = app.neighbour().await;
        other.sign_up(&ours).await;
        other.work().await;
        assert_eq!(app.users().len(), users, "{minutes} minutes");
    }
}

/// The user of the first POST has the address, and cannot be seen yet.
#[tokio::test]
async fn an_address_that_is_taken_after_a_doubt_may_be_the_signups_own() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let message = "Another object with the same value for property proxyAddresses already exists.";
    let taken = Fault::status(400).saying("Request_BadRequest", message).times(1);
    let lost = Fault::new(FaultKind::ResetAfter).times(1);
    let faults = Faults::default().lag(Duration::from_secs(100));
    app.sandbox.set_faults(faults.on(Operation::CreateUser, lost).on(Operation::CreateUser, taken));
    app.sign_up(&student).await;
    app.settle().await;
    assert_eq!(app.users().len(), 1);
    assert_eq!(app.assert_one_account(&student).user_principal_name, "ada.lovelace@students.example.edu");
}

/// An address that a group has is no user's name, and nobody waits for one to be seen.
#[tokio::test]
async fn a_name_whose_address_is_taken_by_a_group_is_left_at_once() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let message = "Another object with the same value for property proxyAddresses already exists.";
    app.fault(Operation::CreateUser, [Fault::status(400).saying("Request_BadRequest", message).times(1)]);
    app.work().await;
    let user = app.assert_one_account(&student);
    assert_eq!(user.user_principal_name, "ada.lovelace.2@students.example.edu");
}

/// The standby takes over without the last second: the signups are queued again, and nothing says that they were done.
async fn work_and_lose_it(app: &TestApp) {
    const KEEP: &str = "CREATE TABLE kept_account AS SELECT * FROM account; CREATE TABLE kept_signup AS SELECT * FROM signup; \
         CREATE TABLE kept_operation AS SELECT * FROM operation; CREATE TABLE kept_step AS SELECT * FROM step;";
    const LOSE: &str = "DELETE FROM event; DELETE FROM step; DELETE FROM operation; DELETE FROM signup; \
         DELETE FROM account; INSERT INTO account SELECT * FROM kept_account; \
         INSERT INTO signup SELECT * FROM kept_signup; INSERT INTO operation SELECT * FROM kept_operation; \
         INSERT INTO step SELECT * FROM kept_step; \
         DROP TABLE kept_account; DROP TABLE kept_signup; DROP TABLE kept_operation; DROP TABLE kept_step;";
    run_sql(app.database_url(), KEEP).await;
    app.work().await;
    run_sql(app.database_url(), LOSE).await;
}

#[rstest]
#[tokio::test]
async fn a_failover_that_lost_the_last_second_doubles_nobody(
    #[values(Marker::InPost, Marker::InEmployeeId, Marker::Afterwards)] marker: Marker,
) {
    let mut setup = marker.setup();
    setup.tenant.users = vec![existing("ada.lovelace")];
    let app = TestApp::with(setup).await;
    let mut students: Vec<Student> = (0..20).map(|number| Student::new(number, "Max", "Muster")).collect();
    students.extend((20..23).map(|number| Student::new(number, "Ada", "Lovelace")));
    for student in &students {
        app.sign_up(student).await;
    }
    work_and_lose_it(&app).await;
    assert!(app.stages().await.iter().all(|stage| *stage == Stage::Queued));
    app.advance(Duration::from_mins(10));
    app.settle_within(Duration::from_hours(12)).await;
    assert_eq!(app.users().len(), 24);
    for student in &students {
        app.assert_one_account(student);
        assert!(
            app.sandbox.mails_to(&student.email).iter().all(|mail| mail.message_id_says("send-password"))
        );
    }
}
