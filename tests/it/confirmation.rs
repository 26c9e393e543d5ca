//! `signup.confirm_email = true`: only the owner of an address gets an account for it.

use std::time::Duration;

use accountcreator::{domain::Stage, sandbox::Mail};
use reqwest::StatusCode;

use crate::support::{Browser, MessageId, Page, Setup, Student, TestApp, code_in, principal_in};

const MINUTE: Duration = Duration::from_secs(60);
const AGAIN: &str = "form.again";

async fn confirming() -> TestApp {
    let lines = "confirm_email = true\nconfirm_within = \"30m\"".to_owned();
    TestApp::with(Setup { signup: lines, ..Setup::default() }).await
}

/// A visitor on the page that waits for the code, which has been mailed.
async fn waiting(app: &TestApp, student: &Student) -> (Browser, Page) {
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let page = browser.submit(&form, &student.fields()).await;
    app.work().await;
    (browser, page)
}

fn code_mails(app: &TestApp, student: &Student) -> Vec<Mail> {
    let mails = app.sandbox.mails_to(&student.email);
    mails.into_iter().filter(|mail| mail.message_id_says("send-code")).collect()
}

fn code(app: &TestApp, student: &Student) -> String {
    code_in(code_mails(app, student).last().expect("a code was mailed"))
}

fn link(app: &TestApp, student: &Student) -> String {
    let mail = code_mails(app, student).pop().expect("a code was mailed");
    let line = mail.text.lines().find(|line| line.contains("/confirm/")).unwrap();
    line.trim().to_owned()
}

/// Another code than this one.
fn wrong(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000)
}

async fn only_stage(app: &TestApp) -> Stage {
    let stages = app.stages().await;
    assert_eq!(stages.len(), 1);
    stages[0]
}

#[tokio::test]
async fn address_and_code_are_read_as_keyboards_write_them() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let typed =
        Student { email: format!("\u{200E}{}\u{A0}", student.email.replace('@', "＠")), ..student.clone() };
    let (mut browser, page) = waiting(&app, &typed).await;
    let arabic = |c: char| char::from_u32(0x0660 + c.to_digit(10).unwrap()).unwrap();
    let code: String = code(&app, &student).chars().map(arabic).collect();
    browser.submit(&page, &[("code", &code)]).await;
    app.work().await;
    assert_eq!(only_stage(&app).await, Stage::Done);
}

#[tokio::test]
async fn the_mailed_code_opens_the_way_and_nothing_before() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (mut browser, page) = waiting(&app, &student).await;
    assert_eq!(page.texts("h1"), ["Confirm your address"]);
    assert!(app.sandbox.requests().is_empty(), "not even a token was asked for");
    let mail = code_mails(&app, &student).remove(0);
    assert!(mail.subject.contains(&code_in(&mail)), "{}", mail.subject);
    assert!(
        !mail.raw.contains("Ada") && !mail.raw.contains("Lovelace"),
        "nothing a stranger typed is mailed"
    );
    app.settle().await;
    assert_eq!(only_stage(&app).await, Stage::AwaitingConfirmation);

    let on_its_way = browser.submit(&page, &[("code", &code_in(&mail))]).await;
    assert_eq!((on_its_way.path.as_str(), on_its_way.status), (page.path.as_str(), StatusCode::OK));
    assert_eq!(on_its_way.texts("h1"), ["Your account is on its way"]);
    app.work().await;
    assert_eq!(app.assert_one_account(&student).user_principal_name, "ada.lovelace@students.example.edu");
    assert_eq!(app.graph_requests().len(), 2);
    assert_eq!(app.sandbox.mails().len(), 2);
}

#[tokio::test]
async fn opening_the_link_changes_nothing_its_button_does() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (_, page) = waiting(&app, &student).await;
    let link = link(&app, &student);
    let mut scanner = app.browser();
    for _ in 0..3 {
        assert_eq!(scanner.open(&link).await.status, StatusCode::OK);
    }
    app.work().await;
    assert_eq!(only_stage(&app).await, Stage::AwaitingConfirmation);

    // On another device than the one with the form.
    let mut phone = app.browser();
    let button = phone.open(&link).await;
    let status = phone.submit_form(&button, "main form", &[]).await;
    assert_eq!(phone.follow(status).await.path, page.path);
    app.work().await;
    app.assert_one_account(&student);

    let used = phone.open(&link).await;
    assert_eq!(phone.follow(used).await.path, page.path, "a used link leads to the status");
    let again = phone.submit_form(&button, "main form", &[]).await;
    assert_eq!(phone.follow(again).await.path, page.path);
    app.settle().await;
    assert_eq!((app.users().len(), app.sandbox.mails().len()), (1, 2));
}

#[tokio::test]
async fn five_wrong_codes_are_forgiven_then_a_new_one_is_needed() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (mut browser, page) = waiting(&app, &student).await;
    let right = code(&app, &student);
    for left in ["4 more tries", "3 more tries", "2 more tries", "one more try", "too many"] {
        let answer = browser.submit(&page, &[("code", &wrong(&right))]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.texts("#code-error").concat().contains(left), "{:?}", answer.texts("#code-error"));
    }
    let locked = browser.submit(&page, &[("code", &right)]).await;
    assert!(locked.texts("#code-error").concat().contains("too many"), "the right one is too late");
    assert_eq!(only_stage(&app).await, Stage::AwaitingConfirmation);

    app.advance(MINUTE);
    let sent = browser.submit_form(&page, AGAIN, &[]).await;
    assert!(browser.follow(sent).await.has(".notice"));
    app.work().await;
    let old = browser.submit(&page, &[("code", &right)]).await;
    assert!(old.texts("#code-error").concat().contains("4 more"), "{:?}", old.texts("#code-error"));
    browser.submit(&page, &[("code", &code(&app, &student))]).await;
    app.work().await;
    app.assert_one_account(&student);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_the_same_moment_do_not_pass_the_limit() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (browser, page) = waiting(&app, &student).await;
    let right = code(&app, &student);
    let mut guessing = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (mut browser, page, guess) = (browser.clone(), page.clone(), wrong(&right));
        guessing.spawn(async move {
            browser.submit(&page, &[("code", &guess)]).await.texts("#code-error").concat()
        });
    }
    let answers = guessing.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.contains("more tr")).count(), 4, "{answers:?}");
    assert_eq!(only_stage(&app).await, Stage::AwaitingConfirmation);
}

#[tokio::test]
async fn what_is_no_code_counts_as_no_try() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (mut browser, page) = waiting(&app, &student).await;
    for typed in ["", "12345", "1234567", "abcdef", "一二三四五六", "\0", "<b>123456</b>"] {
        let answer = browser.submit(&page, &[("code", typed)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{typed}");
        assert!(answer.texts("#code-error").concat().contains("six digits"), "{typed}");
    }
    let code = code(&app, &student);
    let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
    assert_eq!(browser.submit(&page, &[("code", &spaced)]).await.texts("h1"), ["Your account is on its way"]);
}

#[tokio::test]
async fn an_expired_code_is_sent_anew_and_what_was_typed_is_kept() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (mut browser, page) = waiting(&app, &student).await;
    let (old_code, old_link) = (code(&app, &student), link(&app, &student));
    app.advance(30 * MINUTE);
    let late = browser.submit(&page, &[("code", &old_code)]).await;
    assert!(late.texts("#code-error").concat().contains("too old"), "{:?}", late.texts("#code-error"));
    let late = browser.open(&old_link).await;
    assert_eq!(
        browser.follow(late).await.path,
        page.path,
        "an old link leads where a new mail can be asked for"
    );

    let sent = browser.submit_form(&page, AGAIN, &[]).await;
    browser.follow(sent).await;
    app.work().await;
    assert_eq!(code_mails(&app, &student).len(), 2);
    let button = browser.open(&link(&app, &student)).await;
    browser.submit_form(&button, "main form", &[]).await;
    app.work().await;
    assert_eq!(app.assert_one_account(&student).display_name, "Ada Lovelace");
}

#[tokio::test]
async fn mails_are_sent_again_once_a_minute_and_ten_times_in_all() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (mut browser, page) = waiting(&app, &student).await;
    for mails in 2..=10 {
        let soon = browser.submit_form(&page, AGAIN, &[]).await;
        assert!(browser.follow(soon).await.texts(".notice").concat().contains("a moment ago"));
        app.advance(MINUTE);
        let sent = browser.submit_form(&page, AGAIN, &[]).await;
        assert!(browser.follow(sent).await.texts(".notice").concat().contains("on its way"));
        app.work().await;
        assert_eq!(code_mails(&app, &student).len(), mails);
    }
    app.advance(MINUTE);
    let enough = browser.submit_form(&page, AGAIN, &[]).await;
    let target = enough.headers["location"].to_str().unwrap().to_owned();
    assert!(target.ends_with("?mail=never"), "{target}");
    assert!(browser.open(&target).await.texts(".notice").concat().contains("So many codes"));
    app.work().await;
    assert_eq!(app.sandbox.mails().len(), 10);
    let ids: std::collections::BTreeSet<_> =
        app.sandbox.mails().into_iter().map(|mail| mail.message_id).collect();
    assert_eq!(ids.len(), 10, "each is a mail of its own");
}

#[tokio::test]
async fn two_signups_that_wait_for_one_address_are_one_account_and_a_reminder() {
    let app = confirming().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    let (mut one, first) = waiting(&app, &owner).await;
    let first_code = code(&app, &owner);
    let (mut other, second) =
        waiting(&app, &Student { email: owner.email.to_uppercase(), ..Student::new(0, "Ada", "King") }).await;
    assert_ne!(first.path, second.path);
    let second_code = code(&app, &owner);

    other.submit(&second, &[("code", &second_code)]).await;
    app.work().await;
    app.advance(MINUTE);
    let late = one.submit(&first, &[("code", &first_code)]).await;
    assert_eq!(late.texts("h1"), ["Your account is on its way"]);
    app.settle().await;
    assert_eq!(app.stages().await, [Stage::Done; 2]);
    assert_eq!(app.assert_one_account(&owner).display_name, "Ada King");
    assert_eq!(app.users().len(), 1);
    let mails = app.sandbox.mails_to(&owner.email);
    let reminders: Vec<_> = mails.iter().filter(|mail| mail.message_id_says("send-reminder")).collect();
    assert_eq!(reminders.len(), 1, "who has confirmed hears of the account");
    assert_eq!(principal_in(reminders[0]), "ada.king@students.example.edu");
}

#[tokio::test]
async fn an_unconfirmed_request_holds_neither_address_nor_name() {
    let app = confirming().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    let stranger = Student { email: owner.email.clone(), ..Student::new(0, "Eve", "Adams") };
    waiting(&app, &stranger).await;
    let (mut browser, page) = waiting(&app, &owner).await;
    browser.submit(&page, &[("code", &code(&app, &owner))]).await;
    app.settle().await;
    assert_eq!(app.assert_one_account(&owner).display_name, "Ada Lovelace");
    assert_eq!(app.users().len(), 1);
}

#[tokio::test]
async fn the_code_comes_in_the_language_of_the_form() {
    let app = confirming().await;
    for (number, path, subject, sentence) in [
        (1, "/en", "is your confirmation code", "Please confirm"),
        (2, "/de", "ist dein Bestätigungscode", "bitte bestätige"),
    ] {
        let (mut browser, student) = (app.browser(), Student::new(number, "Ada", "Lovelace"));
        let form = browser.open(path).await;
        browser.submit(&form, &student.fields()).await;
        app.work().await;
        let mail = code_mails(&app, &student).remove(0);
        assert!(mail.subject.contains(subject), "{}", mail.subject);
        assert!(
            mail.text.contains(sentence) && mail.html.as_ref().unwrap().contains(sentence),
            "{}",
            mail.text
        );
        assert_eq!(mail.header("Content-Language").as_deref(), path.strip_prefix('/'));
        assert!(link(&app, &student).contains(&format!("{path}/confirm/")));
    }
}
