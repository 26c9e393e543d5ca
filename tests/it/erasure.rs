//! Erasing people while the service runs: nothing of them is left, the account in the tenant is named, and no second
//! one follows.

use std::{fs, process::Command, time::Duration};

use accountcreator::{
    app::{self, Parts},
    config,
    domain::{
        Email, Entropy, LeaseToken, MailLimit, MailLimits, Needs, Requester, Stage, StepKind, TenantAlias,
    },
    sandbox::{Fault, FaultKind, Operation},
    signup::{EraseError, EraseOrder, Eraser, Existence, Found, Subject},
    store::{Claim, Lease, MailBudget},
};
use reqwest::StatusCode;

use crate::support::{Log, MessageId, Setup, Student, TestApp, code_in, database, principal_in};

const MINUTE: Duration = Duration::from_secs(60);

/// What the program says: standard output and standard error.
fn erase(app: &TestApp, arguments: &[&str], code: i32) -> (String, String) {
    let folder = app.directory();
    fs::write(folder.join("own.toml"), app.settings()).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_accountcreator"))
        .args(["--config", "own.toml", "signups", "erase"])
        .args(arguments)
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&ran.stdout), text(&ran.stderr));
    assert_eq!(ran.status.code(), Some(code), "out: {out}\nerr: {err}");
    (out, err)
}

/// The same in this process, by the service's clock.
pub async fn eraser(app: &TestApp) -> Eraser {
    let config = config::from_toml(app.settings()).unwrap();
    let parts = Parts { clock: app.clock.clone(), entropy: Entropy::system() };
    let store = app::with_tombstones(app.store.clone(), &config, &parts).await.unwrap();
    app::eraser(&config, store, &parts)
}

fn ids(app: &TestApp) -> Vec<uuid::Uuid> {
    app.users().iter().map(|user| user.id).collect()
}

pub fn order(student: &Student) -> EraseOrder {
    let subject = Subject::Address(Email::parse(&student.email).unwrap());
    EraseOrder { subject, allow_again: false, without_tenant: false }
}

/// None of these is in any byte of the database file and of what lies beside it, or in any row of PostgreSQL, whose
/// files keep removed rows until VACUUM.
async fn assert_not_stored(app: &TestApp, personal: &[&str]) {
    let mut stored = Vec::new();
    if database::is_postgres() {
        for table in ["signup", "step", "event", "tombstone", "mail_sent", "confirmation_round"] {
            stored.push((table.to_owned(), format!("{:?}", database::rows(app.database_url(), table).await)));
        }
    } else {
        for end in ["", "-wal", "-shm"] {
            let file = app.directory().join(format!("test.db{end}"));
            let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
            stored.push((file.display().to_string(), text));
        }
    }
    for (place, text) in stored {
        let text = text.to_lowercase();
        for personal in personal {
            assert!(!text.contains(&personal.to_lowercase()), "{personal} is in {place}");
        }
    }
}

#[tokio::test]
async fn nothing_of_a_person_is_left_and_no_second_account_follows() {
    let log = Log::capture();
    let signup = "confirm_email = true".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::renewing() }).await;
    let student = Student::new(654_321, "Wilhelmine", "Brömmelkamp");
    let namesake = Student::new(765_432, "Wilhelmine", "Brömmelkamp");
    let mut browser = app.browser();
    let confirmed = async |student: &Student, browser: &mut crate::support::Browser| {
        let before = app.sandbox.mails_to(&student.email).len();
        let form = browser.open("/en").await;
        let page = browser.submit(&form, &student.fields()).await;
        assert_eq!(page.status, StatusCode::OK);
        app.settle().await;
        let code = code_in(&app.sandbox.mails_to(&student.email)[before]);
        browser.submit(&page, &[("code", &code)]).await
    };
    // A life: a mail that is refused at first, an account, a new password, a stranger's request, a further request.
    app.fault(Operation::SmtpRcpt, []);
    let page = confirmed(&student, &mut browser).await;
    app.fault(Operation::SmtpRcpt, [Fault::status(550).times(1)]);
    app.settle().await;
    app.no_faults();
    app.retry(&student).await;
    app.settle().await;
    let user = app.users().remove(0);
    app.advance(6 * MINUTE);
    let done = browser.open(&page.path).await;
    browser.submit_form(&done, "form.again", &[]).await;
    app.settle().await;
    app.assert_renewed(&student).await;
    confirmed(&student, &mut app.browser()).await;
    app.settle().await;
    app.advance(MINUTE);
    let stranger = Student { first: "Hildegunde".to_owned(), ..student.clone() };
    app.sign_up(&stranger).await;
    app.settle().await;

    let personal = ["st654321", "wilhelmine", "mmelkamp", "hildegunde", &*user.id.to_string()];
    let (dry, _) = erase(&app, &[&student.email], 0);
    assert!(dry.contains(&user.user_principal_name) && dry.contains(&user.id.to_string()), "{dry}");
    assert_eq!(app.signup_of(&student).await.stage, Stage::Done, "it was only said");
    let (_, err) = erase(&app, &[&student.email, "--yes"], 0);
    assert_eq!(err.matches("act=\"signup_erased\"").count(), 3, "{err}");
    assert_not_stored(&app, &personal).await;
    log.assert_without(&personal[..4]);
    assert!(app.all_signups().await.iter().all(|signup| signup.stage == Stage::Erased));
    assert_eq!(ids(&app), [user.id], "the account stays");
    let erased = browser.open(&page.path).await;
    assert_eq!(erased.texts("h1"), ["This request was deleted"]);
    assert!(erased.body.contains("support@example.edu") && !erased.has("ol.steps"), "{}", erased.body);
    app.settle().await;

    // The same person again: the owner of the address is told, nothing is created, and nothing is kept.
    let (requests, mails) = (app.graph_requests().len(), app.sandbox.mails_to(&student.email).len());
    let again = confirmed(&student, &mut app.browser()).await;
    app.settle().await;
    assert_eq!(app.graph_requests().len(), requests, "nothing is asked of the tenant");
    let mails = app.sandbox.mails_to(&student.email).split_off(mails);
    assert_eq!(mails.len(), 2, "the code and the notice");
    assert!(mails[1].message_id_says("send-notice"));
    for text in [&mails[1].text, mails[1].html.as_ref().unwrap()] {
        assert!(text.contains("support@example.edu") && !text.contains(&user.user_principal_name), "{text}");
    }
    let page = app.browser().open(&again.path).await;
    assert_eq!(page.texts("h1"), ["Your account is ready"], "its page is that of any request");
    assert!(app.store.scrub().await.unwrap());
    assert_not_stored(&app, &personal).await;

    // A namesake: the name is free here, and taken in the tenant.
    confirmed(&namesake, &mut app.browser()).await;
    app.settle().await;
    let mails = app.sandbox.mails_to(&namesake.email);
    assert_eq!(principal_in(&mails[1]), "wilhelmine.broemmelkamp.2@students.example.edu");
    assert_eq!(app.users().len(), 2);
}

#[tokio::test]
async fn mails_of_every_kind_count_for_their_address() {
    let limits = Setup::default().limits.replace("mails_per_address = []", "mails_per_address = [\"9/1d\"]");
    let app = TestApp::with(Setup { limits, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (key, email) =
        (config::from_toml(app.settings()).unwrap().secret_key, Email::parse(&student.email).unwrap());
    let is_counted = async |mails: u32| {
        let limits = MailLimits::new(vec![MailLimit { mails, within: MailLimits::MAX_SPAN }]);
        let budget = MailBudget { address: key.hash_mailbox(&email), limits };
        app.store.next_mail(&budget, app.clock.now()).await.unwrap().is_some()
    };
    for (mails, kind) in [(1, "send-password"), (2, "send-reminder"), (3, "send-notice")] {
        if kind == "send-notice" {
            eraser(&app).await.erase(&order(&student), &Requester::OPERATOR).await.unwrap();
        }
        app.sign_up(&student).await;
        app.settle().await;
        app.advance(MINUTE);
        assert!(app.sandbox.mails_to(&student.email).last().unwrap().message_id_says(kind), "{kind}");
        assert!(is_counted(mails).await && !is_counted(mails + 1).await, "{kind}");
    }
}

#[tokio::test]
async fn without_confirmation_a_second_request_looks_like_any_other() {
    let app = TestApp::start().await;
    let (student, other) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Eda", "Lovelace"));
    app.sign_up(&student).await;
    app.settle().await;
    erase(&app, &[&student.email, "--yes"], 0);
    let (again, first) = (app.sign_up(&student).await, app.sign_up(&other).await);
    assert_eq!(again.texts("h1"), first.texts("h1"));
    let shape =
        |page: &str| (page.matches("<li").count(), page.matches("<dt").count(), page.matches("<p").count());
    assert_eq!(shape(&again.body), shape(&first.body));
    app.settle().await;
    assert_eq!(app.users().len(), 2, "the erased account and the other's");
    assert!(app.sandbox.mails_to(&student.email)[1].message_id_says("send-notice"));
    // Asking again and again mails once, and setting a password sets none.
    for _ in 0..3 {
        app.sign_up(&student).await;
        app.settle().await;
    }
    assert_eq!(app.sandbox.mails_to(&student.email).len(), 2);
}

#[tokio::test]
async fn support_can_let_the_person_come_back() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.settle().await;
    erase(&app, &[&student.email, "--yes"], 0);
    erase(&app, &[&student.email, "--yes", "--allow-again"], 0);
    app.sign_up(&student).await;
    app.settle().await;
    assert_eq!(app.users().len(), 2);
    assert!(app.sandbox.mails_to(&student.email)[1].text.contains("ada.lovelace.2@"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_creation_in_doubt_is_settled_first() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.fault(Operation::CreateUser, [Fault::new(FaultKind::ResetAfter).times(1)]);
    app.sign_up(&student).await;
    app.work().await;
    let (user, signup) = (app.users().remove(0), app.signup_of(&student).await);
    assert_eq!((signup.stage, signup.object_id), (Stage::Provisioning, None));
    app.fault(Operation::GetUser, [Fault::status(403)]);
    let (_, err) = erase(&app, &[&student.email, "--yes"], 1);
    assert!(err.contains("nothing was erased: the tenant `main` cannot be asked"), "{err}");
    let kept = app.signup_of(&student).await;
    assert_eq!((kept.stage, kept.name, kept.sealed), (Stage::Provisioning, signup.name, signup.sealed));
    app.no_faults();
    let (out, _) = erase(&app, &[&student.email, "--yes"], 0);
    assert!(out.contains(&format!("object id {}", user.id)), "{out}");
    app.advance(10 * MINUTE);
    app.settle().await;
    assert_eq!(ids(&app), [user.id], "it is left as it is");
    assert_eq!(app.sandbox.mails_to(&student.email).len(), 0);
}

#[tokio::test]
async fn what_was_not_erased_goes_on() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.fault(Operation::CreateUser, [Fault::new(FaultKind::ResetAfter).times(1)]);
    app.sign_up(&student).await;
    app.work().await;
    app.fault(Operation::GetUser, [Fault::status(403)]);
    let refused = eraser(&app).await.erase(&order(&student), &Requester::OPERATOR).await;
    assert!(matches!(refused, Err(EraseError::Tenant { .. })), "{refused:?}");
    app.no_faults();
    app.work().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn a_worker_is_waited_for_but_not_for_ever() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let (tenant, lease): (TenantAlias, _) = ("main".parse().unwrap(), LeaseToken::random(&Entropy::system()));
    let now = app.clock.now();
    let until = now.plus(600 * MINUTE);
    let claim = Claim { tenant: Some(&tenant), needs: &[Needs::Tenant], limit: 1, lease, now, until };
    let claimed = app.store.claim(&claim).await.unwrap().remove(0);
    let held = Lease::new(&claimed, lease);

    let (waiting, someone) = (eraser(&app).await, order(&student));
    let erasing = tokio::spawn(async move { waiting.erase(&someone, &Requester::OPERATOR).await });
    let clock = app.clock.clone();
    while !erasing.is_finished() {
        clock.advance(Duration::from_secs(1));
        tokio::task::yield_now().await;
    }
    let refused = erasing.await.unwrap();
    assert!(
        matches!(refused, Err(EraseError::Held(id, end)) if (id, end) == (held.signup().unwrap(), until)),
        "{refused:?}"
    );
    assert!(app.signup_of(&student).await.email.is_some());

    // While the next one waits, the worker comes to its end.
    let (waiting, someone) = (eraser(&app).await, order(&student));
    let erasing = tokio::spawn(async move { waiting.erase(&someone, &Requester::OPERATOR).await });
    tokio::task::yield_now().await;
    let user = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap();
    let held = app
        .store
        .user_created(&held, user, &[], StepKind::SendPassword, app.clock.now(), until)
        .await
        .unwrap();
    app.store.delivered(&held, None, app.clock.now()).await.unwrap();
    while !erasing.is_finished() {
        clock.advance(Duration::from_millis(250));
        tokio::task::yield_now().await;
    }
    let Ok(Found::Requests(erasure)) = erasing.await.unwrap() else { panic!("it is erased") };
    assert_eq!(erasure.accounts[0].existence, Existence::Created(user));
    assert_eq!(app.all_signups().await[0].stage, Stage::Erased);
}
