//! Erasure: what it removes, what it leaves, and who cannot come between.

use accountcreator::{domain::*, store::*};

use crate::{requested::reason, support::*};

on_both!(
    a_life_leaves_no_personal_data,
    every_column_is_erased_or_known_to_name_nobody,
    a_request_for_an_erased_address_gets_a_mail_and_no_account,
    a_confirmed_request_for_an_erased_address_gets_no_account,
    the_owner_is_told_once_in_a_while,
    without_a_tombstone_the_person_can_sign_up_again,
    a_worker_is_waited_for_and_loses_an_expired_lease,
    a_lease_that_is_left_behind_runs_out,
    what_has_changed_since_is_not_erased,
    a_further_request_is_erased_with_the_one_it_belongs_to,
    a_further_request_that_comes_in_between_is_seen,
    the_username_is_free_here,
    no_request_slips_past_an_erasure,
    an_erased_address_is_not_imported,
    closed_requests_lose_the_hash_of_the_address,
);

/// Everything that could name this person.
const PERSONAL: [&str; 11] = [
    "wilhelmine",
    "brömmelkamp",
    "broemmelkamp",
    "st654321",
    "6f1a0c52-3a51-4f7c-9a43-0d1d3f0b7c11",
    "aaaaaaaa-3a51-4f7c-9a43-0d1d3f0b7c11",
    "a sealed password",
    "an smtp reply",
    "a graph code",
    "her mother called",
    "the login of an operator",
];
const ADDRESS: &str = "st654321@uni.edu";
const SUB_ADDRESS: &str = "st654321+new@uni.edu";

impl Db {
    /// The store as a service has it: with the key of its tombstones.
    pub async fn keyed(&self) -> Store {
        let store = self.store.clone();
        store.with_tombstones(&secret(1), &self.entropy, START).await.unwrap()
    }

    fn wilhelmine(&self, address: &str) -> NewSignup {
        NewSignup {
            name: PersonName::parse("Wilhelmine", "Brömmelkamp").unwrap(),
            username: username("wilhelmine.broemmelkamp"),
            sealed: sealed("a sealed password"),
            ..self.request(address)
        }
    }

    /// A finished signup, a finished and an open further request, one of a sub-address that was never confirmed.
    async fn life(&self) -> [SignupId; 4] {
        let first = self.wilhelmine(ADDRESS);
        self.store.insert_signup(&first).await.unwrap();
        let (_, lease) = self.claim_one(START).await;
        let until = START.plus(MINUTE);
        let join = [Effect::intended(StepKind::JoinGroup, group())];
        let lease =
            self.store.user_created(&lease, user(), &join, StepKind::Entitle, START, until).await.unwrap();
        let results = [Effect::refused(StepKind::JoinGroup, group(), StepState::Intended, "a graph code")];
        let lease = self.entitled(&lease, &results, false, START, until).await.unwrap();
        let back = PutBack {
            due_at: START,
            waiting: Waiting::TenantLag,
            error: "a graph code".to_owned(),
            undone: false,
            counted: true,
        };
        self.store.put_back(&lease, &back, START).await.unwrap();
        let (_, lease) = self.claim_one(START).await;
        let results = [Effect::done(StepKind::JoinGroup, group())];
        let lease = self.entitled(&lease, &results, true, START, until).await.unwrap();
        let (refused, reply) = (Attention::RecipientRefused, "an smtp reply");
        self.store.needs_attention(&lease, refused, reply, false, START).await.unwrap();
        let login = Some("the login of an operator".to_owned());
        let operator = Requester::Operator { login, sudo_user: None };
        let by = RequestedBy { requester: &operator, reason: Some(&reason("her mother called")) };
        self.store.retry(first.id, by, START).await.unwrap();
        let (_, lease) = self.claim_one(START).await;
        self.store.delivered(&lease, None, START).await.unwrap();
        let answered = self.wilhelmine("ST654321@uni.edu");
        self.store.insert_signup(&answered).await.unwrap();
        let (_, lease) = self.claim_one(START).await;
        self.store.duplicate_settled(&lease, false, START).await.unwrap();
        let unconfirmed =
            NewSignup { confirm: self.unconfirmed(SUB_ADDRESS).confirm, ..self.wilhelmine(SUB_ADDRESS) };
        self.store.insert_signup(&unconfirmed).await.unwrap();
        let (_, lease) = self.claim_one(START).await;
        self.store.code_sent(&lease, START).await.unwrap();
        let open = self.wilhelmine(ADDRESS);
        self.store.insert_signup(&open).await.unwrap();
        [first.id, answered.id, unconfirmed.id, open.id]
    }

    /// Erases all of an address and leaves a tombstone, as the command does when nothing comes between.
    async fn erase(&self, store: &Store, address: &str) -> Erased {
        let lease = LeaseToken::random(&self.entropy);
        self.erase_under(store, address, lease, Remains::Tombstones(&[email(address)])).await
    }

    async fn erase_under(
        &self,
        store: &Store,
        address: &str,
        lease: LeaseToken,
        remains: Remains<'_>,
    ) -> Erased {
        let mut signups = Vec::new();
        for signup in store.signups_of(&email(address)).await.unwrap() {
            let until = later(100).plus(MINUTE);
            let leased = store.lease_for_erasure(signup.id, lease, later(100), until).await.unwrap();
            assert!(!matches!(leased, ErasureLease::HeldUntil(_)), "{leased:?}");
            signups.push(Erasable::new(&signup, FormNonce::random(&self.entropy)));
        }
        store.erase(&signups, lease, remains, &eraser(), later(100)).await.unwrap()
    }

    /// Everything that is in the database, as the database shows it, in lower case.
    async fn rows_of_all_tables(&self) -> String {
        let is_sqlite = self.url().starts_with("sqlite");
        let tables = if is_sqlite {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_sqlx_migrations'"
        } else {
            "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'"
        };
        let mut all = String::new();
        for table in self.raw(tables).await.into_iter().flatten() {
            let rows = if is_sqlite {
                let columns = self.raw(&format!("SELECT name FROM pragma_table_info('{table}')")).await;
                let columns: Vec<_> =
                    columns.into_iter().flatten().map(|c| format!("COALESCE({c}, '')")).collect();
                self.raw(&format!("SELECT {} FROM {table}", columns.join(" || '\n' || "))).await
            } else {
                self.raw(&format!("SELECT row_to_json(t)::text FROM {table} t")).await
            };
            all.extend(rows.into_iter().flatten());
        }
        assert!(all.len() > 500, "the rows are read: {all}");
        all.to_lowercase()
    }
}

/// The operator who erases.
fn eraser() -> Requester {
    Requester::Operator { login: Some("eraser".to_owned()), sudo_user: None }
}

pub fn secret(seed: u64) -> SecretKey {
    SecretKey::new(&SecretKey::random(&Entropy::seeded(seed))).unwrap()
}

async fn a_life_leaves_no_personal_data(db: &Db) {
    let store = db.keyed().await;
    let other = db.queued("other@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let ids = db.life().await;
    let untouched = db.read(other).await;
    let form =
        db.raw(&format!("SELECT form_nonce FROM signup WHERE id = '{}'", ids[0])).await.remove(0).unwrap();
    assert!(store.take_key("a key", &form, START, START).await.unwrap());
    assert_eq!(db.raw("SELECT signup_id FROM confirmation_round").await.len(), 1);
    let before = db.rows_of_all_tables().await;
    for personal in PERSONAL.iter().filter(|text| **text != "an smtp reply" && **text != "a sealed password")
    {
        assert!(before.contains(personal), "{personal} is there before: {before}");
    }
    let listed: Vec<_> = store.signups_of(&email("St654321+x@Uni.edu")).await.unwrap();
    assert_eq!(listed.iter().map(|signup| signup.id).collect::<std::collections::BTreeSet<_>>(), ids.into());
    assert_eq!(
        store.clone().fold_subaddresses(false).signups_of(&email(SUB_ADDRESS)).await.unwrap().len(),
        1
    );

    assert_eq!(db.erase(&store, ADDRESS).await, Erased::All);
    let after = db.rows_of_all_tables().await;
    for personal in PERSONAL {
        assert!(!after.contains(personal), "{personal} is still there: {after}");
    }
    for id in ids {
        let signup = db.read(id).await;
        assert_eq!((signup.stage, signup.due_at), (Stage::Erased, None));
        assert_eq!(store.steps(id).await.unwrap(), []);
        let events = store.events(id).await.unwrap();
        assert!(events.len() > 1, "what happened is still told");
        assert_eq!(db.last_event(id).await, ("erased".to_owned(), "tombstone".to_owned()));
        let (erased, before) = events.split_last().unwrap();
        assert_eq!((&erased.requester, &erased.reason), (&Some(eraser()), &None));
        assert!(before.iter().all(|event| event.detail.is_empty() && event.reason.is_none()));
    }
    assert!(db.raw("SELECT id FROM idempotency_key").await.is_empty());
    assert!(db.raw("SELECT signup_id FROM confirmation_round").await.is_empty());
    assert_eq!(db.read(other).await, untouched, "others are left alone");
    store.put_back(&lease, &waiting(), START).await.unwrap();
    assert!(store.signups_of(&email(ADDRESS)).await.unwrap().is_empty(), "there is nothing left");
    nothing_is_in_the_files(db, &store).await;
}

fn waiting() -> PutBack {
    let (due_at, waiting) = (later(1000), Waiting::TenantLag);
    PutBack { due_at, waiting, error: "lag".to_owned(), undone: false, counted: true }
}

/// Byte by byte, while the database is open.
async fn nothing_is_in_the_files(db: &Db, store: &Store) {
    if let Some(file) = db.settings.file() {
        assert!(store.scrub().await.unwrap());
        for end in ["", "-wal", "-shm"] {
            let mut file = file.clone().into_os_string();
            file.push(end);
            let bytes = std::fs::read(&file).unwrap();
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            for personal in PERSONAL {
                assert!(!text.contains(personal), "{personal} is in {file:?}");
            }
        }
        return;
    }
    // A transaction of another test that is older than the erasure keeps the dead rows until it ends.
    const TRIES: u32 = 500;
    for _ in 0..TRIES {
        // As the command says; statistics hold values of columns too.
        for statement in [
            "VACUUM (FULL, ANALYZE) signup, account, operation, step, event, idempotency_key",
            "VACUUM FULL pg_statistic",
            "CHECKPOINT",
        ] {
            db.raw(statement).await;
        }
        if files_with_personal_data(db).await.is_empty() {
            return;
        }
    }
    panic!("{:?}", files_with_personal_data(db).await);
}

async fn files_with_personal_data(db: &Db) -> Vec<String> {
    let mut found = Vec::new();
    for personal in PERSONAL {
        let files = format!(
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'i', 't') \
             AND position(convert_to('{personal}', 'UTF8') \
                 IN pg_read_binary_file(pg_relation_filepath(oid))) > 0"
        );
        found.extend(db.raw(&files).await.into_iter().flatten().map(|file| format!("{personal} in {file}")));
    }
    found
}

/// The columns that name nobody, by table. A column that is added later has to be decided about: one that is not in the
/// list has to be empty after an erasure. The rows of operations go as a whole.
const NAMES_NOBODY: [(&str, &[&str]); 3] = [
    (
        "signup",
        &[
            "id",
            "form_nonce",
            "state",
            "account_id",
            "is_further",
            "locale",
            "profile",
            "tenant",
            "domain",
            "may_have_user",
            "confirm_round",
            "wrong_codes",
            "consent_version",
            "consent_at",
            "created_at",
            "updated_at",
            "delivered_at",
            "done_at",
            "declined_at",
            "resets",
        ],
    ),
    ("account", &["id", "state", "origin", "tenant", "domain", "reminded_at", "created_at", "updated_at"]),
    ("operation", &[]),
];

impl Db {
    /// The columns of a table that may name somebody.
    async fn personal_columns(&self, table: &str, name_nobody: &[&str]) -> Vec<String> {
        let columns = if self.url().starts_with("sqlite") {
            format!("SELECT name FROM pragma_table_info('{table}')")
        } else {
            format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'")
        };
        let columns = self.raw(&columns).await.into_iter().flatten();
        columns.filter(|name| !name_nobody.contains(&name.as_str())).collect()
    }

    /// What the rows of a table hold in columns, as texts.
    async fn contents(&self, table: &str, columns: &[String]) -> Vec<(String, Option<String>)> {
        let mut contents = Vec::new();
        for column in columns {
            let values = self.raw(&format!("SELECT CAST({column} AS TEXT) FROM {table}")).await;
            contents.extend(values.into_iter().map(|value| (column.clone(), value)));
        }
        contents
    }
}

async fn every_column_is_erased_or_known_to_name_nobody(db: &Db) {
    let store = db.keyed().await;
    let id = db.done(ADDRESS, START).await;
    let limits = ResetLimits { most: 3, done_since: later(1), done_after: Timestamp::default() };
    assert!(
        store.ask_reset(id, &sealed("new"), limits, (&Requester::Visitor).into(), later(2)).await.unwrap()
    );
    // Each column is filled, whatever it is for.
    let mut personal = Vec::new();
    for (table, name_nobody) in NAMES_NOBODY {
        let columns = db.personal_columns(table, name_nobody).await;
        for (column, value) in db.contents(table, &columns).await {
            let value = match column.as_str() {
                _ if value.is_some() => continue,
                "due_at" | "lease_token" | "account_id" => continue,
                "first_name" | "last_name" => "'Wilhelmine'",
                "principal" => "'w.b@students.example.edu'",
                "waiting" => "'no_seats'",
                "attention" => "'gave_up'",
                _ => "'1'",
            };
            db.raw(&format!("UPDATE {table} SET {column} = {value} RETURNING CAST(id AS TEXT)")).await;
        }
        personal.push((table, columns));
    }
    assert!(personal.iter().all(|(_, columns)| columns.len() >= 7), "{personal:?}");
    let form = db.raw("SELECT form_nonce FROM signup").await;
    // What was done to the account itself, not by the signup.
    db.raw(&format!(
        "INSERT INTO operation (kind, account_id, tenant, step, needs, trying_since, last_error, requester_kind, \
         created_at, updated_at, finished_at) \
         VALUES ('check_account', '{id}', 'uni', 'read_account', 'background', 1, 'w.b', 'operator', 1, 1, 1) RETURNING kind"
    ))
    .await;
    db.raw(&format!(
        "INSERT INTO event (account_id, at, kind, detail, requester_kind, requester, reason) \
         VALUES ('{id}', 1, 'read', 'w.b', 'operator', 'w.b', 'w.b') RETURNING kind"
    ))
    .await;

    let token = LeaseToken::random(&db.entropy);
    assert_eq!(
        store.lease_for_erasure(id, token, later(3), later(60)).await.unwrap(),
        ErasureLease::Taken,
        "the new password waits for a worker"
    );
    let erasable = Erasable::new(&db.read(id).await, FormNonce::random(&db.entropy));
    assert_eq!(
        store.erase(&[erasable], token, Remains::Nothing(&[]), &eraser(), later(4)).await.unwrap(),
        Erased::All
    );
    for (table, columns) in &personal {
        let left = db.contents(table, columns).await;
        let left: Vec<_> = left.into_iter().filter(|(_, value)| value.is_some()).collect();
        assert_eq!(left, [], "in {table}");
    }
    assert_eq!(db.raw("SELECT kind FROM operation").await, [], "operations go as a whole");
    let details = db.raw("SELECT detail FROM event WHERE detail NOT IN ('', 'tombstone')").await;
    assert_eq!(details, []);
    let asked =
        "SELECT kind FROM event WHERE kind <> 'erased' AND (requester IS NOT NULL OR reason IS NOT NULL)";
    assert_eq!(db.raw(asked).await, []);
    let now = db.raw("SELECT form_nonce FROM signup").await;
    assert_ne!(form, now, "the mark of a form may have been made from address and name");
}

async fn a_request_for_an_erased_address_gets_a_mail_and_no_account(db: &Db) {
    let store = db.keyed().await;
    db.life().await;
    db.erase(&store, ADDRESS).await;
    for address in ["St654321@uni.edu", "st654321+other@uni.edu"] {
        let again = db.wilhelmine(address);
        assert_eq!(store.insert_signup(&again).await.unwrap(), Inserted::New(again.id), "as any other");
        assert_eq!(store.insert_signup(&again).await.unwrap(), Inserted::Repeated(again.id));
        let signup = db.read(again.id).await;
        assert_eq!(signup.stage, Stage::Queued);
        assert_eq!(signup.shown_username, Some(username("wilhelmine.broemmelkamp")), "its page looks alike");
        assert_eq!((signup.username, signup.sealed, signup.declined_at), (None, None, Some(START)));
        let (claimed, lease) = db.claim_one(later(200)).await;
        assert_eq!((claimed.id, claimed.stage), (again.id, Stage::Queued), "it never comes to the tenant");
        assert_eq!(store.steps(again.id).await.unwrap(), []);
        store.take_notice(&lease, None, later(199), later(200)).await.unwrap();
        store.decline_settled(&lease, true, later(201)).await.unwrap();
        let settled = db.read(again.id).await;
        assert_eq!((settled.stage, settled.due_at), (Stage::Done, None));
        assert_eq!(db.step(again.id, StepKind::SendNotice).await.state, StepState::Done);
        assert!(is_lease_lost(store.decline_settled(&lease, true, later(202)).await));
        let all = db.rows_of_all_tables().await;
        for personal in ["wilhelmine", "mmelkamp", "st654321"] {
            assert!(!all.contains(personal), "{personal}: {all}");
        }
    }
    assert_eq!(
        store.prune(Prunable::Duplicates, cutoff()).await.unwrap(),
        4,
        "two that were erased, two that were declined"
    );
}

fn cutoff() -> Cutoff {
    Cutoff { until: later(10_000), duplicates_until: later(10_000) }
}

async fn a_confirmed_request_for_an_erased_address_gets_no_account(db: &Db) {
    let store = db.keyed().await;
    db.life().await;
    db.erase(&store, ADDRESS).await;
    let again = NewSignup { confirm: db.unconfirmed(ADDRESS).confirm, ..db.wilhelmine(ADDRESS) };
    store.insert_signup(&again).await.unwrap();
    assert_eq!(db.read(again.id).await.declined_at, None, "until then it may be anybody's");
    let confirmed = store
        .confirm(again.id, None, &sealed("a sealed password"), &Requester::Visitor, later(200))
        .await
        .unwrap();
    assert_eq!(confirmed, Confirmed::Queued);
    let signup = db.read(again.id).await;
    assert_eq!((signup.username, signup.sealed), (None, None));
    assert_eq!(signup.declined_at, Some(later(200)));
    assert_eq!(db.raw("SELECT email_key FROM account WHERE email_key IS NOT NULL").await, []);
    let (claimed, _) = db.claim_one(later(200)).await;
    assert_eq!(claimed.stage, Stage::Queued);
}

async fn the_owner_is_told_once_in_a_while(db: &Db) {
    let store = db.keyed().await;
    db.life().await;
    db.erase(&store, ADDRESS).await;
    let mut declined = Vec::new();
    for _ in 0..2 {
        let again = db.wilhelmine(ADDRESS);
        store.insert_signup(&again).await.unwrap();
        declined.push(again.id);
    }
    let claimed = db.claim_at(later(200)).await;
    let lease = |id| claimed.iter().find(|(signup, _)| signup.id == id).unwrap().1;
    let take =
        async |id, none_since, now| store.take_notice(&lease(id), None, none_since, now).await.unwrap();
    assert!(take(declined[0], later(100), later(200)).await);
    assert!(!take(declined[1], later(100), later(201)).await, "one mail is enough");
    assert!(take(declined[0], later(100), later(202)).await, "a mail that was not sent yet is still its own");
    store.decline_settled(&lease(declined[1]), false, later(203)).await.unwrap();
    assert_eq!(db.last_event(declined[1]).await, ("declined".to_owned(), String::new()));
    assert_eq!(db.read(declined[1]).await.email, None);
    let third = db.wilhelmine(ADDRESS);
    store.insert_signup(&third).await.unwrap();
    let claimed = db.claim_at(later(300)).await;
    let (_, lease) = claimed.iter().find(|(signup, _)| signup.id == third.id).unwrap();
    assert!(
        store.take_notice(lease, None, later(250), later(300)).await.unwrap(),
        "after a while there is one more"
    );
}

async fn without_a_tombstone_the_person_can_sign_up_again(db: &Db) {
    let store = db.keyed().await;
    db.life().await;
    let (lease, emails) = (LeaseToken::random(&db.entropy), [email(ADDRESS)]);
    assert_eq!(db.erase_under(&store, ADDRESS, lease, Remains::Nothing(&emails)).await, Erased::All);
    assert_eq!(store.tombstone_of(&email(ADDRESS)).await.unwrap(), None);
    let again = db.wilhelmine(ADDRESS);
    assert_eq!(store.insert_signup(&again).await.unwrap(), Inserted::New(again.id));
    let (claimed, _) = db.claim_one(later(200)).await;
    assert_eq!((claimed.id, claimed.stage), (again.id, Stage::Provisioning));
}

async fn a_worker_is_waited_for_and_loses_an_expired_lease(db: &Db) {
    let store = db.keyed().await;
    let id = db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let token = LeaseToken::random(&db.entropy);
    let take = async |now| store.lease_for_erasure(id, token, now, later(500)).await.unwrap();
    assert_eq!(take(later(30)).await, ErasureLease::HeldUntil(later(60)));
    assert_eq!(take(later(60)).await, ErasureLease::Taken);
    assert_eq!(take(later(61)).await, ErasureLease::Taken, "it can be taken again by the same");
    assert!(db.claim_at(later(62)).await.is_empty(), "no worker takes it meanwhile");
    let user_created =
        store.user_created(&lease, user(), &[], StepKind::SendPassword, later(63), later(90)).await;
    assert!(is_lease_lost(user_created));
    let signup = db.read(id).await;
    let erasable = [Erasable::new(&signup, FormNonce::random(&db.entropy))];
    let other = LeaseToken::random(&db.entropy);
    let nothing = Remains::Nothing(&[]);
    assert_eq!(store.erase(&erasable, other, nothing, &eraser(), later(64)).await.unwrap(), Erased::Changed);
    assert_eq!(store.erase(&erasable, token, nothing, &eraser(), later(64)).await.unwrap(), Erased::All);
    assert_eq!(take(later(65)).await, ErasureLease::NotNeeded);
}

async fn a_lease_that_is_left_behind_runs_out(db: &Db) {
    let store = db.keyed().await;
    let id = db.queued("max@uni.edu").await;
    let before = db.read(id).await;
    let token = LeaseToken::random(&db.entropy);
    store.lease_for_erasure(id, token, later(1), later(100)).await.unwrap();
    assert!(db.claim_at(later(99)).await.is_empty());
    let (claimed, lease) = db.claim_one(later(100)).await;
    assert_eq!((claimed.name, claimed.email), (before.name, before.email), "nothing is lost by a crash");
    store.release(&lease, later(101)).await.unwrap();
    store.lease_for_erasure(id, token, later(102), later(500)).await.unwrap();
    store.release_from_erasure(id, token, later(103)).await.unwrap();
    assert_eq!(db.claim_one(later(103)).await.0.id, id, "nor by an erasure that is given up");
}

async fn what_has_changed_since_is_not_erased(db: &Db) {
    let store = db.keyed().await;
    let [first, answered, ..] = db.life().await;
    let lease = LeaseToken::random(&db.entropy);
    let mut erasable = Vec::new();
    for signup in store.signups_of(&email(ADDRESS)).await.unwrap() {
        store.lease_for_erasure(signup.id, lease, later(1), later(500)).await.unwrap();
        erasable.push(Erasable::new(&signup, FormNonce::random(&db.entropy)));
    }
    let limits = ResetLimits { most: 3, done_since: later(1), done_after: Timestamp::default() };
    assert!(
        store.ask_reset(first, &sealed("new"), limits, (&Requester::Visitor).into(), later(2)).await.unwrap()
    );
    let emails = [email(ADDRESS)];
    let erased =
        store.erase(&erasable, lease, Remains::Tombstones(&emails), &eraser(), later(3)).await.unwrap();
    assert_eq!(erased, Erased::Changed);
    assert_eq!((db.read(first).await.stage, db.read(answered).await.stage), (Stage::Resetting, Stage::Done));
    assert!(db.read(answered).await.email.is_some(), "all or nothing");
    assert_eq!(store.tombstone_of(&emails[0]).await.unwrap(), None);
}

async fn a_further_request_is_erased_with_the_one_it_belongs_to(db: &Db) {
    let store = db.keyed().await;
    let owner = db.queued(ADDRESS).await;
    let further = db.request(SUB_ADDRESS);
    let inserted = store.insert_signup(&further).await.unwrap();
    assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: owner.into() });
    // Since sub-addresses are no longer folded, only the further request itself tells whose it is.
    let now = store.fold_subaddresses(false);
    let found = now.signups_of(&email(ADDRESS)).await.unwrap();
    assert_eq!(
        found.iter().map(|signup| signup.id).collect::<std::collections::BTreeSet<_>>(),
        [owner, further.id].into()
    );
    assert_eq!(db.erase(&now, ADDRESS).await, Erased::All);
    assert_eq!(db.read(further.id).await.stage, Stage::Erased);
}

async fn a_further_request_that_comes_in_between_is_seen(db: &Db) {
    let store = db.keyed().await;
    let owner = db.queued("max@uni.edu").await;
    let lease = LeaseToken::random(&db.entropy);
    store.lease_for_erasure(owner, lease, later(1), later(500)).await.unwrap();
    let erasable = [Erasable::new(&db.read(owner).await, FormNonce::random(&db.entropy))];
    let further = db.request("max@uni.edu");
    let inserted = store.insert_signup(&further).await.unwrap();
    assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: owner.into() });
    let nothing = Remains::Nothing(&[]);
    assert_eq!(store.erase(&erasable, lease, nothing, &eraser(), later(3)).await.unwrap(), Erased::Changed);
    assert_eq!(db.read(owner).await.stage, Stage::Queued);
}

async fn the_username_is_free_here(db: &Db) {
    let store = db.keyed().await;
    db.life().await;
    db.erase(&store, ADDRESS).await;
    let namesake = db.wilhelmine("st000001@uni.edu");
    store.insert_signup(&namesake).await.unwrap();
    assert_eq!(db.read(namesake.id).await.username, Some(username("wilhelmine.broemmelkamp")));
}

/// Requests and an erasure at the same moment: whatever their order, the address ends without an owner.
async fn no_request_slips_past_an_erasure(db: &Db) {
    let store = db.keyed().await;
    for round in 0..15 {
        let address = format!("st{round}@uni.edu");
        store.insert_signup(&db.request(&address)).await.unwrap();
        let claimed = db.claim_at(START).await;
        let (_, lease) = claimed.iter().find(|(signup, _)| signup.stage == Stage::Provisioning).unwrap();
        let lease =
            store.user_created(lease, user(), &[], StepKind::SendPassword, START, later(60)).await.unwrap();
        store.delivered(&lease, None, START).await.unwrap();
        let mut requests = tokio::task::JoinSet::new();
        for number in 0..8 {
            let new = if number % 2 == 0 { db.request(&address) } else { db.unconfirmed(&address) };
            let store = store.clone();
            requests.spawn(async move {
                store.insert_signup(&new).await.unwrap();
                if new.confirm.is_some() {
                    store.confirm(new.id, None, &new.sealed, &Requester::Visitor, START).await.unwrap();
                }
            });
        }
        let (mut rounds, lease, emails) = (0, LeaseToken::random(&db.entropy), [email(&address)]);
        let remains = Remains::Tombstones(&emails);
        while db.erase_under(&store, &address, lease, remains).await == Erased::Changed {
            rounds += 1;
            assert!(rounds < 100, "it ends");
        }
        requests.join_all().await;
        let owners = db.raw("SELECT state FROM account WHERE email_key IS NOT NULL").await;
        assert_eq!(owners, [], "in round {round}");
        let strays = "SELECT id FROM signup WHERE email IS NOT NULL AND declined_at IS NULL";
        assert_eq!(db.raw(strays).await, [], "in round {round}");
    }
    if db.url().starts_with("postgres") {
        // Each costs a second, in which others can reach their time limits.
        let deadlocks = "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()";
        assert_eq!(db.raw(deadlocks).await, [Some("0".to_owned())], "transactions waited for each other");
    }
}

async fn an_erased_address_is_not_imported(db: &Db) {
    let store = db.keyed().await;
    db.life().await;
    db.erase(&store, ADDRESS).await;
    let known = ["St654321@uni.edu", "other@uni.edu"].map(|address| KnownAddress {
        id: SignupId::random(&db.entropy),
        form: FormNonce::random(&db.entropy),
        email: email(address),
        since: START,
    });
    let addresses = known.clone().map(|known| known.email);
    assert_eq!(store.count_erased(&addresses).await.unwrap(), 1);
    let imported = store.import_addresses(&known, &Requester::OPERATOR, later(200)).await.unwrap();
    assert_eq!((imported.new, imported.erased), (1, 1));
    assert_eq!(store.signup_by_email(&addresses[0]).await.unwrap(), None);
    assert!(store.signup_by_email(&addresses[1]).await.unwrap().is_some());
    assert!(matches!(
        db.store.import_addresses(&known, &Requester::OPERATOR, later(200)).await,
        Err(StoreError::TombstoneKey)
    ));
}

async fn closed_requests_lose_the_hash_of_the_address(db: &Db) {
    let store = db.keyed().await;
    let (closed, confirmed, others) =
        (db.unconfirmed(ADDRESS), db.unconfirmed(ADDRESS), db.unconfirmed("other@uni.edu"));
    for request in [&closed, &confirmed, &others] {
        store.insert_signup(request).await.unwrap();
    }
    store.confirm(confirmed.id, None, &sealed("sealed"), &Requester::Visitor, START).await.unwrap();
    assert_eq!(db.read(closed.id).await.stage, Stage::Voided);
    let hashes = "SELECT id FROM signup WHERE address_hash IS NOT NULL ORDER BY email";
    assert_eq!(db.raw(hashes).await.len(), 2);
    assert_eq!(db.erase(&store, ADDRESS).await, Erased::All);
    let hash = closed.confirm.unwrap().budget.address;
    assert_eq!(store.forget_address(&hash).await.unwrap(), 1);
    assert_eq!(db.raw(hashes).await, [Some(others.id.to_string())]);
}
