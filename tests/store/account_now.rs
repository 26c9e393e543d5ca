//! What the tenant says of an account after its delivery, and requests that are withdrawn.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    another_name_is_kept_until_it_is_the_first_again,
    an_account_is_gone_since_it_was_first_missed_until_it_is_found,
    a_read_is_asked_for_once_in_a_while_and_claimed_once,
    a_read_that_finds_no_user_is_repeated,
    a_read_belongs_to_who_has_its_lease,
    a_read_holds_nothing_up,
    reads_in_a_tenant_that_is_not_configured_end,
    a_read_is_asked_for_a_finished_signup_alone_and_goes_with_it,
    many_ask_and_claim_at_once,
    only_a_request_that_waits_for_its_confirmation_is_withdrawn,
);

async fn another_name_is_kept_until_it_is_the_first_again(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    db.store.delivered(&lease, None, START).await.unwrap();
    let before = db.read(signup_of(&lease)).await;
    let name: SignInName = "maxima@uni.edu".parse().unwrap();
    db.store.account_found(signup_of(&lease), Some(&name), later(60)).await.unwrap();
    let signup = db.read(signup_of(&lease)).await;
    assert_eq!((signup.renamed_to.as_ref(), signup.principal()), (Some(&name), Some(name.clone())));
    assert_eq!(signup.updated_at, before.updated_at, "the page is not open for longer");
    assert_eq!(db.last_event(signup_of(&lease)).await, ("account_found".to_owned(), String::new()));
    db.store.account_found(signup_of(&lease), None, later(61)).await.unwrap();
    assert_eq!(db.read(signup_of(&lease)).await, before);
}

async fn an_account_is_gone_since_it_was_first_missed_until_it_is_found(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    db.store.delivered(&lease, None, START).await.unwrap();
    for seconds in [60, 120] {
        db.store.account_gone(signup_of(&lease), later(seconds)).await.unwrap();
        assert_eq!(db.read(signup_of(&lease)).await.gone_at, Some(later(60)));
    }
    assert_eq!(db.last_event(signup_of(&lease)).await, ("account_gone".to_owned(), String::new()));
    db.store.account_found(signup_of(&lease), None, later(180)).await.unwrap();
    assert_eq!(db.read(signup_of(&lease)).await.gone_at, None);
}

/// A signup that is done.
async fn done(db: &Db, address: &str) -> SignupId {
    let lease = db.delivering(address).await;
    db.store.delivered(&lease, None, START).await.unwrap();
    signup_of(&lease)
}

/// Claims the reads that are due, until then.
async fn claim_reads(store: &Store, limit: u32, seconds: u64, until: u64) -> Vec<(Operation, Lease)> {
    let (token, tenant) = (LeaseToken::random(&Entropy::system()), tenant());
    let needs = &[Needs::Background];
    let (now, until) = (later(seconds), later(until));
    let claim = Claim { tenant: Some(&tenant), needs, limit, lease: token, now, until };
    let claimed = store.claim(&claim).await.unwrap();
    let with_lease = |claimed: Claimed| {
        assert_eq!(claimed.signup, None, "a read does not carry out the signup");
        (Lease::new(&claimed, token), claimed.operation)
    };
    claimed.into_iter().map(with_lease).map(|(lease, operation)| (operation, lease)).collect()
}

async fn a_read_is_asked_for_once_in_a_while_and_claimed_once(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    let events = db.store.events(id).await.unwrap();
    assert_eq!(db.store.account_check(id).await.unwrap(), None);
    assert!(db.store.ask_account_check(id, START, later(60)).await.unwrap());
    assert!(!db.store.ask_account_check(id, later(59), later(61)).await.unwrap(), "it was asked for lately");
    let asked = AccountCheck { asked_at: later(60), is_due: true };
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(asked));
    assert_eq!(db.store.next_due().await.unwrap(), Some(later(60)));
    assert!(!db.store.is_background_due(later(59)).await.unwrap());
    assert!(db.store.is_background_due(later(60)).await.unwrap());
    assert_eq!(claim_reads(&db.store, 9, 59, 99).await, []);
    let (operation, lease) = claim_reads(&db.store, 9, 60, 120).await.remove(0);
    assert_eq!((operation.kind, operation.step), (OperationKind::CheckAccount, StepKind::ReadAccount));
    assert_eq!((operation.subject, lease.signup()), (Subject::Signup(id), Some(id)));
    assert_eq!(operation.requester, Requester::Visitor);
    assert_eq!(claim_reads(&db.store, 9, 119, 180).await, []);
    db.store.recurring_done(&lease, None, later(61)).await.unwrap();
    let over = AccountCheck { is_due: false, ..asked };
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(over));
    assert_eq!(db.store.next_due().await.unwrap(), None);
    assert!(db.store.ask_account_check(id, later(60), later(600)).await.unwrap());
    let again = AccountCheck { asked_at: later(600), is_due: true };
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(again));
    assert_eq!(db.raw("SELECT kind FROM operation WHERE kind = 'check_account'").await.len(), 1, "one row");
    assert_eq!(db.store.events(id).await.unwrap(), events, "reads leave no events");
}

async fn a_read_that_finds_no_user_is_repeated(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    let events = db.store.events(id).await.unwrap();
    db.store.ask_account_check(id, START, later(60)).await.unwrap();
    for (attempts, seconds) in [(1, 60), (2, 70)] {
        let (operation, lease) = claim_reads(&db.store, 9, seconds, 300).await.remove(0);
        assert_eq!(operation.attempts, attempts);
        let (due_at, waiting) = (later(seconds + 10), Waiting::TenantLag);
        let back = PutBack { due_at, waiting, error: "gone".to_owned(), undone: false, counted: true };
        db.store.put_back(&lease, &back, later(seconds)).await.unwrap();
    }
    assert!(db.store.account_check(id).await.unwrap().unwrap().is_due);
    db.store.ask_account_check(id, later(60), later(660)).await.unwrap();
    let (operation, _) = claim_reads(&db.store, 9, 660, 700).await.remove(0);
    assert_eq!((operation.attempts, operation.waiting), (1, None), "the count begins again");
    assert_eq!(db.store.events(id).await.unwrap(), events, "reads leave no events");
}

async fn a_read_belongs_to_who_has_its_lease(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    db.store.ask_account_check(id, START, START).await.unwrap();
    let (_, late) = claim_reads(&db.store, 9, 0, 60).await.remove(0);
    let (operation, lease) = claim_reads(&db.store, 9, 60, 120).await.remove(0);
    assert!(operation.in_doubt);
    assert!(is_lease_lost(db.store.recurring_done(&late, None, later(61)).await));
    assert!(db.store.account_check(id).await.unwrap().unwrap().is_due);
    db.store.recurring_done(&lease, None, later(62)).await.unwrap();
    assert!(!db.store.account_check(id).await.unwrap().unwrap().is_due);
}

/// Neither erasure, nor the mark of a bounced mail, nor the figures of waiting signups regard a read as work on the signup.
async fn a_read_holds_nothing_up(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    db.store.ask_account_check(id, START, later(60)).await.unwrap();
    assert_eq!(db.store.oldest_waiting().await.unwrap(), None);
    assert!(db.store.count_waiting_by_tenant().await.unwrap().is_empty());
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.due_at), (Stage::Done, None));
    let reference = signup.mail(MailKind::Password).reference();
    assert!(db.store.mark_undelivered(&signup, &reference, OPERATOR, later(61)).await.unwrap());
    let (_, lease) = claim_reads(&db.store, 9, 62, 120).await.remove(0);
    let erasable = Erasable::new(&db.read(id).await, FormNonce::random(&db.entropy));
    let eraser = LeaseToken::random(&db.entropy);
    let erased = db
        .store
        .erase(&[erasable], eraser, Remains::Nothing(&[]), &Requester::OPERATOR, later(63))
        .await
        .unwrap();
    assert_eq!((erased, db.store.account_check(id).await.unwrap()), (Erased::All, None));
    assert!(is_lease_lost(db.store.recurring_done(&lease, None, later(64)).await));
}

async fn reads_in_a_tenant_that_is_not_configured_end(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    db.store.ask_account_check(id, START, later(60)).await.unwrap();
    assert_eq!(db.store.end_background_elsewhere(&[&tenant()], later(61)).await.unwrap(), 0);
    assert!(db.store.is_background_due(later(61)).await.unwrap());
    let other = "other".parse().unwrap();
    assert_eq!(db.store.end_background_elsewhere(&[&other], later(62)).await.unwrap(), 1);
    assert!(!db.store.account_check(id).await.unwrap().unwrap().is_due);
    assert_eq!(db.store.next_due().await.unwrap(), None);
}

async fn a_read_is_asked_for_a_finished_signup_alone_and_goes_with_it(db: &Db) {
    let queued = db.queued("mia@uni.edu").await;
    assert!(!db.store.ask_account_check(queued, START, later(60)).await.unwrap());
    assert_eq!(db.store.account_check(queued).await.unwrap(), None);
    db.claim_one(START).await;
    let id = done(db, "max@uni.edu").await;
    assert!(db.store.ask_account_check(id, START, later(60)).await.unwrap());
    let cutoff = Cutoff { until: later(600), duplicates_until: later(600) };
    assert_eq!(db.store.prune(Prunable::Finished, cutoff).await.unwrap(), 1);
    assert_eq!(db.store.account_check(id).await.unwrap(), None);

    let id = done(db, "max@uni.edu").await;
    assert!(db.store.ask_account_check(id, START, later(60)).await.unwrap());
    let erasable = Erasable::new(&db.read(id).await, FormNonce::random(&db.entropy));
    let lease = LeaseToken::random(&db.entropy);
    let erased = db
        .store
        .erase(&[erasable], lease, Remains::Nothing(&[]), &Requester::OPERATOR, later(61))
        .await
        .unwrap();
    assert_eq!((erased, db.store.account_check(id).await.unwrap()), (Erased::All, None));
}

async fn many_ask_and_claim_at_once(db: &Db) {
    let mut ids = Vec::new();
    for number in 0..20 {
        ids.push(done(db, &format!("st{number}@uni.edu")).await);
    }
    let mut askers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (store, ids) = (db.store.clone(), ids.clone());
        askers.spawn(async move {
            let mut asked = 0;
            for id in ids {
                asked += usize::from(store.ask_account_check(id, START, later(60)).await.unwrap());
            }
            asked
        });
    }
    assert_eq!(askers.join_all().await.into_iter().sum::<usize>(), 20);
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = db.store.clone();
        workers.spawn(async move { claim_reads(&store, 20, 60, 120).await });
    }
    let signup = |(_, lease): (Operation, Lease)| lease.signup().unwrap();
    let mut claimed: Vec<_> = workers.join_all().await.into_iter().flatten().map(signup).collect();
    claimed.sort();
    ids.sort();
    assert_eq!(claimed, ids, "each is claimed, and once");
}

async fn only_a_request_that_waits_for_its_confirmation_is_withdrawn(db: &Db) {
    let unconfirmed = db.unconfirmed("max@uni.edu");
    db.store.insert_signup(&unconfirmed).await.unwrap();
    assert!(db.store.withdraw(unconfirmed.id).await.unwrap());
    assert_eq!(db.store.signup(unconfirmed.id).await.unwrap(), None);
    assert!(!db.store.withdraw(unconfirmed.id).await.unwrap());
    let queued = db.queued("mia@uni.edu").await;
    assert!(!db.store.withdraw(queued).await.unwrap());
    assert_eq!(db.read(queued).await.stage, Stage::Queued);
}
