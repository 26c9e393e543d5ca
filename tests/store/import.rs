//! Addresses whose accounts were made elsewhere: taken like those of finished signups, and nothing else is known.

use std::path::PathBuf;

use accountcreator::{domain::*, store::*};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use tempfile::TempDir;

use crate::support::*;

on_both!(
    an_imported_address_gets_no_second_account,
    importing_twice_adds_nothing,
    more_than_one_statement_holds_are_imported,
    a_signup_without_a_user_is_ended_and_gets_none,
    a_signup_that_is_being_worked_on_is_left,
    a_waiting_signup_does_not_own_its_address_yet,
    an_imported_address_is_kept_as_long_as_a_finished_signup,
    no_password_is_set_for_an_imported_address,
);

impl Db {
    fn known(&self, address: &str, since: Timestamp) -> KnownAddress {
        let (id, form) = (SignupId::random(&self.entropy), FormNonce::random(&self.entropy));
        KnownAddress { id, form, email: email(address), since }
    }

    async fn imported(&self, address: &str) -> SignupId {
        let known = self.known(address, START);
        assert_eq!(
            self.store
                .import_addresses(std::slice::from_ref(&known), &Requester::OPERATOR, later(10))
                .await
                .unwrap()
                .new,
            1
        );
        known.id
    }
}

async fn an_imported_address_gets_no_second_account(db: &Db) {
    let id = db.imported("Max@Uni.edu").await;
    let signup = db.read(id).await;
    assert_eq!((signup.stage, signup.email), (Stage::Done, Some(email("Max@Uni.edu"))));
    assert_eq!((signup.name, signup.username, signup.object_id), (None, None, None));
    assert_eq!((signup.created_at, signup.updated_at), (START, later(10)));
    assert_eq!((signup.profile.as_str(), signup.tenant.as_str()), ("imported", "imported"));
    assert_eq!(db.last_event(id).await, ("imported".to_owned(), String::new()));
    assert_eq!(db.store.next_due().await.unwrap(), None, "there is nothing to do for it");

    let further = db.request("max@uni.edu");
    let inserted = db.store.insert_signup(&further).await.unwrap();
    assert_eq!(inserted, Inserted::Duplicate { id: further.id, of: id.into() });
    let shown = db.read(further.id).await.shown_username;
    assert_eq!(shown, Some(username("max.mustermann")), "its page tells nobody that the address is known");
    let (_, lease) = db.claim_one(later(20)).await;
    assert!(
        db.store
            .take_reminder(&lease, &mail("reminder", unlimited("max@uni.edu")), START, later(20))
            .await
            .unwrap()
    );
    db.store.duplicate_settled(&lease, true, later(20)).await.unwrap();
    let counts = db.store.count_by_stage().await.unwrap();
    assert_eq!(counts["done"], 2);
}

async fn importing_twice_adds_nothing(db: &Db) {
    let own = db.delivering("own@uni.edu").await;
    let known = ["a@uni.edu", "OWN@uni.edu", "b@uni.edu"].map(|address| db.known(address, START));
    let imported = db.store.import_addresses(&known, &Requester::OPERATOR, START).await.unwrap();
    assert_eq!(imported.new, 2);
    let [(signup, Overtaken::HasUser)] = &*imported.overtaken else { panic!("{imported:?}") };
    assert_eq!(*signup, db.read(signup_of(&own)).await, "what has its user goes on");
    let again = ["A@uni.edu", "b@uni.edu", "c@uni.edu", "C@uni.edu"].map(|address| db.known(address, START));
    assert_eq!(db.store.import_addresses(&again, &Requester::OPERATOR, later(5)).await.unwrap().new, 1);
    assert_eq!(db.read(known[0].id).await.updated_at, START, "the first import stays as it is");
    assert_eq!(db.raw("SELECT id FROM signup").await.len(), 4);
    assert_eq!(db.raw("SELECT signup_id FROM event WHERE kind = 'imported'").await.len(), 3);
}

async fn more_than_one_statement_holds_are_imported(db: &Db) {
    for (from, to, new) in [(0, 257, 257), (200, 400, 143), (0, 400, 0), (0, 0, 0)] {
        let known: Vec<_> = (from..to).map(|n| db.known(&format!("st{n}@uni.edu"), later(n))).collect();
        let emails: Vec<_> = known.iter().map(|known| known.email.clone()).collect();
        let owned = db.store.count_owned(&emails).await.unwrap();
        assert_eq!(owned, to - from - new);
        assert_eq!(
            db.store.import_addresses(&known, &Requester::OPERATOR, later(500)).await.unwrap().new,
            new
        );
        assert_eq!(db.store.count_owned(&emails).await.unwrap(), to - from);
    }
    let newest = db.store.list(&Filter { stage: None, limit: 1, after: None }).await.unwrap();
    assert_eq!(newest[0].email, Some(email("st399@uni.edu")), "they are as old as their accounts");
}

async fn a_signup_without_a_user_is_ended_and_gets_none(db: &Db) {
    let stuck = db.queued("stuck@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    db.store.needs_attention(&lease, Attention::Forbidden, "refused", false, START).await.unwrap();
    let crashed = db.queued("crashed@uni.edu").await;
    db.claim_one(START).await;
    let queued = db.queued("queued@uni.edu").await;
    let further = db.request("queued@uni.edu");
    db.store.insert_signup(&further).await.unwrap();

    let known = ["queued@uni.edu", "Stuck@uni.edu", "crashed@uni.edu", "new@uni.edu"]
        .map(|address| db.known(address, START));
    let emails = known.clone().map(|known| known.email);
    let now = START.plus(MINUTE);
    let mut expected =
        vec![(queued, Overtaken::Ended), (stuck, Overtaken::InDoubt), (crashed, Overtaken::InDoubt)];
    expected.sort_by_key(|(id, _)| *id);
    let ids = |overtaken: Vec<(Signup, Overtaken)>| {
        let mut ids: Vec<_> = overtaken.iter().map(|(signup, is)| (signup.id, *is)).collect();
        ids.sort_by_key(|(id, _)| *id);
        ids
    };
    assert_eq!(ids(db.store.overtaken_by(&emails, now).await.unwrap()), expected);
    let imported = db.store.import_addresses(&known, &Requester::OPERATOR, now).await.unwrap();
    assert_eq!(imported.new, 4);
    assert_eq!(ids(imported.overtaken), expected);

    for (id, owner) in
        [(queued, known[0].id), (stuck, known[1].id), (crashed, known[2].id), (further.id, known[0].id)]
    {
        let signup = db.read(id).await;
        assert_eq!((signup.stage, signup.duplicate_of), (Stage::Queued, Some(owner)));
        assert_eq!((signup.username, signup.sealed), (None, None));
    }
    assert_eq!(db.last_event(queued).await, ("overtaken".to_owned(), known[0].id.to_string()));
    assert_eq!(db.step(crashed, StepKind::CreateUser).await.state, StepState::Failed);
    assert_eq!(db.store.retry(stuck, OPERATOR, now).await.unwrap(), Retried::NotStuck);
    let claimed = db.claim_at(now).await;
    assert_eq!(claimed.len(), 4);
    for (signup, lease) in claimed {
        assert_eq!(lease.step, StepKind::SendReminder, "no user is created for signup {}", signup.id);
        db.store.duplicate_settled(&lease, false, now).await.unwrap();
    }
    assert_eq!(db.store.count_by_stage().await.unwrap()["done"], 8);
    assert!(db.store.import_addresses(&known, &Requester::OPERATOR, now).await.unwrap().overtaken.is_empty());
}

async fn a_signup_that_is_being_worked_on_is_left(db: &Db) {
    db.queued("max@uni.edu").await;
    let (_, lease) = db.claim_one(START).await;
    let known = [db.known("max@uni.edu", START)];
    let imported = db.store.import_addresses(&known, &Requester::OPERATOR, later(1)).await.unwrap();
    assert_eq!((imported.new, imported.overtaken[0].1), (0, Overtaken::AtWork));
    db.store.user_created(&lease, user(), &[], StepKind::SendPassword, later(2), later(60)).await.unwrap();
}

async fn a_waiting_signup_does_not_own_its_address_yet(db: &Db) {
    let waiting = db.unconfirmed("max@uni.edu");
    db.store.insert_signup(&waiting).await.unwrap();
    let of = db.imported("max@uni.edu").await;
    let confirmed =
        db.store.confirm(waiting.id, None, &sealed("password"), &Requester::Visitor, later(1)).await.unwrap();
    assert_eq!(confirmed, Confirmed::Duplicate { of: of.into() });
}

async fn an_imported_address_is_kept_as_long_as_a_finished_signup(db: &Db) {
    let id = db.imported("max@uni.edu").await;
    let cutoff = |until| Cutoff { until, duplicates_until: until };
    for what in Prunable::ALL {
        assert_eq!(
            db.store.prune(what, cutoff(later(9))).await.unwrap(),
            0,
            "{what:?} counts from the import"
        );
    }
    assert_eq!(db.store.prune(Prunable::Trails, cutoff(later(10))).await.unwrap(), 1);
    assert!(db.store.signup(id).await.unwrap().is_some());
    assert_eq!(db.store.prune(Prunable::Finished, cutoff(later(10))).await.unwrap(), 1);
}

async fn no_password_is_set_for_an_imported_address(db: &Db) {
    let id = db.imported("max@uni.edu").await;
    let limits = ResetLimits { most: 3, done_since: later(100), done_after: Timestamp::default() };
    assert!(
        !db.store
            .ask_reset(id, &sealed("new"), limits, (&Requester::Visitor).into(), later(100))
            .await
            .unwrap()
    );
    assert_eq!(db.store.retry(id, OPERATOR, later(100)).await.unwrap(), Retried::NotStuck);
}

/// A database as SQLAlchemy makes it, with this done to it.
async fn original(statements: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("database.sqlite");
    let mut connection =
        SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", file.display())).await.unwrap();
    let table = "CREATE TABLE \"RegisteredEmailAddress\" (\n\tid INTEGER NOT NULL, \n\temail VARCHAR(255), \n\t\
         ms365_created BOOLEAN NOT NULL, \n\ttimestamp INTEGER, \n\t\
         CONSTRAINT \"pk_RegisteredEmailAddress\" PRIMARY KEY (id)\n);";
    connection.execute(AssertSqlSafe(format!("{table}{statements}"))).await.unwrap();
    (folder, file)
}

async fn emails(file: &std::path::Path) -> Vec<Option<String>> {
    let mut database = OriginalDatabase::open(file).await.unwrap();
    let rows = database.rows_after(i64::MIN).await.unwrap();
    rows.into_iter().map(|row| row.email).collect()
}

#[tokio::test]
async fn the_originals_rows_are_read_and_its_file_is_not_touched() {
    let (folder, file) = original(
        "INSERT INTO RegisteredEmailAddress VALUES (1, 'a@b.de', 1, 1600000000), (7, NULL, 0, NULL), \
         (9, x'ff40', 1, 'soon')",
    )
    .await;
    let before = std::fs::read(&file).unwrap();
    let mut database = OriginalDatabase::open(&file).await.unwrap();
    let rows = database.rows_after(0).await.unwrap();
    let seen: Vec<_> =
        rows.iter().map(|row| (row.id, row.has_account, row.since.map(Timestamp::seconds))).collect();
    assert_eq!(seen, [(1, true, Some(1_600_000_000)), (7, false, None), (9, true, Some(0))]);
    assert_eq!(rows[0].email.as_deref(), Some("a@b.de"));
    assert!(Email::parse(rows[2].email.as_deref().unwrap()).is_err(), "what is no text is no address");
    assert!(database.rows_after(9).await.unwrap().is_empty());
    assert!(std::fs::read(&file).unwrap() == before, "not a byte is changed");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing is made beside it");
}

#[tokio::test]
async fn what_a_crash_has_left_beside_the_file_counts() {
    // A log that was not folded in: what is in it was committed.
    let (_folder, file) = original("PRAGMA journal_mode = WAL").await;
    let mut writer = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await.unwrap();
    writer.execute("INSERT INTO RegisteredEmailAddress VALUES (1, 'a@b.de', 1, 1)").await.unwrap();
    assert!(std::fs::metadata(file.with_extension("sqlite-wal")).unwrap().len() > 0);
    assert_eq!(emails(&file).await, [Some("a@b.de".to_owned())]);
    drop(writer);

    // A journal of a transaction that was not committed: what it has changed is taken back.
    let (folder, file) = original("INSERT INTO RegisteredEmailAddress VALUES (1, 'a@b.de', 1, 1)").await;
    let url = format!("sqlite://{}", file.display());
    let mut writer = SqliteConnection::connect(&url).await.unwrap();
    // A cache of one page, so that changes reach the file before the commit.
    writer.execute("PRAGMA cache_size = 1").await.unwrap();
    let many = "BEGIN; WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) \
         INSERT INTO RegisteredEmailAddress SELECT i, 'lost' || i || '@example.edu', 1, 1 FROM n";
    writer.execute(many).await.unwrap();
    let crashed = folder.path().join("crashed.sqlite");
    std::fs::copy(&file, &crashed).unwrap();
    std::fs::copy(file.with_extension("sqlite-journal"), crashed.with_extension("sqlite-journal")).unwrap();
    let before = std::fs::read(&crashed).unwrap();
    assert_eq!(emails(&crashed).await, [Some("a@b.de".to_owned())]);
    assert!(std::fs::read(&crashed).unwrap() == before && crashed.with_extension("sqlite-journal").exists());
}

#[tokio::test]
async fn another_database_is_refused_with_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x");
    let refused = async || OriginalDatabase::open(&file).await.err().unwrap();
    assert!(matches!(refused().await, OriginalError::File(_)));
    std::fs::write(&file, "no database at all, but longer than a header of one hundred bytes ".repeat(9))
        .unwrap();
    assert!(matches!(refused().await, OriginalError::Unreadable(_)));
    std::fs::write(&file, "").unwrap();
    assert!(matches!(refused().await, OriginalError::OtherTables));
}
