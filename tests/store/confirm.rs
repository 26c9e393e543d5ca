//! Confirming an address: the first to confirm owns it.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_confirmed_signup_takes_address_and_name,
    the_second_to_confirm_an_address_is_a_duplicate,
    confirming_at_once_gives_one_owner,
    confirmed_namesakes_are_numbered,
    what_does_not_wait_is_not_confirmed,
    tries_are_counted_per_round,
    a_new_round_takes_the_lease_away,
);

async fn unconfirmed(db: &Db, email: &str) -> SignupId {
    let request = db.unconfirmed(email);
    db.store.insert_signup(&request).await.unwrap();
    request.id
}

async fn a_confirmed_signup_takes_address_and_name(db: &Db) {
    let id = unconfirmed(db, "max@uni.edu").await;
    let (signup, held) = db.claim_one(START).await;
    assert_eq!(
        (signup.stage, signup.claimed_from),
        (Stage::AwaitingConfirmation, Stage::AwaitingConfirmation)
    );
    assert_eq!(db.step(id, StepKind::SendCode).await.state, StepState::Intended);
    db.store.code_sent(&held, later(1)).await.unwrap();
    assert_eq!(db.step(id, StepKind::SendCode).await.state, StepState::Done);
    assert_eq!(db.read(id).await.due_at, None, "it waits for the person");

    let confirmed = db.store.confirm(id, None, &sealed("second"), later(2)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.due_at), (Stage::Queued, Some(later(2))));
    assert_eq!(signup.username, Some(username("max.mustermann")));
    assert_eq!(signup.sealed, Some(sealed("second")));
    assert_eq!(db.store.signup_by_email(&email("max@uni.edu")).await.unwrap().unwrap().id, id);
    assert_eq!(db.last_event(id).await, ("confirmed".to_owned(), "queued".to_owned()));
}

async fn the_second_to_confirm_an_address_is_a_duplicate(db: &Db) {
    let (one, two) = (unconfirmed(db, "max@uni.edu").await, unconfirmed(db, "MAX@uni.edu").await);
    let confirmed = db.store.confirm(two, None, &sealed("two"), later(1)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let confirmed = db.store.confirm(one, None, &sealed("one"), later(2)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Duplicate { of: two });
    let signup = db.read(one).await;
    assert_eq!((signup.stage, signup.duplicate_of), (Stage::Queued, Some(two)));
    assert_eq!((signup.username, signup.sealed), (None, None));
    assert_eq!(signup.shown_username, Some(username("max.mustermann")));
    assert_eq!(signup.due_at, Some(later(2)));
}

async fn confirming_at_once_gives_one_owner(db: &Db) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let id = unconfirmed(db, "max@uni.edu").await;
        let store = db.store.clone();
        tasks.spawn(async move { store.confirm(id, None, &sealed("x"), START).await.unwrap() });
    }
    let confirmed = tasks.join_all().await;
    assert_eq!(confirmed.iter().filter(|confirmed| **confirmed == Confirmed::Queued).count(), 1);
    let owner = db.store.signup_by_email(&email("max@uni.edu")).await.unwrap().unwrap().id;
    let duplicate = Confirmed::Duplicate { of: owner };
    assert_eq!(confirmed.iter().filter(|confirmed| **confirmed == duplicate).count(), 19);
}

async fn confirmed_namesakes_are_numbered(db: &Db) {
    db.queued("first@uni.edu").await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..10 {
        let id = unconfirmed(db, &format!("student{n}@uni.edu")).await;
        let store = db.store.clone();
        tasks.spawn(async move { store.confirm(id, None, &sealed("x"), START).await.unwrap() });
    }
    assert!(tasks.join_all().await.iter().all(|confirmed| *confirmed == Confirmed::Queued));
    let base = username("max.mustermann");
    let expected = (1..=11).map(|n| base.numbered(n)).collect();
    assert_eq!(db.store.reserved_names(&domain(), &base).await.unwrap(), expected);

    let id = unconfirmed(db, "last@uni.edu").await;
    let other = username("moritz");
    db.store.confirm(id, Some(&other), &sealed("x"), START).await.unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.username, signup.username_base), (Some(other.clone()), Some(other)));
}

async fn what_does_not_wait_is_not_confirmed(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let unknown = SignupId::random(&db.entropy);
    let confirm = async |id| db.store.confirm(id, None, &sealed("x"), START).await.unwrap();
    assert_eq!(confirm(id).await, Confirmed::NotAwaiting);
    assert_eq!(confirm(unknown).await, Confirmed::Unknown);
    for id in [id, unknown] {
        assert!(matches!(db.store.count_wrong_code(id, START).await, Err(StoreError::NotAwaiting)));
        let round = db.store.new_confirmation_round(id, 1, later(9), START).await;
        assert!(matches!(round, Err(StoreError::NotAwaiting)));
    }
    assert_eq!(db.read(id).await.sealed, Some(sealed("first")));
}

async fn tries_are_counted_per_round(db: &Db) {
    let id = unconfirmed(db, "max@uni.edu").await;
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..10 {
        let store = db.store.clone();
        tasks.spawn(async move { store.count_wrong_code(id, START).await.unwrap() });
    }
    let mut tries = tasks.join_all().await;
    tries.sort_unstable();
    assert_eq!(tries, (1..=10).collect::<Vec<_>>(), "no two tries at once get the same count");
    let new_round = || db.store.new_confirmation_round(id, 1, later(7200), later(1));
    assert_eq!(new_round().await.unwrap(), Some(2));
    assert_eq!(new_round().await.unwrap(), None, "the first round can end but once");
    let signup = db.read(id).await;
    assert_eq!((signup.confirm_round, signup.wrong_codes), (2, 0));
    assert_eq!((signup.confirm_until, signup.due_at), (Some(later(7200)), Some(later(1))));
    assert_eq!(db.store.count_wrong_code(id, later(2)).await.unwrap(), 1);
}

async fn a_new_round_takes_the_lease_away(db: &Db) {
    let id = unconfirmed(db, "max@uni.edu").await;
    let (_, held) = db.claim_one(START).await;
    db.store.new_confirmation_round(id, 1, later(7200), later(1)).await.unwrap();
    assert!(is_lease_lost(db.store.code_sent(&held, later(2)).await));
    let (signup, held) = db.claim_one(later(2)).await;
    assert_eq!((signup.confirm_round, signup.attempts), (2, 1));
    db.store.confirm(id, None, &sealed("x"), later(3)).await.unwrap();
    assert!(is_lease_lost(db.store.code_sent(&held, later(4)).await), "the person was faster");
}
