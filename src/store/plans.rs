//! Query plans: SQLite reads by index what is read often, whatever the number of rows.
#![allow(clippy::unwrap_used)]

use sqlx::{AssertSqlSafe, Row as _};

use super::{
    Prunable, Store, account_now, alert, confirm, database::Database, erase, mail_sent, names, operation,
    overtaken, read, request, tombstone, undelivered,
};

/// SQLite's plan for a statement.
async fn plan(store: &Store, sql: &str) -> String {
    let Database::Sqlite { read, .. } = &store.database else { panic!("the test opens SQLite") };
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(read).await.unwrap();
    rows.iter().map(|row| row.get::<String, _>("detail")).collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn what_is_read_often_is_read_by_index() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("plans.db").display());
    let store = Store::open(&crate::config::Database::new(url, 1)).await.unwrap();
    store.migrate().await.unwrap();
    for (sql, index) in [
        (read::BY_ID, "sqlite_autoindex_signup_1 (id=?)"),
        (read::BY_EMAIL, "(email_key=?)"),
        (read::BY_EMAIL, "(person_key=?)"),
        (read::STEPS, "operation_signup (signup_id=?)"),
        (read::STEPS, "PRIMARY KEY (operation_id=?)"),
        (read::EVENTS, "event_signup (signup_id=?)"),
        (read::OPERATIONS, "operation_signup (signup_id=?)"),
        (read::NEWEST, "signup_newest ((created_at,id)<(?,?))"),
        (read::NEWEST_OF_STAGE, "signup_state_newest (state=? AND (created_at,id)<(?,?))"),
        (read::COUNTS, "COVERING INDEX signup_state_newest"),
        (read::OLDEST_WAITING, "USING INDEX operation_due"),
        (read::OLDEST_WAITING, "sqlite_autoindex_signup_1 (id=?)"),
        (names::RESERVED, "(domain=? AND username=?)"),
        (names::RESERVED, "(domain=? AND username>? AND username<?)"),
        (operation::CLAIM, "operation_due (tenant=? AND due_at<?)"),
        (operation::CLAIM_OVERDUE, "operation_due (tenant=? AND due_at<?)"),
        (&**overtaken::UNFINISHED, "(email_key=?)"),
        (&**overtaken::UNFINISHED, "(person_key=?)"),
        (request::OWNERS_WITHOUT_KEY, "(email_key=?)"),
        (request::OWNERS_WITHOUT_KEY, "account_without_person_key (email_key>? AND email_key<?)"),
        (request::OWNERS_WITHOUT_KEY, "(person_key=?)"),
        (erase::FURTHER, "signup_account (account_id=? AND is_further=?)"),
        (tombstone::FIND, "PRIMARY KEY (address=?)"),
        (tombstone::FIND, "tombstone_person (person=?)"),
        (alert::UNTOLD, "USING INDEX operation_attention"),
        (operation::NEXT_DUE, "COVERING INDEX operation_due"),
        (operation::NEXT_BACKGROUND, "COVERING INDEX operation_background"),
        (account_now::CHECK, "operation_check (signup_id=?)"),
        (Prunable::Trails.search(), "signup_newest ((created_at,id)>(?,?) AND created_at<?)"),
        (Prunable::Trails.search(), "event_signup (signup_id=?)"),
        (Prunable::Unconfirmed.search(), "signup_state_newest (state=? AND (created_at,id)>(?,?)"),
        (Prunable::Voided.search(), "signup_state_newest (state=? AND (created_at,id)>(?,?)"),
        (confirm::OPEN_OF_ADDRESS, "signup_address_hash (address_hash=?)"),
        (mail_sent::NEWEST_MAILS, "PRIMARY KEY (address_hash=?)"),
        (Prunable::Duplicates.search(), "signup_newest ((created_at,id)>(?,?) AND created_at<?)"),
        (Prunable::Finished.search(), "signup_newest ((created_at,id)>(?,?) AND created_at<?)"),
        (Prunable::Finished.search(), "signup_account (account_id=?"),
        (undelivered::BY_REFERENCE, "sqlite_autoindex_signup_1 (id>? AND id<?)"),
    ] {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{sql}\nis planned as\n{plan}");
        assert!(!plan.contains("TEMP B-TREE"), "{sql}\nsorts:\n{plan}");
        assert_scans_no_table(sql, &plan);
    }
    let of_request = request::ALL_ROWS.split("; ");
    for (sql, indexes) in of_request.zip([
        &[][..],
        &[],
        &["USING INTEGER PRIMARY KEY (rowid=?)"],
        &["sqlite_autoindex_signup_1 (id=?)", "PRIMARY KEY (address=?)", "tombstone_person (person=?)"],
    ]) {
        let plan = plan(&store, sql).await;
        assert!(indexes.iter().all(|index| plan.contains(index)), "{sql}\nis planned as\n{plan}");
        assert_scans_no_table(sql, &plan);
    }
    // These read few rows and sort or group them: those of one claim, and the open ones.
    for (sql, index) in [
        (operation::CLAIMED, "operation_due (tenant=? AND due_at=?)"),
        (operation::CLAIMED, "sqlite_autoindex_signup_1 (id=?)"),
        (operation::CLAIMED, "sqlite_autoindex_account_1 (id=?)"),
        (read::OPEN_COUNTS, "signup_state_newest (state=?)"),
    ] {
        let plan = plan(&store, sql).await;
        assert!(plan.contains(index), "{sql}\nis planned as\n{plan}");
        assert_scans_no_table(sql, &plan);
    }
}

/// An index may be read as a whole, a table may not. Aliases: `s` for signups, `a` for accounts, `o` for operations.
fn assert_scans_no_table(sql: &str, plan: &str) {
    const TABLES: [&str; 6] = ["signup", "account", "operation", "s", "a", "o"];
    let scans = |line: &str| TABLES.iter().any(|table| line == format!("SCAN {table}"));
    assert!(!plan.lines().any(scans), "{sql}\nscans:\n{plan}");
}
