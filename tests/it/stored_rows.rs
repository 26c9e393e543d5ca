//! Signups that an earlier version has recorded are carried on, also with addresses and names that nobody can enter now.

use accountcreator::domain::{Email, Entropy, Password, PasswordLength, SecretKey, SignupId, Stage};

use crate::{
    released,
    support::{MessageId, OPERATOR, TestApp, database::Database, password_in},
};

#[tokio::test(flavor = "multi_thread")]
async fn signups_of_an_earlier_version_get_their_accounts() {
    let app = TestApp::start().await;
    let url = Database::without_tables(app.directory(), "released.db").await;
    let key = SecretKey::new("a secret key for tests that is long enough 0123456789").unwrap();
    let entropy = Entropy::system();
    let seal = |id: &str| {
        let password = Password::generate(&entropy, PasswordLength::new(16).unwrap());
        let id: SignupId = id.parse().unwrap();
        key.seal(&entropy, id, &password).as_str().to_owned()
    };
    released::fill(&url, app.clock.now(), seal).await;

    let app = app.on_database(&url).await;
    app.work().await;
    let unconfirmed = "attacker.net!eve@stud.example.edu";
    let mails = app.sandbox.mails_to(unconfirmed);
    let code = mails.iter().find(|mail| mail.message_id_says("send-code")).expect("its code is mailed");
    // The link leads to the configured address, where the first process listens.
    let link = code.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim();
    let path = reqwest::Url::parse(link).unwrap().path().to_owned();
    let mut browser = app.browser();
    let page = browser.open(&path).await;
    browser.submit(&page, &[]).await;
    let stuck = app.all_signups().await.into_iter().find(|signup| signup.stage == Stage::NeedsAttention);
    app.store.retry(stuck.unwrap().id, OPERATOR, app.clock.now()).await.unwrap();
    app.settle().await;

    for signup in app.all_signups().await {
        assert_eq!(signup.stage, Stage::Done, "{}: {:?}", signup.id, signup.last_error);
    }
    let users = app.users();
    for (address, display_name, username) in [
        ("Eve%attacker.net@stud.example.edu", "IT Helpdesk", "it.helpdesk"),
        (unconfirmed, "Konto gesperrt: https://evil.example/login?id=1 =cmd|'/c calc'!A1", "konto.cmd"),
        ("/var/mail/x|y@stud.example.edu", "\u{3164} \u{3164}\u{3164}", "x.y"),
        ("`id`@stud.example.edu", "www.evil.example 4dm1n", "www.4dm1n"),
    ] {
        let name = format!("{username}@students.example.edu");
        let user = users.iter().find(|user| user.user_principal_name == name);
        let user = user.unwrap_or_else(|| panic!("{name} has no user"));
        assert_eq!(user.display_name, display_name);
        let mails = app.sandbox.mails_to(address);
        let password = password_in(mails.last().unwrap());
        assert!(app.sandbox.sign_in(&name, &password).is_right_password(), "{name}");
        let owner = app.store.signup_by_email(&Email::from_stored(address).unwrap()).await.unwrap();
        assert!(owner.is_some(), "{address}");
    }
    assert_eq!(app.sandbox.mails_to("-x@stud.example.edu").len(), 1, "what was created is delivered");
}
