//! `prune`: what it says, and what it does only without `--dry-run`.

use std::time::Duration;

use accountcreator::{
    config::Database,
    domain::{
        Clock, Consent, Email, Entropy, FormNonce, LeaseToken, MailLimits, Needs, PersonName, Requester,
        Sealed, SecretKey, SignupId, Timestamp,
    },
    store::{Claim, Lease, MailBudget, NewSignup, PendingConfirmation, Store},
};

use crate::support::Installation;

/// A signup that nobody has confirmed for fifteen days.
async fn abandoned(installation: &Installation) {
    let store = Store::open(&Database::new(installation.database_url(), 2)).await.unwrap();
    let (entropy, now) = (Entropy::system(), long_ago());
    let email = Email::parse("st000001@stud.example.edu").unwrap();
    let key = SecretKey::new(&SecretKey::random(&entropy)).unwrap();
    let address = key.hash_mailbox(&email);
    let budget = MailBudget { address: address.clone(), limits: MailLimits::default() };
    let new = NewSignup {
        id: SignupId::random(&entropy),
        form: FormNonce::random(&entropy),
        email: email.clone(),
        name: PersonName::parse("Ada", "Lovelace").unwrap(),
        locale: "en".parse().unwrap(),
        profile: "students".parse().unwrap(),
        tenant: "main".parse().unwrap(),
        domain: "students.example.edu".parse().unwrap(),
        username: "ada.lovelace".parse().unwrap(),
        sealed: Sealed::stored("sealed".to_owned()),
        consent: Consent { text_version: "1".to_owned(), given_at: now },
        requester: Requester::Visitor,
        confirm: Some(PendingConfirmation { until: now, budget, address }),
        now,
    };
    store.insert_signup(&new).await.unwrap();
    let lease = LeaseToken::random(&entropy);
    let claim = Claim { tenant: Some(&new.tenant), needs: &[Needs::Mail], limit: 1, lease, now, until: now };
    let claimed = store.claim(&claim).await.unwrap().remove(0);
    store.code_sent(&Lease::new(&claimed, lease), now).await.unwrap();
    store.close().await;
}

fn long_ago() -> Timestamp {
    Clock::system().now().minus(Duration::from_hours(15 * 24))
}

#[tokio::test]
async fn it_says_what_it_would_remove_and_then_removes_it() {
    let installation = Installation::migrated();
    abandoned(&installation).await;
    let cells = |out: &str| {
        let words = |line: &str| line.split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
        out.lines().map(words).collect::<Vec<_>>()
    };
    for _ in 0..2 {
        let dry = installation.run(&["prune", "--dry-run"]);
        dry.assert_code(0);
        assert_eq!(
            cells(&dry.out),
            [
                vec!["SETTING", "KEPT", "FOR", "TO", "REMOVE"],
                vec!["privacy.keep_events", "365d", "0"],
                vec!["privacy.keep_unconfirmed", "14d", "1"],
                vec!["privacy.keep_duplicates", "30d", "0"],
                vec!["privacy.keep_finished", "good", "0"],
                vec!["privacy.keep_tombstones", "1825d", "0"],
            ]
        );
    }
    let row = |arguments: &[&str], at: usize| installation.run(arguments).json()[at].clone();
    let expected = |removed: bool, signups: u64| {
        serde_json::json!({
            "setting": "privacy.keep_unconfirmed", "kept_for": "14d", "signups": signups, "removed": removed,
        })
    };
    assert_eq!(row(&["prune", "--dry-run", "--json"], 1), expected(false, 1));
    assert_eq!(row(&["prune", "--json"], 1), expected(true, 1));
    assert_eq!(row(&["prune", "--json"], 1), expected(true, 0));
    assert_eq!(row(&["prune", "--json"], 3)["kept_for"], serde_json::Value::Null);
    assert_eq!(installation.run(&["signups", "list"]).out, "no signups\n");
    let bytes = std::fs::read(installation.path("accounts.db")).unwrap();
    let address = b"st000001@stud";
    assert!(!bytes.windows(address.len()).any(|window| window == address));
}

#[tokio::test]
async fn what_is_off_stays() {
    let installation = Installation::migrated();
    abandoned(&installation).await;
    installation.configure(&(installation.valid() + "[privacy]\nkeep_unconfirmed = \"off\"\n"));
    installation.run(&["prune"]).assert_code(0);
    assert_eq!(installation.run(&["signups", "list", "--json"]).json().as_array().unwrap().len(), 1);
}
