//! `[bots]`: what keeps programs from signing up, and no person.

use std::time::Duration;

use accountcreator::domain::Stage;
use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{Browser, MessageId, Page, Setup, Student, TestApp, code_in};

async fn guarded(bots: &str) -> TestApp {
    TestApp::with(Setup { bots: bots.to_owned(), ..Setup::default() }).await
}

/// What a browser's script does for ALTCHA, after its documentation.
fn solve(challenge: &Value) -> String {
    let text = |name: &str| challenge[name].as_str().unwrap().to_owned();
    let (salt, wanted) = (text("salt"), text("challenge"));
    let hash = |number: u64| {
        let hash = digest(&SHA256, format!("{salt}{number}").as_bytes());
        hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    assert_eq!(text("algorithm"), "SHA-256");
    let number = (0..=challenge["maxnumber"].as_u64().unwrap()).find(|number| hash(*number) == wanted);
    let solved = json!({
        "algorithm": text("algorithm"),
        "challenge": wanted,
        "number": number.expect("there is a solution"),
        "salt": salt,
        "signature": text("signature"),
    });
    STANDARD.encode(solved.to_string())
}

async fn proof(browser: &mut Browser, form: &Page, student: &Student) -> String {
    let token = form.value_of("input[name=form]", "value").unwrap();
    let address = form.value_of("input[name=altcha]", "data-challenge").unwrap();
    let challenge = browser.post(&address, &[("form", &token), ("email", &student.email)]).await;
    solve(&serde_json::from_str(&challenge.body).unwrap())
}

/// Sends the form as a browser with its script does.
async fn sign_up(app: &TestApp, student: &Student, proof_for: Option<&Student>) -> (Browser, Page) {
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let token = form.value_of("input[name=form]", "value").unwrap();
    let proof = match proof_for {
        Some(other) => proof(&mut browser, &form, other).await,
        None => String::new(),
    };
    let mut fields = student.fields();
    fields.extend([("form", token.as_str()), ("altcha", proof.as_str())]);
    let sent = browser.post("/en", &fields).await;
    let page = browser.follow(sent).await;
    (browser, page)
}

#[tokio::test]
async fn work_opens_the_way_and_without_it_the_code_does() {
    let app = guarded("min_time = \"0s\"\nproof_of_work = true\nproof_cost = 500").await;
    let [worker, idler, thief] = [1, 2, 3].map(|number| Student::new(number, "Ada", "Lovelace"));

    let (_, page) = sign_up(&app, &worker, Some(&worker)).await;
    assert_eq!(page.texts("h1"), ["Your account is on its way"]);
    app.work().await;
    app.assert_one_account(&worker);

    let (_, page) = sign_up(&app, &thief, Some(&worker)).await;
    assert_eq!(
        page.texts("h1"),
        ["Confirm your address"],
        "the work for one address does nothing for another"
    );

    let (mut browser, page) = sign_up(&app, &idler, None).await;
    assert_eq!(page.texts("h1"), ["Confirm your address"]);
    app.settle().await;
    assert_eq!(app.users().len(), 1, "nobody gets an account by not working");
    let mails = app.sandbox.mails_to(&idler.email);
    assert!(mails.len() == 1 && mails[0].message_id_says("send-code"));
    browser.submit(&page, &[("code", &code_in(&mails[0]))]).await;
    app.settle().await;
    app.assert_one_account(&idler);
    assert_eq!(app.stages().await.iter().filter(|stage| **stage == Stage::Done).count(), 2);
}

/// Beyond `submissions_in_total` the form asks for work, and a browser that does it need not confirm its address.
#[tokio::test]
async fn beyond_the_total_work_opens_the_way() {
    let limits = Setup::default().limits;
    let limits = limits.replace("in_total = \"off\"", "in_total = \"2/1h\"\nnetwork_share = 100");
    let bots = "min_time = \"0s\"\nproof_cost = 500".to_owned();
    let app = TestApp::with(Setup { limits, bots, ..Setup::default() }).await;
    let [first, second, worker, idler] = [1, 2, 3, 4].map(|number| Student::new(number, "Ada", "Lovelace"));
    let asks = async || app.browser().open("/en").await.has("input[name=altcha]");

    assert!(!asks().await, "no work without need");
    let (_, page) = sign_up(&app, &first, None).await;
    assert_eq!(page.texts("h1"), ["Your account is on its way"]);
    let early = app.browser().open("/en").await;
    let (_, page) = sign_up(&app, &second, None).await;
    assert_eq!(page.texts("h1"), ["Your account is on its way"]);
    assert!(asks().await, "more than half of the limit is used");

    let (_, page) = sign_up(&app, &worker, Some(&worker)).await;
    assert_eq!(page.texts("h1"), ["Your account is on its way"]);
    let (_, page) = sign_up(&app, &idler, None).await;
    assert_eq!(page.texts("h1"), ["Confirm your address"]);
    assert!(!early.has("input[name=altcha]"), "a form that was shown before is taken as well");

    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let faulty = browser.submit(&form, &[("email", "x")]).await;
    assert!(faulty.has("input[name=altcha]"), "the form that comes back asks for it too");
    app.advance(Duration::from_hours(1));
    assert!(!asks().await, "the limit has recovered");
}

#[tokio::test]
async fn who_is_too_fast_or_filled_in_too_much_only_sends_again() {
    let app = guarded("min_time = \"2s\"").await;
    let student = Student::new(1, "Ada", "Lovelace");
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let early = browser.submit(&form, &student.fields()).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);

    app.advance(Duration::from_secs(2));
    let mut fields = student.fields();
    fields.push(("website", "https://spam.example"));
    let filled = browser.submit(&early, &fields).await;
    assert_eq!(filled.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(app.all_signups().await.is_empty());

    let page = browser.submit(&filled, &student.fields()).await;
    assert_eq!(page.texts("h1"), ["Your account is on its way"]);
    app.settle().await;
    app.assert_one_account(&student);
}
