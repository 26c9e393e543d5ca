//! Failovers of PostgreSQL: noticed once, before a queued signup is taken for one that was never posted.

use std::time::Duration;

use accountcreator::{domain::*, store::*};

use crate::support::*;

/// As long as the tenant is not asked after a failover.
const LAG: Duration = Duration::from_mins(2);

impl Db {
    /// From now on the database is that of a standby which was promoted: its timeline is not the recorded one.
    async fn fail_over(&self) {
        self.claim_at(START.minus(MINUTE)).await;
        let changed = self.raw("UPDATE database_timeline SET timeline = '00000000' RETURNING timeline").await;
        assert_eq!(changed.len(), 1, "the timeline is recorded by the first claim");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_notice_a_failover_and_one_acts_before_anything_is_claimed() {
    let Some(db) = Db::postgres().await else { return };
    let mut queued = Vec::new();
    for n in 0..20 {
        queued.push(db.queued(&format!("st{n}@uni.edu")).await);
    }
    db.raw("UPDATE operation SET attempts = 5").await;
    db.fail_over().await;
    let now = later(10);
    let mut claims = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (settings, lease) = (db.settings.clone(), LeaseToken::random(&db.entropy));
        claims.spawn(async move {
            let (store, tenant) = (Store::open(&settings).await.unwrap(), tenant());
            let claim = Claim {
                tenant: Some(&tenant),
                needs: Needs::ALL,
                limit: 100,
                lease,
                now,
                until: now.plus(MINUTE),
            };
            store.claim(&claim).await.unwrap().len()
        });
    }
    assert_eq!(claims.join_all().await, [0; 8]);
    for id in &queued {
        let signup = db.read(*id).await;
        let expected = (Stage::Provisioning, 0, Some(now.plus(LAG)));
        assert_eq!((signup.stage, signup.attempts, signup.due_at), expected);
        assert_eq!(db.step(*id, StepKind::CreateUser).await.state, StepState::Intended);
    }
    let new = db.queued("new@uni.edu").await;
    let (signup, _) = db.claim_one(now).await;
    assert_eq!((signup.id, signup.in_doubt), (new, false), "it came after the failover");
    let claimed = db.claim_at(now.plus(LAG)).await;
    assert_eq!(claimed.iter().filter(|(signup, _)| queued.contains(&signup.id)).count(), 20);
    assert!(claimed.iter().all(|(signup, _)| signup.in_doubt));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_no_user_yet_is_in_doubt_when_it_goes_on() {
    let Some(db) = Db::postgres().await else { return };
    let unconfirmed = db.unconfirmed("unconfirmed@uni.edu");
    db.store.insert_signup(&unconfirmed).await.unwrap();
    let (_, code) = db.claim_one(START).await;
    db.store.code_sent(&code, START).await.unwrap();
    let stuck = db.queued("stuck@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let (waiting, error) = (Waiting::Throttled, "429".to_owned());
    let back = PutBack { due_at: START, waiting, error, undone: true, counted: true };
    db.store.put_back(&lease, &back, START).await.unwrap();
    db.raw("UPDATE step SET error = '429', finished_at = 1 WHERE kind = 'create_user'").await;
    db.raw(
        "UPDATE operation SET attention = 'gave_up', due_at = NULL WHERE step = 'create_user' AND begun = 0",
    )
    .await;
    let lease = db.delivering("done@uni.edu").await;
    let done = db.read(signup_of(&lease)).await;

    db.fail_over().await;
    assert!(db.claim_at(later(1)).await.is_empty());
    assert_eq!(db.read(signup_of(&lease)).await, done, "what has a user is left alone");
    let confirmed =
        db.store.confirm(unconfirmed.id, None, &sealed("x"), &Requester::Visitor, later(2)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let signup = db.read(unconfirmed.id).await;
    assert_eq!((signup.password_changes, signup.due_at), (1, Some(later(2).plus(LAG))));
    let step = db.step(stuck, StepKind::CreateUser).await;
    assert_eq!((step.state, step.error, step.finished_at), (StepState::Intended, None, None));
    db.store.retry(stuck, OPERATOR, later(2)).await.unwrap();
    let mut claimed = db.claim_at(later(2).plus(LAG)).await;
    claimed.retain(|(signup, _)| signup.id != signup_of(&lease));
    assert_eq!(claimed.len(), 2);
    assert!(claimed.iter().all(|(signup, _)| signup.in_doubt));
}

#[tokio::test(flavor = "multi_thread")]
async fn erasures_and_imports_notice_a_failover_too() {
    let Some(db) = Db::postgres().await else { return };
    let (erased, overtaken) = (db.queued("one@uni.edu").await, db.queued("two@uni.edu").await);
    for erases in [true, false] {
        db.raw("UPDATE operation SET begun = 0").await;
        db.raw("DELETE FROM step").await;
        let lease = LeaseToken::random(&db.entropy);
        let tenant = "other".parse().unwrap();
        let claim =
            Claim { tenant: Some(&tenant), needs: Needs::ALL, limit: 1, lease, now: START, until: START };
        db.store.claim(&claim).await.unwrap();
        db.raw("UPDATE database_timeline SET timeline = '00000000'").await;
        if erases {
            let leased = db.store.lease_for_erasure(erased, lease, later(1), later(60)).await.unwrap();
            assert_eq!(leased, ErasureLease::Taken);
            assert_eq!(db.read(erased).await.stage, Stage::Provisioning);
        } else {
            let (id, form) = (SignupId::random(&db.entropy), FormNonce::random(&db.entropy));
            let known = [KnownAddress { id, form, email: email("two@uni.edu"), since: START }];
            let imported = db.store.import_addresses(&known, &Requester::OPERATOR, later(1)).await.unwrap();
            let became: Vec<_> = imported.overtaken.iter().map(|(signup, is)| (signup.id, *is)).collect();
            assert_eq!(became, [(overtaken, Overtaken::InDoubt)]);
        }
    }
}

/// A server that does not tell its timeline serves all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_ask_for_the_timeline_works_without() {
    let Some(db) = Db::empty_postgres().await else { return };
    let database = db.direct.split_once("localhost/").unwrap().1.split_once('?').unwrap().0;
    let role = format!("role_{database}");
    for statement in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("ALTER DATABASE {database} OWNER TO {role}"),
        "REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC".to_owned(),
    ] {
        db.raw(&statement).await;
    }
    let url = db.direct.replace("postgres@", &format!("{role}@"));
    let store = Store::open(&Database::new(url, 2)).await.unwrap();
    store.migrate().await.unwrap();
    assert!(!store.notices_failovers().await.unwrap());
    assert!(db.store.notices_failovers().await.unwrap());
    store.insert_signup(&db.request("max@uni.edu")).await.unwrap();
    let (tenant, lease) = (tenant(), LeaseToken::random(&db.entropy));
    let claim =
        Claim { tenant: Some(&tenant), needs: Needs::ALL, limit: 1, lease, now: START, until: later(60) };
    let claimed = store.claim(&claim).await.unwrap();
    assert_eq!(claimed.iter().map(|claimed| claimed.operation.in_doubt).collect::<Vec<_>>(), [false]);
    assert_eq!(db.raw("SELECT timeline FROM database_timeline").await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_that_may_pass_does_not_end_the_check() {
    let Some(db) = Db::postgres().await else { return };
    let id = db.queued("max@uni.edu").await;
    db.fail_over().await;
    db.raw("ALTER TABLE database_timeline RENAME TO moved").await;
    let (tenant, lease) = (tenant(), LeaseToken::random(&db.entropy));
    let claim =
        Claim { tenant: Some(&tenant), needs: Needs::ALL, limit: 1, lease, now: later(1), until: later(60) };
    assert!(matches!(db.store.claim(&claim).await, Err(StoreError::Refused(_))));
    db.raw("ALTER TABLE moved RENAME TO database_timeline").await;
    assert!(db.claim_at(later(1)).await.is_empty());
    assert_eq!(db.read(id).await.stage, Stage::Provisioning);
}

#[tokio::test]
async fn sqlite_has_no_failovers_to_notice() {
    assert!(Db::sqlite().await.store.notices_failovers().await.unwrap());
}
