//! The switch that closes signups: one row, and whoever writes it first has changed it.

use crate::support::*;

on_both!(the_switch_is_closed_and_opened_once, of_many_that_close_one_has_changed_it);

async fn the_switch_is_closed_and_opened_once(db: &Db) {
    let closed_at = async || db.store.signups_closed_at().await.unwrap();
    assert_eq!(closed_at().await, None);
    assert!(!db.store.open_signups().await.unwrap(), "they are open");
    assert!(db.store.close_signups(START).await.unwrap());
    assert!(!db.store.close_signups(later(60)).await.unwrap(), "they are closed");
    assert_eq!(closed_at().await, Some(START), "the first time holds");
    assert!(db.store.open_signups().await.unwrap());
    assert_eq!(closed_at().await, None);
    assert!(db.store.close_signups(later(60)).await.unwrap());
    assert_eq!(closed_at().await, Some(later(60)));
}

async fn of_many_that_close_one_has_changed_it(db: &Db) {
    let mut processes = tokio::task::JoinSet::new();
    for second in 0..8 {
        let store = db.store.clone();
        processes.spawn(async move { store.close_signups(later(second)).await.unwrap() });
    }
    let changed = processes.join_all().await;
    assert_eq!(changed.iter().filter(|changed| **changed).count(), 1);
}
