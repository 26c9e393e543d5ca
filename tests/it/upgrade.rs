//! Signups that version 0.1.0 had under way when it was killed are carried on by this version: no account is lost, none
//! is made twice, and the mailed passwords sign in.

use std::{collections::BTreeSet, time::Duration};

use accountcreator::{
    domain::{Email, Stage},
    sandbox::{ExistingUser, Group, STUDENT_SKU, Tenant},
};

use crate::{
    released::Released,
    support::{
        Api, MessageId, OPERATOR, Setup, Student, TestApp,
        api::consenting,
        database::{Database, run_sql},
        password_in,
    },
};

/// The service of this version on the database and the tenant of 0.1.0.
async fn upgraded() -> (TestApp, Released) {
    let groups: Vec<Group> = Tenant::default().groups;
    let ids: Vec<String> = groups.iter().map(|group| group.id.to_string()).collect();
    let setup = |users| Setup {
        tenant: Tenant { users, ..Tenant::default() },
        groups: 0,
        other_groups: groups.clone(),
        signup: "confirm_email = true".to_owned(),
        profile: format!(
            "[profiles.attributes]\nemployeeId = \"{{student_id}}\"\n{}",
            crate::support::TAGGED_PROFILE
        ),
        ..Setup::renewing()
    };
    // Gives the kind of database and the time, which the users of the tenant do not depend on.
    let probe = TestApp::with(setup(Vec::new())).await;
    let mut released = Released::at(probe.clock.now(), probe.database_url());
    let users = released.users.iter().map(|user| ExistingUser {
        user_principal_name: user.name.clone(),
        display_name: user.display_name.clone(),
        password: user.password.clone(),
    });
    let app = TestApp::with(setup(users.collect())).await;
    // The tenant of the test gives its users ids of its own.
    for user in app.users() {
        let known = released.users.iter().find(|known| known.name == user.user_principal_name).unwrap();
        released.sql = released.sql.replace(&known.id, &user.id.to_string());
        for (property, value) in &known.properties {
            assert!(app.sandbox.change_user(&known.name, property, value.clone()));
        }
    }
    let url = Database::without_tables(app.directory(), "released.db").await;
    run_sql(&url, &released.sql).await;
    let settings = app.settings().replace(app.database_url(), &url);
    let settings = settings.replace("groups = []", &format!("groups = {ids:?}"));
    (app.another_with(&settings).await, released)
}

async fn confirm(app: &TestApp, path: &str) {
    let mut browser = app.browser();
    let page = browser.open(path).await;
    browser.submit(&page, &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signups_under_way_are_carried_on_after_an_upgrade() {
    let (app, released) = upgraded().await;
    let before = app.all_signups().await;
    let unfinished = |stage: Stage| !matches!(stage, Stage::Done | Stage::AwaitingConfirmation);
    let carried_on: Vec<_> =
        before.iter().filter(|signup| unfinished(signup.stage)).map(|one| one.id).collect();
    assert!(carried_on.len() >= 15, "{}", carried_on.len());
    // Leases of the killed process run out, the tenant's pause ends, seats are free again.
    app.settle().await;
    for signup in app.all_signups().await.iter().filter(|signup| signup.stage == Stage::NeedsAttention) {
        app.store.retry(signup.id, OPERATOR, app.clock.now()).await.unwrap();
    }
    app.settle().await;

    for signup in app.all_signups().await.iter().filter(|signup| carried_on.contains(&signup.id)) {
        assert_eq!(signup.stage, Stage::Done, "{}: {:?}", signup.id, signup.last_error);
    }
    assert_eq!(app.all_signups().await.len(), before.len());
    assert_every_owner_has_one_user(&app, &released).await;
    let new: Vec<_> =
        before.iter().filter(|one| carried_on.contains(&one.id) && one.duplicate_of.is_none()).collect();
    let state = app.sandbox.state();
    for signup in new {
        let address = signup.email.as_ref().unwrap().as_str().to_owned();
        let name = format!("{}@{}", signup.username.as_ref().unwrap(), signup.domain);
        let user = state.user(&name).unwrap_or_else(|| panic!("{name} has no user"));
        let mails = app.sandbox.mails_to(&address);
        let mail = mails.iter().rfind(|mail| mail.message_id_says("password"));
        let mail = mail.unwrap_or_else(|| panic!("{address} was mailed no password"));
        assert!(app.sandbox.sign_in(&name, &password_in(mail)).is_right_password(), "{name}");
        // Of the others, the tenant of 0.1.0 had licences and groups that this one is not given.
        if signup.object_id.is_none() {
            assert_eq!(user.licenses, [STUDENT_SKU], "{name}");
            assert_eq!(user.groups.len(), 2, "{name}");
        }
    }
}

/// As many users as signups that own an account, each with the name of one.
async fn assert_every_owner_has_one_user(app: &TestApp, released: &Released) {
    let mut owners = BTreeSet::new();
    for signup in app.all_signups().await {
        let owns = signup.stage == Stage::Done && signup.duplicate_of.is_none();
        if owns && signup.profile.as_str() != "imported" {
            let name = format!("{}@{}", signup.username.unwrap(), signup.domain);
            assert!(owners.insert(name), "{} has the name of another", signup.id);
        }
    }
    let users: BTreeSet<_> = app.users().into_iter().map(|user| user.user_principal_name).collect();
    assert_eq!(users, owners);
    assert!(released.users.iter().all(|user| users.contains(&user.name)));
}

#[tokio::test(flavor = "multi_thread")]
async fn links_and_keys_from_before_an_upgrade_still_work() {
    let (app, released) = upgraded().await;
    app.settle().await;
    // A link of 0.1.0, and the mail that it could not send.
    let awaiting = &released.mailed["st000040@stud.example.edu"];
    confirm(&app, awaiting.confirm.as_ref().unwrap()).await;
    let code = app.sandbox.mails_to("st000041@stud.example.edu").pop().expect("its code is mailed");
    let link = code.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim();
    confirm(&app, reqwest::Url::parse(link).unwrap().path()).await;
    app.settle().await;
    for address in ["st000040@stud.example.edu", "st000041@stud.example.edu"] {
        let owner = app.store.signup_by_email(&Email::parse(address).unwrap()).await.unwrap().unwrap();
        let name = format!("{}@{}", owner.username.unwrap(), owner.domain);
        let mail = app.sandbox.mails_to(address).pop().unwrap();
        assert!(app.sandbox.sign_in(&name, &password_in(&mail)).is_right_password(), "{address}");
    }

    let known = &released.repeatable;
    let student =
        Student { email: known.email.clone(), first: known.first.clone(), last: known.last.clone() };
    let api = Api::of(&app).await.with("Idempotency-Key", &format!("\"{}\"", known.key));
    let repeated = api.post("/api/v2/signups", &consenting(&student)).await;
    assert_eq!(repeated.status, 201, "{}", repeated.body);
    assert!(repeated.text("/status").ends_with(&known.status), "{} {}", repeated.body, known.status);
    assert_eq!(api.get(&known.status).await.text("/stage"), "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_from_before_an_upgrade_are_not_made_twice() {
    let (app, released) = upgraded().await;
    app.settle().await;
    let users = app.users().len();
    // Finished, overtaken by an import, in doubt, and one of two with the same mailbox; then two that 0.1.0 has reminded.
    for (number, expected) in [
        (3, "send-reminder"),
        (21, "send-reminder"),
        (30, "send-reminder"),
        (4, "send-reminder"),
        (5, "send-code"),
        (20, "send-code"),
    ] {
        let student = Student::new(number, "Another", "Name");
        app.sign_up(&student).await;
        app.settle().await;
        let code = app.sandbox.mails_to(&student.email).pop().expect("its code is mailed");
        let link = code.text.lines().find(|line| line.contains("/confirm/")).unwrap().trim();
        confirm(&app, reqwest::Url::parse(link).unwrap().path()).await;
        app.settle().await;
        let mail = app.sandbox.mails_to(&student.email).pop().unwrap();
        assert!(mail.message_id_says(expected), "{}: {:?}", student.email, mail.message_id);
    }
    assert_eq!(app.users().len(), users);
    // The passwords that 0.1.0 has mailed and nothing has replaced since.
    for (address, local) in [("st000003", "juergen.mueller-luedenscheidt"), ("st000005", "ada.lovelace")] {
        let mailed = &released.mailed[&format!("{address}@stud.example.edu")];
        let name = format!("{local}@students.example.edu");
        assert!(app.sandbox.sign_in(&name, mailed.password.as_ref().unwrap()).is_right_password(), "{name}");
    }
    app.advance(Duration::from_hours(1));
    app.settle().await;
    assert_eq!(app.users().len(), users);
}
