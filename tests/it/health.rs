//! What probes are told: ready, ready although a neighbour is down, not ready.

use std::time::Duration;

use accountcreator::sandbox::{Fault, Operation};

use crate::support::{Student, TestApp, database};

async fn ready(app: &TestApp) -> (u16, String) {
    let page = app.browser().open("/readyz").await;
    (page.status.as_u16(), page.body)
}

/// Three students sign up, which is as many failures as an outage takes.
async fn three_sign_up(app: &TestApp) {
    for number in 0..3 {
        app.sign_up(&Student::new(number, "Ada", "Lovelace")).await;
    }
    app.work().await;
}

/// What another program does to the database meanwhile.
async fn behind_its_back(app: &TestApp, sql: &str) {
    database::run_sql(app.database_url(), sql).await;
}

#[tokio::test]
async fn a_tenant_that_is_down_degrades_and_its_answer_ends_that() {
    let app = TestApp::start().await;
    assert_eq!(ready(&app).await, (200, "ready\n".to_owned()));
    app.fault(Operation::AnyGraph, [Fault::status(503)]);
    three_sign_up(&app).await;
    let told = "ready, degraded\ntenant main: does not answer as it should\n";
    assert_eq!(ready(&app).await, (200, told.to_owned()));
    app.advance(Duration::from_hours(1));
    assert_eq!(ready(&app).await, (200, told.to_owned()), "nobody has asked it since");
    app.no_faults();
    app.settle().await;
    assert_eq!(ready(&app).await, (200, "ready\n".to_owned()));
}

/// A visitor by a proxy, or from another machine, is told no name and no cause.
#[tokio::test]
async fn the_public_is_told_no_names() {
    let app = TestApp::start().await;
    app.fault(Operation::AnyGraph, [Fault::status(503)]);
    three_sign_up(&app).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = format!("http://{}/readyz", app.address);
    let public = async || {
        let request = client.get(&address).header("X-Forwarded-For", "203.0.113.7");
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    let told = "ready, degraded\ntenant: does not answer as it should\n";
    assert_eq!(public().await, (200, told.to_owned()));
    assert!(ready(&app).await.1.contains("tenant main: "), "this machine is told it");
    if database::is_postgres() {
        return; // Other tests could not use the database any more.
    }
    app.store.close().await;
    app.advance(Duration::from_secs(3));
    assert_eq!(public().await, (503, "the database cannot be written\n".to_owned()));
}

#[tokio::test]
async fn a_mail_server_that_is_down_degrades() {
    let app = TestApp::start().await;
    app.fault(Operation::SmtpRcpt, [Fault::status(451)]);
    three_sign_up(&app).await;
    let told = "ready, degraded\nmail server: does not answer as it should\n";
    assert_eq!(ready(&app).await, (200, told.to_owned()));
    app.no_faults();
    app.settle().await;
    assert_eq!(ready(&app).await, (200, "ready\n".to_owned()));
}

#[tokio::test]
async fn a_tenant_that_asks_for_a_pause_degrades_until_its_end() {
    let app = TestApp::start().await;
    app.fault(Operation::CreateUser, [Fault::status(429).retry_after(90).times(1)]);
    app.sign_up(&Student::new(1, "Ada", "Lovelace")).await;
    app.work().await;
    let told = "ready, degraded\ntenant main: has asked for a pause\n";
    assert_eq!(ready(&app).await, (200, told.to_owned()));
    app.advance(Duration::from_secs(91));
    assert_eq!(ready(&app).await, (200, "ready\n".to_owned()));
}

#[tokio::test]
async fn without_its_schema_or_its_database_it_is_not_ready() {
    if database::is_postgres() {
        return; // The statements are SQLite's, and other tests could not use the database any more.
    }
    let app = TestApp::start().await;
    behind_its_back(
        &app,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         VALUES (9999, 'newer', TRUE, X'00', 0)",
    )
    .await;
    let (status, told) = ready(&app).await;
    assert_eq!(
        (status, told.as_str()),
        (503, "a newer version has migrated the database; run that version\n")
    );
    behind_its_back(&app, "DELETE FROM _sqlx_migrations").await;
    let (status, told) = ready(&app).await;
    assert_eq!(
        (status, told.as_str()),
        (503, "the database lacks migrations; run `accountcreator migrate`\n")
    );
    app.store.close().await;
    app.advance(Duration::from_secs(3));
    let (status, told) = ready(&app).await;
    assert_eq!(status, 503);
    assert!(told.starts_with("the database cannot be written: "), "{told}");
    assert_eq!(app.browser().open("/livez").await.status, 200, "the process is well");
}
