//! Claims and leases.

use std::collections::BTreeMap;

use accountcreator::{domain::*, store::*};
use tokio::task::JoinSet;

use crate::support::*;

on_both!(
    a_claim_moves_a_queued_signup_on_and_writes_the_intent,
    a_claim_takes_what_it_asks_for_and_no_more,
    sixteen_workers_take_every_job_once,
    a_lease_that_ended_is_taken_over,
    a_renewed_lease_holds_longer,
    a_released_signup_is_due_at_once,
    a_duplicate_is_claimed_where_it_is,
    only_what_was_tried_for_too_long_is_claimed_as_overdue,
    the_next_due_is_the_earliest,
);

fn claim<'a>(db: &Db, tenant: &'a TenantAlias, needs: &'a [Needs], limit: u32) -> Claim<'a> {
    let lease = LeaseToken::random(&db.entropy);
    Claim { tenant: Some(tenant), needs, limit, lease, now: START, until: START.plus(MINUTE) }
}

async fn only_what_was_tried_for_too_long_is_claimed_as_overdue(db: &Db) {
    let (tenant, needs) = (tenant(), [Needs::Tenant]);
    let old = db.queued("old@uni.edu").await;
    let request = NewSignup { now: later(60), ..db.request("new@uni.edu") };
    db.store.insert_signup(&request).await.unwrap();
    let now = later(120);
    let claim = Claim { now, until: now.plus(MINUTE), ..claim(db, &tenant, &needs, 10) };
    let none = db.store.claim_overdue(&claim, START.minus(MINUTE)).await.unwrap();
    assert!(none.is_empty());
    let overdue = db.store.claim_overdue(&claim, later(59)).await.unwrap();
    assert_eq!(signups_of(&overdue), [old]);
    assert_eq!(overdue[0].signup.as_ref().unwrap().stage, Stage::Provisioning);
    let claim = Claim { lease: LeaseToken::random(&db.entropy), ..claim };
    let rest = db.store.claim(&claim).await.unwrap();
    assert_eq!(signups_of(&rest), [request.id]);
}

async fn a_claim_moves_a_queued_signup_on_and_writes_the_intent(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (signup, _) = db.claim_one(START).await;
    assert_eq!((signup.id, signup.attempts), (id, 1));
    assert_eq!((signup.stage, signup.step), (Stage::Provisioning, Some(StepKind::CreateUser)));
    assert!(!signup.in_doubt);
    assert_eq!(signup.due_at, Some(START.plus(MINUTE)));
    let step = db.step(id, StepKind::CreateUser).await;
    assert_eq!((step.state, step.attempts, step.started_at), (StepState::Intended, 0, START));
    assert_eq!(db.last_event(id).await, ("claimed".to_owned(), "queued".to_owned()));
    assert!(db.claim_at(later(59)).await.is_empty(), "the lease holds");
}

async fn a_renewed_lease_holds_longer(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (signup, lease) = db.claim_one(START).await;
    db.store.renew_lease(&lease, later(30), later(90)).await.unwrap();
    assert!(db.claim_at(later(89)).await.is_empty());
    assert_eq!(db.store.signup(id).await.unwrap().unwrap().attempts, signup.attempts);
    // The lease has ended, and nobody has taken the signup over.
    db.store.renew_lease(&lease, later(95), later(150)).await.unwrap();
    assert!(db.claim_at(later(149)).await.is_empty());
    let (_, taken) = db.claim_one(later(150)).await;
    let lost = db.store.renew_lease(&lease, later(151), later(210)).await;
    assert!(matches!(lost, Err(StoreError::LeaseLost)), "{lost:?}");
    db.store.renew_lease(&taken, later(151), later(210)).await.unwrap();
}

async fn a_claim_takes_what_it_asks_for_and_no_more(db: &Db) {
    for (n, after) in [30, 10, 20, 40].into_iter().enumerate() {
        let request = NewSignup {
            now: START.minus(MINUTE).plus(std::time::Duration::from_secs(after)),
            ..db.request(&format!("s{n}@uni.edu"))
        };
        db.store.insert_signup(&request).await.unwrap();
    }
    let (ours, other): (TenantAlias, TenantAlias) = (tenant(), "other".parse().unwrap());
    assert!(db.store.claim(&claim(db, &other, Needs::ALL, 9)).await.unwrap().is_empty());
    assert!(db.store.claim(&claim(db, &ours, &[Needs::Mail], 9)).await.unwrap().is_empty());
    let first = db.store.claim(&claim(db, &ours, &[Needs::Tenant], 2)).await.unwrap();
    let since = |claimed: &Claimed| START.since(claimed.signup.as_ref().unwrap().created_at).as_secs();
    assert_eq!(first.iter().map(since).collect::<Vec<_>>(), [50, 40], "the oldest first");
    assert_eq!(db.claim_at(START).await.len(), 2);
}

async fn sixteen_workers_take_every_job_once(db: &Db) {
    const JOBS: usize = 200;
    for n in 0..JOBS {
        db.queued(&format!("student{n}@uni.edu")).await;
    }
    let mut workers = JoinSet::new();
    for _ in 0..16 {
        let (store, entropy) = (db.store.clone(), db.entropy.clone());
        workers.spawn(async move {
            let tenant = tenant();
            let mut taken = Vec::new();
            loop {
                let lease = LeaseToken::random(&entropy);
                let claim = Claim {
                    tenant: Some(&tenant),
                    needs: Needs::ALL,
                    limit: 3,
                    lease,
                    now: START,
                    until: later(60),
                };
                let claimed = store.claim(&claim).await.unwrap();
                taken.extend(signups_of(&claimed));
                // PostgreSQL passes over rows that another claim holds: an empty answer is the end only
                // when nothing is due any more.
                if claimed.is_empty() && store.next_due().await.unwrap() != Some(START) {
                    return taken;
                }
            }
        });
    }
    let mut times: BTreeMap<SignupId, u32> = BTreeMap::new();
    for id in workers.join_all().await.into_iter().flatten() {
        *times.entry(id).or_default() += 1;
    }
    assert_eq!(times.len(), JOBS);
    assert!(times.values().all(|times| *times == 1));
}

async fn a_lease_that_ended_is_taken_over(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, first) = db.claim_one(START).await;
    let (signup, second) = db.claim_one(later(60)).await;
    assert_eq!((signup.in_doubt, signup.attempts), (true, 2), "the user may exist");

    let until = later(600);
    assert!(is_lease_lost(
        db.store.user_created(&first, user(), &[], StepKind::SendPassword, later(61), until).await
    ));
    assert!(is_lease_lost(db.store.release(&first, later(61)).await));
    assert_eq!(db.read(id).await.object_id, None, "the late write left nothing behind");
    assert_eq!(db.step(id, StepKind::CreateUser).await.state, StepState::Intended);
    db.store.user_created(&second, user(), &[], StepKind::SendPassword, later(62), until).await.unwrap();
    assert_eq!(db.read(id).await.object_id, Some(user()));
}

async fn a_released_signup_is_due_at_once(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let (_, first) = db.claim_one(START).await;
    db.store.release(&first, later(1)).await.unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.attempts), (Stage::Queued, 0), "the step was not tried");
    assert_eq!(signup.due_at, Some(later(1)));
    assert_eq!(db.last_event(id).await, ("released".to_owned(), "create_user".to_owned()));
    assert!(is_lease_lost(db.store.release(&first, later(2)).await), "once is enough");
    let (signup, lease) = db.claim_one(later(1)).await;
    assert_eq!((signup.attempts, signup.in_doubt), (1, false));
    assert!(is_lease_lost(db.store.release(&first, later(2)).await), "another has it");

    // A step that an earlier claim has begun stays in doubt.
    let (_, again) = db.claim_one(later(61)).await;
    assert!(is_lease_lost(db.store.release(&lease, later(62)).await));
    db.store.release(&again, later(62)).await.unwrap();
    assert_eq!(db.read(id).await.stage, Stage::Provisioning);
    assert!(db.claim_one(later(62)).await.0.in_doubt);
}

async fn a_duplicate_is_claimed_where_it_is(db: &Db) {
    db.queued("max@uni.edu").await;
    let duplicate = db.request("max@uni.edu");
    db.store.insert_signup(&duplicate).await.unwrap();
    let claimed = db.claim_at(START).await;
    let (signup, _) = claimed.iter().find(|(signup, _)| signup.id == duplicate.id).unwrap();
    assert_eq!((signup.stage, signup.step), (Stage::Queued, Some(StepKind::SendReminder)));
    assert_eq!(db.store.steps(duplicate.id).await.unwrap(), [], "it creates no user");
    assert!(db.claim_at(later(59)).await.is_empty());
}

async fn the_next_due_is_the_earliest(db: &Db) {
    assert_eq!(db.store.next_due().await.unwrap(), None);
    for (n, now) in [later(5), later(2), later(9)].into_iter().enumerate() {
        let request = NewSignup { now, ..db.request(&format!("s{n}@uni.edu")) };
        db.store.insert_signup(&request).await.unwrap();
    }
    assert_eq!(db.store.next_due().await.unwrap(), Some(later(2)));
    db.claim_one(later(2)).await;
    assert_eq!(db.store.next_due().await.unwrap(), Some(later(5)));
}
