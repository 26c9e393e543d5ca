//! The schema: brought up once, however many start together; a newer one is left alone.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    a_schema_that_is_up_to_date_stays,
    a_newer_schema_is_refused,
    a_copy_is_the_record_or_is_not_made,
    what_is_restored_otherwise_is_in_doubt_once_told,
    a_closed_store_says_so_without_the_data,
);

async fn many_migrate_one_applies(db: Db) {
    let known = Store::known_migrations();
    let names: Vec<_> = known.iter().map(MigrationState::name).collect();
    assert_eq!(names[..2], ["0001_signups", "0002_person_key"]);
    assert_eq!(db.store.pending_migrations().await.unwrap(), names);
    let mut programs = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let settings = db.settings.clone();
        // Each with connections of its own, as several processes would have.
        programs.spawn(async move { Store::open(&settings).await.unwrap().migrate().await.unwrap() });
    }
    let applied: Vec<_> = programs.join_all().await.into_iter().flatten().collect();
    let expected = known
        .into_iter()
        .map(|MigrationState { version, description, .. }| AppliedMigration { version, description });
    assert_eq!(applied, expected.collect::<Vec<_>>());
    assert_eq!(db.store.pending_migrations().await.unwrap(), [""; 0]);
    let states = db.store.migrations().await.unwrap();
    assert_eq!(states.len(), names.len());
    let now = Clock::system().now();
    let is_new = |at: Timestamp| at <= now && now.since(at) < MINUTE;
    assert!(states.iter().all(|migration| migration.applied_at.is_some_and(is_new)), "{states:?}");
    db.queued("max@uni.edu").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_migrate_one_applies_on_sqlite() {
    many_migrate_one_applies(Db::empty_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_migrate_one_applies_on_postgres() {
    if let Some(db) = Db::empty_postgres().await {
        many_migrate_one_applies(db).await;
    }
}

async fn a_schema_that_is_up_to_date_stays(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    assert_eq!(db.store.migrate().await.unwrap(), []);
    assert_eq!(db.read(id).await.stage, Stage::Queued);
}

async fn a_newer_schema_is_refused(db: &Db) {
    db.raw("UPDATE _sqlx_migrations SET version = 9000 WHERE version = 1 RETURNING description").await;
    assert!(matches!(db.store.pending_migrations().await, Err(StoreError::NewerSchema(9000))));
    assert!(matches!(db.store.migrate().await, Err(StoreError::NewerSchema(9000))));
    assert!(matches!(db.store.migrations().await, Err(StoreError::NewerSchema(9000))));
}

async fn a_copy_is_the_record_or_is_not_made(db: &Db) {
    let id = db.queued("max@uni.edu").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("copy.db");
    let made = db.store.backup(&file).await;
    if !db.url().starts_with("sqlite") {
        assert!(matches!(made, Err(StoreError::NoBackup)));
        return;
    }
    made.unwrap();
    let settings = Database::new(format!("sqlite://{}", file.display()), 1);
    let copy = Store::open(&settings).await.unwrap();
    let (copied, original) = (copy.signup(id).await.unwrap().unwrap(), db.read(id).await);
    assert_eq!(copied.stage, Stage::Provisioning, "its user may exist by the time the copy is used");
    assert_eq!(copy.steps(id).await.unwrap()[0].state, StepState::Intended);
    assert_eq!(Signup { stage: Stage::Queued, ..copied }, original);
    assert_eq!(copy.events(id).await.unwrap(), db.store.events(id).await.unwrap());
    assert!(db.store.backup(&file).await.is_err(), "nothing is replaced");
}

async fn what_is_restored_otherwise_is_in_doubt_once_told(db: &Db) {
    let done = db.delivering("ada@uni.edu").await;
    db.store.delivered(&done, None, START).await.unwrap();
    let waiting = db.queued("max@uni.edu").await;
    let finished = db.read(signup_of(&done)).await;
    assert_eq!(db.store.doubt_queued().await.unwrap(), 1);
    assert_eq!(db.read(waiting).await.stage, Stage::Provisioning);
    assert_eq!(db.store.steps(waiting).await.unwrap()[0].state, StepState::Intended);
    assert_eq!(db.read(signup_of(&done)).await, finished);
    assert_eq!(db.store.doubt_queued().await.unwrap(), 0, "again there is nothing to do");
}

async fn a_closed_store_says_so_without_the_data(db: &Db) {
    let settings = format!("{:?}", db.settings);
    assert!(!settings.contains("://"), "{settings}");
    db.store.close().await;
    let error = db.store.insert_signup(&db.request("max@uni.edu")).await.unwrap_err();
    assert!(error.is_transient());
    assert!(!format!("{error} {error:?}").contains("max"));
    assert!(db.store.ping().await.is_err());
}

#[tokio::test]
async fn what_is_no_database_is_not_opened() {
    let open = async |url: &str| Store::open(&Database::new(url.to_owned(), 2)).await.unwrap_err();
    assert!(matches!(open("mysql://root@localhost/x").await, StoreError::UnknownDatabase));
    assert!(matches!(open("postgres://u@localhost:notaport/x").await, StoreError::Settings(_)));
    assert!(matches!(open("sqlite:///no/such/folder/x.db").await, StoreError::Settings(_)));
}

/// What is in the folder of a SQLite database.
fn files(db: &Db) -> Vec<String> {
    let file = std::path::Path::new(db.url().strip_prefix("sqlite://").unwrap());
    let entries = std::fs::read_dir(file.parent().unwrap()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn looking_leaves_no_trace_and_sees_what_others_have_written() {
    let db = Db::sqlite().await;
    let id = db.queued("max@uni.edu").await;
    let serving = Store::open_to_read(&db.settings).await.unwrap().unwrap();
    assert_eq!(serving.signup(id).await.unwrap().unwrap().stage, Stage::Queued);
    assert!(serving.insert_signup(&db.request("other@uni.edu")).await.unwrap_err().is_transient());
    serving.close().await;
    db.store.close().await;
    assert_eq!(files(&db), ["test.db"]);
    let at_rest = Store::open_to_read(&db.settings).await.unwrap().unwrap();
    assert_eq!(at_rest.pending_migrations().await.unwrap(), [""; 0]);
    assert!(at_rest.signup(id).await.unwrap().is_some());
    assert_eq!(files(&db), ["test.db"]);
    at_rest.close().await;
    let url = db.url().replace("test.db", "none.db");
    assert!(Store::open_to_read(&Database::new(url, 1)).await.unwrap().is_none());
    assert_eq!(files(&db), ["test.db"]);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let db = Db::sqlite().await;
    let file = db.url().strip_prefix("sqlite://").unwrap();
    for companion in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(format!("{file}{companion}")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{companion}");
    }
    assert_eq!(db.raw("PRAGMA journal_mode").await, [Some("wal".to_owned())]);
}

/// What is wiped is gone from the file, not only from its rows.
#[tokio::test]
async fn a_wiped_name_is_gone_from_the_file() {
    let db = Db::sqlite().await;
    let file = db.url().strip_prefix("sqlite://").unwrap();
    let holds = |name: &str| {
        ["", "-wal"].iter().any(|companion| {
            let bytes = std::fs::read(format!("{file}{companion}")).unwrap_or_default();
            bytes.windows(name.len()).any(|window| window == name.as_bytes())
        })
    };
    let mut delivering = Vec::new();
    for n in 0..20 {
        delivering.push(db.delivering(&format!("student{n}@uni.edu")).await);
    }
    assert!(holds("Mustermann"));
    for lease in delivering {
        db.store.delivered(&lease, None, later(1)).await.unwrap();
    }
    db.store.close().await;
    assert!(!holds("Mustermann"));
}
