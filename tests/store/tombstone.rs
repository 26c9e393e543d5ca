//! The key of the tombstones, and how long they last.

use accountcreator::{domain::*, store::*};

use crate::{erase::secret, support::*};

on_both!(
    several_that_create_the_key_agree_on_one,
    the_key_is_random_and_not_made_of_the_secret,
    a_key_that_cannot_be_opened_is_replaced_only_while_nothing_depends_on_it,
    a_new_secret_seals_the_key_anew_and_processes_with_either_go_on,
    what_needs_the_previous_key_is_told,
    without_the_key_nothing_is_taken_while_there_are_tombstones,
    tombstones_expire_and_are_lifted,
    sub_addresses_are_one_person_where_it_is_so_configured,
);

const ADDRESS: &str = "max@uni.edu";

impl Db {
    async fn tombstone(&self, store: &Store, address: &str, now: Timestamp) {
        let lease = LeaseToken::random(&self.entropy);
        let emails = [email(address)];
        let left =
            store.erase(&[], lease, Remains::Tombstones(&emails), &Requester::OPERATOR, now).await.unwrap();
        assert_eq!(left, Erased::All);
    }
}

async fn several_that_create_the_key_agree_on_one(db: &Db) {
    let mut stores = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (settings, entropy) = (db.settings.clone(), db.entropy.clone());
        stores.spawn(async move {
            let store = Store::open(&settings).await.unwrap();
            store.with_tombstones(&secret(1), &entropy, START).await.unwrap()
        });
    }
    let stores = stores.join_all().await;
    db.tombstone(&stores[0], ADDRESS, START).await;
    for store in stores {
        assert_eq!(store.tombstone_of(&email(ADDRESS)).await.unwrap(), Some(START));
    }
    assert_eq!(db.raw("SELECT name FROM site_key").await, [Some("tombstones".to_owned())]);
}

/// A secret that is replaced need not change the tombstones.
async fn the_key_is_random_and_not_made_of_the_secret(db: &Db) {
    let mut left = Vec::new();
    for _ in 0..2 {
        db.tombstone(&db.keyed().await, ADDRESS, START).await;
        left.push(db.raw("SELECT address FROM tombstone").await);
        db.store.drop_tombstones().await.unwrap();
    }
    assert_ne!(left[0], left[1]);
}

async fn a_key_that_cannot_be_opened_is_replaced_only_while_nothing_depends_on_it(db: &Db) {
    let open = async |seed| {
        let store = db.store.clone();
        store.with_tombstones(&secret(seed), &db.entropy, START).await
    };
    open(1).await.unwrap();
    let store = open(2).await.unwrap();
    db.tombstone(&store, ADDRESS, START).await;
    let error = open(1).await.unwrap_err();
    assert!(matches!(error, StoreError::TombstoneKey) && error.to_string().contains("secret_key"), "{error}");
    assert_eq!(open(2).await.unwrap().tombstone_of(&email(ADDRESS)).await.unwrap(), Some(START));
    assert_eq!(db.store.drop_tombstones().await.unwrap(), 1);
    let store = open(1).await.unwrap();
    assert_eq!(store.tombstone_of(&email(ADDRESS)).await.unwrap(), None);
    // A process with the earlier key must not leave tombstones that nobody finds.
    let stale = store;
    db.store.drop_tombstones().await.unwrap();
    open(3).await.unwrap();
    let emails = [email(ADDRESS)];
    let left = stale
        .erase(
            &[],
            LeaseToken::random(&db.entropy),
            Remains::Tombstones(&emails),
            &Requester::OPERATOR,
            START,
        )
        .await;
    assert!(matches!(left, Err(StoreError::TombstoneKey)));
}

async fn a_new_secret_seals_the_key_anew_and_processes_with_either_go_on(db: &Db) {
    let (old, new) = (secret(1), secret(2));
    let under_old = db.store.clone().with_tombstones(&old, &db.entropy, START).await.unwrap();
    let old_and_next = old.clone().with_previous(&new);
    let not_restarted = db.store.clone().with_tombstones(&old_and_next, &db.entropy, START).await.unwrap();
    db.tombstone(&under_old, ADDRESS, START).await;
    let mut stores = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (settings, entropy) = (db.settings.clone(), db.entropy.clone());
        let both = new.clone().with_previous(&old);
        stores.spawn(async move {
            Store::open(&settings).await.unwrap().with_tombstones(&both, &entropy, later(5)).await.unwrap()
        });
    }
    let stores = stores.join_all().await;
    for store in &stores {
        assert_eq!(store.tombstone_of(&email(ADDRESS)).await.unwrap(), Some(START));
    }
    db.tombstone(&stores[0], "one@uni.edu", START).await;
    db.tombstone(&stores[7], "two@uni.edu", START).await;
    db.tombstone(&not_restarted, "three@uni.edu", START).await;
    let store = db.store.clone().with_tombstones(&new, &db.entropy, later(6)).await.unwrap();
    for address in [ADDRESS, "one@uni.edu", "two@uni.edu", "three@uni.edu"] {
        assert_eq!(store.tombstone_of(&email(address)).await.unwrap(), Some(START), "{address}");
    }
    let of_old = db.store.clone().with_tombstones(&old, &db.entropy, later(6)).await;
    assert!(matches!(of_old, Err(StoreError::TombstoneKey)));
    assert_eq!(
        db.raw("SELECT CAST(sealed_at AS TEXT) FROM site_key").await,
        [Some(later(5).millis().to_string())]
    );
}

async fn what_needs_the_previous_key_is_told(db: &Db) {
    let (old, new) = (secret(1), secret(2));
    let both = new.clone().with_previous(&old);
    let sealed_by = |key: &SecretKey, address: &str| {
        let request = db.request(address);
        let password = Password::generate(&db.entropy, PasswordLength::default());
        NewSignup { sealed: key.seal(&db.entropy, request.id, &password), ..request }
    };
    for (key, address) in [(&old, "one@uni.edu"), (&old, "two@uni.edu"), (&secret(3), "lost@uni.edu")] {
        db.store.insert_signup(&sealed_by(key, address)).await.unwrap();
    }
    db.store.clone().with_tombstones(&old, &db.entropy, START).await.unwrap();
    let before = db.store.key_use(&both, START).await.unwrap();
    let expected = KeyUse {
        previous_passwords: 2,
        lost_passwords: 1,
        previous_tombstones: true,
        changed_at: None,
        previous_pages: 0,
    };
    assert_eq!(before, expected);
    db.store.clone().with_tombstones(&both, &db.entropy, later(1)).await.unwrap();
    let new = NewSignup { now: later(2), ..sealed_by(&new, "after@uni.edu") };
    db.store.insert_signup(&new).await.unwrap();
    let after = db.store.key_use(&both, START).await.unwrap();
    let expected =
        KeyUse { previous_tombstones: false, changed_at: Some(later(1)), previous_pages: 3, ..expected };
    assert_eq!(after, expected);
    assert!(!after.is_previous_free());
    db.raw("UPDATE signup SET state = 'done'").await;
    db.raw("UPDATE operation SET sealed = NULL, due_at = NULL").await;
    assert_eq!(db.store.key_use(&both, START).await.unwrap().previous_pages, 3);
    let later = db.store.key_use(&both, later(60)).await.unwrap();
    assert!(later.is_previous_free(), "the pages are closed: {later:?}");
}

async fn without_the_key_nothing_is_taken_while_there_are_tombstones(db: &Db) {
    let store = db.keyed().await;
    db.queued("before@uni.edu").await;
    db.tombstone(&store, ADDRESS, START).await;
    let refused = |result: Result<Inserted, StoreError>| matches!(result, Err(StoreError::TombstoneKey));
    assert!(refused(db.store.insert_signup(&db.request("other@uni.edu")).await));
    assert!(db.store.tombstone_of(&email(ADDRESS)).await.is_err());
    assert!(db.store.lift_tombstones(&email(ADDRESS)).await.is_err());
    assert!(db.store.count_erased(&[email(ADDRESS)]).await.is_err());
    assert_eq!(db.raw("SELECT id FROM signup").await.len(), 1);
}

async fn tombstones_expire_and_are_lifted(db: &Db) {
    let store = db.keyed().await;
    db.tombstone(&store, "old@uni.edu", START).await;
    db.tombstone(&store, ADDRESS, START).await;
    db.tombstone(&store, ADDRESS, later(10)).await;
    assert_eq!(store.tombstone_of(&email(ADDRESS)).await.unwrap(), Some(later(10)), "the time starts again");
    assert_eq!(store.count_tombstones(later(9)).await.unwrap(), 1);
    assert_eq!(store.prune_tombstones(later(9)).await.unwrap(), 1);
    assert_eq!(store.tombstone_of(&email("old@uni.edu")).await.unwrap(), None);
    assert_eq!(store.lift_tombstones(&email("Max+x@uni.edu")).await.unwrap(), 1);
    assert_eq!(store.lift_tombstones(&email(ADDRESS)).await.unwrap(), 0);
    let again = db.request(ADDRESS);
    store.insert_signup(&again).await.unwrap();
    assert_eq!(db.read(again.id).await.declined_at, None);
}

async fn sub_addresses_are_one_person_where_it_is_so_configured(db: &Db) {
    let one_by_one = db.store.clone().fold_subaddresses(false);
    let one_by_one = one_by_one.with_tombstones(&secret(1), &db.entropy, START).await.unwrap();
    db.tombstone(&one_by_one, "max+a@uni.edu", START).await;
    assert_eq!(one_by_one.tombstone_of(&email(ADDRESS)).await.unwrap(), None);
    assert_eq!(one_by_one.tombstone_of(&email("MAX+a@uni.edu")).await.unwrap(), Some(START));
    assert_eq!(db.keyed().await.tombstone_of(&email(ADDRESS)).await.unwrap(), Some(START));
}
