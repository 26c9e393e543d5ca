//! The database of a test: a file of its own, or one of the databases of a PostgreSQL server that all tests share.

use std::{
    collections::VecDeque,
    path::Path,
    sync::{Mutex, PoisonError},
};

use serde_json::{Map, Value};
use sqlx::{AssertSqlSafe, Column, Connection, PgConnection, Row, SqliteConnection};

use crate::postgres::{Cluster, Pooler, database_of};

/// The variable that moves all tests of this binary to PostgreSQL: `ACCOUNTCREATOR_TEST_DATABASE=postgres`, or `pooler`
/// for PostgreSQL behind PgBouncer.
pub const VARIABLE: &str = "ACCOUNTCREATOR_TEST_DATABASE";

/// Databases that were given back. Making one takes longer than most tests, emptying one takes 20 ms.
static FREE: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());
/// The number of free databases that are left alone: tasks of the test that had one last may still be ending.
const RESTING: usize = 8;

/// Ends what still uses the database, and removes all rows.
const EMPTY: &str = "
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
DECLARE
    name TEXT;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> '_sqlx_migrations'
    LOOP
        EXECUTE format('DELETE FROM %I', name);
    END LOOP;
END $$";

/// True where the tests of this process use PostgreSQL.
///
/// # Panics
/// Where the variable has a value that means nothing.
pub fn is_postgres() -> bool {
    match std::env::var(VARIABLE).as_deref() {
        Err(_) | Ok("sqlite") => false,
        Ok("postgres" | "pooler") => true,
        Ok(other) => panic!("{VARIABLE} is `{other}`, and can be `sqlite`, `postgres` or `pooler`"),
    }
}

/// The address of a database of the server, through the pooler where that is what is tested.
fn address(direct: String) -> String {
    match std::env::var(VARIABLE).as_deref() {
        Ok("pooler") => Pooler::shared().unwrap_or_else(|| panic!("there is no PgBouncer")).url(&direct),
        _ => direct,
    }
}

/// The address of the same database past the pooler.
fn direct(url: &str) -> String {
    if url.starts_with("sqlite") { url.to_owned() } else { server().url(database_of(url)) }
}

/// A database without rows that no other test uses.
pub struct Database {
    pub url: String,
}

impl Database {
    /// The file in this folder, or a database of the server.
    pub async fn new(folder: &Path, file: &str) -> Self {
        if !is_postgres() {
            return Self { url: file_url(folder, file) };
        }
        let freed = {
            let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
            if free.len() > RESTING { free.pop_front() } else { None }
        };
        if let Some(url) = freed {
            run_sql(&url, EMPTY).await;
            return Self { url };
        }
        Self { url: address(server().fresh_database().await) }
    }

    /// A database without tables.
    pub async fn without_tables(folder: &Path, file: &str) -> String {
        if is_postgres() {
            return address(server().fresh_database().await);
        }
        std::fs::File::create(folder.join(file)).unwrap();
        file_url(folder, file)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self.url.starts_with("postgres") {
            FREE.lock().unwrap_or_else(PoisonError::into_inner).push_back(std::mem::take(&mut self.url));
        }
    }
}

fn server() -> &'static Cluster {
    Cluster::shared().unwrap_or_else(|| panic!("{VARIABLE} is `postgres`, and there is no PostgreSQL"))
}

/// The address of a file of SQLite.
pub fn file_url(folder: &Path, file: &str) -> String {
    format!("sqlite://{}", folder.join(file).display())
}

/// Runs statements past the service.
pub async fn run_sql(url: &str, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(&direct(url)).await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
}

/// All rows of a table, column by column.
pub async fn rows(url: &str, table: &str) -> Vec<Vec<(String, Option<String>)>> {
    if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        let all = AssertSqlSafe(format!("SELECT * FROM {table}"));
        let rows = sqlx::query(all).fetch_all(&mut connection).await.unwrap();
        let columns = |row: &sqlx::sqlite::SqliteRow| {
            let text = |at: usize| row.try_get_unchecked::<Option<String>, _>(at).unwrap();
            row.columns()
                .iter()
                .enumerate()
                .map(|(at, column)| (column.name().to_owned(), text(at)))
                .collect()
        };
        return rows.iter().map(columns).collect();
    }
    let mut connection = PgConnection::connect(&direct(url)).await.unwrap();
    let all = AssertSqlSafe(format!("SELECT to_jsonb({table}) #>> '{{}}' FROM {table}"));
    let rows: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut connection).await.unwrap();
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    let columns = |row: String| {
        let row: Map<String, Value> = serde_json::from_str(&row).unwrap();
        row.into_iter().map(|(column, value)| (column, text(value))).collect()
    };
    rows.into_iter().map(columns).collect()
}
