//! What the tenant says of an account after its delivery, and requests that are withdrawn.

use accountcreator::domain::*;

use crate::support::*;

on_both!(
    another_name_is_kept_until_it_is_the_first_again,
    an_account_is_gone_since_it_was_first_missed_until_it_is_found,
    only_a_request_that_waits_for_its_confirmation_is_withdrawn,
);

async fn another_name_is_kept_until_it_is_the_first_again(db: &Db) {
    let held = db.delivering("max@uni.edu").await;
    db.store.delivered(&held, None, START).await.unwrap();
    let before = db.read(held.id).await;
    let name: SignInName = "maxima@uni.edu".parse().unwrap();
    db.store.account_found(held.id, Some(&name), later(60)).await.unwrap();
    let signup = db.read(held.id).await;
    assert_eq!((signup.renamed_to.as_ref(), signup.principal()), (Some(&name), Some(name.clone())));
    assert_eq!(signup.updated_at, before.updated_at, "the page is not open for longer");
    assert_eq!(db.last_event(held.id).await, ("account_found".to_owned(), String::new()));
    db.store.account_found(held.id, None, later(61)).await.unwrap();
    assert_eq!(db.read(held.id).await, before);
}

async fn an_account_is_gone_since_it_was_first_missed_until_it_is_found(db: &Db) {
    let held = db.delivering("max@uni.edu").await;
    db.store.delivered(&held, None, START).await.unwrap();
    for seconds in [60, 120] {
        db.store.account_gone(held.id, later(seconds)).await.unwrap();
        assert_eq!(db.read(held.id).await.gone_at, Some(later(60)));
    }
    assert_eq!(db.last_event(held.id).await, ("account_gone".to_owned(), String::new()));
    db.store.account_found(held.id, None, later(180)).await.unwrap();
    assert_eq!(db.read(held.id).await.gone_at, None);
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
