//! Confirming an address: the first to confirm owns it.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_confirmed_signup_takes_address_and_name,
    confirming_closes_the_other_requests_for_the_address,
    a_request_after_the_confirmation_is_a_duplicate,
    confirming_at_once_gives_one_owner,
    refusing_closes_all_open_requests,
    open_requests_are_found_by_their_address,
    a_row_of_an_earlier_version_stands_for_itself,
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
    let (signup, lease) = db.claim_one(START).await;
    assert_eq!((signup.stage, signup.step), (Stage::AwaitingConfirmation, Some(StepKind::SendCode)));
    assert_eq!(db.step(id, StepKind::SendCode).await.state, StepState::Intended);
    db.store.code_sent(&lease, later(1)).await.unwrap();
    assert_eq!(db.step(id, StepKind::SendCode).await.state, StepState::Done);
    assert_eq!(db.read(id).await.due_at, None, "it waits for the person");

    let confirmed =
        db.store.confirm(id, None, &sealed("second"), &Requester::Visitor, later(2)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.due_at), (Stage::Queued, Some(later(2))));
    assert_eq!(signup.username, Some(username("max.mustermann")));
    assert_eq!(signup.sealed, Some(sealed("second")));
    assert_eq!(db.store.signup_by_email(&email("max@uni.edu")).await.unwrap().unwrap().id, id);
    assert_eq!(db.last_event(id).await, ("confirmed".to_owned(), "queued".to_owned()));
}

async fn confirming_closes_the_other_requests_for_the_address(db: &Db) {
    let (one, two) = (unconfirmed(db, "max@uni.edu").await, unconfirmed(db, "MAX@uni.edu").await);
    let other = unconfirmed(db, "eva@uni.edu").await;
    let confirmed = db.store.confirm(two, None, &sealed("two"), &Requester::Visitor, later(1)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let closed = db.read(one).await;
    assert_eq!((closed.stage, closed.due_at, closed.updated_at), (Stage::Voided, None, later(1)));
    for column in ["email", "first_name", "last_name", "username_base", "shown_username"] {
        let left = db.raw(&format!("SELECT {column} FROM signup WHERE id = '{one}'")).await;
        assert_eq!(left, [None], "{column}");
    }
    assert_eq!(db.last_event(one).await, ("voided".to_owned(), "other_confirmed".to_owned()));
    assert_eq!(db.read(other).await.stage, Stage::AwaitingConfirmation, "another address is not concerned");
    let confirmed = db.store.confirm(one, None, &sealed("one"), &Requester::Visitor, later(2)).await.unwrap();
    assert_eq!(confirmed, Confirmed::NotAwaiting);
    let round = db.store.new_confirmation_round(one, 1, &unlimited("max@uni.edu"), later(9), later(2)).await;
    assert!(matches!(round, Err(StoreError::NotAwaiting)));
    assert_eq!(db.claim_at(later(3)).await.len(), 2, "the confirmed one and the other address");
}

async fn a_request_after_the_confirmation_is_a_duplicate(db: &Db) {
    let two = unconfirmed(db, "max@uni.edu").await;
    db.store.confirm(two, None, &sealed("two"), &Requester::Visitor, later(1)).await.unwrap();
    let one = unconfirmed(db, "max@uni.edu").await;
    let confirmed = db.store.confirm(one, None, &sealed("one"), &Requester::Visitor, later(2)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Duplicate { of: two.into() });
    let signup = db.read(one).await;
    assert_eq!((signup.stage, signup.duplicate_of), (Stage::Queued, Some(two)));
    assert_eq!((signup.username, signup.sealed), (None, None));
    assert_eq!(signup.shown_username, Some(username("max.mustermann")));
    assert_eq!(signup.due_at, Some(later(2)));
    assert_eq!(db.read(two).await.stage, Stage::Queued, "what is confirmed is not closed");
}

async fn confirming_at_once_gives_one_owner(db: &Db) {
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(unconfirmed(db, "max@uni.edu").await);
    }
    let mut tasks = tokio::task::JoinSet::new();
    for id in ids.iter().copied() {
        // Each with connections of its own, as several processes would have.
        let settings = Database { max_connections: 1, ..db.settings.clone() };
        tasks.spawn(async move {
            let store = Store::open(&settings).await.unwrap();
            store.confirm(id, None, &sealed("x"), &Requester::Visitor, START).await.unwrap()
        });
    }
    let confirmed = tasks.join_all().await;
    assert_eq!(confirmed.iter().filter(|confirmed| **confirmed == Confirmed::Queued).count(), 1);
    assert_eq!(confirmed.iter().filter(|confirmed| **confirmed == Confirmed::NotAwaiting).count(), 19);
    let owner = db.store.signup_by_email(&email("max@uni.edu")).await.unwrap().unwrap().id;
    for id in ids.into_iter().filter(|id| *id != owner) {
        assert_eq!(db.read(id).await.stage, Stage::Voided);
    }
}

async fn refusing_closes_all_open_requests(db: &Db) {
    let (one, two) = (unconfirmed(db, "max@uni.edu").await, unconfirmed(db, "max@uni.edu").await);
    let other = unconfirmed(db, "eva@uni.edu").await;
    assert_eq!(db.store.refuse(one, later(1)).await.unwrap(), 2);
    assert_eq!(db.store.refuse(one, later(2)).await.unwrap(), 0, "nothing is open any more");
    for id in [one, two] {
        let closed = db.read(id).await;
        assert_eq!((closed.stage, closed.email, closed.name), (Stage::Voided, None, None));
        assert_eq!(db.last_event(id).await, ("voided".to_owned(), "refused".to_owned()));
    }
    assert_eq!(db.read(other).await.stage, Stage::AwaitingConfirmation);
    // The link of a refused request still finds what came after it.
    let later_one = unconfirmed(db, "max@uni.edu").await;
    let open = db.store.open_of_address(one, 9, later(3)).await.unwrap();
    assert_eq!(open.iter().map(|signup| signup.id).collect::<Vec<_>>(), [later_one]);
}

async fn open_requests_are_found_by_their_address(db: &Db) {
    let mut ids = Vec::new();
    for second in 0..4 {
        let request = NewSignup { now: later(second), ..db.unconfirmed("max@uni.edu") };
        db.store.insert_signup(&request).await.unwrap();
        ids.push(request.id);
    }
    let other = unconfirmed(db, "eva@uni.edu").await;
    let open = async |id, limit, now| -> Vec<SignupId> {
        let open = db.store.open_of_address(id, limit, now).await.unwrap();
        open.iter().map(|signup| signup.id).collect()
    };
    assert_eq!(open(ids[0], 3, later(5)).await, [ids[3], ids[2], ids[1]], "the newest first");
    assert_eq!(open(other, 3, later(5)).await, [other]);
    assert_eq!(open(ids[0], 9, later(3600)).await, [], "their time is over");
    let same = async |one, other| db.store.have_same_address(one, other).await.unwrap();
    assert!(same(ids[0], ids[3]).await && same(other, other).await);
    assert!(!same(ids[0], other).await && !same(ids[0], SignupId::random(&db.entropy)).await);
}

async fn a_row_of_an_earlier_version_stands_for_itself(db: &Db) {
    let (old, new) = (unconfirmed(db, "max@uni.edu").await, unconfirmed(db, "max@uni.edu").await);
    db.raw(&format!("UPDATE signup SET address_hash = NULL WHERE id = '{old}' RETURNING id")).await;
    assert!(!db.store.have_same_address(old, new).await.unwrap());
    assert!(db.store.have_same_address(old, old).await.unwrap());
    assert_eq!(db.store.open_of_address(old, 9, later(1)).await.unwrap(), []);
    assert_eq!(db.store.refuse(old, later(1)).await.unwrap(), 1);
    assert_eq!(
        (db.read(old).await.stage, db.read(new).await.stage),
        (Stage::Voided, Stage::AwaitingConfirmation)
    );
}

async fn confirmed_namesakes_are_numbered(db: &Db) {
    db.queued("first@uni.edu").await;
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..10 {
        let id = unconfirmed(db, &format!("student{n}@uni.edu")).await;
        let store = db.store.clone();
        tasks.spawn(async move {
            store.confirm(id, None, &sealed("x"), &Requester::Visitor, START).await.unwrap()
        });
    }
    assert!(tasks.join_all().await.iter().all(|confirmed| *confirmed == Confirmed::Queued));
    let base = username("max.mustermann");
    let expected = (1..=11).map(|n| base.numbered(n)).collect();
    assert_eq!(db.store.reserved_names(&domain(), &base).await.unwrap(), expected);

    let id = unconfirmed(db, "last@uni.edu").await;
    let other = username("moritz");
    db.store.confirm(id, Some(&other), &sealed("x"), &Requester::Visitor, START).await.unwrap();
    let signup = db.read(id).await;
    assert_eq!((signup.username, signup.username_base), (Some(other.clone()), Some(other)));
}

async fn what_does_not_wait_is_not_confirmed(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let unknown = SignupId::random(&db.entropy);
    let confirm =
        async |id| db.store.confirm(id, None, &sealed("x"), &Requester::Visitor, START).await.unwrap();
    assert_eq!(confirm(id).await, Confirmed::NotAwaiting);
    assert_eq!(confirm(unknown).await, Confirmed::Unknown);
    for id in [id, unknown] {
        assert!(matches!(db.store.count_wrong_code(id, START).await, Err(StoreError::NotAwaiting)));
        let round = db.store.new_confirmation_round(id, 1, &unlimited("max@uni.edu"), later(9), START).await;
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
    let budget = unlimited("max@uni.edu");
    let new_round = || db.store.new_confirmation_round(id, 1, &budget, later(7200), later(1));
    assert_eq!(new_round().await.unwrap(), NewRound::Begun(2));
    assert_eq!(new_round().await.unwrap(), NewRound::Ended, "the first round can end but once");
    let expires_at = async |round| db.store.link_expires_at(id, round).await.unwrap();
    assert_eq!(expires_at(1).await, Some(later(3600)), "the earlier link stays valid for its time");
    assert_eq!((expires_at(2).await, expires_at(3).await), (Some(later(7200)), None));
    let signup = db.read(id).await;
    assert_eq!((signup.confirm_round, signup.wrong_codes), (2, 0));
    assert_eq!((signup.confirm_until, signup.due_at), (Some(later(7200)), Some(later(1))));
    assert_eq!(db.store.count_wrong_code(id, later(2)).await.unwrap(), 1);
}

async fn a_new_round_takes_the_lease_away(db: &Db) {
    let id = unconfirmed(db, "max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.new_confirmation_round(id, 1, &unlimited("max@uni.edu"), later(7200), later(1)).await.unwrap();
    assert!(is_lease_lost(db.store.code_sent(&lease, later(2)).await));
    let (signup, lease) = db.claim_one(later(2)).await;
    assert_eq!((signup.confirm_round, signup.attempts), (2, 1));
    db.store.confirm(id, None, &sealed("x"), &Requester::Visitor, later(3)).await.unwrap();
    assert!(is_lease_lost(db.store.code_sent(&lease, later(4)).await), "the person was faster");
}
