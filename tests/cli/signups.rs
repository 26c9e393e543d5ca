//! `signups list|show|retry` on a database with rows.

use std::{sync::Arc, time::Duration};

use accountcreator::{
    config::Database,
    domain::{
        Attention, Clock, Consent, Email, Entropy, FormNonce, LeaseToken, MailKind, Needs, Password,
        PasswordLength, PersonName, Requester, SecretKey, SignupId, Stage, StepKind, TenantAlias, Timestamp,
        Waiting,
    },
    store::{Claim, Lease, NewSignup, PutBack, Store},
};
use serde_json::{Value, json};
use sqlx::{Connection, Executor, SqliteConnection};
use tokio::sync::Notify;

use crate::{
    postgres::Cluster,
    support::{Installation, Ran, SECRET},
};

pub(crate) const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);

pub(crate) async fn store(installation: &Installation) -> Store {
    Store::open(&Database::new(installation.database_url(), 2)).await.unwrap()
}

pub(crate) async fn insert(store: &Store, email: &str, first: &str) -> SignupId {
    insert_under(SECRET, store, email, first).await
}

/// With a password that is sealed with this secret.
pub(crate) async fn insert_under(secret: &str, store: &Store, email: &str, first: &str) -> SignupId {
    let entropy = Entropy::system();
    let id = SignupId::random(&entropy);
    let password = Password::generate(&entropy, PasswordLength::default());
    let new = NewSignup {
        id,
        form: FormNonce::random(&entropy),
        email: Email::parse(email).unwrap(),
        name: PersonName::parse(first, "Muster").unwrap(),
        locale: "de".parse().unwrap(),
        profile: "students".parse().unwrap(),
        tenant: "main".parse().unwrap(),
        domain: "students.example.edu".parse().unwrap(),
        username: format!("{}.muster", first.to_lowercase()).parse().unwrap(),
        sealed: SecretKey::new(secret).unwrap().seal(&entropy, id, &password),
        consent: Consent { text_version: "1".to_owned(), given_at: START },
        requester: Requester::Visitor,
        confirm: None,
        now: START,
    };
    store.insert_signup(&new).await.unwrap();
    new.id
}

/// Claims one operation that is due at the start, under a lease until then.
pub(crate) async fn claim(store: &Store, until: Timestamp) -> Lease {
    let (tenant, lease): (TenantAlias, _) = ("main".parse().unwrap(), LeaseToken::random(&Entropy::system()));
    let claim = Claim { tenant: Some(&tenant), needs: Needs::ALL, limit: 1, lease, now: START, until };
    Lease::new(&store.claim(&claim).await.unwrap()[0], lease)
}

/// One that is queued and one that needs attention.
async fn two() -> (Installation, SignupId, SignupId) {
    let installation = Installation::migrated();
    let store = store(&installation).await;
    let stuck = insert_stuck(&store).await;
    let queued = insert(&store, "st000002@stud.example.edu", "Moritz").await;
    store.close().await;
    (installation, stuck, queued)
}

/// One that needs attention.
async fn insert_stuck(store: &Store) -> SignupId {
    let stuck = insert(store, "st000001@stud.example.edu", "Max").await;
    let lease = claim(store, START).await;
    let error = "Authorization_RequestDenied (403)";
    store.needs_attention(&lease, Attention::Forbidden, error, false, START).await.unwrap();
    stuck
}

fn texts<'a>(rows: &'a Value, key: &str) -> Vec<&'a str> {
    rows.as_array().unwrap().iter().map(|row| row[key].as_str().unwrap()).collect()
}

#[tokio::test]
async fn they_are_listed_for_people_and_machines() {
    let (installation, stuck, queued) = two().await;
    let ran = installation.run(&["signups", "list"]);
    ran.assert_code(0);
    assert_eq!(ran.out.lines().count(), 3, "{}", ran.out);
    assert!(ran.out.starts_with("ID  "), "{}", ran.out);
    let line = ran.out.lines().find(|line| line.contains(&stuck.to_string())).unwrap();
    for cell in [
        "needs_attention",
        "forbidden",
        "students",
        "st000001@stud.example.edu",
        "max.muster@students.example.edu",
    ] {
        assert!(line.contains(cell), "{cell} is missing in {line}");
    }
    assert!(!ran.out.contains("Max") && !ran.out.contains("sealed"), "{}", ran.out);

    let rows = installation.run(&["signups", "list", "--json"]).json();
    assert_eq!(rows.as_array().unwrap().len(), 2);
    assert_eq!(
        texts(&rows, "stage").into_iter().collect::<std::collections::BTreeSet<_>>(),
        ["needs_attention", "queued"].into()
    );
    let filtered = installation.run(&["signups", "list", "--stage", "queued", "--json"]).json();
    assert_eq!(texts(&filtered, "id"), [queued.to_string()]);
    assert_eq!(ran.err, "", "nothing was cut");
    let first = installation.run(&["signups", "list", "--limit", "1", "--json"]);
    let last = texts(&first.json(), "id")[0].to_owned();
    assert_eq!(first.json().as_array().unwrap().len(), 1);
    assert!(first.err.contains(&format!("there are more: `--after {last}` goes on")), "{}", first.err);
    let rest = installation.run(&["signups", "list", "--limit", "1", "--after", &last, "--json"]);
    assert_eq!((rest.json().as_array().unwrap().len(), &*rest.err), (1, ""));
    assert_ne!(texts(&rest.json(), "id"), [last]);
    let nowhere =
        installation.run(&["signups", "list", "--after", &SignupId::random(&Entropy::system()).to_string()]);
    nowhere.assert_code(1);
    assert!(nowhere.err.contains("to go on after"), "{}", nowhere.err);
    assert_eq!(installation.run(&["signups", "list", "--stage", "done"]).out, "no signups\n");
    let unknown = installation.run(&["signups", "list", "--stage", "finished"]);
    unknown.assert_code(2);
    assert!(unknown.err.contains("needs_attention, voided, erased"), "{}", unknown.err);
}

#[tokio::test]
async fn one_is_shown_with_its_steps_and_events() {
    let (installation, stuck, _) = two().await;
    for key in [stuck.to_string(), "ST000001@stud.example.edu".to_owned()] {
        let ran = installation.run(&["signups", "show", &key]);
        ran.assert_code(0);
        for part in [
            "stage           needs_attention",
            "what to do",
            "Authorization_RequestDenied",
            "create_user",
            "received",
        ] {
            assert!(ran.out.contains(part), "{part} is missing in {}", ran.out);
        }
        let shown = installation.run(&["signups", "show", &key, "--json"]).json();
        assert_eq!(
            (shown["id"].as_str(), shown["reason"].as_str()),
            (Some(stuck.to_string().as_str()), Some("forbidden"))
        );
        assert!(shown["remedy"].as_str().unwrap().contains(' '));
        assert_eq!(texts(&shown["steps"], "kind"), ["create_user"]);
        assert_eq!(texts(&shown["events"], "kind"), ["received", "claimed", "needs_attention"]);
        assert!(
            !shown.to_string().contains("Max") && !shown.to_string().contains("sealed password"),
            "{shown}"
        );
    }
    for unknown in ["11111111-1111-4111-8111-111111111111", "st999999@stud.example.edu"] {
        let ran = installation.run(&["signups", "show", unknown]);
        ran.assert_code(1);
        assert!(ran.err.contains("signups list"), "{}", ran.err);
    }
    installation.run(&["signups", "show", "nonsense"]).assert_code(1);
}

/// A signup whose password was mailed, and the reference of that mail.
async fn mailed() -> (Installation, SignupId, String) {
    let installation = Installation::migrated();
    let store = store(&installation).await;
    let id = insert(&store, "st000001@stud.example.edu", "Max").await;
    let until = START.plus(Duration::from_mins(1));
    let lease = claim(&store, until).await;
    let user = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11".parse().unwrap();
    let lease = store.user_created(&lease, user, &[], StepKind::SendPassword, START, until).await.unwrap();
    store.delivered(&lease, None, START).await.unwrap();
    let mail = store.signup(id).await.unwrap().unwrap().mail(MailKind::Password);
    store.close().await;
    (installation, id, mail.reference().to_string())
}

#[tokio::test]
async fn a_mail_is_shown_and_found_by_its_reference() {
    let (installation, id, reference) = mailed().await;
    let shown = installation.run(&["signups", "show", &reference.to_lowercase(), "--json"]).json();
    assert_eq!(shown["id"], id.to_string());
    let message_id = format!("<{id}.send-password@example.edu>");
    let mail = json!({ "reference": reference, "message_id": message_id, "sent_at": START.to_string() });
    assert_eq!(shown["mails"], json!([mail]));
    let ran = installation.run(&["signups", "show", &id.to_string()]);
    let line = ran.out.lines().find(|line| line.starts_with(&reference)).expect("a line for the mail");
    assert!(line.ends_with(&message_id), "{line}");
    let later = installation.run(&["signups", "show", &reference.replace("-P1", "-P2")]);
    later.assert_code(1);
    assert!(later.err.contains("there is no such signup"), "{}", later.err);
}

#[tokio::test]
async fn a_mail_that_came_back_is_marked_once() {
    let (installation, id, reference) = mailed().await;
    let unknown = installation.run(&["signups", "undelivered", &reference.replace("-P1", "-R1")]);
    unknown.assert_code(1);
    assert!(unknown.err.contains("no mail has the reference"), "{}", unknown.err);
    installation.run(&["signups", "undelivered", "nonsense"]).assert_code(2);

    let spelt = reference.replace('-', " ");
    let marked = installation.run(&["signups", "undelivered", &spelt, "--reason", "the mailbox is full"]);
    marked.assert_code(0);
    assert!(marked.out.starts_with("marked: ") && marked.out.contains(&id.to_string()), "{}", marked.out);
    assert!(marked.err.contains("act=\"mail_undelivered\" actor=\"operator\""), "{}", marked.err);
    let listed = installation.run(&["signups", "list", "--json"]).json();
    let since = listed[0]["undelivered_at"].as_str().unwrap();
    assert_eq!((&listed[0]["reason"], listed[0]["stage"].as_str()), (&json!("undelivered"), Some("done")));

    let again = installation.run(&["signups", "undelivered", &reference]);
    again.assert_code(0);
    assert_eq!(again.out, format!("marked already, at {since}: signup {id}\n"));
    assert!(!again.err.contains("mail_undelivered"), "nothing has changed");
    let again = installation.run(&["signups", "undelivered", &reference, "--json"]);
    assert_eq!(again.json(), json!({ "id": id.to_string(), "undelivered_at": since }));
    let shown = installation.run(&["signups", "show", &id.to_string()]);
    assert!(shown.out.contains(&format!("mail came back  {since}")), "{}", shown.out);
    let event = shown.out.lines().last().unwrap();
    assert!(event.contains("  undelivered ") && event.contains("  operator"), "{event}");
    assert!(event.ends_with("  the mailbox is full"), "{event}");
}

#[tokio::test]
async fn those_that_need_attention_are_tried_again() {
    let (installation, stuck, queued) = two().await;
    let ran = installation.run(&["signups", "retry", &queued.to_string(), &stuck.to_string(), "--json"]);
    ran.assert_code(1);
    let results = ran.json();
    assert_eq!(texts(&results, "id"), [queued.to_string(), stuck.to_string()]);
    assert_eq!(texts(&results, "outcome"), ["needs no attention", "queued"]);
    let again = store(&installation).await.signup(stuck).await.unwrap().unwrap();
    assert_eq!((again.stage, again.attention), (Stage::Provisioning, None));
    assert!(again.due_at.is_some(), "the worker takes it up");

    let none = installation.run(&["signups", "retry", "--all"]);
    none.assert_code(0);
    assert_eq!(none.out, "no signup needs attention\n");
    installation.run(&["signups", "retry", "11111111-1111-4111-8111-111111111111"]).assert_code(1);
    installation.run(&["signups", "retry"]).assert_code(2);
    installation.run(&["signups", "retry", "--all", &stuck.to_string()]).assert_code(2);
}

/// The record tells who had a signup tried again, and why; the log tells neither reason nor login.
#[tokio::test]
async fn a_retry_is_told_with_its_operator_and_its_reason() {
    let (installation, stuck, queued) = two().await;
    let because = "called about it, ticket 4711";
    let stuck_id = stuck.to_string();
    let mut retry = installation.command(&["signups", "retry", &stuck_id, "--reason", because]);
    let ran = Ran::of(&retry.env("LOGNAME", "root").env("SUDO_USER", "ada").output().unwrap());
    ran.assert_code(0);
    assert!(ran.err.contains("act=\"signup_retried\" actor=\"operator\""), "{}", ran.err);
    assert!(!format!("{}{}", ran.out, ran.err).contains("4711") && !ran.err.contains("ada"), "{}", ran.err);

    let shown = installation.run(&["signups", "show", &stuck.to_string(), "--json"]).json();
    let operation = json!({ "kind": "provision", "requester": { "kind": "visitor" }, "reason": because });
    assert_eq!(shown["operations"], json!([operation]));
    let events = shown["events"].as_array().unwrap();
    let asked: Vec<_> =
        events.iter().map(|event| json!([event["kind"], event["requester"], event["reason"]])).collect();
    let operator = json!({ "kind": "operator", "login": "root", "sudo_user": "ada" });
    let expected = [
        json!(["received", { "kind": "visitor" }, null]),
        json!(["claimed", { "kind": "worker" }, null]),
        json!(["needs_attention", { "kind": "worker" }, null]),
        json!(["retried", operator, because]),
    ];
    assert_eq!(asked, expected);
    let ran = installation.run(&["signups", "show", &stuck.to_string()]);
    let line = |event: &str| {
        ran.out.lines().find(|line| line.contains(event)).unwrap_or_else(|| panic!("{}", ran.out))
    };
    assert!(line("  retried ").ends_with(&format!("operator root (sudo: ada)  {because}")), "{}", ran.out);
    assert!(line("  claimed ").contains("  worker "), "{}", ran.out);
    assert_eq!(line("provision ").split_whitespace().take(2).collect::<Vec<_>>(), ["provision", "visitor"]);
    assert!(line("provision ").ends_with(because), "{}", ran.out);
    let other = installation.run(&["signups", "show", &queued.to_string(), "--json"]).json();
    assert_eq!(other["operations"][0]["reason"], Value::Null);

    let long = "x".repeat(501);
    for (reason, says) in
        [("", "is empty"), ("a\nb", "control character"), (&long, "more than 500 characters")]
    {
        for command in [["retry", "--all"], ["undelivered", "7KQM3TXR-P2"]] {
            let refused = installation.run(&[&["signups"][..], &command, &["--reason", reason]].concat());
            refused.assert_code(2);
            assert!(refused.err.contains(says), "{}", refused.err);
        }
    }
}

/// Version 0.1.0 recorded no requesters.
#[tokio::test]
async fn events_of_an_earlier_version_are_shown_without_a_requester() {
    let (installation, stuck, _) = two().await;
    let mut database = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    database.execute("UPDATE event SET requester_kind = NULL WHERE kind = 'received'").await.unwrap();
    let shown = installation.run(&["signups", "show", &stuck.to_string(), "--json"]).json();
    let events = shown["events"].as_array().unwrap();
    let requesters: Vec<_> = events.iter().map(|event| json!([event["kind"], event["requester"]])).collect();
    let worker = json!({ "kind": "worker" });
    assert_eq!(
        requesters,
        [json!(["received", null]), json!(["claimed", worker]), json!(["needs_attention", worker])]
    );
    let ran = installation.run(&["signups", "show", &stuck.to_string()]);
    ran.assert_code(0);
    let line =
        ran.out.lines().find(|line| line.contains("  received ")).unwrap_or_else(|| panic!("{}", ran.out));
    assert_eq!(line.split_whitespace().skip(2).collect::<Vec<_>>(), ["queued", "-", "-"], "{}", ran.out);
}

#[tokio::test]
async fn all_that_need_attention_are_tried_again_at_once() {
    let (installation, stuck, _) = two().await;
    let ran = installation.run(&["signups", "retry", "--all"]);
    ran.assert_code(0);
    assert_eq!(ran.out.lines().nth(1).unwrap(), format!("{stuck}  queued   -"));
}

#[tokio::test]
async fn one_is_tried_again_by_its_address() {
    let (installation, stuck, _) = two().await;
    let addresses = ["ST000001@stud.example.edu", "st000002@stud.example.edu", "st999999@stud.example.edu"];
    let ran = installation.run(&[&["signups", "retry", "--json"][..], &addresses].concat());
    ran.assert_code(1);
    let results = ran.json();
    assert_eq!(texts(&results, "outcome"), ["queued", "needs no attention", "there is no such signup"]);
    assert_eq!(results[0]["id"], stuck.to_string());
    assert_eq!(results[0]["changes"], json!([]), "its user may exist");
    let nonsense = installation.run(&["signups", "retry", "nonsense"]);
    nonsense.assert_code(2);
    assert!(nonsense.err.contains("no id, no email address and no reference"), "{}", nonsense.err);
}

#[tokio::test]
async fn a_plan_needs_a_tenant_that_can_be_asked() {
    let installation = Installation::migrated();
    let store = store(&installation).await;
    let id = insert(&store, "st000001@stud.example.edu", "Max").await;
    let lease = claim(&store, START).await;
    // Long enough ago, by the clock of the program as well.
    let refused_at = Clock::system().now().minus(Duration::from_hours(1));
    store.needs_attention(&lease, Attention::DomainUnverified, "400", true, refused_at).await.unwrap();
    store.close().await;
    // By that clock, the signup itself is of a time to come.
    let mut database = SqliteConnection::connect(&installation.database_url()).await.unwrap();
    database.execute("UPDATE signup SET updated_at = 0").await.unwrap();
    database.close().await.unwrap();
    let domain = "domain = \"students.example.edu\"";
    let corrected = "domain = \"stud.example.edu\"\nusername = \"{last}.{first_initial}\"";
    assert!(installation.valid().contains(domain));
    installation.configure(&installation.valid().replace(domain, corrected));

    let ran = installation.run(&["signups", "retry", "st000001@stud.example.edu"]);
    ran.assert_code(0);
    // No tenant answers at the address of this configuration.
    assert!(ran.out.contains("its tenant cannot be asked for a user"), "{}", ran.out);
    let shown = installation.run(&["signups", "show", &id.to_string(), "--json"]).json();
    assert_eq!(
        (&shown["stage"], &shown["principal_name"]),
        (&json!("queued"), &json!("max.muster@students.example.edu"))
    );
}

#[test]
fn where_there_is_no_database_none_is_made() {
    let installation = Installation::new();
    for command in [&["signups", "list"][..], &["prune"], &["restored"]] {
        let ran = installation.run(command);
        ran.assert_code(1);
        assert!(ran.err.contains("there is no database yet"), "{}", ran.err);
        assert!(!installation.path("accounts.db").exists());
    }
}

#[test]
fn they_are_closed_and_opened_and_the_trail_tells() {
    let installation = Installation::migrated();
    let status = |installation: &Installation| installation.run(&["signups", "status", "--json"]).json();
    assert_eq!(installation.run(&["signups", "status"]).out, "signups are open\n");
    assert_eq!(status(&installation)["open"], true);

    let closed = installation.run(&["signups", "close"]);
    closed.assert_code(0);
    assert!(closed.out.starts_with("signups are closed"), "{}", closed.out);
    assert!(closed.err.contains("act=\"signups_closed\" actor=\"operator\""), "{}", closed.err);
    let again = installation.run(&["signups", "close"]);
    again.assert_code(0);
    assert_eq!(again.out, "signups were closed already\n");
    assert!(!again.err.contains("signups_closed"), "nothing has changed");
    let now = status(&installation);
    assert_eq!(now["open"], false);
    assert!(now["closed_at"].as_str().unwrap().ends_with('Z'), "{now}");
    assert!(installation.run(&["signups", "status"]).out.contains("`accountcreator signups open`"));

    let opened = installation.run(&["signups", "open"]);
    opened.assert_code(0);
    assert!(opened.err.contains("act=\"signups_opened\" actor=\"operator\""), "{}", opened.err);
    assert_eq!(installation.run(&["signups", "open"]).out, "signups were open already\n");
    assert_eq!(status(&installation), serde_json::json!({ "open": true, "closed_at": null }));
}

/// The remedy is that of the error's own code, as long as the signup waits and once it needs attention.
#[tokio::test]
async fn what_to_do_is_said_for_each_code() {
    for (detail, remedy) in [
        ("AADSTS700016 (400), request-id 3a7c", "client_id"),
        ("AADSTS700024 (401)", "clock"),
        ("gave_up: AADSTS700027 (401), request-id 3a7c", "certificate"),
        ("InvalidAuthenticationToken (401)", "same cloud"),
        ("an error of no known code", "check tenant and client id"),
    ] {
        let installation = Installation::migrated();
        let store = store(&installation).await;
        let id = insert(&store, "st000001@stud.example.edu", "Max").await;
        let shown = || installation.run(&["signups", "show", &id.to_string(), "--json"]).json();
        let (waiting, error) = (Waiting::ApplicationRefused, detail.to_owned());
        let back = PutBack { due_at: START, waiting, error, undone: true, counted: true };
        store.put_back(&claim(&store, START).await, &back, START).await.unwrap();
        let waits = shown();
        assert_eq!((&waits["reason"], &waits["last_error"]), (&json!("application_refused"), &json!(detail)));
        assert!(waits["remedy"].as_str().unwrap().contains(remedy), "{waits}");
        let lease = claim(&store, START).await;
        store.needs_attention(&lease, Attention::IdentityRefused, detail, false, START).await.unwrap();
        let stuck = shown();
        assert_eq!(stuck["reason"], json!("identity_refused"));
        assert!(stuck["remedy"].as_str().unwrap().contains(remedy), "{stuck}");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_notifies_the_servers() {
    let Some(cluster) = Cluster::shared() else { return };
    let (installation, url) = (Installation::new(), cluster.fresh_database().await);
    installation.configure(&installation.valid().replace(&installation.database_url(), &url));
    installation.run(&["migrate"]).assert_code(0);
    let store = Store::open(&Database::new(url, 2)).await.unwrap();
    insert_stuck(&store).await;
    let woken = Arc::new(Notify::new());
    let server = tokio::spawn({
        let woken = Arc::clone(&woken);
        async move { store.listen_for_work(&Clock::manual(START), || woken.notify_one()).await }
    });
    let soon = async |woken: &Notify| tokio::time::timeout(Duration::from_mins(1), woken.notified()).await;
    soon(&woken).await.expect("it listens");
    installation.run(&["signups", "retry", "--all"]).assert_code(0);
    soon(&woken).await.expect("it is notified");
    server.abort();
}
