//! Addresses that come from MS365-Accountcreator: whoever has an account there gets no second one here.

use std::{fs, process::Command, time::Duration};

use accountcreator::{
    domain::{Email, Stage},
    sandbox::Mail,
};
use reqwest::StatusCode;
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};

use crate::support::{MessageId, Setup, Student, TestApp};

/// Imports this address from a database of the original's, by the program itself, while the service runs.
async fn import(app: &TestApp, address: &str) {
    let folder = app.directory();
    let url = format!("sqlite://{}?mode=rwc", folder.join("old.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let statements = format!(
        "CREATE TABLE \"RegisteredEmailAddress\" (id INTEGER NOT NULL, email VARCHAR(255), \
         ms365_created BOOLEAN NOT NULL, timestamp INTEGER, PRIMARY KEY (id)); \
         INSERT INTO RegisteredEmailAddress VALUES (1, '{address}', 1, 1600000000)"
    );
    connection.execute(AssertSqlSafe(statements)).await.unwrap();
    connection.close().await.unwrap();
    fs::write(folder.join("own.toml"), app.settings()).unwrap();
    let ran = Command::new(env!("CARGO_BIN_EXE_accountcreator"))
        .args(["import", "original", "--database", "old.db", "--own-config", "own.toml"])
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let said = String::from_utf8(ran.stdout).unwrap();
    assert!(said.contains("imported 1 address into "), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_imported_address_gets_a_reminder_and_no_account() {
    let app = TestApp::start().await;
    let (known, new) = (Student::new(1, "Ada", "Lovelace"), Student::new(2, "Ada", "Lovelace"));
    import(&app, &known.email.to_uppercase()).await;

    let page = app.sign_up(&known).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    app.settle().await;
    assert!(app.graph_requests().is_empty(), "nothing is asked of the tenant: {:?}", app.graph_requests());
    let mails = app.sandbox.mails_to(&known.email);
    assert_eq!(mails.len(), 1);
    assert!(mails[0].message_id_says("send-reminder"));
    for text in [&mails[0].text, mails[0].html.as_ref().unwrap()] {
        assert!(!text.contains("imported") && !text.contains("Username"), "no name is known: {text}");
        assert!(
            text.contains("https://www.microsoft365.com"),
            "where to sign in is said all the same: {text}"
        );
    }
    let owner = app.store.signup_by_email(&Email::parse(&known.email).unwrap()).await.unwrap().unwrap();
    assert_eq!((owner.stage, owner.profile.as_str()), (Stage::Done, "imported"));

    let other = app.sign_up(&new).await;
    app.settle().await;
    app.assert_accounts(std::slice::from_ref(&new)).await;
    let steps = |page: &str| page.matches("<li").count();
    assert_eq!(steps(&page.body), steps(&other.body), "both pages look alike");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_may_be_told_the_form_says_that_there_is_an_account() {
    let setup = Setup { signup: "disclose_registered = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    let known = Student::new(1, "Ada", "Lovelace");
    import(&app, &known.email).await;
    let page = app.sign_up(&known).await;
    assert!(page.body.contains("There is an account for this address already"), "{}", page.body);
    app.settle().await;
    assert!(app.graph_requests().is_empty() && app.sandbox.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_not_set_for_an_account_that_is_not_known() {
    let app = TestApp::with(Setup::renewing()).await;
    let known = Student::new(1, "Ada", "Lovelace");
    import(&app, &known.email).await;
    let page = app.sign_up(&known).await;
    app.settle().await;
    app.advance(Duration::from_mins(5));
    let mut browser = app.browser();
    let done = browser.open(&page.path).await;
    let answer = browser.submit_form(&done, "form.again", &[]).await;
    assert_eq!(browser.follow(answer).await.texts("h1"), ["A new password is on its way"]);
    app.settle().await;
    assert!(app.graph_requests().is_empty(), "{:?}", app.graph_requests());
    let is_reminder = |mail: &Mail| mail.message_id_says("send-reminder");
    assert!(app.sandbox.mails_to(&known.email).iter().all(is_reminder), "and no password is mailed");
}
