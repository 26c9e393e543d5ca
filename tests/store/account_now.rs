//! What the tenant says of an account after its delivery, and requests that are withdrawn.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    another_name_is_kept_until_it_is_the_first_again,
    an_account_is_gone_since_it_was_first_missed_until_it_is_found,
    a_read_is_asked_for_once_in_a_while_and_claimed_once,
    a_read_that_finds_no_user_is_repeated,
    a_read_belongs_to_who_has_its_lease,
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

async fn a_read_is_asked_for_once_in_a_while_and_claimed_once(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    assert_eq!(db.store.account_check(id).await.unwrap(), None);
    assert!(db.store.ask_account_check(id, START, later(60)).await.unwrap());
    assert!(!db.store.ask_account_check(id, later(59), later(61)).await.unwrap(), "it was asked for lately");
    let asked = AccountCheck { id, asked_at: later(60), due_at: Some(later(60)), misses: 0 };
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(asked));
    assert_eq!(db.store.next_due().await.unwrap(), Some(later(60)));
    assert_eq!(db.store.claim_account_checks(9, later(59), later(99)).await.unwrap(), []);
    let claimed = AccountCheck { due_at: Some(later(120)), ..asked };
    assert_eq!(db.store.claim_account_checks(9, later(60), later(120)).await.unwrap(), [claimed]);
    assert_eq!(db.store.claim_account_checks(9, later(119), later(180)).await.unwrap(), []);
    db.store.end_account_check(&claimed).await.unwrap();
    let over = AccountCheck { due_at: None, ..asked };
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(over));
    assert_eq!(db.store.next_due().await.unwrap(), None);
    assert!(db.store.ask_account_check(id, later(60), later(600)).await.unwrap());
    let again = AccountCheck { asked_at: later(600), due_at: Some(later(600)), ..asked };
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(again));
}

async fn a_read_that_finds_no_user_is_repeated(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    db.store.ask_account_check(id, START, later(60)).await.unwrap();
    for (misses, seconds) in [(0, 60), (1, 70)] {
        let claimed = db.store.claim_account_checks(9, later(seconds), later(300)).await.unwrap();
        assert_eq!(claimed[0].misses, misses);
        db.store.account_missed(&claimed[0], later(seconds + 10)).await.unwrap();
    }
    let check = db.store.account_check(id).await.unwrap().unwrap();
    assert_eq!((check.misses, check.due_at), (2, Some(later(80))));
    db.store.ask_account_check(id, later(60), later(660)).await.unwrap();
    assert_eq!(db.store.account_check(id).await.unwrap().unwrap().misses, 0, "the count begins again");
}

async fn a_read_belongs_to_who_has_its_lease(db: &Db) {
    let id = done(db, "max@uni.edu").await;
    db.store.ask_account_check(id, START, START).await.unwrap();
    let late = db.store.claim_account_checks(9, START, later(60)).await.unwrap()[0];
    let other = db.store.claim_account_checks(9, later(60), later(120)).await.unwrap()[0];
    db.store.end_account_check(&late).await.unwrap();
    db.store.account_missed(&late, later(61)).await.unwrap();
    assert_eq!(db.store.account_check(id).await.unwrap(), Some(other));
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
    let erased = db.store.erase(&[erasable], lease, Remains::Nothing(&[]), later(61)).await.unwrap();
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
        workers.spawn(async move { store.claim_account_checks(20, later(60), later(120)).await.unwrap() });
    }
    let mut claimed: Vec<_> = workers.join_all().await.into_iter().flatten().map(|check| check.id).collect();
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
