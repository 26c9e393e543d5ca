//! `signups erase`: what it says, what it does with `--yes`, and what it refuses.

use accountcreator::{
    domain::{Email, SignupId, Stage, StepKind, Timestamp},
    store::{Lease, Store},
};

use crate::{
    signups::{START, claim, insert, store},
    support::{Installation, Ran, SECRET},
};

const ADDRESS: &str = "st000001@stud.example.edu";
const USER: &str = "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c22";

/// Claims one operation under a lease that has run out long ago.
async fn claimed(store: &Store) -> Lease {
    claim(store, Timestamp::from_millis(1)).await
}

/// One with an account, and a further request for its address.
async fn finished(installation: &Installation) -> [SignupId; 2] {
    let store = store(installation).await;
    let first = insert(&store, ADDRESS, "Max").await;
    let held = claimed(&store).await;
    let user = USER.parse().unwrap();
    let held = store.user_created(&held, user, &[], StepKind::SendPassword, START, START).await.unwrap();
    store.delivered(&held, None, START).await.unwrap();
    let further = insert(&store, ADDRESS, "Moritz").await;
    store.close().await;
    [first, further]
}

async fn stage(installation: &Installation, id: SignupId) -> Stage {
    let store = store(installation).await;
    let stage = store.signup(id).await.unwrap().unwrap().stage;
    store.close().await;
    stage
}

fn assert_says(ran: &Ran, parts: &[&str]) {
    for part in parts {
        assert!(ran.out.contains(part), "{part} is missing in {}", ran.out);
    }
}

#[tokio::test]
async fn it_says_what_it_would_do_and_does_it_only_with_yes() {
    let installation = Installation::migrated();
    let [first, further] = finished(&installation).await;
    for subject in [ADDRESS.to_uppercase(), first.to_string(), further.to_string()] {
        let dry = installation.run(&["signups", "erase", &subject]);
        dry.assert_code(0);
        assert_says(
            &dry,
            &[
                "would erase the personal data of:",
                &first.to_string(),
                &further.to_string(),
                "further",
                "the account max.muster@students.example.edu in the tenant `main`, object id 6f1a0c52",
                "a tombstone for 1825d",
                "backups made before",
                "nothing was erased; --yes erases",
            ],
        );
        assert!(!dry.out.contains("VACUUM"), "that is PostgreSQL's: {}", dry.out);
        assert_eq!(dry.err, "");
    }
    assert_eq!(stage(&installation, first).await, Stage::Done);

    let ran = installation.run(&["signups", "erase", ADDRESS, "--yes"]);
    ran.assert_code(0);
    assert_says(&ran, &["erased the personal data of:", "object id 6f1a0c52"]);
    assert_eq!(ran.err.matches("act=\"signup_erased\" actor=\"operator\"").count(), 2, "{}", ran.err);
    for personal in ["st000001", "muster", USER] {
        assert!(!ran.err.contains(personal), "{personal}: {}", ran.err);
        for file in std::fs::read_dir(installation.path("")).unwrap() {
            let file = file.unwrap().path();
            if file.file_name().unwrap().to_str().unwrap().starts_with("accounts.db") {
                let bytes = std::fs::read(&file).unwrap();
                let is_there = bytes.windows(personal.len()).any(|bytes| bytes == personal.as_bytes());
                assert!(!is_there, "{personal} is in {}", file.display());
            }
        }
    }
    assert_eq!(
        (stage(&installation, first).await, stage(&installation, further).await),
        (Stage::Erased, Stage::Erased)
    );
    let shown = installation.run(&["signups", "show", &first.to_string()]);
    assert_says(&shown, &["stage           erased", "erased", "tombstone"]);
    assert_eq!(installation.run(&["signups", "list", "--stage", "erased"]).out.lines().count(), 3);
    installation.run(&["signups", "retry", &first.to_string()]).assert_code(1);
}

#[tokio::test]
async fn once_more_says_so_and_an_unknown_one_is_an_error() {
    let installation = Installation::migrated();
    let [first, _] = finished(&installation).await;
    let unknown = installation.run(&["signups", "erase", "st999999@stud.example.edu", "--yes"]);
    unknown.assert_code(1);
    assert!(unknown.err.contains("there is no such signup"), "{}", unknown.err);
    installation.run(&["signups", "erase", "11111111-1111-4111-8111-111111111111"]).assert_code(1);
    for nonsense in [&["signups", "erase", "nonsense"][..], &["signups", "erase"]] {
        installation.run(nonsense).assert_code(2);
    }
    installation.run(&["signups", "erase", &first.to_string(), "--yes"]).assert_code(0);
    for subject in [&first.to_string(), ADDRESS] {
        let again = installation.run(&["signups", "erase", subject, "--yes"]);
        again.assert_code(0);
        assert_says(&again, &["it is erased already"]);
        assert_eq!(again.err, "", "nothing was done");
    }
}

#[tokio::test]
async fn a_tombstone_is_removed_when_the_person_may_come_back() {
    let installation = Installation::migrated();
    let [first, _] = finished(&installation).await;
    installation.run(&["signups", "erase", ADDRESS, "--yes"]).assert_code(0);
    let look = installation.run(&["signups", "erase", ADDRESS]);
    assert_says(&look, &["it is erased already", "the tombstone of ", "--allow-again --yes removes"]);
    let lifted = installation.run(&["signups", "erase", ADDRESS, "--allow-again", "--yes"]);
    lifted.assert_code(0);
    assert_says(&lifted, &["tombstones removed: 1"]);
    assert!(lifted.err.contains("act=\"tombstones_lifted\""), "{}", lifted.err);
    installation.run(&["signups", "erase", ADDRESS]).assert_code(1);
    let second = finished(&installation).await[0];
    assert_ne!(first, second);
    assert_eq!(stage(&installation, second).await, Stage::Done);
    let none = installation.run(&["signups", "erase", ADDRESS, "--allow-again", "--yes", "--json"]).json();
    assert_eq!((none["erased"].as_bool(), none["tombstone"].is_null()), (Some(true), true), "{none}");
    assert_eq!(none["accounts"][0]["object_id"], USER);
    assert_eq!(none["scrubbed"], true);
    installation.run(&["signups", "erase", ADDRESS]).assert_code(1);
}

#[tokio::test]
async fn without_an_account_no_tombstone_is_left() {
    let installation = Installation::migrated();
    let store = store(&installation).await;
    let queued = insert(&store, ADDRESS, "Max").await;
    store.close().await;
    let ran = installation.run(&["signups", "erase", &queued.to_string(), "--yes"]);
    ran.assert_code(0);
    assert_says(&ran, &["no tombstone: no account was created"]);
    installation.run(&["signups", "erase", ADDRESS]).assert_code(1);
}

/// The tenant of these tests answers nobody.
#[tokio::test]
async fn what_the_tenant_may_have_created_is_not_erased_unasked() {
    let installation = Installation::migrated();
    let store = store(&installation).await;
    let doubtful = insert(&store, ADDRESS, "Max").await;
    claimed(&store).await;
    store.close().await;
    for arguments in [&["signups", "erase", ADDRESS][..], &["signups", "erase", ADDRESS, "--yes"]] {
        let refused = installation.run(arguments);
        refused.assert_code(1);
        assert!(
            refused.err.contains("nothing was erased: the tenant `main` cannot be asked")
                && refused.err.contains("--without-tenant"),
            "{}",
            refused.err
        );
    }
    assert_eq!(stage(&installation, doubtful).await, Stage::Provisioning);
    let ran = installation.run(&["signups", "erase", ADDRESS, "--yes", "--without-tenant"]);
    ran.assert_code(0);
    assert_says(&ran, &["perhaps an account max.muster@students.example.edu", "a tombstone for"]);
    assert_eq!(stage(&installation, doubtful).await, Stage::Erased);
}

#[tokio::test]
async fn a_lost_secret_stops_the_service_and_there_is_a_way_out() {
    let installation = Installation::migrated();
    finished(&installation).await;
    installation.run(&["signups", "erase", ADDRESS, "--yes"]).assert_code(0);
    installation.configure(&installation.valid().replace(SECRET, "another secret, 0123456789abcdefghij"));
    for command in [&["serve"][..], &["signups", "erase", ADDRESS]] {
        let ran = installation.run(command);
        ran.assert_code(1);
        assert!(
            ran.err.contains("put back the secret_key") && ran.err.contains("prune --drop-tombstones"),
            "{}",
            ran.err
        );
    }
    assert_eq!(
        installation.run(&["prune", "--drop-tombstones", "--dry-run"]).out,
        "tombstones to remove: 1\n"
    );
    assert_eq!(installation.run(&["prune", "--drop-tombstones"]).out, "tombstones removed: 1\n");
    installation.run(&["signups", "erase", ADDRESS]).assert_code(1);
    let store = store(&installation).await;
    assert_eq!(store.count_tombstones(START).await.unwrap(), 0);
    let email = Email::parse(ADDRESS).unwrap();
    assert_eq!(store.signup_by_email(&email).await.unwrap(), None);
}

/// Several at once: each ends well, and the person is erased.
#[tokio::test(flavor = "multi_thread")]
async fn commands_at_the_same_moment_do_not_disturb_each_other() {
    let installation = Installation::migrated();
    let [first, _] = finished(&installation).await;
    let run = || installation.command(&["signups", "erase", ADDRESS, "--yes"]).output().unwrap();
    let ran: Vec<Ran> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
        running.into_iter().map(|running| Ran::of(&running.join().unwrap())).collect()
    });
    ran.iter().for_each(|ran| ran.assert_code(0));
    let erased = ran.iter().filter(|ran| ran.out.contains("erased the personal data")).count();
    assert_eq!(erased, 1, "{:?}", ran.iter().map(|ran| &ran.out).collect::<Vec<_>>());
    assert_eq!(stage(&installation, first).await, Stage::Erased);
}
