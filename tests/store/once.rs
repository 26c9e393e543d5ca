//! Keys of requests that may be sent twice: each stands for one request, for a time.

use accountcreator::domain::Timestamp;

use crate::support::*;

on_both!(
    a_key_stands_for_the_request_that_took_it,
    of_many_at_once_one_request_has_the_key,
    a_key_is_forgotten_after_its_time,
);

/// At so many seconds, what was taken more than an hour ago counts no more.
async fn take(db: &Db, key: &str, request: &str, seconds: u64) -> bool {
    let now = later(seconds);
    db.store.take_key(key, request, now.minus(MINUTE * 60), now).await.unwrap()
}

async fn a_key_stands_for_the_request_that_took_it(db: &Db) {
    assert!(take(db, "key", "one", 0).await);
    assert!(take(db, "key", "one", 1).await, "the same again");
    assert!(!take(db, "key", "two", 2).await);
    assert_eq!(db.store.request_of_key("key", START.minus(MINUTE)).await.unwrap().as_deref(), Some("one"));
    assert_eq!(db.store.request_of_key("key", later(1)).await.unwrap(), None, "it is forgotten");
    assert_eq!(db.store.request_of_key("none", START.minus(MINUTE)).await.unwrap(), None);
    assert!(take(db, "other key", "two", 3).await);
    assert!(take(db, "key", "one", 4).await, "who was refused has changed nothing");
}

async fn of_many_at_once_one_request_has_the_key(db: &Db) {
    let mut tries = tokio::task::JoinSet::new();
    for number in 0..16 {
        let store = db.store.clone();
        tries.spawn(async move {
            store.take_key("key", &number.to_string(), Timestamp::from_millis(0), START).await.unwrap()
        });
    }
    let taken = tries.join_all().await.into_iter().filter(|taken| *taken).count();
    assert_eq!(taken, 1);
}

async fn a_key_is_forgotten_after_its_time(db: &Db) {
    assert!(take(db, "old", "one", 0).await);
    assert!(take(db, "young", "one", 1800).await);
    assert!(!take(db, "old", "two", 3599).await);
    assert!(take(db, "old", "two", 3600).await, "its time is over, whether it was removed or not");
    assert_eq!(db.store.forget_keys(later(1800)).await.unwrap(), 1);
    assert_eq!(db.store.forget_keys(later(1800)).await.unwrap(), 0);
    assert!(!take(db, "old", "one", 3601).await);
    assert!(take(db, "young", "three", 3601).await);
}
