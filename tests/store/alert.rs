//! Mails to admins: one at a time, and nothing is told twice.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    one_of_many_may_mail,
    the_right_runs_out_with_its_holder,
    a_signup_is_told_of_each_time_it_needs_a_person,
    what_was_told_is_kept_until_it_is_over,
);

const KIND: AlertKind = AlertKind::NeedsAttention;

fn turn(db: &Db) -> LeaseToken {
    LeaseToken::random(&db.entropy)
}

async fn take(db: &Db, turn: LeaseToken, at: u64) -> bool {
    db.store.take_alert(KIND, turn, later(at), later(at + 60)).await.unwrap()
}

async fn one_of_many_may_mail(db: &Db) {
    let mut processes = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (store, turn) = (db.store.clone(), turn(db));
        processes.spawn(async move { store.take_alert(KIND, turn, START, later(60)).await.unwrap() });
    }
    let taken = processes.join_all().await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
    let other = turn(db);
    assert!(db.store.take_alert(AlertKind::SeatsLow, other, START, later(60)).await.unwrap(), "another kind");
}

async fn the_right_runs_out_with_its_holder(db: &Db) {
    let (first, second) = (turn(db), turn(db));
    assert!(take(db, first, 0).await);
    assert!(!take(db, second, 59).await);
    assert!(take(db, second, 60).await, "the first has died");
    assert!(is_lease_lost(db.store.return_alert(KIND, first, later(61)).await));
    assert!(is_lease_lost(db.store.alert_sent(KIND, first, (&[], &[]), later(61), later(3600)).await));
    db.store.return_alert(KIND, second, later(70)).await.unwrap();
    assert!(is_lease_lost(db.store.return_alert(KIND, second, later(70)).await), "it is returned once");
    assert!(!take(db, first, 69).await);
    assert!(take(db, first, 70).await);
    db.store.alert_sent(KIND, first, (&[], &[]), later(71), later(3671)).await.unwrap();
    assert!(!take(db, second, 3670).await, "the next mail waits");
    assert!(take(db, second, 3671).await);
}

async fn stuck(db: &Db, at: Timestamp) -> SignupId {
    let (_, lease) = db.claim_one(at).await;
    db.store.needs_attention(&lease, Attention::Forbidden, "test", at).await.unwrap();
    signup_of(&lease)
}

async fn a_signup_is_told_of_each_time_it_needs_a_person(db: &Db) {
    assert_eq!(db.store.untold_attention(10).await.unwrap(), []);
    let id = db.queued("max@uni.edu").await;
    stuck(db, START).await;
    let untold = db.store.untold_attention(10).await.unwrap();
    assert_eq!(untold, [Untold { id, reason: Attention::Forbidden, since: START }]);
    assert_eq!(db.store.untold_attention(0).await.unwrap(), []);
    // By the time the mail is out it has gone on and needs a person anew: that is yet to be told.
    let first = turn(db);
    assert!(take(db, first, 1).await);
    assert_eq!(db.store.retry(id, later(2)).await.unwrap(), Retried::Queued);
    assert_eq!(db.store.untold_attention(10).await.unwrap(), []);
    stuck(db, later(3)).await;
    db.store.alert_sent(KIND, first, (&untold, &[]), later(4), later(5)).await.unwrap();
    let again = db.store.untold_attention(10).await.unwrap();
    assert_eq!(again, [Untold { id, reason: Attention::Forbidden, since: later(3) }]);
    let second = turn(db);
    assert!(take(db, second, 5).await);
    db.store.alert_sent(KIND, second, (&again, &[]), later(6), later(7)).await.unwrap();
    assert_eq!(db.store.untold_attention(10).await.unwrap(), []);
    assert_eq!(db.store.retry(id, later(8)).await.unwrap(), Retried::Queued);
    stuck(db, later(9)).await;
    assert_eq!(db.store.untold_attention(10).await.unwrap().len(), 1);
}

async fn what_was_told_is_kept_until_it_is_over(db: &Db) {
    let (kind, turn) = (AlertKind::SeatsLow, turn(db));
    let subjects = ["main/one", "main/two"].map(str::to_owned);
    assert!(db.store.take_alert(kind, turn, START, later(60)).await.unwrap());
    db.store.alert_sent(kind, turn, (&[], &subjects), later(1), START).await.unwrap();
    assert!(db.store.take_alert(kind, turn, later(2), later(60)).await.unwrap());
    db.store.alert_sent(kind, turn, (&[], &subjects[..1]), later(2), START).await.unwrap();
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
