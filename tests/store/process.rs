//! The processes that use the database: an older one keeps the schema as it is, until it ends or is not seen for a minute.

use accountcreator::{domain::*, store::*};

use crate::support::*;

on_both!(
    an_older_process_keeps_the_schema_until_it_is_gone,
    processes_of_this_version_do_not,
    those_that_are_gone_are_forgotten,
    a_process_does_not_start_on_a_newer_schema,
);

fn process(db: &Db, schema: i64) -> Process {
    Process {
        id: ProcessId::random(&db.entropy),
        host: "web1".to_owned(),
        pid: 812,
        version: "0.0.9".to_owned(),
        schema,
        started_at: START,
        seen_at: START,
    }
}

/// Takes back a migration, so that there is one to apply.
async fn unapply(db: &Db) {
    db.raw("DROP TABLE signups_closed").await;
    db.raw("DELETE FROM _sqlx_migrations WHERE description = 'signups_closed'").await;
    assert_eq!(pending(db).await, ["0006_signups_closed"]);
}

async fn pending(db: &Db) -> Vec<String> {
    db.store.pending_migrations().await.unwrap()
}

async fn migrate(db: &Db, at: Timestamp) -> Result<usize, StoreError> {
    db.store.migrate_unused(at, |_| {}).await.map(|applied| applied.len())
}

async fn an_older_process_keeps_the_schema_until_it_is_gone(db: &Db) {
    let (ends, killed) = (process(db, Store::newest_migration() - 1), process(db, 1));
    for process in [&ends, &killed] {
        db.store.register_process(process).await.unwrap();
    }
    assert_eq!(migrate(db, START).await.unwrap(), 0, "nothing is pending");
    unapply(db).await;
    let Err(StoreError::InUse(mut older)) = migrate(db, later(59)).await else { panic!("it is in use") };
    older.sort_by_key(|process| process.schema);
    assert_eq!(older, [killed.clone(), ends.clone()]);
    let said = StoreError::InUse(older).to_string();
    assert!(
        said.contains("accountcreator 0.0.9 on host web1 (process 812, since 2027-01-15T08:00:00Z)"),
        "{said}"
    );

    db.store.remove_process(ends.id).await.unwrap();
    db.store.renew_process(&Process { seen_at: later(15), ..killed.clone() }).await.unwrap();
    let Err(StoreError::InUse(older)) = migrate(db, later(74)).await else { panic!("it is in use") };
    assert_eq!(older, [Process { seen_at: later(15), ..killed }]);
    assert_eq!(pending(db).await.len(), 1, "nothing was applied");
    assert_eq!(migrate(db, later(75)).await.unwrap(), 1);
    assert_eq!(pending(db).await, [""; 0]);
}

async fn processes_of_this_version_do_not(db: &Db) {
    db.store.register_process(&process(db, Store::newest_migration())).await.unwrap();
    unapply(db).await;
    let begun = std::sync::Mutex::new(Vec::new());
    let begin = |migration: &AppliedMigration| begun.lock().unwrap().push(migration.clone());
    let applied = db.store.migrate_unused(START, begin).await.unwrap();
    assert_eq!(applied, begun.into_inner().unwrap());
    assert_eq!(applied.len(), 1);
}

async fn those_that_are_gone_are_forgotten(db: &Db) {
    let (killed, alive) = (process(db, 11), process(db, 11));
    db.store.register_process(&killed).await.unwrap();
    db.store.register_process(&Process { seen_at: later(1), ..alive.clone() }).await.unwrap();
    let next = Process { started_at: later(60), seen_at: later(60), ..process(db, 12) };
    db.store.register_process(&next).await.unwrap();
    db.store.forget_processes(later(60)).await.unwrap();
    let mut ids = db.raw("SELECT id FROM process").await;
    ids.sort();
    let mut expected = [Some(alive.id.to_string()), Some(next.id.to_string())];
    expected.sort();
    assert_eq!(ids, expected);
    // A process that was only late is there again.
    db.store.renew_process(&Process { seen_at: later(61), ..killed }).await.unwrap();
    assert_eq!(db.raw("SELECT id FROM process").await.len(), 3);
}

async fn a_process_does_not_start_on_a_newer_schema(db: &Db) {
    db.raw("UPDATE _sqlx_migrations SET version = 9000 WHERE version = 1").await;
    let registered = db.store.register_process(&process(db, 11)).await;
    assert!(matches!(registered, Err(StoreError::NewerSchema(9000))), "{registered:?}");
}
