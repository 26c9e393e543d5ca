//! A backup made at work is whole, and a service on it goes on where it was made.

use accountcreator::{
    domain::{Email, Requester, Stage},
    sandbox::{ExistingUser, Tenant},
    signup::{Existence, Found},
};

use crate::{
    erasure::{eraser, order},
    support::{
        MessageId, Setup, Student, TestApp, code_in,
        database::{self, file_url},
        password_in, principal_in,
    },
};

const RESTORED: &str = "restored.db";

/// Whoever has a namesake has got another name than the copy says.
#[tokio::test]
async fn a_restored_record_recognises_the_user_of_every_signup_under_any_name() {
    if database::is_postgres() {
        return; // PostgreSQL is backed up by its own tools.
    }
    let namesake = ExistingUser {
        user_principal_name: "ada.lovelace@students.example.edu".to_owned(),
        display_name: "Ada Lovelace".to_owned(),
        password: "their own secret 1".to_owned(),
    };
    let tenant = Tenant { users: vec![namesake], ..Tenant::default() };
    let app = TestApp::with(Setup { tenant, ..Setup::default() }).await;
    let students: Vec<Student> = (0..4).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    for student in &students {
        app.sign_up(student).await;
    }
    app.store.backup(&app.directory().join(RESTORED)).await.unwrap();
    app.settle().await;
    assert_eq!(app.users().len(), 5);

    // The bare name is free by now, and yet nobody needs it.
    let (bare, other) = ("ada.lovelace@students.example.edu", "a.king@students.example.edu");
    assert!(app.sandbox.change_user(bare, "userPrincipalName", other.into()));
    let restored = app.on_database(&file_url(app.directory(), RESTORED)).await;
    restored.settle().await;
    assert_eq!(restored.users().len(), 5);
    for student in &students {
        assert_eq!(restored.signup_of(student).await.object_id, app.signup_of(student).await.object_id);
        restored.assert_one_account(student);
    }
}

/// The copy lacks the confirmation, so the person confirms once more, and the password is another one.
#[tokio::test]
async fn a_request_that_is_confirmed_again_keeps_its_user_and_opens_it() {
    if database::is_postgres() {
        return; // PostgreSQL is backed up by its own tools.
    }
    let signup = "confirm_email = true\nconfirm_within = \"12h\"".to_owned();
    let app = TestApp::with(Setup { signup, ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.work().await;
    app.store.backup(&app.directory().join(RESTORED)).await.unwrap();
    let mail = app.sandbox.mails_to(&student.email).remove(0);
    let link = mail.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim();
    let path = format!("/{}", link.splitn(4, '/').nth(3).unwrap());
    let restored = app.on_database(&file_url(app.directory(), RESTORED)).await;
    for service in [&app, &restored] {
        let mut browser = service.browser();
        let page = browser.open(&path).await;
        browser.submit_form(&page, "main form", &[]).await;
        service.settle().await;
        assert_eq!(service.stages().await, [Stage::Done]);
    }
    assert_eq!(app.users().len(), 1);
    let mut mails = app.sandbox.mails_to(&student.email);
    mails.retain(|mail| mail.message_id_says("send-password"));
    assert_eq!(mails.len(), 2);
    let (name, password) = (principal_in(&mails[1]), password_in(&mails[1]));
    assert!(app.sandbox.sign_in(&name, &password).is_right_password());
}

/// The copy lacks the confirmation, and yet the erasure names the account that was made after it.
#[tokio::test]
async fn an_erasure_finds_the_user_of_a_lost_confirmation() {
    if database::is_postgres() {
        return; // PostgreSQL is backed up by its own tools.
    }
    let app = TestApp::with(Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() }).await;
    let student = Student::new(1, "Ada", "Lovelace");
    let waiting = app.sign_up(&student).await;
    app.work().await;
    app.store.backup(&app.directory().join(RESTORED)).await.unwrap();
    let code = code_in(&app.sandbox.mails_to(&student.email)[0]);
    app.browser().submit(&waiting, &[("code", &code)]).await;
    app.settle().await;
    let user = app.users().remove(0);

    let restored = app.on_database(&file_url(app.directory(), RESTORED)).await;
    let found = eraser(&restored).await.erase(&order(&student), &Requester::OPERATOR).await.unwrap();
    let Found::Requests(erasure) = found else { panic!("{found:?}") };
    let existence: Vec<_> = erasure.accounts.iter().map(|account| account.existence).collect();
    assert_eq!(existence, [Existence::Created(user.id.to_string().parse().unwrap())]);
    assert!(erasure.leaves_tombstone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_is_whole_and_served_it_goes_on() {
    if database::is_postgres() {
        return; // PostgreSQL is backed up by its own tools.
    }
    let app = TestApp::start().await;
    let students: Vec<Student> = (0..45).map(|number| Student::new(number, "Ada", "Lovelace")).collect();
    let [done, waiting, coming] = [0, 1, 2].map(|third| &students[third * 15..][..15]);
    for student in done {
        app.sign_up(student).await;
    }
    app.settle().await;
    for student in waiting {
        app.sign_up(student).await;
    }
    let arriving = async {
        for student in coming {
            app.sign_up(student).await;
        }
    };
    let file = app.directory().join(RESTORED);
    let (_, (), copied) = tokio::join!(app.work(), arriving, app.store.backup(&file));
    copied.unwrap();

    // The first machine is lost, with what it has done since.
    let restored = app.on_database(&file_url(app.directory(), RESTORED)).await;
    for student in done {
        assert_eq!(restored.signup_of(student).await, app.signup_of(student).await);
        let id = app.signup_of(student).await.id;
        assert_eq!(restored.store.events(id).await.unwrap(), app.store.events(id).await.unwrap());
        assert_eq!(restored.store.steps(id).await.unwrap(), app.store.steps(id).await.unwrap());
    }
    assert!(restored.stages().await.iter().any(|stage| *stage != Stage::Done), "some wait in the copy");
    restored.settle().await;
    for student in done.iter().chain(waiting) {
        restored.assert_one_account(student);
        assert_eq!(restored.signup_of(student).await.stage, Stage::Done);
    }
    for student in coming {
        let email = Email::parse(&student.email).unwrap();
        if restored.store.signup_by_email(&email).await.unwrap().is_some() {
            restored.assert_one_account(student);
        }
    }
}
