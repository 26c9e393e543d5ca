//! Workers as they run in production: woken, stopped, and several on one database.

use std::time::Duration;

use accountcreator::{
    app::{self, Parts},
    config,
    domain::{Entropy, Stage, Waiting},
    sandbox::{Ending, Fault, FaultKind, Faults, Operation, RequestRecord, Sandbox},
};
use sqlx::{Connection as _, PgConnection};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    postgres::Cluster,
    support::{Log, Setup, Student, TestApp, soon},
};

fn run(app: &TestApp) -> (JoinHandle<()>, CancellationToken) {
    let stop = CancellationToken::new();
    (tokio::spawn(app.worker.clone().run(stop.clone())), stop)
}

/// The clock stands still: nothing but the request itself can wake the worker.
#[tokio::test]
async fn a_new_signup_wakes_the_worker_at_once() {
    let app = TestApp::start().await;
    let (worker, stop) = run(&app);
    for number in 0..3 {
        let student = Student::new(number, "Ada", "Lovelace");
        app.sign_up(&student).await;
        soon(app.sandbox.mail_to(&student.email)).await;
        app.assert_one_account(&student);
    }
    stop.cancel();
    soon(worker).await.unwrap();
}

/// Without notifications, as on SQLite and through a pooler, work of another process is found by looking.
#[tokio::test]
async fn what_another_process_has_left_is_noticed_within_seconds() {
    let app = TestApp::start().await;
    let other = app.another().await;
    let (worker, stop) = run(&app);
    let student = Student::new(1, "Ada", "Lovelace");
    other.sign_up(&student).await;
    let noticed = async {
        // The worker may begin to wait only after the first of these seconds.
        for _ in 0..10 {
            app.advance(Duration::from_secs(1));
            let mail = app.sandbox.mail_to(&student.email);
            if tokio::time::timeout(Duration::from_secs(1), mail).await.is_ok() {
                return true;
            }
        }
        false
    };
    assert!(noticed.await, "nothing happened for ten seconds");
    app.assert_one_account(&student);
    stop.cancel();
    soon(worker).await.unwrap();
}

/// Waits until so many workers listen for notifications of others.
async fn until_listening(url: &str, workers: i64) {
    const COUNT: &str =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %'";
    let mut connection = PgConnection::connect(url).await.unwrap();
    let listening = async {
        while sqlx::query_scalar::<_, i64>(COUNT).fetch_one(&mut connection).await.unwrap() < workers {
            tokio::task::yield_now().await;
        }
    };
    soon(listening).await;
    connection.close().await.unwrap();
}

/// The clock goes on by less than the interval at which a worker looks by itself.
async fn is_carried_out_at_once(app: &TestApp, student: &Student) -> bool {
    for _ in 0..18 {
        app.advance(Duration::from_millis(50));
        let mail = app.sandbox.mail_to(&student.email);
        if tokio::time::timeout(Duration::from_millis(200), mail).await.is_ok() {
            return true;
        }
    }
    false
}

#[tokio::test]
async fn another_process_takes_at_once_what_a_worker_without_room_leaves() {
    let Some(server) = Cluster::shared() else { return };
    let url = server.fresh_database().await;
    let app = TestApp::with(Setup { timeout: "40s", ..Setup::default() }).await.on_database(&url).await;
    let full = app.another_with(&format!("{}\n[worker]\nconcurrency = 1\n", app.settings())).await;
    app.fault(Operation::CreateUser, [Fault::new(FaultKind::Hang).times(1)]);
    let [blocking, next] = [1, 2].map(|number| Student::new(number, "Ada", "Lovelace"));
    let (_full_worker, stop_full) = run(&full);
    full.sign_up(&blocking).await;
    app.faults_are_spent().await;
    let (worker, stop) = run(&app);
    until_listening(&url, 2).await;
    full.sign_up(&next).await;
    assert!(is_carried_out_at_once(&app, &next).await, "the worker with room was not woken");
    app.assert_one_account(&next);
    stop_full.cancel();
    stop.cancel();
    soon(worker).await.unwrap();
}

#[tokio::test]
async fn another_process_takes_at_once_what_a_stopped_worker_gives_back() {
    let Some(server) = Cluster::shared() else { return };
    let url = server.fresh_database().await;
    let app = TestApp::start().await.on_database(&url).await;
    let stopped = app.another().await;
    let (worker, stop) = run(&app);
    let (ending, end) = run(&stopped);
    until_listening(&url, 2).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sandbox.set_faults(Faults::default().latency(Duration::from_millis(300)));
    stopped.sign_up(&student).await;
    let pending = |sandbox: &Sandbox| {
        let mut requests = sandbox.requests().into_iter();
        requests.any(|request| request.operation == Operation::CreateUser).then_some(())
    };
    soon(app.sandbox.until(pending)).await;
    end.cancel();
    soon(ending).await.unwrap();
    assert!(is_carried_out_at_once(&app, &student).await, "the other worker was not woken");
    app.assert_one_account(&student);
    stop.cancel();
    soon(worker).await.unwrap();
}

#[tokio::test]
async fn a_retry_wakes_the_worker_when_its_time_has_come() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.fault(Operation::CreateUser, [Fault::status(503).times(1)]);
    let (worker, stop) = run(&app);
    app.sign_up(&student).await;
    let put_back = async {
        while app.signup_of(&student).await.waiting != Some(Waiting::TenantUnavailable) {
            tokio::task::yield_now().await;
        }
    };
    soon(put_back).await;
    app.advance(Duration::from_secs(2));
    soon(app.sandbox.mail_to(&student.email)).await;
    app.assert_one_account(&student);
    stop.cancel();
    soon(worker).await.unwrap();
}

/// The call under way is brought to its end and written down; the rest is for the next process, at once.
#[tokio::test]
async fn a_worker_that_is_stopped_finishes_its_call_and_gives_its_signups_back() {
    let app = TestApp::start().await;
    let students: Vec<Student> = (0..3).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    for student in &students {
        app.sign_up(student).await;
    }
    app.sandbox.set_faults(Faults::default().latency(Duration::from_millis(300)));
    let (worker, stop) = run(&app);
    let pending = |request: &RequestRecord| {
        request.operation == Operation::CreateUser && request.ending == Ending::Pending
    };
    let under_way = |sandbox: &Sandbox| sandbox.requests().iter().filter(|request| pending(request)).count();
    soon(app.sandbox.until(|sandbox| (under_way(sandbox) == 3).then_some(()))).await;
    stop.cancel();
    soon(worker).await.unwrap();
    assert_eq!(app.graph_requests(), [Operation::CreateUser; 3], "no further call is begun");
    for signup in app.all_signups().await {
        assert_eq!((signup.stage, signup.due_at), (Stage::Provisioning, Some(app.clock.now())));
        assert!(signup.object_id.is_some(), "the answer was written down");
    }
    app.no_faults();
    let app = app.restart().await;
    app.work().await;
    app.assert_accounts(&students).await;
    assert_eq!(app.graph_requests().len(), 6, "nothing was asked twice");
}

#[tokio::test]
async fn an_idle_worker_stops_at_once() {
    let app = TestApp::start().await;
    let (worker, stop) = run(&app);
    tokio::task::yield_now().await;
    stop.cancel();
    soon(worker).await.unwrap();
}

#[tokio::test]
async fn two_workers_on_one_database_share_the_work_and_double_none_of_it() {
    let app = TestApp::start().await;
    let students: Vec<Student> = (0..24).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    for student in &students {
        app.sign_up(student).await;
    }
    let other = app.another().await;
    let (mine, others) = tokio::join!(app.work(), other.work());
    assert!(mine > 0 && others > 0, "{mine} and {others}");
    assert_eq!(mine + others, students.len(), "each signup was claimed once");
    app.assert_accounts(&students).await;
    let posts = app.graph_requests().into_iter().filter(|operation| *operation == Operation::CreateUser);
    assert_eq!(posts.count(), students.len());
    assert_eq!(app.sandbox.mails().len(), students.len());
}

/// The mail server takes the connection and says nothing, for longer than the service may take to stop.
#[tokio::test]
async fn a_stop_abandons_a_mail_that_is_not_answered_and_loses_nothing() {
    let log = Log::capture();
    let server = "shutdown_timeout = \"1s\"".to_owned();
    let app = TestApp::with(Setup { server, timeout: "40s", ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = |port: u16| format!("port = {port}\n");
    let ours = port(app.sandbox.smtp_addr().port());
    assert!(app.settings().contains(&ours));
    let settings = app.settings().replace(&ours, &port(silent.local_addr().unwrap().port()));
    let parts = Parts { clock: app.clock.clone(), entropy: Entropy::system() };
    let service = app::build(config::from_toml(&settings).unwrap(), parts).await.unwrap();
    let stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let running = tokio::spawn(service.run(listener, stop.clone()));
    let _connection = soon(silent.accept()).await.unwrap();
    assert_eq!(app.signup_of(&student).await.stage, Stage::Delivering);
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(15), running).await.expect("it stops in time").unwrap();
    let text = log.text();
    assert!(text.contains("the worker was not done within server.shutdown_timeout"), "{text}");

    app.advance(Duration::from_mins(30));
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

/// The mail server takes longer for its last reply than the lease: the lease is renewed, and no other worker sends the
/// mail once more.
#[tokio::test]
async fn a_lease_is_renewed_while_the_mail_server_takes_its_time() {
    let app = TestApp::with(Setup { timeout: "40s", ..Setup::default() }).await;
    let other = app.another().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.fault(Operation::SmtpData, [Fault::new(FaultKind::HangAfter)]);
    app.sign_up(&student).await;
    let turn = tokio::spawn({
        let worker = app.worker.clone();
        async move { worker.run_due().await }
    });
    soon(app.sandbox.mail_to(&student.email)).await;
    for _ in 0..6 {
        let before = app.signup_of(&student).await.due_at;
        app.advance(Duration::from_secs(41));
        let renewed = async {
            while app.signup_of(&student).await.due_at == before {
                tokio::task::yield_now().await;
            }
        };
        soon(renewed).await;
        assert_eq!(other.work().await, 0, "the signup is taken over");
    }
    turn.abort();
    assert_eq!(app.sandbox.mails().len(), 1);
}
