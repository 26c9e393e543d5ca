//! One account for each mailbox: sub-addresses count as the mailbox without them, unless the operator decides otherwise.

use accountcreator::{domain::*, store::*};

use crate::{released, support::*};

on_both!(
    a_sub_address_is_a_further_request_for_the_mailbox,
    of_many_sub_addresses_at_once_one_gets_the_account,
    confirming_a_sub_address_finds_the_owner_of_the_mailbox,
    unfolded_each_sub_address_gets_an_account,
    unfolded_signups_are_confirmed_each_for_itself,
    what_was_unfolded_is_folded_once_told_and_finds_its_own,
    an_import_takes_all_sub_addresses_and_overtakes_the_mailbox,
    unfolded_an_import_overtakes_the_very_address_alone,
);

impl Db {
    fn unfolded(&self) -> Store {
        let store = self.store.clone();
        store.fold_subaddresses(false)
    }

    async fn keys(&self) -> Vec<Option<String>> {
        self.raw("SELECT person_key FROM signup ORDER BY email_key").await
    }
}

async fn insert(store: &Store, new: &NewSignup) -> Inserted {
    store.insert_signup(new).await.unwrap()
}

async fn a_sub_address_is_a_further_request_for_the_mailbox(db: &Db) {
    let owner = db.request("St1+news@uni.edu");
    assert_eq!(insert(&db.store, &owner).await, Inserted::New(owner.id));
    for address in ["st1@uni.edu", "ST1+NEWS@uni.edu", "st1+other@uni.edu", "st1++@uni.edu"] {
        let further = db.request(address);
        let inserted = insert(&db.store, &further).await;
        assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: owner.id }, "{address}");
        let found = db.store.signup_by_email(&email(address)).await.unwrap().unwrap();
        assert_eq!(found.id, owner.id, "{address}");
    }
    for address in ["st1.a@uni.edu", "st1-a@uni.edu", "st1@other.edu", "+st1@uni.edu"] {
        let other = db.request(address);
        assert_eq!(insert(&db.store, &other).await, Inserted::New(other.id), "{address}");
    }
    assert_eq!(
        db.read(owner.id).await.email,
        Some(email("St1+news@uni.edu")),
        "mails go to the address as typed"
    );
}

async fn of_many_sub_addresses_at_once_one_gets_the_account(db: &Db) {
    let mut inserting = tokio::task::JoinSet::new();
    for n in 0..16 {
        let (store, new) = (db.store.clone(), db.request(&format!("st1+{n}@uni.edu")));
        inserting.spawn(async move { store.insert_signup(&new).await.unwrap() });
    }
    let inserted = inserting.join_all().await;
    assert_eq!(
        inserted.iter().filter(|inserted| matches!(inserted, Inserted::New(_))).count(),
        1,
        "{inserted:?}"
    );
}

async fn confirming_a_sub_address_finds_the_owner_of_the_mailbox(db: &Db) {
    let (first, second) = (db.unconfirmed("st1+a@uni.edu"), db.unconfirmed("st1@uni.edu"));
    let confirm = async |new: &NewSignup| {
        assert_eq!(insert(&db.store, new).await, Inserted::New(new.id));
        db.store.confirm(new.id, None, &sealed("x"), later(1)).await.unwrap()
    };
    assert_eq!(confirm(&second).await, Confirmed::Queued);
    assert_eq!(confirm(&first).await, Confirmed::Duplicate { of: second.id });
    assert_eq!(db.keys().await.into_iter().flatten().collect::<Vec<_>>(), ["st1@uni.edu"]);
}

async fn unfolded_each_sub_address_gets_an_account(db: &Db) {
    let store = db.unfolded();
    for address in ["st1+a@uni.edu", "st1@uni.edu", "st1+b@uni.edu"] {
        let new = db.request(address);
        assert_eq!(insert(&store, &new).await, Inserted::New(new.id), "{address}");
        let again = db.request(address);
        assert_eq!(insert(&store, &again).await, Inserted::Duplicate { id: again.id, of: new.id });
        assert_eq!(store.signup_by_email(&email(address)).await.unwrap().unwrap().id, new.id);
    }
    assert!(store.signup_by_email(&email("st1+c@uni.edu")).await.unwrap().is_none());
    assert_eq!(
        db.keys().await.into_iter().flatten().collect::<Vec<_>>(),
        ["st1@uni.edu"],
        "the first has the key"
    );
}

async fn unfolded_signups_are_confirmed_each_for_itself(db: &Db) {
    let store = db.unfolded();
    for address in ["st1+a@uni.edu", "st1@uni.edu"] {
        let new = db.unconfirmed(address);
        insert(&store, &new).await;
        assert_eq!(store.confirm(new.id, None, &sealed("x"), later(1)).await.unwrap(), Confirmed::Queued);
    }
    assert!(!store.folds_subaddresses() && db.store.folds_subaddresses());
}

async fn what_was_unfolded_is_folded_once_told_and_finds_its_own(db: &Db) {
    let (older, younger) = (db.request("st1+a@uni.edu"), db.request("st1+b@uni.edu"));
    for new in [&older, &younger] {
        assert_eq!(insert(&db.unfolded(), new).await, Inserted::New(new.id));
    }
    for (address, of) in [
        ("st1+a@uni.edu", older.id),
        ("st1+b@uni.edu", younger.id),
        ("st1@uni.edu", older.id),
        ("st1+c@uni.edu", older.id),
    ] {
        let further = db.request(address);
        let inserted = insert(&db.store, &further).await;
        assert_eq!(inserted, Inserted::Duplicate { id: further.id, of }, "{address}");
        assert_eq!(db.store.signup_by_email(&email(address)).await.unwrap().unwrap().id, of, "{address}");
    }
}

impl Db {
    fn imported_address(&self, address: &str) -> KnownAddress {
        let (id, form) = (SignupId::random(&self.entropy), FormNonce::random(&self.entropy));
        KnownAddress { id, form, email: email(address), since: START }
    }
}

async fn an_import_takes_all_sub_addresses_and_overtakes_the_mailbox(db: &Db) {
    let queued = db.queued("st1@uni.edu").await;
    let known = ["st1+a@uni.edu", "st1+b@uni.edu", "st2@uni.edu"].map(|address| db.imported_address(address));
    let emails = known.clone().map(|known| known.email);
    let overtaken = db.store.overtaken_by(&emails, later(1)).await.unwrap();
    assert_eq!(
        overtaken.iter().map(|(signup, is)| (signup.id, *is)).collect::<Vec<_>>(),
        [(queued, Overtaken::Ended)]
    );
    assert_eq!(db.store.import_addresses(&known, later(1)).await.unwrap().new, 3);
    assert_eq!(db.read(queued).await.duplicate_of, Some(known[0].id));
    assert_eq!(db.store.import_addresses(&known, later(2)).await.unwrap().new, 0, "again adds nothing");
    let keys: Vec<_> = db.keys().await.into_iter().flatten().collect();
    assert_eq!(keys, ["st1@uni.edu", "st2@uni.edu"]);
    for (address, of) in [("st1+b@uni.edu", known[1].id), ("st1+x@uni.edu", known[0].id)] {
        let further = db.request(address);
        assert_eq!(insert(&db.store, &further).await, Inserted::Duplicate { id: further.id, of });
    }
}

async fn unfolded_an_import_overtakes_the_very_address_alone(db: &Db) {
    let store = db.unfolded();
    let (stays, ended) = (db.request("st1@uni.edu"), db.request("st1+a@uni.edu"));
    for new in [&stays, &ended] {
        insert(&store, new).await;
    }
    let known = [db.imported_address("st1+a@uni.edu")];
    let imported = store.import_addresses(&known, later(1)).await.unwrap();
    assert_eq!(imported.overtaken.iter().map(|(signup, _)| signup.id).collect::<Vec<_>>(), [ended.id]);
    assert_eq!(db.read(stays.id).await.duplicate_of, None);
    assert_eq!(db.read(ended.id).await.duplicate_of, Some(known[0].id));
}

/// All rows are readable; of the accounts with one mailbox, the oldest has its key, and all find their own.
async fn released_rows_are_carried_over(db: Db) {
    released::fill(&db.settings.url, START, |id| format!("sealed {id}")).await;
    let applied = db.store.migrate().await.unwrap();
    assert_eq!(applied.first().map(|migration| migration.version), Some(2));
    assert_eq!(db.store.shared_mailboxes(&applied).await.unwrap(), Some(2));
    assert_eq!(db.store.shared_mailboxes(&[]).await.unwrap(), None);
    let all = db.store.list(&Filter { stage: None, limit: 100, after: None }).await.unwrap();
    assert_eq!(all.len(), 10);
    let is_named = |signup: &&Signup| signup.name.is_some();
    assert_eq!(all.iter().filter(is_named).count(), 5, "each name is readable");

    let id = |n: u32| format!("{n:032x}").parse::<SignupId>().unwrap();
    for (address, owner) in [
        ("st000009@stud.example.edu", 9),
        ("st000009+a@stud.example.edu", 8),
        ("st000009+b+c@stud.example.edu", 7),
        ("st000009+new@stud.example.edu", 7),
        ("+b@stud.example.edu", 10),
        ("eve%attacker.net@stud.example.edu", 1),
    ] {
        let email = Email::from_stored(address).unwrap();
        let found = db.store.signup_by_email(&email).await.unwrap();
        assert_eq!(found.map(|signup| signup.id), Some(id(owner)), "{address}");
    }
    let further = db.request("ST000009+new@stud.example.edu");
    assert_eq!(insert(&db.store, &further).await, Inserted::Duplicate { id: further.id, of: id(7) });
}

#[tokio::test(flavor = "multi_thread")]
async fn released_rows_are_carried_over_on_sqlite() {
    released_rows_are_carried_over(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn released_rows_are_carried_over_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        released_rows_are_carried_over(db).await;
    }
}

/// The keys of 100,000 rows are given out, also where a third of them collide.
async fn many_rows_are_migrated(db: Db, numbers: &str) {
    let statement = format!(
        "INSERT INTO signup (id, form_nonce, stage, claimed_from, email, email_key, locale, profile, tenant, domain, \
         consent_version, consent_at, created_at, updated_at, trying_since) \
         SELECT 'id' || n, 'form' || n, 'done', 'done', address, address, 'en', 'p', 't', 'd.edu', '1', n, n, n, n \
         FROM (SELECT n, 'st' || (n / 3 * 2) || CASE n % 3 WHEN 1 THEN '+a' ELSE '' END \
         || CASE n % 3 WHEN 2 THEN 'x' ELSE '' END || '@uni.edu' AS address FROM {numbers}) AS numbered"
    );
    released::execute(&db.settings.url, &statement).await;
    let applied = db.store.migrate().await.unwrap();
    assert_eq!(db.store.shared_mailboxes(&applied).await.unwrap(), Some(33_333));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_are_migrated_on_sqlite() {
    let numbers =
        "(WITH RECURSIVE r (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM r WHERE n < 99999) SELECT n FROM r)";
    many_rows_are_migrated(Db::empty_sqlite().await, numbers).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_rows_are_migrated_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        many_rows_are_migrated(db, "generate_series(0, 99999) AS s (n)").await;
    }
}
