//! Operations of the site: mails to admins, of which nothing is reported twice, and retention.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    one_of_many_processes_has_the_mail,
    a_request_waits_for_the_limit_and_for_the_operation,
    an_operation_that_did_nothing_can_be_requested_at_once,
    retention_is_due_when_hastened_unless_a_worker_has_it,
    a_signup_is_reported_each_time_it_needs_an_admin,
    what_was_reported_is_kept_until_it_is_over,
);

const KIND: AlertKind = AlertKind::NeedsAttention;
const MAIL: SiteOperation = SiteOperation::Alert(KIND);

async fn request(db: &Db, operation: SiteOperation, at: u64) -> bool {
    db.store.request_site(operation, START, later(at)).await.unwrap()
}

/// Claims the operations of the site that are due.
async fn claim_site(db: &Db, at: u64) -> Vec<(Operation, Lease)> {
    let claim = Claim {
        tenant: None,
        needs: &[Needs::Mail, Needs::Nothing],
        limit: 10,
        lease: LeaseToken::random(&db.entropy),
        now: later(at),
        until: later(at + 60),
    };
    let claimed = db.store.claim(&claim).await.unwrap();
    claimed.into_iter().map(|one| (one.operation.clone(), Lease::new(&one, claim.lease))).collect()
}

/// Requests an operation and claims it.
async fn begin(db: &Db, operation: SiteOperation, at: u64) -> Lease {
    assert!(request(db, operation, at).await);
    claim_site(db, at).await.remove(0).1
}

async fn one_of_many_processes_has_the_mail(db: &Db) {
    assert!(request(db, MAIL, 0).await);
    assert!(!request(db, MAIL, 1).await, "it is due already");
    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, lease) = (db.store.clone(), LeaseToken::random(&db.entropy));
        processes.spawn(async move {
            let needs = &[Needs::Mail, Needs::Nothing];
            let claim = Claim { tenant: None, needs, limit: 10, lease, now: later(1), until: later(61) };
            store.claim(&claim).await.unwrap().len()
        });
    }
    assert_eq!(processes.join_all().await.into_iter().sum::<usize>(), 1);
    let (again, lease) = claim_site(db, 61).await.remove(0);
    assert_eq!(
        (again.kind, again.target.as_str(), again.tenant),
        (OperationKind::SendAlert, KIND.as_str(), None)
    );
    assert!(again.in_doubt, "the first has died");
    db.store.alert_sent(&lease, KIND, (&[], &[]), later(62)).await.unwrap();
    assert!(is_lease_lost(db.store.alert_sent(&lease, KIND, (&[], &[]), later(62)).await), "it is sent once");
    assert!(is_lease_lost(db.store.recurring_postponed(&lease, None, later(62)).await));
}

async fn a_request_waits_for_the_limit_and_for_the_operation(db: &Db) {
    let lease = begin(db, MAIL, 1).await;
    assert!(!request(db, MAIL, 2).await, "it is under way");
    db.store.alert_sent(&lease, KIND, (&[], &[]), later(10)).await.unwrap();
    assert!(!db.store.request_site(MAIL, later(9), later(20)).await.unwrap(), "the last mail is too young");
    assert_eq!(db.store.next_due().await.unwrap(), None);
    assert!(request(db, SiteOperation::Alert(AlertKind::SeatsLow), 20).await, "another kind");
    assert!(db.store.request_site(MAIL, later(10), later(20)).await.unwrap());
}

async fn an_operation_that_did_nothing_can_be_requested_at_once(db: &Db) {
    let lease = begin(db, MAIL, 1).await;
    db.store.recurring_postponed(&lease, None, later(2)).await.unwrap();
    let lease = begin(db, MAIL, 3).await;
    db.store.recurring_postponed(&lease, Some(later(300)), later(4)).await.unwrap();
    assert!(!request(db, MAIL, 5).await, "it is tried again later");
    assert!(claim_site(db, 299).await.is_empty());
    assert_eq!(claim_site(db, 300).await.len(), 1);
}

async fn retention_is_due_when_hastened_unless_a_worker_has_it(db: &Db) {
    let retention = SiteOperation::Retention;
    db.store.hasten_site(retention, START).await.unwrap();
    let (operation, lease) = claim_site(db, 0).await.remove(0);
    assert_eq!((operation.kind, operation.step), (OperationKind::Retain, StepKind::Prune));
    db.store.hasten_site(retention, later(1)).await.unwrap();
    assert!(claim_site(db, 2).await.is_empty(), "a worker has it");
    db.store.recurring_done(&lease, Some(later(86_400)), later(3)).await.unwrap();
    assert!(claim_site(db, 86_399).await.is_empty());
    db.store.hasten_site(retention, later(10)).await.unwrap();
    assert_eq!(claim_site(db, 10).await.len(), 1);
}

async fn stuck(db: &Db, at: Timestamp) -> SignupId {
    let (_, lease) = db.claim_one(at).await;
    db.store.needs_attention(&lease, Attention::Forbidden, "test", false, at).await.unwrap();
    signup_of(&lease)
}

async fn a_signup_is_reported_each_time_it_needs_an_admin(db: &Db) {
    assert_eq!(db.store.untold_attention(10).await.unwrap(), []);
    let id = db.queued("max@uni.edu").await;
    stuck(db, START).await;
    let untold = db.store.untold_attention(10).await.unwrap();
    assert_eq!(untold, [Untold { id, reason: Attention::Forbidden, since: START }]);
    assert_eq!(db.store.untold_attention(0).await.unwrap(), []);
    // By the time the mail is out it has gone on and needs an admin again: that is not reported yet.
    let first = begin(db, MAIL, 1).await;
    assert_eq!(db.store.retry(id, OPERATOR, later(2)).await.unwrap(), Retried::Queued);
    assert_eq!(db.store.untold_attention(10).await.unwrap(), []);
    stuck(db, later(3)).await;
    db.store.alert_sent(&first, KIND, (&untold, &[]), later(4)).await.unwrap();
    let again = db.store.untold_attention(10).await.unwrap();
    assert_eq!(again, [Untold { id, reason: Attention::Forbidden, since: later(3) }]);
    assert!(db.store.request_site(MAIL, later(4), later(5)).await.unwrap());
    let second = claim_site(db, 5).await.remove(0).1;
    db.store.alert_sent(&second, KIND, (&again, &[]), later(6)).await.unwrap();
    assert_eq!(db.store.untold_attention(10).await.unwrap(), []);
    assert_eq!(db.store.retry(id, OPERATOR, later(8)).await.unwrap(), Retried::Queued);
    stuck(db, later(9)).await;
    assert_eq!(db.store.untold_attention(10).await.unwrap().len(), 1);
}

async fn what_was_reported_is_kept_until_it_is_over(db: &Db) {
    let kind = AlertKind::SeatsLow;
    let operation = SiteOperation::Alert(kind);
    let subjects = ["main/one", "main/two"].map(str::to_owned);
    let lease = begin(db, operation, 0).await;
    db.store.alert_sent(&lease, kind, (&[], &subjects), later(1)).await.unwrap();
    assert!(db.store.request_site(operation, later(1), later(2)).await.unwrap());
    let lease = claim_site(db, 2).await.remove(0).1;
    db.store.alert_sent(&lease, kind, (&[], &subjects[..1]), later(2)).await.unwrap();
    let told = db.store.told(kind).await.unwrap();
    assert_eq!(
        told.into_iter().collect::<Vec<_>>(),
        [("main/one".to_owned(), later(2)), ("main/two".to_owned(), later(1))]
    );
    assert!(db.store.told(AlertKind::SeatsNone).await.unwrap().is_empty());
    db.store.forget_told(kind, "main/one").await.unwrap();
    db.store.forget_told(kind, "main/three").await.unwrap();
    assert_eq!(db.store.told(kind).await.unwrap().into_keys().collect::<Vec<_>>(), ["main/two"]);
}
