//! One account for each mailbox: sub-addresses count as the mailbox without them, unless the operator decides otherwise.

use std::collections::BTreeMap;

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
    the_key_goes_to_the_oldest_owner_that_remains,
    an_import_hands_over_the_key_of_an_open_signup_that_it_ends,
    each_mailbox_with_an_owner_has_one_key_whatever_happens,
    each_mailbox_has_one_key_whatever_happens_at_once,
);

impl Db {
    fn unfolded(&self) -> Store {
        let store = self.store.clone();
        store.fold_subaddresses(false)
    }

    async fn keys(&self) -> Vec<Option<String>> {
        self.raw("SELECT person_key FROM account ORDER BY email_key").await
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
        assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: owner.id.into() }, "{address}");
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
        db.store.confirm(new.id, None, &sealed("x"), &Requester::Visitor, later(1)).await.unwrap()
    };
    assert_eq!(confirm(&second).await, Confirmed::Queued);
    assert_eq!(confirm(&first).await, Confirmed::Duplicate { of: second.id.into() });
    assert_eq!(db.keys().await.into_iter().flatten().collect::<Vec<_>>(), ["st1@uni.edu"]);
}

async fn unfolded_each_sub_address_gets_an_account(db: &Db) {
    let store = db.unfolded();
    for address in ["st1+a@uni.edu", "st1@uni.edu", "st1+b@uni.edu"] {
        let new = db.request(address);
        assert_eq!(insert(&store, &new).await, Inserted::New(new.id), "{address}");
        let again = db.request(address);
        assert_eq!(insert(&store, &again).await, Inserted::Duplicate { id: again.id, of: new.id.into() });
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
        assert_eq!(
            store.confirm(new.id, None, &sealed("x"), &Requester::Visitor, later(1)).await.unwrap(),
            Confirmed::Queued
        );
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
        assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: of.into() }, "{address}");
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
    assert_eq!(db.store.import_addresses(&known, &Requester::OPERATOR, later(1)).await.unwrap().new, 3);
    assert_eq!(db.read(queued).await.duplicate_of, Some(known[0].id));
    assert_eq!(
        db.store.import_addresses(&known, &Requester::OPERATOR, later(2)).await.unwrap().new,
        0,
        "again adds nothing"
    );
    let keys: Vec<_> = db.keys().await.into_iter().flatten().collect();
    assert_eq!(keys, ["st1@uni.edu", "st2@uni.edu"]);
    for (address, of) in [("st1+b@uni.edu", known[1].id), ("st1+x@uni.edu", known[0].id)] {
        let further = db.request(address);
        assert_eq!(insert(&db.store, &further).await, Inserted::Duplicate { id: further.id, of: of.into() });
    }
}

async fn unfolded_an_import_overtakes_the_very_address_alone(db: &Db) {
    let store = db.unfolded();
    let (stays, ended) = (db.request("st1@uni.edu"), db.request("st1+a@uni.edu"));
    for new in [&stays, &ended] {
        insert(&store, new).await;
    }
    let known = [db.imported_address("st1+a@uni.edu")];
    let imported = store.import_addresses(&known, &Requester::OPERATOR, later(1)).await.unwrap();
    assert_eq!(imported.overtaken.iter().map(|(signup, _)| signup.id).collect::<Vec<_>>(), [ended.id]);
    assert_eq!(db.read(stays.id).await.duplicate_of, None);
    assert_eq!(db.read(ended.id).await.duplicate_of, Some(known[0].id));
}

/// All rows are readable; of the accounts with one mailbox, the oldest has its key, and all find their own.
async fn released_rows_are_carried_over(db: Db) {
    released::fill(&db.direct, START, |id| format!("sealed {id}")).await;
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
    assert_eq!(insert(&db.store, &further).await, Inserted::Duplicate { id: further.id, of: id(7).into() });
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
    released::execute(&db.direct, &statement).await;
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

impl Db {
    /// A signup at this time, without folding.
    async fn unfolded_at(&self, address: &str, now: Timestamp) -> SignupId {
        let new = NewSignup { now, ..self.request(address) };
        assert_eq!(insert(&self.unfolded(), &new).await, Inserted::New(new.id), "{address}");
        new.id
    }

    pub async fn holder(&self, mailbox: &str) -> Option<SignupId> {
        let holder = self.raw(&format!("SELECT id FROM account WHERE person_key = '{mailbox}'")).await;
        holder.into_iter().flatten().map(|id| id.parse().unwrap()).next()
    }

    /// Erases the requests that an address itself has, if no worker holds them.
    async fn erase_unfolded(&self, address: &str, now: Timestamp) -> Erased {
        let (store, lease) = (self.unfolded(), LeaseToken::random(&self.entropy));
        let mut erasable = Vec::new();
        for signup in store.signups_of(&email(address)).await.unwrap() {
            store.lease_for_erasure(signup.id, lease, now, now.plus(MINUTE)).await.unwrap();
            let signup = store.signup(signup.id).await.unwrap().unwrap();
            erasable.push(Erasable::new(&signup, FormNonce::random(&self.entropy)));
        }
        store.erase(&erasable, lease, Remains::Nothing(&[]), &Requester::OPERATOR, now).await.unwrap()
    }

    /// Creates the accounts of all that are queued.
    pub async fn finish_all(&self, now: Timestamp) {
        for (signup, lease) in self.claim_at(now).await {
            if signup.duplicate_of.is_some() {
                self.store.duplicate_settled(&lease, false, now).await.unwrap();
            } else {
                let until = now.plus(MINUTE);
                let lease = self
                    .store
                    .user_created(&lease, user(), &[], StepKind::SendPassword, now, until)
                    .await
                    .unwrap();
                self.store.delivered(&lease, None, now).await.unwrap();
            }
        }
    }

    pub async fn prune_all_by(&self, until: Timestamp) {
        let cutoff = Cutoff { until, duplicates_until: until };
        for what in Prunable::ALL {
            self.store.prune(what, cutoff).await.unwrap();
        }
    }

    /// Of each mailbox with an owner, one owner has the key, and nobody else has one.
    async fn assert_one_key_each(&self, after: &str) {
        let rows = self
            .raw(
                "SELECT COALESCE(email_key, '') || ' ' || COALESCE(person_key, '') FROM account \
                 WHERE email_key IS NOT NULL OR person_key IS NOT NULL",
            )
            .await;
        let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in rows.into_iter().flatten() {
            let (address, key) = row.split_once(' ').unwrap();
            let mailbox = Email::from_stored(address).unwrap().person_key();
            let keys = keys.entry(mailbox).or_default();
            keys.extend((!key.is_empty()).then(|| key.to_owned()));
        }
        for (mailbox, keys) in keys {
            assert_eq!(keys, [mailbox], "after {after}");
        }
    }
}

async fn the_key_goes_to_the_oldest_owner_that_remains(db: &Db) {
    let first = db.unfolded_at("st1@uni.edu", START).await;
    db.finish_all(START).await;
    db.unfolded_at("st1+other@other.edu", later(5)).await;
    db.unfolded_at("st10@uni.edu", later(6)).await;
    let fourth = db.unfolded_at("st1+a@uni.edu", later(30)).await;
    let third = db.unfolded_at("st1+c+d@uni.edu", later(20)).await;
    let second = db.unfolded_at("ST1+b@uni.edu", later(10)).await;
    assert_eq!(db.holder("st1@uni.edu").await, Some(first));

    db.prune_all_by(later(60)).await;
    assert_eq!(db.store.signup(first).await.unwrap(), None, "the first one alone was finished");
    assert_eq!(db.holder("st1@uni.edu").await, Some(second));
    let further = db.request("st1+new@uni.edu");
    assert_eq!(insert(&db.store, &further).await, Inserted::Duplicate { id: further.id, of: second.into() });
    db.finish_all(later(60)).await;

    assert_eq!(db.erase_unfolded("st1+new@uni.edu", later(70)).await, Erased::All);
    assert_eq!(db.erase_unfolded("ST1+b@uni.edu", later(70)).await, Erased::All);
    assert_eq!(db.holder("st1@uni.edu").await, Some(third));

    let open = db.unfolded_at("st2+a@uni.edu", later(70)).await;
    let other = db.unfolded_at("st2+b@uni.edu", later(71)).await;
    let known = [db.imported_address("st2+a@uni.edu"), db.imported_address("st1+c+d@uni.edu")];
    let imported = db.unfolded().import_addresses(&known, &Requester::OPERATOR, later(80)).await.unwrap();
    assert_eq!(imported.overtaken.iter().map(|(signup, _)| signup.id).collect::<Vec<_>>(), [open]);
    assert_eq!(db.holder("st2@uni.edu").await, Some(known[0].id), "the imported account has taken it over");
    assert_eq!(db.holder("st1@uni.edu").await, Some(third));
    assert_eq!(db.erase_unfolded("st2+a@uni.edu", later(90)).await, Erased::All);
    assert_eq!(db.holder("st2@uni.edu").await, Some(other));
    assert_eq!(db.erase_unfolded("st1+c+d@uni.edu", later(90)).await, Erased::All);
    assert_eq!(db.holder("st1@uni.edu").await, Some(fourth));
    assert_eq!(db.erase_unfolded("st1+a@uni.edu", later(90)).await, Erased::All);
    assert_eq!(db.holder("st1@uni.edu").await, None);
}

/// The address of the import belongs to a younger account of the same mailbox already.
async fn an_import_hands_over_the_key_of_an_open_signup_that_it_ends(db: &Db) {
    let open = db.unfolded_at("st1+a@uni.edu", START).await;
    let known = [db.imported_address("st1@uni.edu")];
    assert_eq!(db.unfolded().import_addresses(&known, &Requester::OPERATOR, later(1)).await.unwrap().new, 1);
    assert_eq!(db.holder("st1@uni.edu").await, Some(open));
    let again = [db.imported_address("st1@uni.edu")];
    assert_eq!(db.store.import_addresses(&again, &Requester::OPERATOR, later(2)).await.unwrap().new, 0);
    assert_eq!(db.read(open).await.duplicate_of, Some(known[0].id));
    assert_eq!(db.holder("st1@uni.edu").await, Some(known[0].id));
}

const ADDRESSES: [&str; 8] = [
    "st1@uni.edu",
    "st1+a@uni.edu",
    "St1+b@uni.edu",
    "st1+b+c@uni.edu",
    "+st1@uni.edu",
    "st10@uni.edu",
    "st1@other.edu",
    "st1+a@other.edu",
];

async fn each_mailbox_with_an_owner_has_one_key_whatever_happens(db: &Db) {
    for seed in 0..6 {
        let chance = Entropy::seeded(seed);
        for step in 0..60 {
            let now = later(seed * 10_000 + step * 100);
            let address = ADDRESSES[chance.below(8) as usize];
            let store = db.store.clone().fold_subaddresses(chance.below(2) == 0);
            let done = match chance.below(8) {
                0..3 => {
                    insert(&store, &NewSignup { now, ..db.request(address) }).await;
                    "a signup"
                }
                3 => {
                    let new = NewSignup { now, ..db.unconfirmed(address) };
                    insert(&store, &new).await;
                    store.confirm(new.id, None, &sealed("x"), &Requester::Visitor, now).await.unwrap();
                    "a confirmation"
                }
                4 => {
                    db.finish_all(now).await;
                    "the accounts"
                }
                5 => {
                    db.prune_all_by(now).await;
                    "pruning"
                }
                6 => {
                    db.erase_unfolded(address, now).await;
                    "an erasure"
                }
                _ => {
                    let known =
                        [address, ADDRESSES[chance.below(8) as usize]].map(|one| db.imported_address(one));
                    store.import_addresses(&known, &Requester::OPERATOR, now).await.unwrap();
                    "an import"
                }
            };
            db.assert_one_key_each(&format!("{done} of {address}, seed {seed}, step {step}")).await;
        }
    }
}

/// What passes may fail while others write the same rows.
fn may_pass<T>(result: Result<T, StoreError>) {
    if let Err(error) = result {
        assert!(error.is_transient(), "{error:?}");
    }
}

/// The account that has a mailbox's key is removed while others come for the same mailbox. A single one that comes would
/// be left without the key; a later one would take it.
async fn each_mailbox_has_one_key_whatever_happens_at_once(db: &Db) {
    for round in 0..240 {
        let known = |tag: &str| db.imported_address(&format!("st{round}{tag}@uni.edu"));
        db.store.import_addresses(&[known("")], &Requester::OPERATOR, START).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        let (store, cutoff) = (db.store.clone(), Cutoff { until: later(50), duplicates_until: later(50) });
        tasks.spawn(async move { may_pass(store.prune(Prunable::Finished, cutoff).await) });
        for task in 0..[1, 0, 2][round % 3] {
            let (store, new) = (db.unfolded(), db.request(&format!("st{round}+new{task}@uni.edu")));
            tasks.spawn(async move { may_pass(store.insert_signup(&new).await) });
        }
        if round % 3 != 0 {
            let (store, known) = (db.store.clone(), [known("+old")]);
            tasks.spawn(async move {
                may_pass(store.import_addresses(&known, &Requester::OPERATOR, later(100)).await);
            });
        }
        tasks.join_all().await;
        db.assert_one_key_each(&format!("round {round}")).await;
    }
}

/// Rows as versions before that migration left them when they removed the first owner of a mailbox.
async fn a_free_key_is_given_out_by_the_migration(db: Db) {
    let rows = [("st1+b", 3), ("st1+a", 2), ("st2+a", 1)].map(|(user, at)| {
        let key = if user == "st2+a" { "'st2@uni.edu'" } else { "NULL" };
        format!(
            "('{at:032}', 'form{at}', 'done', 'done', '{user}@uni.edu', '{user}@uni.edu', {key}, 'en', 'students', 'uni', \
             'stud.example.edu', '1', {at}, {at}, {at}, {at})"
        )
    });
    let statement = format!(
        "INSERT INTO signup (id, form_nonce, stage, claimed_from, email, email_key, person_key, locale, profile, tenant, \
         domain, consent_version, consent_at, created_at, updated_at, trying_since) VALUES {}",
        rows.join(", ")
    );
    db.fill_at(9, &statement).await;
    let applied = db.store.migrate().await.unwrap();
    assert_eq!(applied.first().map(|migration| migration.description.as_str()), Some("second_accounts"));
    db.assert_one_key_each("the migration").await;
    let holder = db.store.signup_by_email(&email("st1+new@uni.edu")).await.unwrap().unwrap();
    assert_eq!(holder.email, Some(email("st1+a@uni.edu")), "the oldest one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_free_key_is_given_out_by_the_migration_on_sqlite() {
    a_free_key_is_given_out_by_the_migration(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_free_key_is_given_out_by_the_migration_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        a_free_key_is_given_out_by_the_migration(db).await;
    }
}
