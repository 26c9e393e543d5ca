//! One address, many requests: one account, and nobody learns of it but its owner.

use std::{sync::Arc, time::Duration};

use accountcreator::{
    domain::{Stage, Waiting},
    sandbox::{Fault, Mail, Operation},
};
use reqwest::StatusCode;
use tokio::{sync::Barrier, task::JoinSet};

use crate::support::{
    Browser, MessageId, OPERATOR, Page, Setup, Student, TestApp, password_in, principal_in,
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// Several visitors fill in the form and send it at the same moment.
async fn send_at_once(browser: &Browser, students: Vec<Student>) -> Vec<Page> {
    let ready = Arc::new(Barrier::new(students.len()));
    let mut sending = JoinSet::new();
    for student in students {
        let (mut browser, ready) = (browser.clone(), Arc::clone(&ready));
        sending.spawn(async move {
            let form = browser.open("/en").await;
            ready.wait().await;
            browser.submit(&form, &student.fields()).await
        });
    }
    sending.join_all().await
}

/// The page without what is its visitor's own: address and username.
fn anonymous(page: &Page) -> String {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let body = page.body.replace(page.path.rsplit('/').next().unwrap(), "TOKEN");
    let shown =
        body.split_once("<bdi class=\"copy\" dir=\"ltr\">").and_then(|(_, rest)| rest.split_once("<wbr>"));
    match shown {
        Some((username, _)) => body.replace(username, "USERNAME"),
        None => body,
    }
}

fn reminders(app: &TestApp, student: &Student) -> Vec<Mail> {
    let mails = app.sandbox.mails_to(&student.email);
    mails.into_iter().filter(|mail| mail.message_id_says("send-reminder")).collect()
}

/// Every other letter in upper case, or all, or none.
fn spelled(email: &str, number: usize) -> String {
    let upper = |at: usize| match number % 3 {
        0 => false,
        1 => true,
        _ => at.is_multiple_of(2),
    };
    let change = |(at, c): (usize, char)| if upper(at) { c.to_ascii_uppercase() } else { c };
    email.chars().enumerate().map(change).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_requests_at_once_are_one_account() {
    let app = TestApp::start().await;
    let owner = Student::new(123_456, "Ada", "Lovelace");
    let names = [("Ada", "Lovelace"), ("Ada", "King"), ("Augusta", "Byron"), ("Łada", "Müller")];
    let students = (0..100).map(|number| {
        let (first, last) = names[number % names.len()];
        Student { email: spelled(&owner.email, number), ..Student::new(0, first, last) }
    });
    let pages = send_at_once(&app.browser(), students.collect()).await;
    app.settle().await;

    app.assert_one_account(&owner);
    assert_eq!(app.users().len(), 1);
    assert_eq!(app.sandbox.mails().len(), 1, "the owner is told once, by the password mail");
    assert_eq!(app.stages().await, [Stage::Done; 100]);
    let mut browser = app.browser();
    let end = anonymous(&browser.open(&pages[0].path).await);
    assert!(end.contains("data-version=\"done"), "{end}");
    for page in &pages {
        assert_eq!(anonymous(&browser.open(&page.path).await), end);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_form_sent_again_is_the_same_signup() {
    let app = TestApp::start().await;
    let (mut browser, student) = (app.browser(), Student::new(1, "Ada", "Lovelace"));
    let form = browser.open("/en").await;
    let mut clicks = JoinSet::new();
    for _ in 0..8 {
        let (mut browser, form, student) = (browser.clone(), form.clone(), student.clone());
        clicks.spawn(async move { browser.submit(&form, &student.fields()).await.path });
    }
    let paths = clicks.join_all().await;
    assert!(paths[0].starts_with("/en/signups/"), "{}", paths[0]);
    assert!(paths.iter().all(|path| *path == paths[0]), "{paths:?}");
    app.settle().await;
    // Long after, by the back button: the form as it was shown then.
    app.advance(Duration::from_secs(3600));
    assert_eq!(browser.submit(&form, &student.fields()).await.path, paths[0]);
    app.settle().await;

    assert_eq!(app.all_signups().await.len(), 1);
    assert_eq!(app.sandbox.mails().len(), 1);
    app.assert_one_account(&student);
}

#[tokio::test]
async fn who_enters_an_address_with_an_account_sees_what_everyone_sees() {
    let app = TestApp::start().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&owner).await;
    app.settle().await;
    app.advance(Duration::from_secs(60));

    let curious = Student { email: owner.email.to_uppercase(), ..Student::new(0, "Eve", "Adams") };
    let (curious, fresh) =
        (app.sign_up(&curious).await, app.sign_up(&Student::new(2, "Mary", "Shelley")).await);
    // Their own browsers have the addresses that were typed; another has what tells them apart.
    let curious = app.browser().open(&curious.path).await;
    let fresh = app.browser().open(&fresh.path).await;
    assert_eq!(anonymous(&curious), anonymous(&fresh));
    app.settle().await;
    let mut browser = app.browser();
    let (curious, fresh) = (browser.open(&curious.path).await, browser.open(&fresh.path).await);
    assert_eq!(anonymous(&curious), anonymous(&fresh));
    assert!(
        curious.texts("dd")[0].starts_with("eve.adams@"),
        "as if it were theirs: {:?}",
        curious.texts("dd")
    );

    let names: Vec<String> = app.users().into_iter().map(|user| user.user_principal_name).collect();
    assert_eq!(names, ["ada.lovelace@students.example.edu", "mary.shelley@students.example.edu"]);
    let reminders = reminders(&app, &owner);
    assert_eq!(reminders.len(), 1);
    assert_eq!(principal_in(&reminders[0]), "ada.lovelace@students.example.edu");
    assert!(!reminders[0].raw.contains("Eve"), "who asked is not told: {}", reminders[0].raw);
    assert!(!reminders[0].text.contains("Password:"), "{}", reminders[0].text);
}

#[tokio::test]
async fn who_asks_there_for_a_new_password_sees_what_everyone_sees_and_changes_nothing() {
    let app = TestApp::with(Setup::renewing()).await;
    let owner = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&owner).await;
    app.settle().await;
    let password = password_in(&app.sandbox.mails()[0]);
    app.advance(Duration::from_secs(60));
    let mut browser = app.browser();
    let curious =
        app.sign_up(&Student { email: owner.email.clone(), ..Student::new(0, "Eve", "Adams") }).await;
    let fresh = app.sign_up(&Student::new(2, "Mary", "Shelley")).await;
    app.settle().await;
    for _ in 0..4 {
        app.advance(Duration::from_mins(5));
        let mut seen = Vec::new();
        for path in [&curious.path, &fresh.path] {
            let done = browser.open(path).await;
            let pressed = browser.post(&format!("{path}/password"), &[]).await;
            let pressed = browser.follow(pressed).await;
            app.settle().await;
            let after = browser.open(path).await;
            seen.push([&done, &pressed, &after].map(anonymous));
        }
        assert_eq!(seen[0], seen[1]);
    }
    let set = app.graph_requests().iter().filter(|operation| **operation == Operation::UpdateUser).count();
    assert_eq!(set, 3, "for the account that is theirs, and so often as is allowed");
    let name = "ada.lovelace@students.example.edu";
    assert!(app.sandbox.sign_in(name, &password).is_right_password(), "the owner's still holds");
    assert_eq!(reminders(&app, &owner).len(), 1, "not one for each");
    app.advance(DAY);
    let asked_again = app.sign_up(&owner).await;
    app.settle().await;
    assert_eq!(reminders(&app, &owner).len(), 2);
    app.advance(DAY);
    browser.post(&format!("{}/password", asked_again.path), &[]).await;
    app.settle().await;
    let ids: std::collections::BTreeSet<_> =
        reminders(&app, &owner).into_iter().map(|mail| mail.message_id).collect();
    assert_eq!(ids.len(), 3, "a day later the owner is told again, by a mail of its own");
}

#[tokio::test]
async fn the_owner_is_reminded_once_a_day_at_most() {
    let app = TestApp::start().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&owner).await;
    app.settle().await;
    for (wait, expected) in [(60, 1), (60, 1), (DAY.as_secs() - 121, 1), (61, 2), (60, 2)] {
        app.advance(Duration::from_secs(wait));
        app.sign_up(&owner).await;
        app.settle().await;
        assert_eq!(reminders(&app, &owner).len(), expected, "after {wait} s more");
    }
    assert_eq!(app.users().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_at_once_for_an_address_with_an_account_are_one_reminder() {
    let app = TestApp::start().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&owner).await;
    app.settle().await;
    app.advance(Duration::from_secs(60));
    send_at_once(&app.browser(), vec![owner.clone(); 30]).await;
    app.settle().await;
    assert_eq!(app.stages().await, [Stage::Done; 31]);
    assert_eq!(reminders(&app, &owner).len(), 1);
    assert_eq!(app.sandbox.mails().len(), 2);
}

#[tokio::test]
async fn a_reminder_that_could_not_be_sent_is_sent_later() {
    let app = TestApp::start().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&owner).await;
    app.settle().await;
    app.advance(Duration::from_secs(60));
    app.fault(Operation::SmtpData, [Fault::status(451).times(2)]);
    app.sign_up(&owner).await;
    app.settle().await;
    assert_eq!(reminders(&app, &owner).len(), 1);
}

#[tokio::test]
async fn the_open_answer_is_given_where_it_is_configured() {
    let open = Setup { signup: "disclose_registered = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(open).await;
    let (mut browser, owner) = (app.browser(), Student::new(1, "Ada", "Lovelace"));
    let form = browser.open("/en").await;
    let status = browser.submit(&form, &owner.fields()).await;
    app.settle().await;
    app.advance(Duration::from_secs(60));
    for (path, sentence) in
        [("/en", "There is an account for this address already"), ("/de", "schon ein Konto")]
    {
        let mut browser = app.browser();
        let form = browser.open(path).await;
        let answer = browser.submit(&form, &owner.fields()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.texts("#email-error").concat().contains(sentence),
            "{:?}",
            answer.texts("#email-error")
        );
        assert_eq!(answer.value_of("#email", "value").as_deref(), Some(owner.email.as_str()));
    }
    assert_eq!(
        browser.submit(&form, &owner.fields()).await.path,
        status.path,
        "the owner's own form, by going back"
    );
    app.settle().await;
    assert_eq!(app.all_signups().await.len(), 1);
    assert_eq!(app.sandbox.mails().len(), 1);
}

#[tokio::test]
async fn a_second_request_waits_for_the_first_and_then_needs_no_mail() {
    let app = TestApp::start().await;
    let (mut browser, owner) = (app.browser(), Student::new(1, "Ada", "Lovelace"));
    let refusal = Fault::status(400).saying("Request_BadRequest", "The property is refused.");
    app.fault(Operation::CreateUser, [refusal]);
    app.sign_up(&owner).await;
    app.work().await;
    let stuck = app.signup_of(&owner).await;
    assert_eq!(stuck.stage, Stage::NeedsAttention);

    let second = app.sign_up(&owner).await;
    let before = anonymous(&browser.open(&second.path).await);
    for _ in 0..5 {
        app.work().await;
        app.advance(Duration::from_secs(120));
    }
    let waiting = app.all_signups().await.into_iter().find(|signup| signup.id != stuck.id).unwrap();
    assert_eq!((waiting.stage, waiting.waiting), (Stage::Queued, Some(Waiting::EarlierRequest)));
    assert_eq!(anonymous(&browser.open(&second.path).await), before, "its page tells nothing of the first");

    app.no_faults();
    app.store.retry(stuck.id, OPERATOR, app.clock.now()).await.unwrap();
    app.settle().await;
    assert_eq!(app.stages().await, [Stage::Done; 2]);
    assert_eq!(app.sandbox.mails().len(), 1, "the password mail says it all");
    app.assert_one_account(&owner);
}
