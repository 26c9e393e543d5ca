//! An account that an admin has renamed or deleted since: what mails and pages say of it then.

use std::time::Duration;

use accountcreator::{
    domain::{Entropy, LeaseToken, Needs, Stage, TenantAlias},
    sandbox::{Fault, Mail, Operation},
    store::Claim,
};

use tokio_util::sync::CancellationToken;

use crate::support::{
    MessageId, Page, Setup, Student, TestApp, code_in,
    database::{is_postgres, run_sql},
    password_in, principal_in, soon,
};

const NAME: &str = "ada.lovelace@students.example.edu";
const NEW_NAME: &str = "ada.king@students.example.edu";
const HOUR: Duration = Duration::from_hours(1);
/// The least time between two reads of an account for its page.
const CHECK_AGAIN: Duration = Duration::from_mins(10);
const READY: &str = "Your account is ready";
const GONE: &str = "This account no longer exists";

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
    assert_eq!(gone.texts("h1"), [GONE]);
    assert!(gone.texts(".lead")[0].contains("support@example.edu"));
    assert!(
        !gone.has(".copy") && !gone.has("a.button") && !gone.has("form") && !gone.has(".steps"),
        "{}",
        gone.body
    );
    let other = browser.open(&other.path).await;
    assert_eq!(other.texts("h1"), [READY], "a stranger learns nothing of the address");
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
    assert_eq!(app.browser().open(&pages[1].path).await.texts("h1"), [GONE]);
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

/// Opens the page as a new visitor: its headline, and whether it waits for a read of the account.
async fn view(app: &TestApp, page: &Page) -> (String, bool) {
    let page = app.browser().open(&page.path).await;
    assert_eq!(page.status, 200);
    let (is_live, refreshes) = (page.has("main[data-live]"), page.body.contains("http-equiv=\"refresh\""));
    assert_eq!(is_live, refreshes, "with and without script");
    (page.texts("h1").concat(), is_live)
}

fn ready(is_live: bool) -> (String, bool) {
    (READY.to_owned(), is_live)
}

fn gone(is_live: bool) -> (String, bool) {
    (GONE.to_owned(), is_live)
}

#[tokio::test]
async fn a_view_has_the_account_read_by_the_worker() {
    let (app, page) = delivered(Setup::renewing()).await;
    assert!(app.sandbox.delete_user(NAME));
    let mut browser = app.browser();
    let first = browser.open(&page.path).await;
    assert_eq!(view(&app, &page).await, ready(true));
    assert!(app.graph_requests().is_empty(), "a page asks the tenant nothing");
    app.work().await;
    assert_eq!(app.graph_requests(), [Operation::GetUser]);
    assert_eq!(view(&app, &page).await, ready(true), "one server may be slow");
    app.settle_within(Duration::from_secs(30)).await;
    assert_eq!(view(&app, &page).await, gone(false));
    assert_eq!(app.graph_requests(), [Operation::GetUser; 4]);
    assert!(browser.submit_form(&first, "form.again", &[]).await.status.is_redirection());
    assert_eq!(app.store.next_due().await.unwrap(), None, "no password is set for it");

    assert!(app.sandbox.restore_user(NAME));
    assert_eq!(view(&app, &page).await, gone(false), "not so soon");
    app.advance(CHECK_AGAIN);
    assert_eq!(view(&app, &page).await, gone(true));
    app.settle().await;
    assert_eq!(view(&app, &page).await, ready(false));
    let events = app.store.events(app.signup_of(&student()).await.id).await.unwrap();
    let kinds: Vec<_> = events.iter().rev().take(2).map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["account_found", "account_gone"]);
}

#[tokio::test]
async fn an_account_that_stays_deleted_costs_one_request_for_each_later_read() {
    let (app, page) = delivered(Setup::default()).await;
    assert!(app.sandbox.delete_user(NAME));
    view(&app, &page).await;
    app.settle().await;
    app.sandbox.clear_requests();
    app.advance(CHECK_AGAIN);
    assert_eq!(view(&app, &page).await, gone(true));
    app.settle().await;
    assert_eq!(view(&app, &page).await, gone(false));
    assert_eq!(app.graph_requests(), [Operation::GetUser]);
}

#[tokio::test]
async fn a_page_shows_another_name_once_it_was_read() {
    let (app, page) = delivered(Setup::default()).await;
    assert!(app.sandbox.rename_user(NAME, NEW_NAME));
    let before = app.browser().open(&page.path).await;
    assert_eq!(before.texts(".copy"), [NAME]);
    app.work().await;
    let after = app.browser().open(&page.path).await;
    assert_eq!(after.texts(".copy"), [NEW_NAME]);
    let version = |page: &Page| page.value_of("main", "data-version");
    assert_ne!(version(&before), version(&after), "the script sees that something has changed");
    assert_eq!(version(&after), version(&app.browser().open(&page.path).await));
}

#[tokio::test]
async fn many_views_cause_one_read_in_ten_minutes() {
    let (app, page) = delivered(Setup::default()).await;
    for round in 1..=3 {
        assert_eq!(view(&app, &page).await, ready(true));
        for _ in 0..20 {
            app.work().await;
            assert_eq!(view(&app, &page).await, ready(false));
        }
        assert_eq!(app.graph_requests(), vec![Operation::GetUser; round]);
        app.advance(CHECK_AGAIN - Duration::from_secs(1));
        assert_eq!(view(&app, &page).await, ready(false));
        app.advance(Duration::from_secs(1));
    }
}

/// While no worker is there, too.
#[tokio::test]
async fn a_page_does_not_wait_for_the_read_for_long() {
    let (app, page) = delivered(Setup::default()).await;
    assert_eq!(view(&app, &page).await, ready(true));
    app.advance(Duration::from_secs(59));
    assert_eq!(view(&app, &page).await, ready(true));
    app.advance(Duration::from_secs(1));
    assert_eq!(view(&app, &page).await, ready(false));
}

#[tokio::test]
async fn a_tenant_that_does_not_tell_leaves_the_page_as_it_is() {
    for fault in
        [Fault::status(429).retry_after(90), Fault::status(503), Fault::status(403), Fault::status(401)]
    {
        let status = fault.status;
        let (app, page) = delivered(Setup::default()).await;
        assert!(app.sandbox.delete_user(NAME));
        app.fault(Operation::GetUser, [fault]);
        assert_eq!(view(&app, &page).await, ready(true));
        app.work().await;
        assert_eq!(view(&app, &page).await, ready(false), "{status:?}");
        assert_eq!(app.store.next_due().await.unwrap(), None, "{status:?}: the next view asks again");
        app.no_faults();
        app.advance(CHECK_AGAIN);
        assert_eq!(view(&app, &page).await, ready(true));
        app.settle().await;
        assert_eq!(view(&app, &page).await, gone(false), "{status:?}");
    }
}

#[tokio::test]
async fn a_pause_that_a_tenant_asks_for_holds_for_reads_and_signups_alike() {
    let (app, page) = delivered(Setup::default()).await;
    let other = Student::new(2, "Alan", "Turing");
    app.fault(Operation::GetUser, [Fault::status(429).retry_after(90).times(1)]);
    view(&app, &page).await;
    app.work().await;
    app.sign_up(&other).await;
    app.sandbox.clear_requests();
    app.live_through(Duration::from_secs(89)).await;
    assert!(app.graph_requests().is_empty(), "the signup waits");
    app.settle().await;
    app.assert_one_account(&other);

    app.fault(Operation::CreateUser, [Fault::status(429).retry_after(3600).times(1)]);
    app.sign_up(&Student::new(3, "Grace", "Hopper")).await;
    app.work().await;
    app.advance(CHECK_AGAIN);
    app.sandbox.clear_requests();
    assert_eq!(view(&app, &page).await, ready(true));
    app.work().await;
    assert_eq!((view(&app, &page).await, app.graph_requests()), (ready(false), vec![]), "the tenant rests");
}

#[tokio::test]
async fn an_ordinary_signup_costs_two_requests_however_often_its_page_is_viewed() {
    let app = TestApp::start().await;
    let page = app.sign_up(&student()).await;
    app.settle().await;
    for _ in 0..14 {
        app.advance(Duration::from_mins(1));
        assert_eq!(view(&app, &page).await.0, READY);
        app.settle().await;
    }
    assert_eq!(app.graph_requests().len(), 2, "{:?}", app.graph_requests());
    app.advance(Duration::from_mins(1));
    view(&app, &page).await;
    app.settle().await;
    assert_eq!(app.graph_requests().len(), 3);
}

#[tokio::test]
async fn a_further_request_is_not_told_from_the_first_and_tells_nothing() {
    let (app, page) = delivered(Setup::default()).await;
    let other = app.sign_up(&student()).await;
    app.settle().await;
    app.advance(HOUR);
    app.sandbox.clear_requests();
    assert_eq!(view(&app, &page).await, view(&app, &other).await);
    app.settle().await;
    assert_eq!(app.graph_requests(), [Operation::GetUser], "for the first alone");
    assert_eq!(view(&app, &page).await, view(&app, &other).await);
    assert!(app.sandbox.delete_user(NAME));
    app.advance(CHECK_AGAIN);
    view(&app, &page).await;
    view(&app, &other).await;
    app.settle().await;
    assert_eq!((view(&app, &page).await, view(&app, &other).await), (gone(false), ready(false)));
}

#[tokio::test]
async fn a_further_request_whose_address_was_confirmed_follows_the_account() {
    let setup = Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let mut pages = Vec::new();
    for _ in 0..2 {
        let page = app.sign_up(&student()).await;
        app.work().await;
        let code = code_in(mails(&app, "send-code").last().unwrap());
        app.browser().submit(&page, &[("code", &code)]).await;
        app.settle().await;
        app.advance(HOUR);
        pages.push(page);
    }
    for expected in [gone(false), ready(false)] {
        match expected == gone(false) {
            true => assert!(app.sandbox.delete_user(NAME)),
            false => assert!(app.sandbox.restore_user(NAME)),
        }
        app.advance(CHECK_AGAIN);
        view(&app, &pages[1]).await;
        app.settle().await;
        for page in &pages {
            assert_eq!(view(&app, page).await.0, expected.0);
            app.settle().await;
        }
    }
}

/// The clock stands still: nothing but the view can wake the worker.
#[tokio::test]
async fn a_view_wakes_the_worker() {
    let (app, page) = delivered(Setup::default()).await;
    let stop = CancellationToken::new();
    let worker = tokio::spawn(app.worker.clone().run(stop.clone()));
    tokio::task::yield_now().await;
    view(&app, &page).await;
    let is_over = async {
        while view(&app, &page).await.1 {
            tokio::task::yield_now().await;
        }
    };
    soon(is_over).await;
    assert_eq!(app.graph_requests(), [Operation::GetUser]);
    stop.cancel();
    soon(worker).await.unwrap();
}

/// Each tenant has places of its own for these reads: one that takes connections and never answers holds none of another's.
#[tokio::test]
async fn reads_do_not_wait_for_those_of_a_silent_tenant() {
    let sections = "[worker]\nconcurrency = 8\n".to_owned();
    let app = TestApp::with(Setup { sections, ..Setup::default() }).await;
    let students = [(1, "Ada"), (2, "Alan"), (3, "Grace"), (4, "Edsger")];
    let students = students.map(|(number, name)| Student::new(number, name, "Example"));
    let mut pages = Vec::new();
    for student in &students {
        pages.push(app.sign_up(student).await);
    }
    app.settle().await;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let (_, section) = app.settings().split_once("[tenants.main]\n").unwrap();
    let section = format!("[tenants.main]\n{}", section.split_once("[[profiles]]").unwrap().0);
    let away = section.lines().map(|line| match line.split_once(" = ") {
        Some((key @ ("authority" | "graph_url"), _)) => format!("{key} = \"http://{address}\"\n"),
        _ => format!("{}\n", line.replace("[tenants.main]", "[tenants.away]")),
    });
    let both = format!("{}{section}", away.collect::<String>());
    let app = app.restart_with(&section, &both).await;
    for Student { email, .. } in &students[..3] {
        for table in ["signup", "account"] {
            let sql = format!("UPDATE {table} SET tenant = 'away' WHERE email = '{email}'");
            run_sql(app.database_url(), &sql).await;
        }
    }
    app.advance(HOUR);
    app.sandbox.clear_requests();
    for page in &pages {
        assert_eq!(view(&app, page).await, ready(true));
    }
    let stop = CancellationToken::new();
    let worker = tokio::spawn(app.worker.clone().run(stop.clone()));
    let is_over = async {
        while view(&app, &pages[3]).await.1 {
            tokio::task::yield_now().await;
        }
    };
    soon(is_over).await;
    assert_eq!(app.graph_requests(), [Operation::GetUser]);
    for page in &pages[..3] {
        assert_eq!(view(&app, page).await, ready(true), "its tenant has not answered");
    }
    stop.cancel();
    soon(worker).await.unwrap();
}

#[tokio::test]
async fn of_two_processes_one_reads_the_account() {
    let (app, page) = delivered(Setup::default()).await;
    let other = app.another().await;
    for round in 1..=5 {
        let (here, there) = tokio::join!(view(&app, &page), view(&other, &page));
        assert!(here.1 || there.1);
        let (mine, others) = tokio::join!(app.work(), other.work());
        assert_eq!(mine + others, 1);
        assert_eq!(app.graph_requests(), vec![Operation::GetUser; round]);
        app.advance(CHECK_AGAIN);
    }
}

#[tokio::test]
async fn a_read_that_a_dead_process_has_begun_is_taken_over() {
    let (app, page) = delivered(Setup::default()).await;
    assert!(app.sandbox.delete_user(NAME));
    view(&app, &page).await;
    let (now, lease) = (app.clock.now(), Duration::from_mins(2));
    let tenant: TenantAlias = "main".parse().unwrap();
    let claim = Claim {
        tenant: Some(&tenant),
        needs: &[Needs::Background],
        limit: 1,
        lease: LeaseToken::random(&Entropy::seeded(1)),
        now,
        until: now.plus(lease),
    };
    assert_eq!(app.store.claim(&claim).await.unwrap().len(), 1);
    let app = app.restart().await;
    assert_eq!(app.work().await, 0);
    app.advance(lease);
    app.settle().await;
    assert_eq!(view(&app, &page).await, gone(false));
}

#[tokio::test]
async fn a_page_is_shown_where_the_read_cannot_be_recorded() {
    const REFUSE: &str =
        "CREATE TRIGGER refuse BEFORE INSERT ON operation BEGIN SELECT RAISE(ABORT, 'no'); END";
    if is_postgres() {
        return; // The database is used again by other tests, with its triggers.
    }
    let (app, page) = delivered(Setup::default()).await;
    run_sql(app.database_url(), REFUSE).await;
    assert_eq!(view(&app, &page).await, ready(false));
    assert_eq!(app.work().await, 0);
}
