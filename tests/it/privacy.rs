//! What must not be seen is not seen: not in the log, not in the database afterwards, not by `Debug`.

use std::time::Duration;

use accountcreator::{
    domain::{
        ConfirmationCode, ConfirmationLink, Email, Entropy, Password, PasswordLength, PersonName,
        PrincipalName, SecretKey, SignupId, StatusToken,
    },
    sandbox::{Fault, FaultKind, Faults, Operation},
};

use crate::support::{Log, Setup, Student, TestApp, code_in, database::rows, password_in, principal_in};

const MINUTE: Duration = Duration::from_secs(60);

/// Something goes wrong at every call, once.
fn everything_once() -> Faults {
    let unclear = || {
        [
            Fault::new(FaultKind::ResetAfter).times(1),
            Fault::new(FaultKind::Garbage).times(1),
            Fault::status(500).times(1),
        ]
    };
    let mut faults = Faults::default().on(Operation::SmtpData, Fault::status(451).times(1));
    for operation in [Operation::Token, Operation::CreateUser, Operation::GetUser, Operation::Batch] {
        faults = unclear().into_iter().fold(faults, |faults, fault| faults.on(operation, fault));
    }
    faults.on(Operation::SmtpRcpt, Fault::status(450).times(1))
}

#[tokio::test]
async fn the_log_tells_the_story_and_nothing_of_the_person() {
    let log = Log::capture();
    let setup = Setup { signup: "confirm_email = true".to_owned(), ..Setup::default() };
    let app = TestApp::with(setup).await;
    app.sandbox.set_faults(everything_once());
    let student = Student::new(654_321, "Wilhelmine", "Żółkiewska");
    let mut browser = app.browser();
    let form = browser.open("/en").await;
    let form_token = form.value_of("input[name=form]", "value").unwrap();
    let page = browser.submit(&form, &student.fields()).await;
    app.settle().await;
    let code_mail = app.sandbox.mails_to(&student.email).remove(0);
    let code = code_in(&code_mail);
    browser.submit(&page, &[("code", &code)]).await;
    app.settle().await;
    app.advance(MINUTE);
    // The same address again, as a stranger would, in its own name and by going back.
    let again = Student { first: "Hildegunde".to_owned(), ..student.clone() };
    let (mut other, second) = (app.browser(), browser.submit(&form, &student.fields()).await);
    let third = other.open("/en").await;
    let third = other.submit(&third, &again.fields()).await;
    app.settle().await;
    browser.open("/en/signups/Unguessable0but0wrong0Unguessable0but0wrong0").await;

    let user = app.assert_one_account(&student);
    let mail = app.sandbox.mails_to(&student.email).remove(1);
    let link =
        code_mail.text.lines().find_map(|line| line.trim().rsplit_once("/confirm/")).unwrap().1.to_owned();
    let token = |path: &str| path.rsplit('/').next().unwrap().to_owned();
    let (password, principal) = (password_in(&mail), principal_in(&mail));
    assert_eq!(user.user_principal_name, principal);
    log.assert_without(&[
        &student.email,
        "654321@",
        "st654321",
        "Wilhelmine",
        "Żółkiewska",
        "zolkiewska",
        "Hildegunde",
        &principal,
        principal.split('@').next().unwrap(),
        &password,
        &code,
        &link,
        &form_token,
        &token(&page.path),
        &token(&second.path),
        &token(&third.path),
        "Unguessable",
        "eyJ",
        "Bearer",
        "assertion=",
        "PRIVATE KEY",
    ]);
    let text = log.text();
    for told in [
        "a signup was recorded",
        "was confirmed",
        "is tried again",
        "the signup is done",
        "a request was answered",
    ] {
        assert!(text.contains(told), "{told} is missing in {text}");
    }
    let id = app.signup_of(&student).await.id.to_string();
    assert!(text.contains(&id), "a signup is known by its id");
}

#[tokio::test]
async fn name_and_password_are_gone_when_the_mail_is_out() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Wilhelmine", "Żółkiewska");
    app.fault(Operation::SmtpData, [Fault::status(451).times(1)]);
    app.sign_up(&student).await;
    app.work().await;
    let value = |row: &[(String, Option<String>)], name: &str| {
        row.iter().find(|(column, _)| column == name).unwrap().1.clone()
    };
    let before = rows(app.database_url(), "signup").await.remove(0);
    assert_eq!(value(&before, "first_name").as_deref(), Some("Wilhelmine"));
    let sealed = value(&rows(app.database_url(), "operation").await.remove(0), "sealed").unwrap();
    app.settle().await;
    let password = password_in(&app.sandbox.mail_to(&student.email).await);
    assert!(!sealed.contains(&password));

    let after = [("signup", ["first_name", "last_name"]), ("operation", ["sealed", "lease_token"])];
    for (table, columns) in after {
        let row = rows(app.database_url(), table).await.remove(0);
        for gone in columns {
            assert_eq!(value(&row, gone), None, "{table}.{gone}");
        }
    }
    for table in ["signup", "account", "operation", "step", "event"] {
        for (column, text) in rows(app.database_url(), table).await.into_iter().flatten() {
            let text = text.unwrap_or_default();
            for secret in ["Wilhelmine", "Żółkiewska", &password, &sealed] {
                assert!(!text.contains(secret), "{secret} in {table}.{column}");
            }
            assert!(
                !text.contains('@') || ["email", "email_key", "person_key"].contains(&column.as_str()),
                "{table}.{column}: {text}"
            );
        }
    }
}

#[tokio::test]
async fn a_further_request_leaves_no_name_either() {
    let app = TestApp::start().await;
    let student = Student::new(1, "Ada", "Lovelace");
    app.sign_up(&student).await;
    app.sign_up(&Student { first: "Hildegunde".to_owned(), ..student }).await;
    app.settle().await;
    let all = rows(app.database_url(), "signup").await;
    assert_eq!(all.len(), 2);
    for (column, value) in all.into_iter().flatten() {
        let is_name = ["first_name", "last_name", "sealed"].contains(&column.as_str());
        assert!(!is_name || value.is_none(), "{column} is kept: {value:?}");
    }
}

#[test]
fn debug_shows_no_person_and_no_secret() {
    let entropy = Entropy::seeded(1);
    let (secret, id) = (SecretKey::random(&entropy), SignupId::random(&entropy));
    let key = SecretKey::new(&secret).unwrap();
    let password = Password::generate(&entropy, PasswordLength::default());
    let sealed = key.seal(&entropy, id, &password);
    let principal =
        PrincipalName { username: "ada.lovelace".parse().unwrap(), domain: "example.edu".parse().unwrap() };
    let (token, link) = (StatusToken::of(id, &key), ConfirmationLink::of(id, 1, &key));
    let code = ConfirmationCode::of(id, 1, &key);
    let email = Email::parse("st123456@example.edu").unwrap();
    let name = PersonName::parse("Ada", "Lovelace").unwrap();
    let shown = format!(
        "{key:?} {password:?} {sealed:?} {principal:?} {:?} {token:?} {link:?} {code:?} {email:?} {name:?}",
        principal.username
    );
    let hidden = [
        secret.as_str(),
        password.expose(),
        sealed.as_str(),
        "lovelace",
        "Lovelace",
        "Ada",
        "st123456",
        &token.encoded(),
        &link.encoded(),
        &code.expose(),
    ];
    for hidden in hidden {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
