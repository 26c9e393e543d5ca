//! Free seats: counted, told of, and the form closed where that is wanted.

use std::time::Duration;

use accountcreator::sandbox::{Fault, Operation, STUDENT_SKU, Tenant};

use crate::support::{
    Api, Setup, Student, TestApp,
    api::{account, consenting},
};

const CHECK: Duration = Duration::from_mins(15);
const WATCH: &str = "[alerts]\nto = [\"it@example.edu\"]\n[seats]\nwatch = true\nwarn_below = 5\n";
const CLOSE: &str = "when_none = \"close\"\n";

async fn watching(more: &str) -> TestApp {
    let sections = format!("{WATCH}{more}\n[metrics]\nlisten = \"127.0.0.1:0\"");
    TestApp::with(Setup { sections, ..Setup::default() }).await
}

/// So many seats are bought, and the time for the next count has come.
async fn count(app: &TestApp, seats: u32) {
    app.sandbox.set_seats(STUDENT_SKU, seats);
    app.advance(CHECK);
    app.look().await;
}

/// The subjects of the mails to admins since the last time, without the site's name.
fn told(app: &TestApp) -> Vec<String> {
    let mails = app.sandbox.mails_to("it@example.edu");
    app.sandbox.clear_mails();
    mails.into_iter().map(|mail| mail.subject.split(" – ").next().unwrap().to_owned()).collect()
}

async fn metrics(app: &TestApp) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let address = format!("http://{}/metrics", app.metrics.unwrap());
    client.get(address).send().await.unwrap().text().await.unwrap()
}

fn series(name: &str, value: u32) -> String {
    format!("accountcreator_{name}{{tenant=\"main\",sku=\"{STUDENT_SKU}\"}} {value}\n")
}

#[tokio::test]
async fn falling_seats_are_told_of_once_until_there_were_enough() {
    let app = watching("").await;
    app.look().await;
    assert!(told(&app).is_empty());
    count(&app, 4).await;
    assert_eq!(told(&app), ["Few licences are left"]);
    assert!(metrics(&app).await.contains(&series("seats_free", 4)));
    let app = app.restart().await;
    app.advance(Duration::from_hours(2));
    app.look().await;
    assert!(told(&app).is_empty(), "it was told before the restart");
    count(&app, 0).await;
    assert_eq!(told(&app), ["No licence is left"]);
    count(&app, 3).await;
    app.advance(Duration::from_hours(2));
    count(&app, 0).await;
    assert!(told(&app).is_empty(), "there were never enough in between");
    count(&app, 100).await;
    app.advance(Duration::from_hours(2));
    count(&app, 4).await;
    assert_eq!(told(&app), ["Few licences are left"]);
    app.advance(Duration::from_hours(23));
    app.look().await;
    assert!(told(&app).is_empty());
    app.advance(Duration::from_hours(1));
    app.look().await;
    assert_eq!(told(&app), ["Few licences are left"], "a day later it still is so");
}

#[tokio::test]
async fn seats_are_counted_at_intervals_and_signups_still_take_two_requests() {
    let app = watching("").await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.look().await;
    app.look().await;
    assert_eq!(app.graph_requests(), [Operation::ListSkus]);
    app.sandbox.clear_requests();
    app.sign_up(&student).await;
    app.settle().await;
    assert_eq!(app.graph_requests().len(), 2);
    app.sandbox.clear_requests();
    app.advance(CHECK);
    app.look().await;
    assert_eq!(app.graph_requests(), [Operation::ListSkus]);
    let text = metrics(&app).await;
    assert!(
        text.contains(&series("seats_free", 999_999)) && text.contains(&series("seats", 1_000_000)),
        "{text}"
    );
    assert!(text.contains(
        "accountcreator_certificate_expiry_timestamp_seconds{tenant=\"main\",certificate=\"current\"}"
    ));
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn by_default_nobody_counts() {
    let app = TestApp::start().await;
    app.look().await;
    assert!(app.graph_requests().is_empty());
}

#[tokio::test]
async fn without_seats_signups_wait_where_they_are_to_wait() {
    let app = watching("").await;
    count(&app, 0).await;
    let student = Student::new(1, "Ada", "Lovelace");
    assert_eq!(app.sign_up(&student).await.status, 200, "the status page");
    app.work().await;
    assert!(app.signup_of(&student).await.waiting.is_some());
    app.sandbox.set_seats(STUDENT_SKU, 1);
    app.settle().await;
    app.assert_accounts(&[student]).await;
}

#[tokio::test]
async fn without_seats_the_form_is_closed_where_that_is_wanted_and_opens_by_itself() {
    let app = watching(CLOSE).await;
    app.look().await;
    let (first, second) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Eve", "Adams"));
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    count(&app, 0).await;
    assert_eq!(told(&app), ["No licence is left"]);
    let closed = app.browser().open("/de").await;
    assert_eq!(
        (closed.status.as_u16(), closed.texts("h1")[0].as_str()),
        (200, "Zurzeit können keine Konten angelegt werden")
    );
    let refused = browser.submit(&form, &first.fields()).await;
    assert_eq!(
        (refused.status.as_u16(), refused.texts("h1")[0].as_str()),
        (409, "No accounts can be created right now")
    );
    let api = Api::of(&app).await.speaking("de");
    let refused = api.post("/api/v2/signups", &consenting(&first)).await;
    assert_eq!(
        (refused.status, refused.text("/title")),
        (409, "Zurzeit können keine Konten angelegt werden")
    );
    assert!(refused.text("/type").ends_with("/api/redoc#no-licences"));
    let refused = api.post("/api/v1/account_creation", &account(&first)).await;
    assert_eq!((refused.status, refused.text("/status")), (409, "Conflict"));
    assert!(app.all_signups().await.is_empty());
    count(&app, 2).await;
    for student in [&first, &second] {
        app.sign_up(student).await;
    }
    app.settle().await;
    app.assert_accounts(&[first, second]).await;
}

#[tokio::test]
async fn a_count_that_fails_keeps_the_last_one_and_a_permission_that_is_gone_opens_the_form() {
    let app = watching(CLOSE).await;
    count(&app, 0).await;
    let is_open = async || app.browser().open("/en").await.texts("h1")[0] == "Get your Microsoft 365 account";
    assert!(!is_open().await);
    app.fault(Operation::ListSkus, [Fault::status(503)]);
    count(&app, 0).await;
    assert!(!is_open().await);
    assert!(metrics(&app).await.contains(&series("seats_free", 0)));
    app.no_faults();

    let tenant = Tenant { granted: vec!["User.ReadWrite.All".to_owned()], ..Tenant::default() };
    let sections = format!("{WATCH}{CLOSE}");
    let app = TestApp::with(Setup { sections, tenant, ..Setup::default() }).await;
    count(&app, 0).await;
    assert_eq!(app.browser().open("/en").await.texts("h1")[0], "Get your Microsoft 365 account");
}
