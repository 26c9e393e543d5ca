//! Durability of every registered step: each effect fails in every way, loses its process, and is done twice; in the
//! end there is one account.

use std::{collections::BTreeSet, time::Duration};

use accountcreator::{
    domain::{Requester, Stage, StepKind},
    engine::Step,
    sandbox::{Ending, Fault, FaultKind, Faults, Operation, RequestRecord},
};
use rstest::rstest;

use crate::{
    doubt::Marker,
    erasure::{eraser, order},
    support::{MailWay, Page, Setup, Student, TestApp, soon},
};
use Way::{Crashes, Fails, IsRepeated};

const ADMIN: &str = "it@example.edu";
const NAME: &str = "ada.lovelace@students.example.edu";
const NEW_NAME: &str = "ada.king@students.example.edu";

/// Longer than a worker holds a signup.
const BEYOND_THE_LEASE: Duration = Duration::from_secs(121);

/// How a step is disturbed at an effect.
#[derive(Clone, Copy, Debug)]
enum Way {
    /// The effect fails, and so does the next attempt.
    Fails(FaultKind),
    /// The process dies after the effect, before it knows of it.
    Crashes,
    /// The worker that caused the effect takes so long that another one takes over.
    IsRepeated,
}

/// A test for each step: each of its effects fails before, after or in the middle, loses its process, and is done twice.
macro_rules! steps {
    ($($name:ident: $step:ident by $($effect:ident),+;)+) => {
        $(
            #[rstest]
            #[tokio::test]
            async fn $name(
                #[values($(Operation::$effect),+)] effect: Operation,
                #[values(
                    Fails(FaultKind::Status),
                    Fails(FaultKind::StatusAfter),
                    Fails(FaultKind::ResetBefore),
                    Fails(FaultKind::ResetAfter),
                    Fails(FaultKind::HalfBody),
                    Fails(FaultKind::Garbage),
                    Fails(FaultKind::Hang),
                    Fails(FaultKind::HangAfter),
                    Crashes,
                    IsRepeated
                )]
                way: Way,
            ) {
                step_is_durable(StepKind::$step, Setup::renewing(), effect, way).await;
            }
        )+

        const COVERED: &[StepKind] = &[$(StepKind::$step),+];
    };
}

steps! {
    a_code_is_mailed: SendCode by SmtpRcpt, SmtpData;
    a_user_is_created: CreateUser by Token, CreateUser;
    licences_are_assigned_and_groups_joined: Entitle by Batch, AssignLicense, AddMember;
    a_password_is_mailed: SendPassword by SmtpRcpt, SmtpData;
    a_reminder_is_mailed: SendReminder by SmtpRcpt, SmtpData;
    a_notice_is_mailed: SendNotice by SmtpRcpt, SmtpData;
    a_new_password_is_set: ResetPassword by UpdateUser;
    a_new_password_is_mailed: SendNewPassword by SmtpRcpt, SmtpData;
    an_account_is_read: ReadAccount by GetUser;
    admins_are_mailed: SendAlert by SmtpRcpt, SmtpData;
}

#[tokio::test]
async fn every_registered_step_is_covered() {
    let app = TestApp::start().await;
    let mut registered: Vec<_> = app.worker.registry().iter().map(Step::kind).collect();
    // Retention has no effect outside the database: `retention.rs` has its failures.
    let mut covered = [COVERED, &[StepKind::Prune]].concat();
    registered.sort_unstable();
    covered.sort_unstable();
    assert_eq!(registered, covered, "each registered step has a line in the table of steps");
}

/// Brings a signup to the step, disturbs the step at the effect, and checks the end.
async fn step_is_durable(step: StepKind, setup: Setup, effect: Operation, way: Way) {
    let student = Student::new(1, "Ada", "Lovelace");
    let confirm = format!("confirm_email = {}", step == StepKind::SendCode);
    let sections =
        if step == StepKind::SendAlert { format!("[alerts]\nto = [\"{ADMIN}\"]\n") } else { String::new() };
    let app =
        TestApp::with(Setup { signup: confirm, sections: setup.sections.clone() + &sections, ..setup }).await;
    let page = app.sign_up(&student).await;
    bring_to(step, &app, &student, &page).await;
    let app = disturb(effect, way, app).await;
    app.settle_within(Duration::from_hours(12)).await;
    assert!(app.users().len() <= 1, "no second user in any case");
    check(step, &app, student, &page).await;
}

/// Lets all happen that comes before the step.
async fn bring_to(step: StepKind, app: &TestApp, student: &Student, page: &Page) {
    match step {
        StepKind::SendReminder | StepKind::SendNotice => {
            app.settle().await;
            if step == StepKind::SendNotice {
                eraser(app).await.erase(&order(student), &Requester::OPERATOR).await.unwrap();
            }
            app.advance(Duration::from_mins(1));
            app.sign_up(student).await;
        }
        StepKind::ResetPassword | StepKind::SendNewPassword => {
            app.settle().await;
            app.assert_accounts(std::slice::from_ref(student)).await;
            app.advance(Duration::from_mins(5));
            let mut browser = app.browser();
            let done = browser.open(&page.path).await;
            browser.submit_form(&done, "form.again", &[]).await;
        }
        StepKind::ReadAccount => {
            app.settle().await;
            app.advance(Duration::from_hours(1));
            assert!(app.sandbox.rename_user(NAME, NEW_NAME));
            app.browser().open(&page.path).await;
        }
        StepKind::SendAlert => {
            let message = "The directory object quota limit for the Tenant has been exceeded.";
            let full = Fault::status(403).saying("Directory_QuotaExceeded", message);
            app.fault(Operation::CreateUser, [full]);
            app.settle().await;
            app.no_faults();
            assert!(app.attention(student).await.is_some());
            app.watch.look().await;
        }
        StepKind::SendCode | StepKind::CreateUser | StepKind::Entitle | StepKind::SendPassword => {}
        StepKind::AssignLicence | StepKind::JoinGroup | StepKind::Prune => {
            unreachable!("no line of the table")
        }
    }
}

async fn check(step: StepKind, app: &TestApp, student: Student, page: &Page) {
    match step {
        StepKind::SendCode => {
            let code = app.only_mail(&student, "send-code");
            let link = code.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim();
            // The link leads to the configured address, where the first process listened.
            let path = reqwest::Url::parse(link).unwrap().path().to_owned();
            let mut browser = app.browser();
            let requests = browser.open(&path).await;
            browser.submit(&requests, &[]).await;
            app.settle().await;
            app.assert_accounts(&[student]).await;
        }
        StepKind::SendReminder => {
            app.only_mail(&student, "send-reminder");
            assert_eq!(app.stages().await, [Stage::Done; 2]);
            app.assert_accounts(&[student]).await;
        }
        StepKind::SendNotice => {
            app.only_mail(&student, "send-notice");
            assert_eq!(app.stages().await, [Stage::Done, Stage::Erased]);
        }
        StepKind::ResetPassword | StepKind::SendNewPassword => {
            app.only_mail(&student, "send-new-password");
            app.assert_renewed(&student).await;
        }
        StepKind::SendAlert => {
            let mails = app.sandbox.mails_to(ADMIN);
            let ids: BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
            assert_eq!(ids.len(), 1, "the same mail, if more than once");
            app.look().await;
            assert_eq!(app.sandbox.mails_to(ADMIN).len(), mails.len(), "it is recorded as sent");
        }
        StepKind::ReadAccount => {
            // A read that met a fault leaves the page as it was; the next view asks for another.
            app.no_faults();
            app.advance(Duration::from_mins(11));
            app.browser().open(&page.path).await;
            app.settle().await;
            assert_eq!(app.browser().open(&page.path).await.texts(".copy"), [NEW_NAME]);
            assert_eq!(app.users().len(), 1);
        }
        StepKind::AssignLicence | StepKind::JoinGroup | StepKind::Prune => {
            unreachable!("no line of the table")
        }
        StepKind::CreateUser | StepKind::Entitle | StepKind::SendPassword => {
            app.bring_to_an_end(&student).await;
            app.only_mail(&student, "send-password");
            app.assert_accounts(&[student]).await;
        }
    }
}

/// Disturbs the work that is due at the effect.
async fn disturb(effect: Operation, way: Way, app: TestApp) -> TestApp {
    match way {
        Fails(kind) => {
            app.fault(effect, [Fault::new(kind).times(2)]);
            app.work().await;
            let left = app.sandbox.faults().operations[&effect][0].count;
            assert!(left < Some(2), "{effect:?} is no effect of this step");
            app
        }
        Crashes => crash_after(effect, app).await,
        IsRepeated => repeat(effect, app).await,
    }
}

/// The same where the tenant takes the marker elsewhere.
#[rstest]
#[tokio::test]
async fn there_is_one_account_in_the_end(
    #[values(
        Operation::Token,
        Operation::CreateUser,
        Operation::Batch,
        Operation::AssignLicense,
        Operation::AddMember,
        Operation::SmtpRcpt,
        Operation::SmtpData
    )]
    effect: Operation,
    #[values(
        Fails(FaultKind::Status),
        Fails(FaultKind::StatusAfter),
        Fails(FaultKind::ResetBefore),
        Fails(FaultKind::ResetAfter),
        Fails(FaultKind::HalfBody),
        Fails(FaultKind::Garbage),
        Fails(FaultKind::Hang),
        Fails(FaultKind::HangAfter),
        Crashes,
        IsRepeated
    )]
    way: Way,
    #[values(Marker::InEmployeeId, Marker::Afterwards)] marker: Marker,
) {
    one_account(Setup { timeout: "1s", ..marker.setup() }, effect, way).await;
}

/// Where the marker is written after the POST, that is an effect too.
#[rstest]
#[tokio::test]
async fn there_is_one_account_in_the_end_though_the_marker_is_hard_to_write(
    #[values(
        Fails(FaultKind::Status),
        Fails(FaultKind::StatusAfter),
        Fails(FaultKind::ResetBefore),
        Fails(FaultKind::ResetAfter),
        Fails(FaultKind::Garbage),
        Fails(FaultKind::HangAfter),
        Crashes,
        IsRepeated
    )]
    way: Way,
) {
    one_account(Setup { timeout: "1s", ..Marker::Afterwards.setup() }, Operation::UpdateUser, way).await;
}

async fn one_account(setup: Setup, effect: Operation, way: Way) {
    let app = TestApp::with(setup).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let app = disturb(effect, way, app).await;
    app.settle_within(Duration::from_hours(12)).await;
    assert!(app.users().len() <= 1, "no second user in any case");
    app.bring_to_an_end(&student).await;
    app.assert_accounts(&[student]).await;
}

/// The mails of every step by the ways through Microsoft.
#[rstest]
#[tokio::test]
async fn no_mail_through_microsoft_is_lost(
    #[values(
        StepKind::SendCode,
        StepKind::SendPassword,
        StepKind::SendReminder,
        StepKind::SendNotice,
        StepKind::SendNewPassword
    )]
    step: StepKind,
    #[values((MailWay::Xoauth2, Operation::SmtpData), (MailWay::Graph, Operation::SendMail))] mail: (
        MailWay,
        Operation,
    ),
    #[values(
        Fails(FaultKind::Status),
        Fails(FaultKind::StatusAfter),
        Fails(FaultKind::ResetBefore),
        Fails(FaultKind::ResetAfter),
        Fails(FaultKind::HalfBody),
        Fails(FaultKind::Garbage),
        Fails(FaultKind::Hang),
        Fails(FaultKind::HangAfter),
        Crashes,
        IsRepeated
    )]
    way: Way,
) {
    let (mails, effect) = mail;
    step_is_durable(step, Setup::renewing().mailing_by(mails), effect, way).await;
}

#[rstest]
#[tokio::test]
async fn no_mail_is_lost_though_the_login_by_token_fails(
    #[values(
        Fails(FaultKind::Status),
        Fails(FaultKind::StatusAfter),
        Fails(FaultKind::ResetBefore),
        Fails(FaultKind::ResetAfter),
        Fails(FaultKind::HalfBody),
        Fails(FaultKind::Garbage),
        Fails(FaultKind::Hang),
        Fails(FaultKind::HangAfter),
        Crashes,
        IsRepeated
    )]
    way: Way,
) {
    let setup = Setup { timeout: "1s", ..Setup::default() };
    one_account(setup.mailing_by(MailWay::Xoauth2), Operation::SmtpToken, way).await;
}

async fn signed_up() -> (TestApp, Student) {
    let app = TestApp::with(Setup { timeout: "1s", ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    (app, student)
}

/// A worker that has caused the effect and hears nothing of it.
async fn worker_in_the_dark(effect: Operation, app: &TestApp) -> tokio::task::JoinHandle<()> {
    app.fault(effect, [Fault::new(FaultKind::HangAfter).times(1)]);
    let worker = app.worker.clone();
    let running = tokio::spawn(async move { worker.run_due().await.map(drop).unwrap() });
    app.faults_are_spent().await;
    running
}

async fn crash_after(effect: Operation, app: TestApp) -> TestApp {
    let worker = worker_in_the_dark(effect, &app).await;
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    app.restart().await
}

async fn repeat(effect: Operation, app: TestApp) -> TestApp {
    // It is there before the first one hangs, which gives up after a while.
    let another = app.another().await;
    let worker = worker_in_the_dark(effect, &app).await;
    app.advance(BEYOND_THE_LEASE);
    // The first one notices that its lease has ended, and may claim the signup again before the other does.
    another.work().await;
    worker.await.unwrap();
    app
}

/// The name is taken by a user that nobody can read yet: it may be our own, and it is.
#[rstest]
#[tokio::test]
async fn a_lost_answer_makes_no_second_user_though_the_first_cannot_be_seen_for_a_while(
    #[values(
        FaultKind::StatusAfter,
        FaultKind::ResetAfter,
        FaultKind::HalfBody,
        FaultKind::Garbage,
        FaultKind::HangAfter
    )]
    lost: FaultKind,
    #[values(5, 100)] lag_seconds: u64,
) {
    let (app, student) = signed_up().await;
    let faults = Faults::default().lag(Duration::from_secs(lag_seconds));
    app.sandbox.set_faults(faults.on(Operation::CreateUser, Fault::new(lost).times(1)));
    app.work().await;
    assert_eq!(app.users().len(), 1);
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn a_crash_and_replication_lag_together_make_no_second_user() {
    let (app, student) = signed_up().await;
    let app = crash_after(Operation::CreateUser, app).await;
    app.sandbox.set_faults(Faults::default().lag(Duration::from_secs(300)));
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

/// After a long outage the tries are many, which must not be taken for a name that is somebody else's.
#[tokio::test]
async fn an_answer_lost_at_the_end_of_a_long_outage_makes_no_second_user() {
    let worker = "[worker]\nretry_max = \"20s\"".to_owned();
    let app = TestApp::with(Setup { sections: worker, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let outage = [Fault::status(503).times(15), Fault::new(FaultKind::StatusAfter).times(1)];
    app.fault(Operation::CreateUser, outage);
    app.sandbox.set_faults(Faults { lag_ms: 240_000, ..app.sandbox.faults() });
    app.settle_within(Duration::from_hours(12)).await;
    app.assert_accounts(&[student]).await;
}

/// Its POST comes through only after another worker has finished: it must find that it is too late.
#[tokio::test]
async fn a_worker_that_was_overtaken_in_the_middle_of_its_post_does_no_harm() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.sandbox.set_faults(Faults::default().latency(Duration::from_millis(1500)));
    let slow = app.worker.clone();
    let slow = tokio::spawn(async move { slow.run_due().await.unwrap() });
    let has_begun =
        app.sandbox.until(|sandbox| sandbox.requests().iter().any(is_a_pending_post).then_some(()));
    soon(has_begun).await;
    app.no_faults();
    app.advance(BEYOND_THE_LEASE);
    assert_eq!(app.another().await.work().await, 1);
    app.assert_accounts(std::slice::from_ref(&student)).await;
    slow.await.unwrap();
    app.assert_accounts(&[student]).await;
}

fn is_a_pending_post(request: &RequestRecord) -> bool {
    request.operation == Operation::CreateUser && request.ending == Ending::Pending
}

/// A whole queue loses its worker again and again.
#[tokio::test]
async fn crashes_in_a_row_lose_and_double_nobody() {
    let one_at_a_time = "[worker]\nconcurrency = 1".to_owned();
    let mut app = TestApp::with(Setup { sections: one_at_a_time, ..Setup::default() }).await;
    let students: Vec<Student> = (0..12).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    for student in &students {
        app.sign_up(student).await;
    }
    let effects = [Operation::CreateUser, Operation::Batch, Operation::AddMember, Operation::SmtpData];
    for effect in effects.into_iter().cycle().take(8) {
        app = crash_after(effect, app).await;
        app.advance(BEYOND_THE_LEASE);
    }
    app.settle().await;
    app.assert_accounts(&students).await;
}
