//! The switch that closes the form and the API for new signups, while what was asked for before goes on.

use std::time::Duration;

use accountcreator::{
    domain::{Requester, Stage},
    signup::{close_signups, open_signups},
};

use crate::support::{
    Api, MessageId, Setup, Student, TestApp,
    api::{account, consenting},
    code_in,
};

const CLOSED: &str = "Signing up is paused";

fn student(number: u32) -> Student {
    Student::new(number, "Ada", "Lovelace")
}

async fn close(app: &TestApp) {
    assert!(close_signups(&app.store, &Requester::OPERATOR, app.clock.now()).await.unwrap());
    app.signups.read_switch().await.unwrap();
}

async fn open(app: &TestApp) {
    assert!(open_signups(&app.store, &Requester::OPERATOR).await.unwrap());
    app.signups.read_switch().await.unwrap();
}

async fn headline(app: &TestApp) -> String {
    app.browser().open("/en").await.texts("h1").concat()
}

/// Asks a site for its form until the headline is the wanted one.
async fn shows(app: &TestApp, closed: bool) {
    let asking = async { while (headline(app).await == CLOSED) != closed {} };
    tokio::time::timeout(Duration::from_secs(30), asking).await.expect("the switch is followed");
}

#[tokio::test]
async fn form_and_api_take_nothing_while_it_is_closed() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    close(&app).await;
    assert_eq!(headline(&app).await, CLOSED);
    let kept = browser.submit_only(&form, &student(1).fields()).await;
    assert_eq!(kept.status, 409);
    assert!(kept.texts(".summary p")[0].contains("What you typed is still here"), "{}", kept.body);
    assert_eq!(kept.value_of("#email", "value"), Some(student(1).email));

    let api = Api::of(&app).await.speaking("en");
    let v2 = api.post("/api/v2/signups", &consenting(&student(2))).await;
    assert_eq!((v2.status, v2.text("/title")), (409, CLOSED));
    assert!(v2.text("/type").ends_with("/api/redoc#signups-closed"), "{}", v2.body);
    assert_eq!(api.get("/api/v2/").await.json["open"], false);
    let v1 = api.post("/api/v1/account_creation", &account(&student(3))).await;
    assert_eq!(v1.status, 409);
    assert!(v1.text("/message").contains("No new accounts can be requested"), "{}", v1.body);
    assert!(app.all_signups().await.is_empty(), "nothing was recorded");

    open(&app).await;
    assert_eq!(browser.submit_only(&kept, &student(1).fields()).await.status, 303);
    assert_eq!(api.post("/api/v2/signups", &consenting(&student(2))).await.status, 201);
    assert_eq!(api.get("/api/v2/").await.json["open"], true);
}

#[tokio::test]
async fn what_was_asked_for_before_goes_on() {
    let app = TestApp::with(Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() }).await;
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let page = browser.submit(&form, &student(1).fields()).await;
    app.work().await;
    close(&app).await;
    assert_eq!(browser.open(&page.path).await.texts("h1"), ["Confirm your address"]);
    let mails = app.sandbox.mails_to(&student(1).email);
    assert!(mails[0].message_id_says("send-code"));
    browser.submit(&page, &[("code", &code_in(&mails[0]))]).await;
    app.settle().await;
    app.assert_one_account(&student(1));
    assert_eq!(app.stages().await, [Stage::Done]);
    let again = browser.submit_only(&form, &student(1).fields()).await;
    assert_eq!(again.status, 303, "the form that was sent before leads to its signup");
}

#[tokio::test]
async fn every_process_follows_within_seconds_and_a_restart_changes_nothing() {
    let app = TestApp::start().await;
    let other = app.another().await;
    assert!(close_signups(&app.store, &Requester::OPERATOR, app.clock.now()).await.unwrap());
    app.advance(Duration::from_secs(2));
    shows(&app, true).await;
    shows(&other, true).await;
    let restarted = other.restart().await;
    assert_eq!(headline(&restarted).await, CLOSED, "from its first request on");
    assert!(open_signups(&app.store, &Requester::OPERATOR).await.unwrap());
    app.advance(Duration::from_secs(2));
    shows(&app, false).await;
    shows(&restarted, false).await;
}

#[tokio::test]
async fn a_database_that_fails_changes_nothing() {
    for closed in [false, true] {
        let app = TestApp::start().await;
        if closed {
            close(&app).await;
        }
        app.store.close().await;
        assert!(app.signups.read_switch().await.is_err());
        assert_eq!(headline(&app).await == CLOSED, closed, "the last known state holds");
    }
}

#[tokio::test]
async fn it_is_a_metric() {
    let sections = "[metrics]\nlisten = \"127.0.0.1:0\"".to_owned();
    let app = TestApp::with(Setup { sections, ..Setup::default() }).await;
    let value = async || {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let address = format!("http://{}/metrics", app.metrics.unwrap());
        let text = client.get(address).send().await.unwrap().text().await.unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("accountcreator_signups_closed "));
        line.map(str::to_owned)
    };
    assert_eq!(value().await.as_deref(), Some("0"));
    close(&app).await;
    assert_eq!(value().await.as_deref(), Some("1"));
    open(&app).await;
    assert_eq!(value().await.as_deref(), Some("0"));
}
