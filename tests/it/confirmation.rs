//! `signup.confirm_email = true`: only the owner of an address gets an account for it.

use std::time::Duration;

use accountcreator::{domain::Stage, sandbox::Mail};
use reqwest::StatusCode;

use crate::support::{Browser, MessageId, Page, Setup, Student, TAGGED_PROFILE, TestApp, code_in};

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
async fn the_code_is_left_out_of_the_subject_where_that_is_set() {
    let (signup, mail) = ("confirm_email = true".to_owned(), "code_in_subject = false".to_owned());
    let app = TestApp::with(Setup { signup, mail, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    waiting(&app, &student).await;
    let mail = code_mails(&app, &student).remove(0);
    assert_eq!(mail.subject, "Your confirmation code – Example University");
    assert_eq!(code_in(&mail).len(), 6);
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
    for part in [&mail.text, mail.html.as_ref().unwrap()] {
        assert!(part.contains("Ada Lovelace"), "it says whose request it is: {part}");
        assert!(part.contains("ada.lovelace@students.example.edu"), "{part}");
    }
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
async fn of_two_requests_for_one_address_the_confirmed_one_closes_the_other() {
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
    assert_eq!(late.texts("h1"), ["This request is closed"]);
    assert!(late.has("main a.button"), "it leads back to the form");
    app.settle().await;
    let stages = app.stages().await;
    assert!(
        stages.len() == 2 && stages.contains(&Stage::Done) && stages.contains(&Stage::Voided),
        "{stages:?}"
    );
    assert_eq!(app.assert_one_account(&owner).display_name, "Ada King");
    assert_eq!((app.users().len(), app.sandbox.mails().len()), (1, 3), "two codes and one password");
}

#[tokio::test]
async fn where_sub_addresses_are_not_folded_each_has_its_own_requests() {
    let app = TestApp::with(Setup {
        signup: "confirm_email = true\nfold_subaddresses = false".to_owned(),
        sections: TAGGED_PROFILE.to_owned(),
        ..Setup::default()
    })
    .await;
    let plain = Student::new(1, "Ada", "Lovelace");
    let tagged = Student { email: plain.email.replace('@', "+b@"), ..Student::new(0, "Bo", "Other") };
    let (mut first, page) = waiting(&app, &plain).await;
    let (_, other) = waiting(&app, &tagged).await;
    let list = app.browser().open(&link(&app, &tagged)).await;
    let text = list.texts("main").concat();
    assert!(text.contains("Bo Other") && !text.contains("Lovelace"), "{text}");
    first.submit(&page, &[("code", &code(&app, &plain))]).await;
    app.work().await;
    let mut reader = app.browser();
    let still_open = reader.open(&other.path).await;
    reader.submit(&still_open, &[("code", &code(&app, &tagged))]).await;
    app.work().await;
    assert_eq!(app.stages().await, [Stage::Done, Stage::Done]);
    assert_eq!(app.users().len(), 2);
}

#[tokio::test]
async fn any_mailed_link_shows_all_open_requests_of_its_address() {
    let app = confirming().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    let stranger = Student { email: owner.email.clone(), ..Student::new(0, "Eve", "Adams") };
    let (_, theirs) = waiting(&app, &stranger).await;
    let their_link = link(&app, &owner);
    app.advance(MINUTE);
    let (_, mine) = waiting(&app, &owner).await;
    waiting(&app, &Student::new(2, "Bo", "Other")).await;

    let mut phone = app.browser();
    let list = phone.open(&their_link).await;
    assert_eq!(list.texts("main li h2"), ["Ada Lovelace", "Eve Adams"], "the newest first, no other address");
    assert!(list.texts("main li dd").contains(&"ada.lovelace@students.example.edu".to_owned()));
    let chosen = phone.submit_form(&list, "main li:first-child form", &[]).await;
    assert_eq!(phone.follow(chosen).await.path, mine.path);
    app.settle().await;
    assert_eq!(app.assert_one_account(&owner).display_name, "Ada Lovelace");
    assert_eq!(app.users().len(), 1);
    assert_eq!(phone.open(&theirs.path).await.texts("h1"), ["This request is closed"]);
    let left = app.all_signups().await;
    assert!(!format!("{left:?}").contains("eve.adams"), "what the stranger typed is wiped");
}

#[tokio::test]
async fn a_refused_request_gets_nothing_and_the_owner_can_still_ask() {
    let app = confirming().await;
    let owner = Student::new(1, "Ada", "Lovelace");
    let stranger = Student { email: owner.email.clone(), ..Student::new(0, "Eve", "Adams") };
    let (mut theirs, page) = waiting(&app, &stranger).await;
    let (their_code, their_link) = (code(&app, &owner), link(&app, &owner));
    let mut phone = app.browser();
    let asked = phone.open(&their_link).await;
    assert_eq!(asked.texts("main h2"), ["Eve Adams"]);
    let refused = phone.submit_form(&asked, "form.again", &[]).await;
    assert_eq!(phone.follow(refused).await.texts("h1"), ["No request is open"]);
    let late = theirs.submit(&page, &[("code", &their_code)]).await;
    assert_eq!(late.texts("h1"), ["This request is closed"]);
    app.settle().await;
    assert_eq!((app.stages().await, app.users().len()), (vec![Stage::Voided], 0));

    waiting(&app, &owner).await;
    let asked = phone.open(&their_link).await;
    assert_eq!(asked.texts("main h2"), ["Ada Lovelace"], "the earlier link shows what is open now");
    phone.submit_form(&asked, "main form", &[]).await;
    app.settle().await;
    assert_eq!(app.assert_one_account(&owner).display_name, "Ada Lovelace");
}

#[tokio::test]
async fn requests_of_strangers_flood_and_lock_out_nobody() {
    let limits = Setup::default().limits.replace("mails_per_address = []", "mails_per_address = [\"2/1h\"]");
    let signup = "confirm_email = true".to_owned();
    let app = TestApp::with(Setup { limits, signup, ..Setup::default() }).await;
    let owner = Student::new(1, "Ada", "Lovelace");
    let stranger = Student { email: owner.email.clone(), ..Student::new(0, "Eve", "Adams") };
    for _ in 0..4 {
        waiting(&app, &stranger).await;
    }
    let app = app.restart().await;
    for _ in 0..4 {
        waiting(&app, &stranger).await;
    }
    assert_eq!(code_mails(&app, &owner).len(), 2, "the limit holds over a restart");

    let (mut browser, page) = waiting(&app, &owner).await;
    assert_eq!((page.status, page.texts("h1")), (StatusCode::OK, vec!["Confirm your address".to_owned()]));
    assert!(page.texts(".lead").concat().contains("several emails lately"), "{:?}", page.texts(".lead"));
    assert!(page.texts(".again").concat().contains("next email in 60 minutes"), "{:?}", page.texts(".again"));
    assert!(!page.has("#code"), "there is no code that could be guessed");
    let guessed = browser.post(&format!("{}/code", page.path), &[("code", "123456")]).await;
    assert_eq!(guessed.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = browser.submit_form(&page, AGAIN, &[]).await;
    assert!(browser.follow(again).await.texts(".notice").concat().contains("several emails lately"));
    app.work().await;
    assert_eq!(code_mails(&app, &owner).len(), 2);

    // A link that came for a stranger's request opens the list, and the owner is on it.
    let mut phone = app.browser();
    // The mail names the address of the process before the restart.
    let link = link(&app, &owner);
    let list = phone.open(&link[link.find("/en/confirm/").unwrap()..]).await;
    assert_eq!(list.texts("main li h2").len(), 9);
    let place = list.texts("main li h2").iter().position(|name| name == "Ada Lovelace").unwrap() + 1;
    phone.submit_form(&list, &format!("main li:nth-child({place}) form"), &[]).await;
    app.settle().await;
    assert_eq!(app.assert_one_account(&owner).display_name, "Ada Lovelace");
    assert_eq!(app.users().len(), 1);
    let mails = app.sandbox.mails_to(&owner.email);
    assert!(mails.iter().any(|mail| mail.message_id_says("send-password")), "a password is never withheld");
    assert_eq!(mails.len(), 3);
}

#[tokio::test]
async fn a_new_mail_leaves_earlier_links_valid_for_their_time() {
    let app = confirming().await;
    let student = Student::new(1, "Ada", "Lovelace");
    let (mut browser, page) = waiting(&app, &student).await;
    let first = link(&app, &student);
    app.advance(20 * MINUTE);
    browser.submit_form(&page, AGAIN, &[]).await;
    app.work().await;
    let second = link(&app, &student);
    assert_ne!(first, second);
    let early = browser.open(&first).await;
    assert_eq!(early.texts("main h2"), ["Ada Lovelace"]);
    app.advance(10 * MINUTE);
    browser.submit_form(&early, "main form", &[]).await;
    assert_eq!(only_stage(&app).await, Stage::AwaitingConfirmation, "nor does its button confirm");
    let expired = browser.open(&first).await;
    assert_eq!(browser.follow(expired).await.path, page.path, "its own time is over");
    let button = browser.open(&second).await;
    browser.submit_form(&button, "main form", &[]).await;
    app.settle().await;
    app.assert_one_account(&student);
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
        (1, "/en", "is your confirmation code", "Is that you?"),
        (2, "/de", "ist dein Bestätigungscode", "Bist du das?"),
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
