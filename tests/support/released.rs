//! Databases as version 0.1.0 left them: signups in all stages, written by that version or by hand.
//!
//! Include it by path: `#[path = "../support/released.rs"] mod released;`.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use accountcreator::domain::{SecretKey, Timestamp};
use regex::{Captures, Regex};
use serde::Deserialize;
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr, SqliteConnection,
    migrate::{Migration, MigrationType, Migrator},
};

const SQLITE: &str = include_str!("../../migrations/sqlite/0001_signups.sql");
const POSTGRES: &str = include_str!("../../migrations/postgres/0001_signups.sql");
const ROWS: &str = include_str!("released.sql");

/// What `tests/store/fixtures/write.py` has written: the database of a process that was killed, and its tenant.
#[allow(dead_code, reason = "each test binary uses a part")]
#[derive(Deserialize)]
pub struct Released {
    written_at: i64,
    secret_key: String,
    pub users: Vec<ReleasedUser>,
    /// What was mailed last, by address.
    pub mailed: BTreeMap<String, Mailed>,
    pub repeatable: Repeatable,
    /// The dump.
    #[serde(skip)]
    pub sql: String,
}

/// A user of the tenant.
#[allow(dead_code, reason = "each test binary uses a part")]
#[derive(Deserialize)]
pub struct ReleasedUser {
    pub id: String,
    pub name: String,
    pub display_name: String,
    pub password: String,
    pub properties: serde_json::Map<String, serde_json::Value>,
}

/// The secrets in the mails to an address.
#[allow(dead_code, reason = "each test binary uses a part")]
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Mailed {
    /// The path of the link that confirms the address.
    pub confirm: Option<String>,
    pub password: Option<String>,
}

/// A request of a program, which it may repeat under the same key.
#[allow(dead_code, reason = "each test binary uses a part")]
#[derive(Deserialize)]
pub struct Repeatable {
    pub key: String,
    pub first: String,
    pub last: String,
    pub email: String,
    /// The path of its status.
    pub status: String,
}

#[allow(dead_code, reason = "each test binary uses a part")]
impl Released {
    /// The one for the database at this address, as if its process had been killed at `now`.
    pub fn at(now: Timestamp, url: &str) -> Self {
        let (json, sql) = if url.starts_with("sqlite") {
            (
                include_str!("../store/fixtures/released-sqlite.json"),
                include_str!("../store/fixtures/released-sqlite.sql"),
            )
        } else {
            (
                include_str!("../store/fixtures/released-postgres.json"),
                include_str!("../store/fixtures/released-postgres.sql"),
            )
        };
        let released: Self = serde_json::from_str(json).unwrap();
        let (written_at, by) = (released.written_at, now.millis() - released.written_at);
        let is_of_the_run =
            |millis: i64| (written_at - 3_600_000..written_at + 30 * 86_400_000).contains(&millis);
        let moved = |found: &Captures<'_>| {
            let millis: i64 = found[0].parse().unwrap();
            if is_of_the_run(millis) { (millis + by).to_string() } else { found[0].to_owned() }
        };
        let sql = Regex::new(r"\b[0-9]{13}\b").unwrap().replace_all(sql, moved).into_owned();
        Self { sql, ..released }
    }

    /// The key that its passwords are sealed with.
    pub fn key(&self) -> SecretKey {
        SecretKey::new(&self.secret_key).unwrap()
    }

    /// Fills an empty database, past all poolers.
    pub async fn load(&self, url: &str) {
        let sql = AssertSqlSafe(self.sql.clone());
        if url.starts_with("sqlite") {
            let mut connection = SqliteConnection::connect(url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = PgConnection::connect(url).await.unwrap();
            connection.execute(sql).await.unwrap();
            connection.close().await.unwrap();
        }
    }
}

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
