//! The ordinary way: a form, an account, a mail.

use std::time::Duration;

use accountcreator::{domain::Stage, sandbox::Operation};

use crate::support::{Setup, Student, TAGGED_PROFILE, TestApp};

#[tokio::test]
async fn a_student_gets_one_account_with_licence_groups_and_a_password_that_works() {
    let app = TestApp::start().await;
    let student = Student::new(123_456, "Łukasz", "Müller");
    let page = app.sign_up(&student).await;
    assert!(page.path.starts_with("/en/signups/"), "{}", page.path);
    app.work().await;
    let user = app.assert_one_account(&student);
    assert_eq!(user.user_principal_name, "lukasz.mueller@students.example.edu");
    assert_eq!(user.display_name, "Łukasz Müller");
    assert!(user.must_change_password);
    assert_eq!(app.users().len(), 1);
    assert_eq!(app.signup_of(&student).await.stage, Stage::Done);
}

#[tokio::test]
async fn the_status_page_follows_to_the_end() {
    let app = TestApp::start().await;
    let mut browser = app.browser();
    let form = browser.open("/de").await;
    let waiting = browser.submit(&form, &Student::new(1, "Ada", "Lovelace").fields()).await;
    assert_eq!(waiting.texts("dd bdi"), ["ada.lovelace@students.example.edu"], "as it will be");
    app.work().await;
    let done = browser.open(&waiting.path).await;
    assert!(done.texts("dd").join(" ").contains("ada.lovelace@students.example.edu"), "{}", done.body);
    assert!(done.texts(".lead")[0].contains("st000001@stud.example.edu"), "{}", done.body);
    let elsewhere = app.browser().open(&waiting.path).await;
    assert!(elsewhere.texts(".lead")[0].contains("s•••@stud.example.edu"), "{}", elsewhere.body);
    assert!(!done.has("noscript meta"), "a finished page does not load itself again");
}

#[tokio::test]
async fn an_ordinary_signup_costs_two_requests_whatever_its_groups() {
    for groups in [0, 1, 19] {
        let app = TestApp::with(Setup { groups, ..Setup::default() }).await;
        app.sign_up(&Student::new(1, "Ada", "Lovelace")).await;
        app.work().await;
        assert_eq!(app.graph_requests(), [Operation::CreateUser, Operation::Batch], "{groups} groups");
    }
}

#[tokio::test]
async fn sub_addresses_share_an_account_unless_the_operator_tells_them_apart() {
    for (signup, accounts) in [("", 1), ("fold_subaddresses = false", 2)] {
        let (signup, sections) = (signup.to_owned(), TAGGED_PROFILE.to_owned());
        let app = TestApp::with(Setup { signup, sections, ..Setup::default() }).await;
        let plain = Student::new(1, "Ada", "Lovelace");
        let tagged = Student { email: plain.email.replace('@', "+b@"), ..Student::new(1, "Bo", "Other") };
        for student in [&plain, &tagged] {
            app.sign_up(student).await;
            app.settle().await;
            app.advance(Duration::from_mins(1));
        }
        assert_eq!(app.stages().await, [Stage::Done, Stage::Done]);
        assert_eq!((app.users().len(), app.sandbox.mails().len()), (accounts, 2), "{accounts}");
    }
}

#[tokio::test]
async fn one_connection_and_one_token_serve_many_signups() {
    let app = TestApp::start().await;
    for number in 0..20 {
        let last = format!("Lovelace{}", char::from(b'a' + u8::try_from(number).unwrap()));
        app.sign_up(&Student::new(number, "Ada", &last)).await;
        app.work().await;
    }
    let requests = app.sandbox.requests();
    assert_eq!(requests.iter().filter(|request| request.operation == Operation::Token).count(), 1);
    let first = requests[0].connection;
    assert!(requests.iter().all(|request| request.connection == first));
}
