//! Reading.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    unknown_ids_read_as_nothing,
    the_list_turns_its_pages,
    stages_are_counted,
    the_oldest_that_waits_is_found,
    events_are_in_order,
);

async fn unknown_ids_read_as_nothing(db: &Db) {
    let unknown = SignupId::random(&db.entropy);
    assert_eq!(db.store.signup(unknown).await.unwrap(), None);
    assert_eq!(db.store.steps(unknown).await.unwrap(), []);
    assert_eq!(db.store.events(unknown).await.unwrap(), []);
    assert_eq!(db.store.signup_by_email(&email("nobody@uni.edu")).await.unwrap(), None);
    db.store.ping().await.unwrap();
}

async fn the_list_turns_its_pages(db: &Db) {
    // Two of them at the same moment: the id decides.
    for (n, now) in [1, 2, 2, 3, 4].into_iter().enumerate() {
        let request = NewSignup { now: later(now), ..db.request(&format!("s{n}@uni.edu")) };
        db.store.insert_signup(&request).await.unwrap();
    }
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = db.store.list(&Filter { stage: Some(Stage::Queued), limit: 2, after }).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(After::from(last));
        pages.push(page);
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    let paged: Vec<_> = pages.into_iter().flatten().collect();
    assert!(paged.is_sorted_by(|one, next| After::from(one).created_at >= After::from(next).created_at));
    let all = db.store.list(&Filter { limit: 10, ..Filter::default() }).await.unwrap();
    assert_eq!(all, paged, "each signup once");
    let done = Filter { stage: Some(Stage::Done), limit: 10, after: None };
    assert_eq!(db.store.list(&done).await.unwrap(), []);
}

async fn stages_are_counted(db: &Db) {
    let done = db.delivering("done@uni.edu").await;
    db.store.delivered(&done, None, START).await.unwrap();
    db.queued("first@uni.edu").await;
    db.claim_one(START).await;
    for n in 0..3 {
        db.queued(&format!("s{n}@uni.edu")).await;
    }
    let counts = db.store.count_by_stage().await.unwrap();
    assert_eq!((counts["queued"], counts["provisioning"], counts["done"]), (3, 1, 1));
    assert_eq!(counts.len(), Stage::ALL.len());
    let waiting = db.store.count_waiting_by_tenant().await.unwrap();
    assert_eq!(waiting.into_iter().collect::<Vec<_>>(), [(tenant(), 4)], "what is done waits for nobody");
}

async fn the_oldest_that_waits_is_found(db: &Db) {
    assert_eq!(db.store.oldest_waiting().await.unwrap(), None);
    let request = NewSignup { now: later(30), ..db.request("second@uni.edu") };
    db.store.insert_signup(&request).await.unwrap();
    assert_eq!(db.store.oldest_waiting().await.unwrap(), Some(later(30)));
    let lease = db.delivering("first@uni.edu").await;
    assert_eq!(db.store.oldest_waiting().await.unwrap(), Some(START), "under way it still waits");
    let back =
        |waiting| PutBack { due_at: later(90), waiting, error: String::new(), undone: false, counted: true };
    db.store.put_back(&lease, &back(Waiting::NoSeats), later(60)).await.unwrap();
    assert_eq!(
        db.store.oldest_waiting().await.unwrap(),
        Some(START),
        "a seat is waited for from the beginning"
    );
    let (_, lease) =
        db.claim_at(later(95)).await.into_iter().find(|(_, one)| one.operation == lease.operation).unwrap();
    db.store.delivered(&lease, None, later(96)).await.unwrap();
    assert_eq!(db.store.oldest_waiting().await.unwrap(), Some(later(30)), "what is done waits no more");
    let (_, lease) = db.claim_at(later(200)).await.remove(0);
    db.store.put_back(&lease, &back(Waiting::EarlierRequest), later(201)).await.unwrap();
    assert_eq!(db.store.oldest_waiting().await.unwrap(), None, "its wait is the earlier one's");
}

async fn events_are_in_order(db: &Db) {
    let lease = db.delivering("max@uni.edu").await;
    db.store.delivered(&lease, None, later(5)).await.unwrap();
    let events = db.store.events(signup_of(&lease)).await.unwrap();
    let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["received", "claimed", "user_created", "delivered"]);
    assert_eq!(events.last().unwrap().at, later(5));
}
