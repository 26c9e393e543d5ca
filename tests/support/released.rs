//! A database as version 0.1.0 left it: its schema, and signups in all stages.
//!
//! Include it by path: `#[path = "../support/released.rs"] mod released;`.

use std::{borrow::Cow, time::Duration};

use accountcreator::domain::Timestamp;
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

const SQLITE: &str = include_str!("../../migrations/sqlite/0001_signups.sql");
const POSTGRES: &str = include_str!("../../migrations/postgres/0001_signups.sql");
const ROWS: &str = include_str!("released.sql");

/// Makes tables and rows in an empty database. `seal` gives the sealed password of the signup with an id.
pub async fn fill(url: &str, now: Timestamp, seal: impl Fn(&str) -> String) {
    let mut rows = ROWS
        .replace("{now}", &now.millis().to_string())
        .replace("{tomorrow}", &now.plus(Duration::from_hours(24)).millis().to_string())
        .replace("{filler}", "\u{3164}");
    while let Some((before, rest)) = rows.split_once("{sealed:") {
        let (id, after) = rest.split_once('}').unwrap();
        rows = format!("{before}{}{after}", seal(id));
    }
    execute(url, &rows).await;
}

/// Makes the tables of 0.1.0 in an empty database and runs statements there.
pub async fn execute(url: &str, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    if url.starts_with("sqlite") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        first_migration(SQLITE).run_direct(None, &mut connection, false).await.unwrap();
        connection.execute(statements).await.unwrap();
        connection.close().await.unwrap();
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        first_migration(POSTGRES).run_direct(None, &mut connection, false).await.unwrap();
        connection.execute(statements).await.unwrap();
        connection.close().await.unwrap();
    }
}

fn first_migration(sql: &'static str) -> Migrator {
    let name = Cow::Borrowed("signups");
    Migrator::with_migrations(vec![Migration::new(1, name, MigrationType::Simple, sql.into_sql_str(), false)])
}
